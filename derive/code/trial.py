"""A trainer run at a point, in a format, against the numbers of its derivation there."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, log10
from typing import Any

import numpy as np
from flint import ctx

from derive.derivation.derivation import Derivation
from derive.evaluation.accurate import accurate, balls_of
from derive.evaluation.balls import balls
from derive.evaluation.conditions import bends
from derive.evaluation.evaluate import (
    Arithmetic,
    Cell,
    Sizes,
    Values,
    array_cells,
    evaluate,
    show_cell,
)
from derive.evaluation.rounding import Rounding, Units
from derive.expressions.expression import Adjoint, Name
from derive.model.model import Array, Model

ULPS = 4
"""What is given may be off by, in units: no computation knows it better."""


SPREADS = 2
"""By how many spreads a number may be off."""


Point = Mapping[Cell, Fraction]


@dataclass(frozen=True)
class Format:
    """A format of numbers, and how near what is right in it is, relative to the largest term."""

    dtype: type
    tolerance: float

    @property
    def name(self) -> str:
        """What NumPy calls it."""
        return np.dtype(self.dtype).name

    @property
    def unit(self) -> float:
        """Half the distance of numbers next to 1."""
        return float(np.finfo(self.dtype).eps) / 2

    @property
    def digits(self) -> int:
        """How many digits tell a number that is wrong from one that is right."""
        return round(2 - log10(self.tolerance))

    @property
    def most(self) -> float:
        """The largest number."""
        return float(np.finfo(self.dtype).max)

    @property
    def least(self) -> float:
        """The smallest number that has all digits."""
        return float(np.finfo(self.dtype).tiny)


FORMATS = (Format(np.float64, 1e-12), Format(np.float32, 1e-6))


@dataclass(frozen=True)
class Extreme:
    """A point, what was done to a random one, and the largest argument of a function there.

    `factor` is what the arrays of a kind were scaled by.
    """

    words: str
    given: Point
    reach: float
    kind: str = ""
    factor: Fraction = Fraction(1)


Verdict = tuple[Extreme, str | None]
"""A point, and what is wrong there: nothing, or None where nothing can be."""


@dataclass(frozen=True)
class Run:
    """What a trainer gave at a point, and the first warning."""

    found: dict[Cell, float]
    warning: str

    def is_told(self, known: dict[Cell, float], form: Format) -> bool:
        """Whether it is known without what rounding does: every number is right relative to the
        largest of its array, or the first that is not is no number.
        """
        far = self._far(known, form)
        return not far or not isfinite(self.found[far[0]])

    def fault(
        self, known: dict[Cell, float], allowed: dict[Cell, float] | None, form: Format
    ) -> str:
        """What is wrong, or nothing; `allowed` is how far off those may be that are not near."""
        for cell in self._far(known, form):
            got, want = self.found[cell], known[cell]
            if not (allowed and isfinite(got) and abs(got - want) <= allowed[cell]):
                told = form.digits
                return f"{show_cell(*cell)} is {got:.{told}g}, and it should be {want:.{told}g}"
        return f"there is a warning: {self.warning}" if self.warning else ""

    def _far(self, known: dict[Cell, float], form: Format) -> list[Cell]:
        """What the format has a number for, and is not near that."""
        largest: dict[Name, float] = {}
        for (name, _), number in known.items():
            if abs(number) < form.most:
                largest[name] = max(abs(number), largest.get(name, 0.0))
        return [
            cell
            for cell, got in self.found.items()
            if abs(known[cell]) < form.most
            and not abs(got - known[cell]) <= form.tolerance * largest[cell[0]] + 16 * form.least
        ]


@dataclass(frozen=True)
class Trial:
    """A trainer's module and the derivation that it is held against, at some sizes."""

    module: Any
    derivation: Derivation
    sizes: Sizes

    @property
    def model(self) -> Model:
        """The model of the derivation."""
        return self.derivation.model

    @property
    def cells(self) -> list[Cell]:
        """The error and its derivative by every weight."""
        error = self.model.error
        slopes = [
            (Adjoint(error, weight.name), place)
            for weight in self.model.weights
            for _, place in array_cells(weight, self.sizes)
        ]
        return [(error, ()), *slopes]

    def reaches(self, points: list[Point]) -> list[float]:
        """The largest argument of a function at each point, or number where there is none; 1 where
        all are 0, as the variance of one number is.
        """
        if not points:
            return []
        seen: list[Any] = []
        how = balls(self.model)

        def watch(name: str, order: int, z: Any) -> Any:
            if isinstance(z, np.ndarray) and bends(self.model.function(name)):
                seen.append(abs(z))
            return how.apply(name, order, z)

        with ctx.workprec(64):
            given = balls_of(points)
            watching = Arithmetic(how.number, watch, how.choose)
            evaluate(self.derivation.forward, self.sizes, given, watching)
            seen = seen or [abs(numbers) for numbers in given.values()]
            largest = [[float(numbers[n].mid()) for numbers in seen] for n in range(len(points))]
        return [max([x for x in found if x > 0], default=1.0) for found in largest]

    def verdicts(self, points: list[Extreme], values: list[Values], form: Format) -> list[Verdict]:
        """What is wrong with what the trainer gives at each point, or nothing; None where there
        is no value of the error, or none that the format has. The values are those of `values`.
        """
        known = [{cell: float(number) for cell, number in each.items()} for each in values]
        runs = [
            self._run(point, form, here) if abs(here[self.model.error, ()]) < form.most else None
            for point, here in zip(points, known, strict=True)
        ]
        loose = [n for n, run in enumerate(runs) if run and not run.is_told(known[n], form)]
        allowed = dict(zip(loose, self._spreads(points, values, loose, form), strict=True))
        return [
            (point, run.fault(known[n], allowed.get(n), form) if run else None)
            for n, (point, run) in enumerate(zip(points, runs, strict=True))
        ]

    def values(self, points: list[Extreme]) -> list[Values]:
        """The error and its derivatives at each point, as far as they have a value."""
        given, cells = [point.given for point in points], self.cells
        found = accurate(self.derivation.equations, self.sizes, given, self.model, cells)
        return [{cell: found[cell][n] for cell in cells} for n in range(len(points))]

    def _run(self, point: Extreme, form: Format, known: dict[Cell, float]) -> Run:
        """The error and its derivatives as `gradient` gives them or the loop of training does,
        whichever is farther off.
        """

        def given(array: Array) -> Any:
            flat = [float(point.given[cell]) for cell in array_cells(array, self.sizes)]
            return np.array(flat, form.dtype).reshape([self.sizes[size] for size in array.shape])

        parameters = self.module.Parameters(*map(given, self.model.weights))
        data = list(map(given, self.model.data))
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            found = self._numbers(*self.module.gradient(parameters, *data))
        partials = type(parameters)(*map(np.empty_like, parameters))
        in_place = self.module._in_place(parameters, partials, *data)
        with np.errstate(all="ignore"):
            same = self._numbers(in_place(parameters, *data), partials)
        return Run(_farther(found, same, known), str(warned[0].message) if warned else "")

    def _numbers(self, value: Any, partials: Any) -> dict[Cell, float]:
        numbers = [float(x) for partial in partials for x in np.ravel(partial)]
        return dict(zip(self.cells, [float(value), *numbers], strict=True))

    def _spreads(
        self, points: list[Extreme], values: list[Values], chosen: list[int], form: Format
    ) -> list[dict[Cell, float]]:
        """How far off each number may be at some points: the format's tolerance of the terms that
        are added up to it and to its adjoints, and what the format knows of what is given and of
        each quantity on the way.
        """
        if not chosen:
            return []
        ulps = ULPS * form.unit
        units = Units(ulps, 0.0, form.tolerance, itself=ulps)
        given = tuple(points[n].given for n in chosen)
        rounding = Rounding(self.derivation.equations, self.sizes, given, self.model, units)
        apart = {
            cell: rounding.spread(cell, np.array([values[n][cell] for n in chosen], object))
            for cell in self.cells
        }
        return [
            {cell: SPREADS * float(spreads[place]) for cell, spreads in apart.items()}
            for place in range(len(chosen))
        ]


def _farther(
    one: dict[Cell, float], other: dict[Cell, float], known: dict[Cell, float]
) -> dict[Cell, float]:
    """Of each number the one that is farther from what it should be."""
    return {
        cell: x if not abs(x - known[cell]) <= abs(other[cell] - known[cell]) else other[cell]
        for cell, x in one.items()
    }
