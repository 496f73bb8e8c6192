"""What code is held against: the numbers of a derivation, and how far rounding may take them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from derive.arrays.stable import kept
from derive.derivation.derivation import Derivation, Equation
from derive.derivation.simplify import Simplified
from derive.errors import InternalError
from derive.evaluation.accurate import accurate
from derive.evaluation.balls import ball
from derive.evaluation.evaluate import Cell, Sizes, Values, array_cells, equation_cells
from derive.evaluation.random_points import SEEDS, random_rationals
from derive.evaluation.rounding import Rounding, Units
from derive.expressions.expression import Adjoint, Name
from derive.model.model import Array

UNIT = 2.0**-53
"""Half the distance of float64 numbers next to 1."""


LEAST = float(np.finfo(float).tiny)
"""The smallest float64 number that has all digits."""


FEW = 16
"""Units by which any result may be off, whatever its condition; and by what has not all digits."""


SPREADS = 16
"""Spreads of the equations, rounded at random, by which a result of the code may be off."""


WIDE = 1e-3
"""A spread, relative to the value or to 1, that tells nothing where another way has a smaller."""


@dataclass(frozen=True)
class Numbers:
    """What an array of code is to be, and how far rounding takes each entry.

    `spread` is worked out only where a few units do not do.
    """

    wanted: Any
    spread: Callable[[], Any]

    def first_wrong(self, got: Any) -> tuple[tuple[int, ...], Any, Any] | None:
        """The place of the first entry that is no rounding of the one wanted, and both.

        Raises InternalError where the shapes differ.
        """
        got, wanted = np.asarray(got), np.asarray(self.wanted)
        if got.shape != wanted.shape:
            raise InternalError(f"an array of shape {got.shape}, expected {wanted.shape}")
        for place in np.ndindex(got.shape):
            value, want = float(got[place]), wanted[place]
            apart, few = abs(value - want), FEW * UNIT * abs(want) + LEAST
            if apart <= few or apart <= few + SPREADS * float(np.asarray(self.spread())[place]):
                continue
            return place, value, want
        return None


@dataclass(frozen=True)
class Reference:
    """A derivation's numbers at a point of floats, in balls.

    `computed` are the equations as code has them, where they are others: Σ (x - mean(x)), which
    is 0, may be left out of one adjoint and stand in the next.
    """

    derivation: Derivation
    sizes: Sizes
    given: Mapping[Cell, float]
    computed: tuple[Equation, ...] = ()

    def array(self, array: Array) -> Any:
        """What is given of an array, in floats."""
        return self._arranged(array, lambda place: self.given[array.name, place]).astype(float)

    def quantity(self, array: Array) -> Numbers:
        """What the equations compute for an array."""
        return self._of(array.name, array)

    def partial(self, array: Array) -> Numbers:
        """The derivative of the error by an array."""
        return self._of(Adjoint(self.derivation.model.error, array.name), array)

    def moved(self, weight: Array, t: Fraction) -> Numbers:
        """A weight less t times the derivative by it."""
        slope, old = self.partial(weight), self.array(weight)
        exact = np.frompyfunc(lambda number: ball(Fraction(number)), 1, 1)(old)
        return Numbers(
            exact - slope.wanted * ball(t), lambda: float(t) * slope.spread() + UNIT * abs(old)
        )

    def _of(self, name: Name, array: Array) -> Numbers:
        return Numbers(
            self._arranged(array, lambda place: self._values[name, place]),
            lambda: self._arranged(array, lambda place: self._spread((name, place))).astype(float),
        )

    def _arranged(self, array: Array, at: Callable[[tuple[int, ...]], Any]) -> Any:
        made = np.empty([self.sizes[size] for size in array.shape], object)
        for place in np.ndindex(made.shape):
            made[place] = at(tuple(number + 1 for number in place))
        return made

    @cached_property
    def _point(self) -> dict[Cell, Fraction]:
        """Hyperparameters are what the model says, not their floats."""
        exact = {cell: Fraction(number) for cell, number in self.given.items()}
        return exact | {(name, ()): n for name, n in self.derivation.model.hyperparameters}

    @cached_property
    def _values(self) -> Values:
        """Every quantity and every adjoint."""
        model = self.derivation.model
        wanted: list[Cell] = [(model.error, ())]
        for array in model.differentiated:
            adjoint = Adjoint(model.error, array.name)
            wanted += [(adjoint, place) for _, place in array_cells(array, self.sizes)]
        found = accurate(self.derivation.equations, self.sizes, [self._point], model, wanted)
        return {cell: numbers[0] for cell, numbers in found.items()}

    @cached_property
    def _roundings(self) -> dict[Cell, tuple[Rounding, ...]]:
        """How each cell is rounded: as code computes it, where that is known; with small numbers
        that lose their digits, and with all digits kept, as they are where code scales them.
        """
        ways = [Units(UNIT, UNIT, UNIT, least) for least in (LEAST, 0.0)]
        found: dict[Cell, tuple[Rounding, ...]] = {}
        for equations in (self.derivation.equations, self.computed):
            of_these = equations, self.sizes, (self._point,), self.derivation.model
            roundings = tuple(Rounding(*of_these, units) for units in ways)
            for equation in equations:
                cells = equation_cells(equation, self.sizes)
                found |= {(equation.target.name, place): roundings for _, place in cells}
        return found

    def _spread(self, cell: Cell) -> float:
        exact = np.array([self._values[cell]], object)
        spreads = [float(way.spread(cell, exact)[0]) for way in self._roundings[cell]]
        largest = WIDE * max(1.0, float(abs(exact[0]).abs_upper()))
        told = [spread for spread in spreads if spread <= largest]
        return max(told, default=min(spreads))


def reference(
    derivation: Derivation, sizes: Sizes, computed: tuple[Equation, ...] = ()
) -> Reference:
    """At a random point."""
    point = random_rationals(derivation, sizes, SEEDS[1])
    given = {cell: float(number) for cell, number in point.items()}
    return Reference(derivation, sizes, given, computed)


def computed(simplified: Simplified) -> tuple[Equation, ...]:
    """The equations as code has them."""
    return kept(simplified)
