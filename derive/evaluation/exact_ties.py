"""Points on kinks on which floats are as exactly as numbers are, in whatever order they are added.

1/2 + 1/2 - 1 is zero in floats, and softmax(z) summed up less 1 need not be: on which side of a
kink the code then stands is chance. So of every argument it is known whether rounding has part
in it.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy
from flint import arb

from derive.derivation.derivation import Derivation
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Sizes,
    Values,
    array_cells,
    evaluate,
    evaluate_expression,
)
from derive.evaluation.random_points import SEEDS
from derive.evaluation.ties import (
    MOST_CELLS,
    TIED,
    Key,
    Tie,
    drawn,
    exactly,
    is_defined,
    kinks_at,
    standing_kinks,
    tied,
    weights_of,
)
from derive.expressions.expression import Apply, Where
from derive.functions.rational import Z
from derive.functions.table import Function
from derive.model.model import Kink, Model

LATTICE = 30
"""Points that are tried."""


QUARTERS = (-4, -2, -1, 0, 0, 0, 1, 2, 4)
"""What a number is of them there."""


AWAY = 1e-6
"""How far from the other kinks they are."""


BITS = 53
"""Of a float."""


def exact_ties(derivation: Derivation, sizes: Sizes, seed: int) -> Iterator[Tie]:
    """Points on kinks, some for each, where floats tie as numbers do.

    They are small binary fractions, the weights of the first all zero; data of which something
    is assumed is as random points have it. All other kinks are well away, but for what ties at
    every point, as z[k] and z[q] do at k = q.
    """
    model, chance, near = derivation.model, random.Random(seed), exactly(TIED)
    given = drawn(derivation, sizes, SEEDS[0])
    anyway = {x.key for x in kinks_at(derivation, sizes, given) if abs(x.argument) <= near}
    assumed = {assumption.array for assumption in model.assumptions}
    arrays = (array for array in (*model.weights, *model.data) if array.name not in assumed)
    free = [cell for array in arrays for cell in array_cells(array, sizes)]
    there = {cell: arb(float(value)) for cell, value in given.items()}
    there |= {cell: arb(0) for cell in weights_of(model, sizes) if cell in free}
    found: Counter[Kink] = Counter()
    for _ in range(LATTICE):
        met = [x for x in kinks_at(derivation, sizes, there) if x.key not in anyway]
        on = tuple(x for x in met if x.argument == 0)
        kinks_met = {x.kink for x in on}
        wanted = any(found[kink] < MOST_CELLS for kink in kinks_met)
        alone = all(x.argument == 0 or abs(x.argument) > AWAY for x in met)
        if (
            wanted
            and alone
            and is_defined(derivation, sizes, Tie(there, on))
            and {x.key for x in on} <= _exactly_tied(derivation, sizes, there)
        ):
            found.update(kinks_met)
            yield Tie(there, on)
        there = {**there, **{cell: arb(chance.choice(QUARTERS)) / 4 for cell in free}}


def _exactly_tied(derivation: Derivation, sizes: Sizes, given: Values) -> set[Key]:
    """The kinks on which floats are at a point of floats."""
    model, how = derivation.model, _holding(derivation.model)
    forward = [e for e in derivation.forward if isinstance(e.target.name, str)]
    values = evaluate(forward, sizes, {cell: _held(x) for cell, x in given.items()}, how)
    found: set[Key] = set()
    for equation in forward:
        for kink, node, cell, place in standing_kinks(equation, model, sizes):
            sides: list[tuple[Any, Any, Fraction]] = []
            if isinstance(node, Where):
                left, right = (
                    evaluate_expression(side, place, sizes, values, how)
                    for side in (node.left, node.right)
                )
                sides = [(left, right, Fraction(0))]
            elif isinstance(node, Apply):
                z = evaluate_expression(node.argument, place, sizes, values, how)
                kinks = map(Fraction, model.function(node.function).kinks)
                sides = [(z, how.number(begins), begins) for begins in kinks]
            found |= {
                (kink, cell, begins) for left, right, begins in sides if _is_zero(left, right)
            }
    return found


def _is_zero(left: "_Held", right: "_Held") -> bool:
    difference = left + _held(arb(-1)) * right
    return difference.is_exact and difference.value == 0


# --- numbers and whether floats hold them -----------------------------------------------------


@dataclass(frozen=True)
class _Held:
    """A number, the absolute values of what it is added up of, and the largest power of 2 of
    which all those are multiples, as its exponent: minus infinity where one of them is rounded.
    """

    value: Any
    size: Any
    grid: float

    @property
    def is_exact(self) -> bool:
        """Whether floats hold it, in whatever order it is added up."""
        if math.isinf(self.grid):
            return self.grid > 0
        return bool(self.size < arb(2) ** int(BITS + self.grid))

    def __add__(self, other: "_Held") -> "_Held":
        grid = min(self.grid, other.grid)
        return _Held(self.value + other.value, self.size + other.size, grid)

    def __mul__(self, other: "_Held") -> "_Held":
        if any(factor.value == 0 and factor.is_exact for factor in (self, other)):
            return _held(arb(0))
        return _Held(self.value * other.value, self.size * other.size, self.grid + other.grid)

    def __pow__(self, exponent: int) -> "_Held":
        return _held(self.value**exponent) if exponent == 0 else _rounded(self.value**exponent)

    def __rtruediv__(self, number: int) -> "_Held":
        quotient = number / self.value
        halved = self.is_exact and abs(self.value.man_exp()[0]) == 1
        return _held(quotient) if halved else _rounded(quotient)


def _held(value: Any) -> _Held:
    """A number as it stands."""
    if not value.is_exact():
        return _rounded(value)
    return _Held(value, abs(value), math.inf if value == 0 else float(value.man_exp()[1]))


def _rounded(value: Any) -> _Held:
    return _Held(value, abs(value), -math.inf)


def _holding(model: Model) -> Arithmetic:
    """The arithmetic of such numbers. A function is exact where its value is a binary fraction
    at one, as exp(0) = 1 is.
    """
    how = tied(model)

    def number(value: Fraction) -> _Held:
        return _held(how.number(value))

    def apply(name: str, order: int, z: _Held) -> _Held:
        value = how.apply(name, order, z.value)
        exact = z.is_exact and _is_rational(model.function(name), order, float(z.value))
        return _held(value) if exact else _rounded(value)

    def choose(left: _Held, right: _Held, then: Branch, other: Branch) -> Any:
        return how.choose(left.value, right.value, then, other)

    def raised(base: _Held, exponent: _Held, derived: bool) -> _Held:
        value = how.raised(base.value, exponent.value, derived)
        return _held(value) if base.is_exact and value in (0, 1) else _rounded(value)

    return Arithmetic(number, apply, choose, raised)


@cache
def _is_rational(function: Function, order: int, z: float) -> bool:
    return bool(function.derivative(order).subs(Z, sympy.Rational(z)).is_Rational)
