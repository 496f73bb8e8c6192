"""Random numbers for an array that keep what its model assumes of it."""

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np

from derive.errors import ProofError
from derive.evaluation.evaluate import Cell, Sizes, array_cells
from derive.model.assumptions import OneOf, SumsTo, Within
from derive.model.model import Array, Model

TRIES = 2000


FINE = 1024
"""Parts of 1 in which numbers of a known sum are counted."""


PARTS = 4001
"""Parts of a range that numbers are counted in: a prime, so that none is a constant of the model,
as -1 and 1/2 may be, where it would seem to tie at all weights.
"""


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


def in_short(model: Model, sizes: Sizes, point: Drawn) -> Drawn:
    """A point beside one, every number of which float32 holds, that keeps what is assumed.

    A number that is known by its sum with others is what is left of that sum.
    """
    short = {cell: Fraction(float(np.float32(float(x)))) for cell, x in point.items()}
    for array in model.data:
        own = [each for each in model.assumptions if each.array == array.name]
        sums = [each for each in own if isinstance(each, SumsTo)]
        for group in _groups(array, sums, sizes) if sums else ():
            rounded = {cell: Fraction(round(point[cell] * FINE), FINE) for cell in group}
            largest = max(group, key=lambda cell: abs(point[cell]))
            rest = sum(x for cell, x in rounded.items() if cell != largest)
            short |= {**rounded, largest: sums[0].total - rest}
    for name, number in model.hyperparameters:
        short[name, ()] = number
    return short


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
    return low + (high - low) * Fraction(chance.randint(1, PARTS - 1), PARTS)


def keeps(model: Model, array: Array, values: Drawn) -> bool:
    """Whether numbers for every cell of an array are what is assumed of it."""
    own = [assumption for assumption in model.assumptions if assumption.array == array.name]
    return _keeps(array, own, values)


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
                if not all(_is_within(assumption, x) for x in values.values()):
                    return False
            case OneOf():
                if not set(values.values()) <= set(assumption.values):
                    return False
    return True


def _is_within(assumption: Within, number: Fraction) -> bool:
    if assumption.high is not None and number > assumption.high:
        return False
    return number > assumption.low if assumption.open else number >= assumption.low
