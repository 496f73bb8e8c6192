"""Code that computes with single numbers, run and held against the derivation of one sample."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain
from typing import Any

import numpy as np

from derive.arrays.stable import kept
from derive.code.reference import Numbers, Reference
from derive.derivation.simplify import Simplified
from derive.errors import DeriveError
from derive.evaluation.evaluate import show_cell
from derive.evaluation.random_points import SEEDS, random_rationals
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.proof.certificate import Check

FACTORS = (1, 100, 10_000)
"""By which the weights of a point are multiplied: functions saturate, and logits are far apart."""


MANY = 300
"""Weights from which on a point is looked at as it is drawn alone: how far rounding goes where
functions saturate takes minutes to find out of so many.
"""


NEAR = 1e-12
"""What a number may be off by, relative to itself, without a question how far rounding goes."""


T = Fraction(1, 2)


Flat = Sequence[float]


@dataclass(frozen=True)
class Code:
    """What was written, called with flat lists: the parameters, and each array of a sample."""

    forward: Callable[[Flat, list[Flat]], Flat] | None
    error: Callable[[Flat, list[Flat]], float]
    gradient: Callable[[Flat, list[Flat]], tuple[float, Flat]]
    update: Callable[[Flat, list[Flat], float], Flat]
    train: Callable[[Flat, list[list[Flat]], float, int], Flat]


def compared(code: Code, trainer: Any, one: Simplified) -> Iterator[Check]:
    """Every function at the sizes of the example, to what rounding makes of the equations.

    Where weights are so large that the NumPy trainer is not right either, that is a limit.
    """
    points = [_drawn(one, seed) for seed in SEEDS[1:]]
    factors = FACTORS if len(points[0].parameters) < MANY else FACTORS[:1]
    for factor in factors:
        where = f" with weights times {factor}" if factor > 1 else ""
        try:
            yield from _limited_once(_compared(code, trainer, points[0].times(factor), where))
        except DeriveError as error:
            if factor == 1:
                raise
            yield Check(f"the equations have values{where}", True, limit=str(error))
    yield _trains(code, *points)


def _limited_once(checks: Iterator[Check]) -> Iterator[Check]:
    """The checks, with a word of the first limit alone, and how many there are."""
    limited = []
    for check in checks:
        if check.limit:
            limited.append(check)
        else:
            yield check
    if limited:
        first, *others = limited
        more = f" (and {len(others)} more)" if others else ""
        yield replace(first, limit=first.limit + more)


@dataclass(frozen=True)
class _Point:
    """What the equations give at a point, and the point in flat lists."""

    right: Reference

    @property
    def model(self) -> Model:
        return self.right.derivation.model

    def times(self, factor: int) -> "_Point":
        """With larger weights."""
        weights = {weight.name for weight in self.model.weights}
        given = {
            cell: number * factor if cell[0] in weights else number
            for cell, number in self.right.given.items()
        }
        right = self.right
        return _Point(Reference(right.derivation, right.sizes, given, right.computed))

    @cached_property
    def parameters(self) -> list[float]:
        """All weights in one list."""
        return list(chain.from_iterable(map(self.flat, self.model.weights)))

    @cached_property
    def sample(self) -> list[Flat]:
        """A list for each input and target."""
        return list(map(self.flat, self.model.data))

    def flat(self, array: Array) -> list[float]:
        """The numbers of what is given."""
        return [float(number) for number in np.ravel(self.right.array(array))]


def _drawn(one: Simplified, seed: int) -> _Point:
    sizes = dict(one.model.example)
    point = random_rationals(one.derivation, sizes, seed)
    given = {cell: float(number) for cell, number in point.items()}
    return _Point(Reference(one.derivation, sizes, given, kept(one)))


def _compared(code: Code, trainer: Any, point: _Point, where: str) -> Iterator[Check]:
    model, right = point.model, point.right
    weights = [right.array(weight) for weight in model.weights]
    rows = [np.asarray(right.array(array))[np.newaxis] for array in model.data]
    parameters = trainer.Parameters(*weights)
    fed = len(model.role("input"))
    output, total = output_of(model), right.quantity(model.array(model.error))
    with np.errstate(all="ignore"):
        value, partials = trainer._gradient(parameters, *rows)
        held = _Held(where, bool(where))
        if code.forward is not None:
            its = trainer._forward(parameters, *rows[:fed])
            got = _tried(partial(code.forward, point.parameters, point.sample[:fed]))
            wanted = right.quantity(output)
            yield held.check(f"forward returns {output.name}", output, got, wanted, its)
        got = _tried(lambda: [code.error(point.parameters, point.sample)])
        error = model.array(model.error)
        yield held.check(f"error returns {model.error}", error, got, total, value)
        found = _tried(lambda: _joined(code.gradient(point.parameters, point.sample)))
        moved = _tried(lambda: code.update(point.parameters, point.sample, float(T)))
        yield held.check(f"gradient returns {model.error}", error, _part(found, 0, 1), total, value)
        at = 0
        for weight, slopes in zip(model.weights, partials, strict=True):
            end = at + np.size(slopes)
            slope = f"∂{model.error}/∂{weight.name}"
            got = _part(found, at + 1, end + 1)
            yield held.check(
                f"gradient returns {slope}", weight, got, right.partial(weight), slopes
            )
            claim, got = f"update takes {weight.name} - t {slope}", _part(moved, at, end)
            its = right.array(weight) - float(T) * slopes
            yield held.check(claim, weight, got, right.moved(weight, T), its)
            at = end


Found = list[float] | str
"""Numbers, or what went wrong."""


@dataclass(frozen=True)
class _Held:
    """Results held against numbers. Far out a language may raise an error of its own where a number
    leaves its range, and the trainer's numbers are to be right as well.
    """

    where: str
    is_far: bool

    def check(self, claim: str, array: Array, got: Found, right: Numbers, its: Any) -> Check:
        """Whether the code has these numbers, where the trainer has them."""
        claim += self.where
        detail = got if isinstance(got, str) else _wrong(array, got, right)
        if not detail:
            return Check(claim, True)
        if self.is_far and isinstance(got, str):
            return Check(claim, True, limit=detail)
        if self.is_far and _wrong(array, np.ravel(its), right):
            return Check(
                claim, True, limit=f"{detail}; the NumPy trainer is not right there either"
            )
        return Check(claim, False, detail)


def _wrong(array: Array, got: Any, right: Numbers) -> str:
    """What is wrong with the first wrong number; nothing where all are right."""
    shape = np.shape(right.wanted)
    if np.size(got) != np.size(np.empty(shape)):
        return f"{np.size(got)} numbers in place of {np.size(np.empty(shape))}"
    found = np.reshape(np.asarray(got, float), shape)
    wanted = np.asarray(right.wanted).astype(float)
    if np.all(np.abs(found - wanted) <= NEAR * np.abs(wanted)):
        return ""
    wrong = right.first_wrong(found)
    if wrong is None:
        return ""
    place, value, want = wrong
    cell = show_cell(array.name, tuple(number + 1 for number in place))
    return f"{cell}: the code gives {value!r}, and it should be {want.str(20, radius=False)}"


def _trains(code: Code, one: _Point, other: _Point) -> Check:
    """A step for each sample in turn, twice, is what `train` does, bit by bit."""
    claim = "train takes a step for each sample, in their order"
    samples = [one.sample, other.sample]
    stepped: Flat = one.parameters
    for sample in (*samples, *samples):
        stepped = code.update(stepped, sample, 0.01)
    trained = code.train(one.parameters, samples, 0.01, 2)
    same = np.array_equal(stepped, trained, equal_nan=True)
    return Check(claim, same, "" if same else f"{list(trained)}, and steps give {list(stepped)}")


def _joined(found: tuple[float, Flat]) -> list[float]:
    value, partials = found
    return [value, *partials]


def _tried(compute: Callable[[], Flat]) -> Found:
    try:
        return list(compute())
    except (ArithmeticError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


def _part(found: Found, start: int, end: int) -> Found:
    return found if isinstance(found, str) else found[start:end]
