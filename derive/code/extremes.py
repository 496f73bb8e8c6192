"""Over what range a trainer holds: it is run at extreme points, in float64 and in float32.

Weights, inputs and targets of a random point are scaled until arguments of functions are some
10, 100, 1000 and 10000; weights and data are all zero, or all one. Every number of a point is
one of float32, and at just these the derivation's equations are worked out, in as many digits as
it takes. What is said is measured, and no model is refused for it: where a value exists and the
trainer gives another, or none, or a warning, the line says from where on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, log2
from typing import Any

from derive.code.trial import FORMATS, Extreme, Format, Point, Trial, Verdict
from derive.derivation.derivation import Derivation
from derive.evaluation.drawing import in_short, keeps
from derive.evaluation.evaluate import array_cells
from derive.evaluation.random_points import SEEDS, random_rationals
from derive.model.model import Array, Model
from derive.proof.certificate import Check, proof_sizes

REACHES = (10, 100, 1000, 10000)
"""Of arguments of functions."""


Kinds = dict[str, tuple[Array, ...]]
"""Arrays that are changed together, by what they are called."""


def check_range(module: Any, derivation: Derivation) -> Iterator[Check]:
    """For each format, the range over which the error and its derivatives are right.

    A check's limit says where that ends; it holds all the same.
    """
    search = Search.of(module, derivation)
    scaled, special = search.scaled(), search.special()
    values = search.trial.values([*scaled, *special])
    for form in FORMATS:
        verdicts = search.trial.verdicts([*scaled, *special], values, form)
        yield _range(search, form, verdicts[: len(scaled)])
        yield _special(search.trial.model, form, verdicts[len(scaled) :])


@dataclass(frozen=True)
class Search:
    """A trial, and the random point that extreme ones are made from."""

    trial: Trial
    base: Point

    @classmethod
    def of(cls, module: Any, derivation: Derivation) -> "Search":
        """At the sizes of the example, at most 2 each."""
        model = derivation.model
        sizes = proof_sizes(model)[0]
        drawn = random_rationals(derivation, sizes, SEEDS[0])
        return cls(Trial(module, derivation, sizes), in_short(model, sizes, drawn))

    def scaled(self) -> list[Extreme]:
        """Weights, of both signs, inputs and targets times powers of two, as far as assumptions
        stay kept.
        """
        model = self.trial.model
        kinds = {
            "weights": model.weights,
            "inputs": model.role("input"),
            "targets": model.role("target"),
        }
        reach = self.trial.reaches([self.base])[0]
        above = [log2(aim / reach) if isfinite(reach) else 0.0 for aim in REACHES]
        powers = dict.fromkeys(max(1, round(exponent)) for exponent in above)
        return [
            point
            for kind, arrays in kinds.items()
            for sign in ((1, -1) if kind == "weights" else (1,))
            for point in self.times(kind, arrays, [sign * Fraction(2) ** n for n in powers])
        ]

    def times(
        self, kind: str, arrays: Iterable[Array], factors: Iterable[Fraction]
    ) -> list[Extreme]:
        """The random point with some arrays scaled, once for each factor."""
        every = {factor: self._changed(arrays, factor, Fraction(0)) for factor in factors}
        moved = {factor: point for factor, point in every.items() if point != self.base}
        reaches = self.trial.reaches(list(moved.values()))
        return [
            Extreme(f"{kind} {factor} times those of a random point", point, reach, kind, factor)
            for (factor, point), reach in zip(moved.items(), reaches, strict=True)
        ]

    def special(self) -> list[Extreme]:
        """All of a kind zero, or one: ties, empty masks, empty rows."""
        model = self.trial.model
        inputs = model.role("input")
        kinds: Kinds = {"weights": model.weights, "inputs": inputs}
        kinds |= {array.name: (array,) for array in inputs} if len(inputs) > 1 else {}
        every = {
            f"all {kind} {number}": self._changed(arrays, Fraction(0), Fraction(number))
            for kind, arrays in kinds.items()
            for number in (0, 1)
        }
        moved = {words: point for words, point in every.items() if point != self.base}
        reaches = self.trial.reaches(list(moved.values()))
        return [Extreme(*each, reach) for each, reach in zip(moved.items(), reaches, strict=True)]

    def _changed(self, arrays: Iterable[Array], factor: Fraction, more: Fraction) -> Point:
        """The point with each number of some arrays times a factor and more, but for those of
        which something else is assumed.
        """
        moved = dict(self.base)
        for array in arrays:
            cells = array_cells(array, self.trial.sizes)
            values = {cell: self.base[cell] * factor + more for cell in cells}
            if keeps(self.trial.model, array, values):
                moved |= values
        return moved

    def edge(
        self, form: Format, good: Verdict | None, bad: Verdict
    ) -> tuple[Verdict | None, Verdict]:
        """The last point that is right and the first that is not, a factor of two apart."""
        arrays = [array for array in self.trial.model.leaves if f"{array.role}s" == bad[0].kind]
        while True:
            factor = good[0].factor if good else Fraction(1 if bad[0].factor > 0 else -1)
            steps = round(log2(bad[0].factor / factor)) // 2
            if steps < 1:
                return good, bad
            points = self.times(bad[0].kind, arrays, [factor * Fraction(2) ** steps])
            (there,) = self.trial.verdicts(points, self.trial.values(points), form)
            good, bad = (good, there) if there[1] else (there, bad)


def _leads_to(point: Extreme, other: Extreme) -> bool:
    """Whether a point is scaled as another is, and less."""
    return point.kind == other.kind and 0 < point.factor / other.factor < 1


def _range(search: Search, form: Format, verdicts: list[Verdict]) -> Check:
    wrong = [each for each in verdicts if each[1]]
    right = [each for each in verdicts if each[1] == ""]
    said = f"{_right(search.trial.model, form)}, arguments of functions up to"
    if not wrong:
        most = max((point.reach for point, _ in right), default=0.0)
        return Check(f"{said} {most:.2g}", True)
    bad = min(wrong, key=lambda each: each[0].reach)
    before = [e for e in right if _leads_to(e[0], bad[0])]
    good = max(before, key=lambda each: each[0].reach, default=None)
    good, bad = search.edge(form, good, bad)
    others = [point.reach for point, _ in right if point.reach < bad[0].reach]
    most = max([*others, good[0].reach if good else 0.0])
    point, fault = bad
    limit = f"with {point.words}, arguments up to {point.reach:.2g}, {fault}"
    return Check(f"{said} {most:.2g}", True, limit=limit)


def _special(model: Model, form: Format, verdicts: list[Verdict]) -> Check:
    claim = f"{_right(model, form)} where weights or data are all 0 or all 1"
    for point, fault in verdicts:
        if fault:
            return Check(claim, True, limit=f"but not with {point.words}: {fault}")
    return Check(claim, True)


def _right(model: Model, form: Format) -> str:
    return f"{form.name}: {model.error} and its derivatives are right to {form.tolerance:.0e}"
