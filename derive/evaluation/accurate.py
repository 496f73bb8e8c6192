"""Equations worked out in balls at several points, with as many digits as it takes to know them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, ctx

from derive.derivation.derivation import Equation
from derive.evaluation.balls import ball, balls
from derive.evaluation.evaluate import Cell, Sizes, Values, evaluate
from derive.model.model import Model

BITS = (200, 1600, 16000)
"""1 - exp(-10000) differs from 1 in the 14427th bit."""


KNOWN = arb(2) ** -70
"""How narrow a ball is that is known, relative to itself."""


NOTHING = arb(2) ** -150
"""What is known to be nearer to 0 than this is known."""


Point = Mapping[Cell, Fraction]


def accurate(
    equations: Iterable[Equation],
    sizes: Sizes,
    points: list[Point],
    model: Model,
    wanted: Iterable[Cell],
) -> Values:
    """Every cell of some equations, in arrays of balls, one for each point.

    What of the wanted cells is not finite has no value at its point, or none that can be known.
    """
    equations, wanted = tuple(equations), tuple(wanted)
    unknown = list(range(len(points)))
    found: dict[Cell, Any] = {}
    for bits in BITS:
        with ctx.workprec(bits):
            given = balls_of([points[n] for n in unknown])
            values = evaluate(equations, sizes, given, balls(model))
        for cell, numbers in values.items():
            here = found.setdefault(cell, np.empty(len(points), object))
            here[unknown] = numbers
        unknown = [n for n in unknown if not all(_is_known(found[cell][n]) for cell in wanted)]
        if not unknown:
            break
    return found


def balls_of(points: list[Point]) -> Values:
    """What is given at some points, in arrays of balls at the working precision."""
    made: Values = {}
    for cell in points[0]:
        made[cell] = np.empty(len(points), object)
        made[cell][:] = [ball(point[cell]) for point in points]
    return made


def _is_known(number: arb) -> bool:
    if not number.is_finite():
        return False
    return bool(number.abs_upper() < NOTHING or number.rad() <= KNOWN * number.abs_lower())
