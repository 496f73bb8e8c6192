"""The slopes of the error beside a point on kinks, and those that a derivation gives there.

The slopes from both sides come from the error itself: where those along several directions are
odd and add up, the error has a derivative there, and they are its.
"""

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.derivation.derivation import Derivation
from derive.evaluation.evaluate import Sizes, Values, array_cells, evaluate
from derive.evaluation.ties import TIED, Direction, Tie, exactly, kinks_at, moved, tied, weights_of
from derive.expressions.expression import Adjoint
from derive.model.model import Kink, Model

BESIDE = Fraction(1, 10**24)
"""How far from a tie the error is taken for a slope: a bend of 10^14 leaves that to ten digits."""


AGREE = Fraction(1, 10**10)
"""How near slopes are that are taken for one, relative to the largest."""


def directions(model: Model, sizes: Sizes, seed: int) -> tuple[Direction, ...]:
    """Two pairs of random directions, each with its sum."""
    chance, found = random.Random(seed), []
    for _ in range(2):
        one, two = (
            {
                cell: exactly(Fraction(chance.randint(-99, 99), 64))
                for cell in weights_of(model, sizes)
            }
            for _ in range(2)
        )
        found += [one, two, {cell: one[cell] + two[cell] for cell in one}]
    return tuple(found)


def derivatives(
    derivation: Derivation, sizes: Sizes, tie: Tie, ways: Sequence[Direction]
) -> list[Any] | None:
    """The slopes of the error along some directions, or None where it has no derivative."""
    found, there = [], error_at(derivation, sizes, tie.given)
    for way in ways:
        ahead, behind = one_sided(derivation, sizes, tie, way, there)
        if not near(ahead, behind):
            return None
        found.append(ahead)
    pairs = zip(found[::3], found[1::3], found[2::3], strict=True)
    return found if all(near(one + two, both) for one, two, both in pairs) else None


def one_sided(
    derivation: Derivation, sizes: Sizes, tie: Tie, way: Direction, there: Any
) -> tuple[Any, Any]:
    """The slopes of the error along a direction, ahead and behind; `there` is what it is."""
    ahead, behind = (
        (error_at(derivation, sizes, moved(tie.given, way, h)) - there) / h
        for h in (exactly(BESIDE), -exactly(BESIDE))
    )
    return ahead, behind


def gradient_along(
    derivation: Derivation, sizes: Sizes, tie: Tie, ways: Sequence[Direction]
) -> list[Any]:
    """What the derivation gives for those slopes."""
    model = derivation.model
    values = evaluate(derivation.equations, sizes, tie.given, tied(model))
    partials = {
        cell: values[Adjoint(model.error, array.name), cell[1]]
        for array in model.differentiated
        for cell in array_cells(array, sizes)
    }
    return [sum(partials[cell] * step for cell, step in way.items()) for way in ways]


def beside(derivation: Derivation, sizes: Sizes, tie: Tie, way: Direction) -> dict[Kink, set[int]]:
    """The side on which each kink that meets there is a little further in that direction."""
    there = kinks_at(derivation, sizes, moved(tie.given, way, exactly(BESIDE)))
    now = {met.key: met.argument for met in there}
    sides: dict[Kink, set[int]] = {}
    for met in tie.met:
        argument = now[met.key]
        if abs(argument) > exactly(TIED):
            sides.setdefault(met.kink, set()).add(1 if argument > 0 else -1)
    return sides


def near(left: Any, right: Any) -> bool:
    """Whether two slopes are one but for what the step leaves."""
    return bool(abs(left - right) <= exactly(AGREE) * max(1, abs(left), abs(right)))


def error_at(derivation: Derivation, sizes: Sizes, given: Values) -> Any:
    """The error at a point, kinks on their ties where they are there but for rounding."""
    model = derivation.model
    return evaluate(derivation.forward, sizes, given, tied(model))[model.error, ()]
