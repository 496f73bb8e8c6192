"""How far rounding can take a computation: the same equations, every result off at random.

Whatever is added up is off by a unit of the sum of the absolute values of its terms, up or down
at random, wherever it is used: by a name, in a function, a power or a quotient. The spread of
some such copies is what a computation in numbers of that unit cannot know (Monte Carlo
arithmetic, Parker 1997), however deep it is and however ill-conditioned. It is as large as
rounding makes it and no larger, so that an error that rounding does not make is seen. A number
below the smallest that has all digits is off as that is. One that is shaken below zero, where a
root or a logarithm has no value, is taken as far above it. Where a copy is no number all the
same, numbers are off by far less, and the spread is that, scaled: it is what rounding makes to
first order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
import sympy
from flint import arb, ctx

from derive.derivation.derivation import Equation
from derive.evaluation.accurate import Point, balls_of
from derive.evaluation.balls import ball, balls, compiled
from derive.evaluation.conditions import is_straight
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    evaluate_equation,
)
from derive.expressions.expression import Adjoint
from derive.functions.own_value import F, own_value
from derive.functions.rational import Z
from derive.functions.table import Function
from derive.model.model import Model

COPIES = 6


BITS = 400


FINER = 2.0**-100
"""Of a unit, where whole ones leave the domain of a function."""


SETTLED = 1e-12
"""How near to a whole number an exponent is one: none that a person writes is nearer."""


@dataclass(frozen=True)
class Units:
    """By how much numbers are off, relative to the terms that they are added up of: what is
    given, what the forward equations compute, and what comes of the error and its adjoints.
    """

    given: float
    forward: float
    backward: float
    least: float = 0.0
    """The smallest number that has all digits."""
    itself: float = 0.0
    """What a forward quantity is off by, relative to itself, whatever it was added up of."""

    @property
    def finer(self) -> "Units":
        """Far smaller ones, in the same proportions."""
        parts = self.given, self.forward, self.backward, self.least, self.itself
        return Units(*(part * FINER for part in parts))


@dataclass(frozen=True)
class Rounding:
    """How far rounding can take the cells of some equations, each an array over several points."""

    equations: tuple[Equation, ...]
    sizes: Sizes
    points: tuple[Point, ...]
    model: Model
    units: Units

    def spread(self, cell: Cell, exact: Any) -> Any:
        """How far each entry of a cell may be from its value, in floats; where no copy tells, not
        at all.
        """
        apart = spread(exact, self._copies[cell])
        if np.isfinite(apart).all():
            return apart
        with ctx.workprec(BITS):
            copies = self._finer[cell] / FINER  # in balls, which hold numbers of any size
            finer = spread(copies[..., 0], copies)
        return np.where(np.isfinite(apart), apart, np.where(np.isfinite(finer), finer, 0.0))

    @cached_property
    def _copies(self) -> Values:
        return self._shaken(self.units)

    @cached_property
    def _finer(self) -> Values:
        return self._shaken(self.units.finer)

    def _shaken(self, units: Units) -> Values:
        with ctx.workprec(BITS):
            given = balls_of(list(self.points))
            return rounded(self.equations, self.sizes, given, self.model, units)


def rounded(
    equations: Iterable[Equation], sizes: Sizes, given: Values, model: Model, units: Units
) -> Values:
    """The given values and every cell of the equations, in copies along a last axis.

    `given` are balls, or arrays of balls of one shape, one for each of several points.
    """
    chance = np.random.default_rng(0)
    values: dict[Cell, Any] = {
        cell: _Shaken.exact(np.asarray(x, object)[..., None], chance, units.given, units.least).used
        for cell, x in given.items()
    }
    for equation in equations:
        name = equation.target.name
        is_late = isinstance(name, Adjoint) or name == model.error
        unit = units.backward if is_late else units.forward
        how = _shaking(model, chance, unit, units.least)
        for cell, number in evaluate_equation(equation, sizes, values, how):
            named = number.named(unit)
            values[cell] = named if is_late else named.by_itself(units.itself)
    shape = np.broadcast_shapes((COPIES,), *(np.shape(number.value) for number in values.values()))
    return {cell: np.broadcast_to(number.value, shape) for cell, number in values.items()}


def spread(exact: Any, copies: Any) -> Any:
    """The largest distance of the copies of a cell from its value, infinite where one is no
    number; a float, or an array of them.
    """
    shape = np.shape(exact)
    apart = abs(copies - np.asarray(exact, object)[..., None])
    floats = np.array([_upper(number) for number in np.ravel(apart)])
    return floats.reshape(*shape, -1).max(axis=-1)


def _upper(number: arb) -> float:
    return float(number.abs_upper()) if number.is_finite() else np.inf


@dataclass(slots=True)  # not frozen: many are made, and a frozen one takes far longer
class _Shaken:
    """A number in copies; the absolute values of what it was added up of in its equation, and of
    all that it was, behind the names there, too; the unit by which it is off when it is used, and
    the least that is off by no more.
    """

    value: Any
    size: Any
    terms: Any
    chance: np.random.Generator
    unit: float
    least: float

    @classmethod
    def exact(cls, value: Any, chance: np.random.Generator, unit: float, least: float) -> "_Shaken":
        size = _at_least(least, abs(value))
        return cls(value, size, size, chance, unit, least)

    @property
    def used(self) -> "_Shaken":
        """The number, off by a unit, which from now on is a term itself."""
        return self.used_in(self.unit)

    def used_in(self, unit: float) -> "_Shaken":
        """The same, off by another unit."""
        value = self._off(unit, self.size)
        return _Shaken(value, abs(value), abs(value), self.chance, unit, self.least)

    def named(self, unit: float) -> "_Shaken":
        """The same under a name. Where it is not off, what it was added up of counts still in what
        it is added to and multiplied with: the terms are those of the names written out.
        """
        value = self._off(unit, self.terms)
        terms = abs(value) if unit else self.terms
        return _Shaken(value, abs(value), terms, self.chance, unit, self.least)

    def by_itself(self, unit: float) -> "_Shaken":
        """The same, off by a unit of itself."""
        value = self._off(unit, abs(self.value))
        return _Shaken(value, self.size, self.terms, self.chance, self.unit, self.least)

    def _off(self, unit: float, size: Any) -> Any:
        if not unit:
            return self.value
        return self.value + self.chance.choice([-unit, unit], COPIES).astype(object) * size

    def _of(self, value: Any, size: Any, terms: Any) -> "_Shaken":
        sizes = _at_least(self.least, size), _at_least(self.least, terms)
        return _Shaken(value, *sizes, self.chance, self.unit, self.least)

    def __add__(self, other: "_Shaken") -> "_Shaken":
        size, terms = self.size + other.size, self.terms + other.terms
        return _Shaken(self.value + other.value, size, terms, self.chance, self.unit, self.least)

    def __mul__(self, other: "_Shaken") -> "_Shaken":
        value = self.value * other.value
        return self._of(value, self.size * other.size, self.terms * other.terms)

    def __pow__(self, exponent: int) -> "_Shaken":
        value = self.used.value**exponent
        return self._of(value, abs(value), self.terms**exponent if exponent > 0 else abs(value))

    def __rtruediv__(self, number: int) -> "_Shaken":
        return self.exact(number / self.used.value, self.chance, self.unit, self.least)


def _at_least(least: float, sizes: Any) -> Any:
    """Sizes with what is lost below the least; zero is exact."""
    return _entrywise(lambda size: size if size == 0 else size + least, sizes) if least else sizes


def _shaking(model: Model, chance: np.random.Generator, unit: float, least: float) -> Arithmetic:
    how = balls(model)

    def number(value: Fraction) -> _Shaken:
        return _Shaken.exact(ball(value), chance, unit, least)

    def apply(name: str, order: int, z: _Shaken) -> _Shaken:
        function = model.function(name)
        argument = z.used_in(unit).value
        argument = abs(argument) if function.positive else argument
        value = how.apply(name, order, argument)
        size = abs(value)
        for term in _terms(function) if order == 1 else ():
            size = size + abs(_entrywise(term, how.apply(name, 0, argument)))
        straight = order == 0 and is_straight(function)
        terms = abs(how.apply(name, 1, argument)) * z.terms if straight else size
        sizes = _at_least(least, size), _at_least(least, terms)
        return _Shaken(value, *sizes, chance, unit, least)

    def choose(left: _Shaken, right: _Shaken, then: Branch, other: Branch) -> Any:
        one, two = cache(then), cache(other)  # each is worked out at most once

        def pick(part: str) -> Any:
            ends = (lambda: getattr(one(), part)), (lambda: getattr(two(), part))
            return how.choose(left.value, right.value, *ends)

        return _Shaken(pick("value"), pick("size"), pick("terms"), chance, unit, least)

    def raised(base: _Shaken, exponent: _Shaken, derived: bool) -> _Shaken:
        argument, to = abs(base.used_in(unit).value), _entrywise(_settled, exponent.value)
        return _Shaken.exact(how.raised(argument, to, derived), chance, unit, least)

    return Arithmetic(number, apply, choose, raised)


def _settled(exponent: arb) -> arb:
    """An exponent; what rounding has taken off a whole number is put back, as -1 has no root."""
    whole = arb(round(float(exponent)))
    return whole if abs(exponent - whole) < SETTLED else exponent


def _entrywise(function: Any, argument: Any) -> Any:
    return np.frompyfunc(function, 1, 1)(argument)


@cache
def _terms(row: Function) -> tuple[Any, ...]:
    """The terms of f' in f itself, in which code computes it: 1 and F² of 1 - F²."""
    form = own_value(row.definition)
    if form is None:
        return ()
    terms = sympy.Add.make_args(sympy.expand(form.subs(F, Z)))
    return tuple(compiled(term) for term in terms)
