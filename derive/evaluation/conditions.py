"""What holds of a model's equations at a point: whether all is defined, smooth and of a size.

The equations are evaluated in balls that carry, beside their value, the sum of the absolute
values of what was added up to it: how near two numbers are to a tie, or a sum to zero, is told
by that. Where a condition is broken the evaluation goes on with a number that breaks none, so
that all conditions are seen, and how far each is broken.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from math import inf, isfinite, log2
from typing import Any

import sympy
from flint import arb, ctx

from derive.derivation.derivation import Derivation, Equation, Given
from derive.evaluation.balls import UnsureError, ball, balls
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    evaluate_equation,
    show_cell,
)
from derive.evaluation.formulas import whole_power
from derive.evaluation.standing import Broken, Found, Part, Rank, Standing
from derive.expressions.contents import held
from derive.expressions.expression import Name
from derive.functions.table import TABLE, Function
from derive.model.model import Model

BITS = 100


APART = ball(Fraction(1, 1000))
"""How far from ties, and from dividing by zero, relative to what is added up, or to 1."""


TIED = arb(2) ** -80
"""How near numbers are that tie to all their digits, relative to what is added up, or to 1."""


FAR = 8
"""The largest argument of a function at which it is as good as anywhere: tanh is no 1 yet."""


LARGE = 100
"""Of a quantity, in bits."""


FAILS = 1e6
"""How much is missing of what is no number."""


ROUNDED = 1 + 1e-9
"""By what sums of floats differ in other orders, and more."""


def standing(
    derivation: Derivation,
    sizes: Sizes,
    point: Mapping[Cell, Fraction],
    enough: Rank = (inf, inf),
    beside: Found | None = None,
) -> Standing:
    """How a point stands to the equations that the model gives.

    Of a point whose rank is beyond what is enough, only so much is looked at as shows that; of
    one beside another that is known, only what differs.
    """
    model = derivation.model
    given = {name for name, _ in model.hyperparameters}
    equations = [e for e in derivation.forward if isinstance(e.rule, Given)]
    parts = {} if beside is None else _unmoved(equations, point, *beside)
    report = _Report(enough)
    with ctx.workprec(BITS), suppress(_BeyondError):
        values: Values = {}
        for cell, x in point.items():
            number = ball(x)
            values[cell] = _Watched(number, abs(number), cell[0] not in given, report)
        for part in parts.values():
            values |= {cell: x.seen_by(report) for cell, x in part.values.items()}
            report.adds(part)
        how = _watching(model, report)
        for equation in equations:
            if equation.target.name not in parts:
                parts[equation.target.name] = _look_at(equation, sizes, values, how, report)
    if report.is_beyond:
        return Standing({**parts, report.place: report.part({})})
    return Standing({e.target.name: parts[e.target.name] for e in equations})


def _unmoved(
    equations: Iterable[Equation],
    point: Mapping[Cell, Fraction],
    other: Mapping[Cell, Fraction],
    known: Standing,
) -> dict[Name, Part]:
    """The parts of what is known of another point that are those of this one."""
    moved = {cell[0] for cell, x in point.items() if x != other[cell]}
    found: dict[Name, Part] = {}
    for equation in equations:
        name = equation.target.name
        if moved.isdisjoint(held(equation.value)):
            found[name] = known.parts[name]
        else:
            moved.add(name)
    return found


def _look_at(
    equation: Equation, sizes: Sizes, values: Values, how: Arithmetic, report: "_Report"
) -> Part:
    report.begin(show_cell(equation.target.name, ()))
    own: Values = {}
    for cell, found in evaluate_equation(equation, sizes, values, how):
        if found.varies:
            report.exceeds(_bits(abs(found.value)) - LARGE)
        own[cell] = found.alone
    values |= own
    return report.part(own)


class _BeyondError(Exception):
    """Raised, and caught, where a point is known to be worse than it may be."""


@dataclass
class _Report:
    """What was seen so far: of one equation, and how much is missing and in excess of all."""

    enough: Rank
    place: str = ""
    broken: list[Broken] = field(default_factory=list)
    margins: list[float] = field(default_factory=list)
    excess: float = 0.0
    missing_of_all: float = 0.0
    excess_of_all: float = 0.0
    is_beyond: bool = False

    def begin(self, place: str) -> None:
        """Turn to another equation."""
        self.place, self.broken, self.margins, self.excess = place, [], [], 0.0

    def part(self, values: Values) -> Part:
        """What was seen of the equation."""
        return Part(tuple(self.broken), tuple(self.margins), self.excess, values)

    def adds(self, part: Part) -> None:
        """Take what is known of an equation. Raises _BeyondError."""
        self.missing_of_all -= sum(each.margin for each in part.broken)
        self.excess_of_all = max(self.excess_of_all, part.excess)
        self._stop_beyond()

    def asks(self, what: str, number: arb, found: arb, needed: arb) -> bool:
        """Whether as much is found as is needed. Raises _BeyondError."""
        margin = float(found / needed) - 1 if needed > 0 else -2.0
        margin = margin if isfinite(margin) else -FAILS
        self.margins.append(margin)
        if margin < 0:
            self.broken.append(Broken(self.place, what, float(number), margin))
            self.missing_of_all -= margin
            self._stop_beyond()
        return margin >= 0

    def exceeds(self, bits: float) -> None:
        """Take note of a size beyond what is good. Raises _BeyondError."""
        if bits > self.excess:
            self.excess = bits
            self.excess_of_all = max(self.excess_of_all, bits)
            self._stop_beyond()

    def _stop_beyond(self) -> None:
        """What is missing only grows, and so does the excess: a rank never gets smaller."""
        missing, excess = self.enough
        least = missing * ROUNDED
        if self.missing_of_all > least or (
            self.missing_of_all >= least and self.excess_of_all > excess
        ):
            self.is_beyond = True
            raise _BeyondError


@dataclass(slots=True)  # millions of them are made, and a frozen one takes four times as long
class _Watched:
    """A number, what it is added up of in absolute values, and whether it holds any that is
    sought: of constants nothing can be asked.
    """

    value: arb
    size: arb
    varies: bool
    report: _Report

    def seen_by(self, report: _Report) -> "_Watched":
        """The same, for another report."""
        return _Watched(self.value, self.size, self.varies, report)

    @property
    def is_nothing(self) -> bool:
        """Whether what it was added up of cancels to all its digits."""
        return bool(self.value.contains(0) and abs(self.value) <= TIED * self.size)

    @property
    def alone(self) -> "_Watched":
        """The same by a name: what it was added up of is of no more account, but that it is
        nothing where that cancels.
        """
        value = arb(0) if self.is_nothing else self.value
        return _Watched(value, abs(value), self.varies, self.report)

    def __add__(self, other: "_Watched") -> "_Watched":
        varies = self.varies or other.varies
        return _Watched(self.value + other.value, self.size + other.size, varies, self.report)

    def __mul__(self, other: "_Watched") -> "_Watched":
        varies = self.varies or other.varies
        return _Watched(self.value * other.value, self.size * other.size, varies, self.report)

    def __pow__(self, exponent: int) -> "_Watched":
        value, size = self.value**exponent, self.size**exponent
        return _Watched(value, size, self.varies, self.report)

    def __rtruediv__(self, number: int) -> "_Watched":
        """Number / self, with something for zero in its place."""
        near = APART * self.size
        divisor = self.value
        asked = self.varies or not abs(divisor) > 0
        if asked and not self.report.asks("divides by", divisor, abs(divisor), near):
            divisor = near if near > 0 else APART
        quotient = number / divisor
        return _Watched(quotient, abs(quotient), self.varies, self.report)


def _watching(model: Model, report: _Report) -> Arithmetic:
    how = balls(model)

    def number(value: Fraction) -> _Watched:
        made = how.number(value)
        return _Watched(made, abs(made), False, report)

    def apply(name: str, order: int, z: _Watched) -> _Watched:
        row = model.function(name)
        argument = z.value
        near = APART * _at_most_one(z.size)
        if row.positive and (z.varies or not argument > 0):
            if not report.asks(f"takes {name} of", argument, argument, near):
                argument = abs(argument) + APART
        elif z.varies:
            for kink in map(ball, row.kinks):
                _keep_apart(z.value, kink, z.size + abs(kink), f"has the kink of {name} at", report)
            if bends(row):
                below = row is TABLE["exp"]
                report.exceeds(_bits(argument if below else abs(argument)) - log2(FAR))
        try:
            made = how.apply(name, order, argument)
        except UnsureError:
            made = arb.nan()
        if not made.is_finite():
            report.asks(f"takes {name} of", argument, arb(-1), arb(1))
            made = arb(1)
        return _Watched(made, abs(made), z.varies, report)

    def choose(left: _Watched, right: _Watched, then: Branch, other: Branch) -> Any:
        if left.varies or right.varies:
            _keep_apart(left.value, right.value, left.size + right.size, "has a tie at", report)
        taken = then() if left.value > right.value else other()
        varies = taken.varies or left.varies or right.varies
        return _Watched(taken.value, taken.size, varies, report)

    def raised(base: _Watched, exponent: _Watched, derived: bool) -> Any:
        argument = base.value
        if exponent.value.is_integer():
            return whole_power(base, int(float(exponent.value)))
        if base.is_nothing and (derived or exponent.value > 0):
            argument = arb(0)  # at all weights: 1 - p of one class
        elif base.varies or not argument > 0:
            near = APART * _at_most_one(base.size)
            if not report.asks("takes a root of", argument, argument, near):
                argument = abs(argument) + APART
        made = how.raised(argument, exponent.value, derived)
        return _Watched(made, abs(made), base.varies, report)

    return Arithmetic(number, apply, choose, raised)


def _keep_apart(left: arb, right: arb, size: arb, what: str, report: _Report) -> None:
    """Ask for no near tie. Where random numbers tie to all their digits, as a[i] - a[l] and 0
    do at i = l, or p² + (1 - p)p and p, they do so for all weights: there is one branch, and no
    kink.
    """
    apart, scale = abs(left - right), _at_most_one(size)
    if not (apart == 0 or apart < TIED * scale):
        report.asks(what, left, apart, APART * scale)


def _at_most_one(size: arb) -> arb:
    return size if size < 1 else arb(1)


def _bits(number: arb) -> float:
    """The logarithm to base 2, infinite for zero and for what has no bound."""
    if not number.is_finite():
        return inf
    if not number > 0:
        return -inf
    return float(number.log()) / float(arb(2).log())


@cache
def bends(row: Function) -> bool:
    """Whether a function is flat or steep far out: it is made of more than straight pieces."""
    return not row.positive and not is_straight(row)


def is_straight(row: Function) -> bool:
    """Whether a function is made of straight pieces: its slope hides no term of its argument."""
    pieces = {sympy.Piecewise, sympy.Abs, sympy.sign}
    made_of = {part.func for part in row.definition.atoms(sympy.Function)}
    return not row.definition.has(sympy.Pow) and made_of <= pieces
