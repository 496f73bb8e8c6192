"""Every partial in numbers: central differences of EQ in 50-digit arithmetic."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from derive.derivation.derivation import Derivation
from derive.evaluation.evaluate import (
    DIGITS,
    STEP,
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    array_cells,
    evaluate,
    high_precision,
    show_cell,
)
from derive.evaluation.random_points import random_point
from derive.expressions.expression import Adjoint
from derive.proof.certificate import Check, show_sizes

TOLERANCE = Fraction(1, 10**25)


POINTS = 2


def check_differences(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    """Every partial at random points, against (EQ(w + h) − EQ(w − h)) / 2h in 50 digits."""
    model = derivation.model
    with mpmath.workdps(DIGITS):
        how = high_precision(model)
        for number in range(POINTS):
            given = random_point(derivation, sizes, seed=number)
            values = evaluate(derivation.equations, sizes, given, how)
            differences = _central_differences(derivation, sizes, given)
            for weight in model.differentiated:
                claim = f"∂{model.error}/∂{weight.name} agrees with 50-digit central differences"
                claim += f" ({show_sizes(sizes)}; point {number + 1})"
                adjoint = Adjoint(model.error, weight.name)
                sides = (
                    (cell, values[adjoint, cell[1]], differences[cell])
                    for cell in array_cells(weight, sizes)
                )
                yield _first_difference(claim, model.error, sides)


def _central_differences(derivation: Derivation, sizes: Sizes, given: Values) -> Values:
    """(EQ(w + h) - EQ(w - h)) / 2h for every scalar weight w.

    One forward pass evaluates all of them: there a number is the array of what it is at
    either end of each weight's step.
    """
    model = derivation.model
    how = high_precision(model)
    weights = [cell for array in model.differentiated for cell in array_cells(array, sizes)]
    h = how.number(STEP)
    steps = np.diag([h] * len(weights))
    moved = {w: given[w] + np.append(step, -step) for w, step in zip(weights, steps, strict=True)}

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        """One branch for all: the point is farther from every tie than a step goes."""
        return how.choose(np.ravel(left - right)[0], 0, then, other)

    entrywise = Arithmetic(
        how.number, np.frompyfunc(how.apply, 3, 1), choose, np.frompyfunc(how.raised, 3, 1)
    )
    there = evaluate(derivation.forward, sizes, {**given, **moved}, entrywise)
    # Where EQ is flat it is one number, the same at all ends.
    above, below = np.split(np.broadcast_to(there[model.error, ()], 2 * len(weights)), 2)
    return dict(zip(weights, (above - below) / (2 * h), strict=True))


def _first_difference(claim: str, error: str, sides: Iterable[tuple[Cell, Any, Any]]) -> Check:
    tolerance = mpmath.mpf(TOLERANCE.numerator) / TOLERANCE.denominator
    for cell, got, difference in sides:
        if not abs(difference - got) <= tolerance * max(1, abs(got)):
            shown = [mpmath.nstr(number, 30) for number in (got, difference)]
            what = f"∂{error}/∂{show_cell(*cell)} came out as {shown[0]}"
            return Check(claim, False, f"{what}, and the central difference is {shown[1]}")
    return Check(claim, True)
