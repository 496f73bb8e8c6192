"""Every partial in numbers: central differences of EQ, in balls of growing precision.

One difference decides on many weights: with a random direction v it is to be Σ v ∂EQ/∂w, and
v is about 1/(∂EQ/∂w) at each weight w, so that no partial is too small to be seen. Only where
the sides differ is it asked which array, and which of its entries, is wrong.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flint import arb, ctx

from derive.evaluation.balls import UnsureError
from derive.evaluation.evaluate import Cell, Values, array_cells, show_cell
from derive.expressions.expression import Adjoint
from derive.model.model import Array
from derive.proof.certificate import Check, show_sizes
from derive.proof.numbers import show
from derive.proof.points import Point

BITS = (320, 1280, 5120)
"""The precisions at which it is tried; h is the third root of what they can tell apart."""


TOLERANCE = arb(10) ** -25


STEEPEST = 30
"""The step of a weight is at most h times 2 to this power."""


def check_differences(tried: Sequence[Point]) -> Iterator[Check]:
    """Every partial at some points, the last of them the first at which one is wrong, against
    (EQ(w + hv) − EQ(w − hv)) / 2h.
    """
    for number, point in enumerate(tried, 1):
        model = point.derivation.model
        cells = [cell for w in model.differentiated for cell in array_cells(w, point.sizes)]
        wrong = differing(_error(point, cells))
        for weight in model.differentiated:
            claim = f"∂{model.error}/∂{weight.name} agrees with central differences"
            claim += f" ({show_sizes(point.sizes)}; point {number})"
            yield check_array(claim, point, weight) if wrong else Check(claim, True)
        if wrong:
            return


def check_array(claim: str, point: Point, weight: Array) -> Check:
    """The derivative by one array; the first entry that is wrong, if any."""
    return first_wrong(claim, _error(point, array_cells(weight, point.sizes)))


def _error(point: Point, cells: Sequence[Cell]) -> "Slopes":
    """The error by some weights, and what its derivatives are said to be."""
    error = point.derivation.model.error

    def partials() -> Values:
        values = point.values()
        return {(name, at): values[Adjoint(error, str(name)), at] for name, at in cells}

    return Slopes(error, tuple(cells), partials, point.error)


@dataclass(frozen=True)
class Slopes:
    """A function's derivatives by some cells, as they are said to be, and the function itself.

    Both are worked out at FLINT's working precision; the function is given the steps by which
    the cells are moved.
    """

    of: str
    cells: tuple[Cell, ...]
    partials: Callable[[], Values]
    function: Callable[[Values], Any]


def first_wrong(claim: str, slopes: Slopes) -> Check:
    """The check that all derivatives are right; a failed one shows the first that is not."""
    wrong = differing(slopes)
    for cell in slopes.cells if wrong else ():
        detail = differing(replace(slopes, cells=(cell,)))
        if detail:
            return Check(claim, False, f"∂{slopes.of}/∂{show_cell(*cell)} {detail}")
    return Check(claim, not wrong, wrong)


def differing(slopes: Slopes) -> str:
    """How the derivative in a direction differs from the central difference, or nothing.

    It differs where the difference is another number at two precisions, each with its h.
    """
    shown, before = "", arb.nan()
    for bits in BITS if slopes.cells else ():
        with ctx.workprec(bits):
            h = arb(2) ** (-bits // 3)
            try:
                known = slopes.partials()
                partials = {cell: known[cell] for cell in slopes.cells}
                direction = _direction(partials)
                above, below = (
                    slopes.function({cell: side * v for cell, v in direction.items()})
                    for side in (h, -h)
                )
            except UnsureError as error:
                shown = error.problem
                continue
            products = [direction[cell] * partials[cell] for cell in slopes.cells]
            derived, scale = sum(products, arb(0)), sum(map(abs, products), arb(0))
            difference = (above - below) / (2 * h)
            near = TOLERANCE * scale.max(TOLERANCE)
            if abs(difference - derived) <= near:
                return ""
            shown = f"came out as {show(derived)}, "
            shown += f"and the central difference is {show(difference)}"
            if abs(difference - before) <= near:
                return shown
            before = difference
    return shown


def _direction(partials: Values) -> Values:
    """A random number for each weight, greater where the partial is small; of one weight 1."""
    if len(partials) == 1:
        return dict.fromkeys(partials, arb(1))
    chance = random.Random(len(partials))
    return {cell: chance.randint(2, 9) * _unit(partial) for cell, partial in partials.items()}


def _unit(partial: Any) -> Any:
    """A power of 2 that brings a number near 1, within bounds."""
    if not partial.is_finite() or partial.mid() == 0:
        return arb(1)
    mantissa, exponent = partial.mid().man_exp()
    size = int(exponent) + int(mantissa).bit_length()
    return arb(2) ** max(-STEEPEST, min(STEEPEST, -size))
