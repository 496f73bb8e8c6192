"""Points for proofs and checks: random numbers that keep a model's assumptions, off its kinks."""

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath

from derive.derivation.derivation import Derivation, Given
from derive.errors import ProofError
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    array_cells,
    evaluate,
    high_precision,
)
from derive.functions.table import TABLE
from derive.model.assumptions import OneOf, SumsTo, Within
from derive.model.model import Array, Model

TRIES = 2000


POINTS_TRIED = 200


Z_LIMIT = 8


KINK_DISTANCE = Fraction(1, 1000)


Drawn = dict[Cell, Fraction]


def draw(model: Model, array: Array, sizes: Sizes, chance: random.Random) -> Drawn:
    """Random rationals for every cell of an array, in [-2, 2] where nothing is assumed of it.

    Raises ProofError where no values turn up that keep the assumptions.
    """
    own = [assumption for assumption in model.assumptions if assumption.array == array.name]
    sums = [assumption for assumption in own if isinstance(assumption, SumsTo)]
    drawn: Drawn = {}
    for group in _groups(array, sums, sizes):
        for _ in range(TRIES):
            values = {cell: _number(own, chance) for cell in group}
            free = not any(isinstance(assumption, OneOf) for assumption in own)
            if sums and free:
                total = sum(values.values())
                values = {c: x * sums[0].total / total for c, x in values.items()} if total else {}
            if values and _keeps(array, own, values):
                break
        else:
            problem = f"no random {array.name} keeps what is assumed of it"
            raise ProofError(problem, "look for assumptions that exclude each other", model.name)
        drawn |= values
    return {cell: drawn[cell] for cell in array_cells(array, sizes)}


def _groups(array: Array, sums: list[SumsTo], sizes: Sizes) -> Iterator[list[Cell]]:
    """The cells whose sum is known together; one by one where none is."""
    held = {letter for assumption in sums for letter in assumption.over}
    outer = [index for index in array.indices if index.name not in held]
    for numbers in product(*(range(1, sizes[index.size] + 1) for index in outer)):
        fixed = dict(zip(outer, numbers, strict=True))
        ranges = [
            [fixed[index]] if index in fixed else range(1, sizes[index.size] + 1)
            for index in array.indices
        ]
        yield [(array.name, place) for place in product(*ranges)]


def _number(own: list[SumsTo | Within | OneOf], chance: random.Random) -> Fraction:
    low, high = Fraction(-2), Fraction(2)
    for assumption in own:
        if isinstance(assumption, OneOf):
            return chance.choice(assumption.values)
        if isinstance(assumption, Within):
            low = assumption.low
            high = low + 3 if assumption.high is None else assumption.high
        elif not any(isinstance(other, Within) for other in own):
            low, high = Fraction(1, 100), Fraction(2)  # to be scaled to their sum
    return low + (high - low) * Fraction(chance.randint(1, 4000), 4000)


def _keeps(array: Array, own: list[SumsTo | Within | OneOf], values: Drawn) -> bool:
    for assumption in own:
        match assumption:
            case SumsTo():
                sums: dict[tuple[int, ...], Fraction] = {}
                for (_, place), value in values.items():
                    pairs = zip(array.indices, place, strict=True)
                    outer = tuple(n for index, n in pairs if index.name not in assumption.over)
                    sums[outer] = sums.get(outer, Fraction(0)) + value
                if any(total != assumption.total for total in sums.values()):
                    return False
            case Within():
                high = assumption.high
                if any(
                    x < assumption.low or (high is not None and x > high) for x in values.values()
                ):
                    return False
    return True


def random_point(derivation: Derivation, sizes: Sizes, seed: int) -> Values:
    """The numbers of `random_rationals` at mpmath's working precision."""
    how = high_precision(derivation.model)
    rationals = random_rationals(derivation, sizes, seed)
    return {cell: how.number(number) for cell, number in rationals.items()}


def random_rationals(derivation: Derivation, sizes: Sizes, seed: int) -> Drawn:
    """Random rationals for weights, inputs and targets, where every function is smooth and
    what the model assumes of its data holds, exactly.

    Every argument of a function stays within |z| ≤ 8, away from kinks by 1e-3 or on one for
    all weights, and within the function's domain; that of exp may be far below, as where a
    mask makes it 0.
    Raises ProofError where no such point turns up.
    """
    model, chance = derivation.model, random.Random(seed)
    how = high_precision(model)
    for _ in range(POINTS_TRIED):
        drawn = {
            cell: number
            for array in (*model.weights, *model.data)
            for cell, number in draw(model, array, sizes, chance).items()
        }
        drawn |= {(name, ()): number for name, number in model.hyperparameters}
        given: Values = {cell: how.number(number) for cell, number in drawn.items()}
        seen: list[bool] = []

        def watch(name: str, order: int, z: Any, seen: list[bool] = seen) -> Any:
            value = how.apply(name, order, z)
            defined = mpmath.isfinite(value) and mpmath.im(value) == 0
            seen.append(defined and _is_smooth_at(model, name, z))
            return value

        def choose(
            left: Any, right: Any, then: Branch, other: Branch, seen: list[bool] = seen
        ) -> Any:
            seen.append(_apart(left, right))
            return how.choose(left, right, then, other)

        forward = [equation for equation in derivation.forward if isinstance(equation.rule, Given)]
        try:
            evaluate(forward, sizes, given, Arithmetic(how.number, watch, choose))
        except (ZeroDivisionError, OverflowError):
            continue
        if all(seen):
            return drawn
    problem = (
        f"no random point keeps every function within |z| ≤ {Z_LIMIT} and what it is defined for"
    )
    cure = "look for a division by zero, a logarithm of what is not positive, an exp of much"
    raise ProofError(problem, cure, model.name)


def _is_smooth_at(model: Model, name: str, z: Any) -> bool:
    row = model.function(name)
    if row.positive and not (mpmath.im(z) == 0 and z > 0 and _apart(z, 0)):
        return False
    away = all(_apart(z, mpmath.mpf(k.numerator) / k.denominator) for k in row.kinks)
    near = z <= Z_LIMIT if row is TABLE["exp"] else abs(z) <= Z_LIMIT
    return bool(near and away)


def _apart(left: Any, right: Any) -> bool:
    """Whether two numbers are no near tie. Where random numbers tie exactly, as a[i] - a[l] and 0
    do at i = l, they do so for all weights: there is one branch, and no kink.
    """
    distance = mpmath.mpf(KINK_DISTANCE.numerator) / KINK_DISTANCE.denominator
    return bool(left == right or abs(left - right) >= distance)
