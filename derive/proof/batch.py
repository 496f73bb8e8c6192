"""N samples against one: the error that is differentiated is the mean or the sum that it is to be.

`model.batch` puts the sample index on the equations. This looks at neither its rules nor its
expressions: it evaluates the equations of N samples, and those of one sample N times, exactly
modulo a prime, every function a random polynomial, and compares the numbers. The mean over
samples, with weights ω, is to be

    Σ ω[s] EQ(s) / Σ ω[s]

and the sum, a penalty counted once,

    Σ ω[s] (EQ(s) - P) + P

where P is what the error adds beside all that holds data. How much that is, the numbers know:
each carries apart what it adds of what holds data and what it adds of what does not. What the
model puts out, and what that is computed from, holds data as a whole: its bias is no penalty.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from derive.derivation.derivation import Derivation
from derive.derivation.simplify import Simplified
from derive.errors import ProofError
from derive.evaluation.balls import UnsureError
from derive.evaluation.dual_numbers import BITS, Dual, modular, random_duals
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    array_cells,
    evaluate,
    show_cell,
)
from derive.evaluation.random_points import SEEDS, random_rationals
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes
from derive.proof.prove import nonsense, prove_simplified

SAMPLES = 3, 2
"""How many, where no index of the model has as many values, and where its first has another."""


ZERO, ONE = Dual(0, real=arb(0)), Dual(1, real=arb(1))


@dataclass(frozen=True)
class Parted:
    """A number as a sum of two: what holds data, None where nothing does, and what is beside it.

    A factor without data multiplies both. Whatever else is made of a number that holds data,
    a square, a function of it, a choice by it, holds data as a whole.
    """

    beside: Dual
    sample: Dual | None = None

    @property
    def value(self) -> Dual:
        """The number itself."""
        return self.beside if self.sample is None else self.beside + self.sample

    def __add__(self, other: "Parted") -> "Parted":
        held = [part.sample for part in (self, other) if part.sample is not None]
        total = held[0] + held[1] if len(held) == 2 else next(iter(held), None)
        return Parted(self.beside + other.beside, total)

    def __mul__(self, other: "Parted") -> "Parted":
        if self.sample is not None and other.sample is not None:
            return _with_data(self.value * other.value)
        held = self.sample if self.sample is not None else other.sample
        factor = other.beside if self.sample is not None else self.beside
        return Parted(self.beside * other.beside, None if held is None else held * factor)

    def __pow__(self, exponent: int) -> "Parted":
        return _made_of([self], self.value**exponent)

    def __rtruediv__(self, number: int) -> "Parted":
        return _made_of([self], number / self.value)


def _with_data(value: Dual) -> Parted:
    return Parted(ZERO, value)


def _made_of(parts: list[Parted], value: Dual) -> Parted:
    return _with_data(value) if any(p.sample is not None for p in parts) else Parted(value)


def _worked_out(branch: Branch) -> Parted | None:
    """A branch, if it is a number: one that is not taken may divide by zero."""
    try:
        worked_out: Parted = branch()
    except (ZeroDivisionError, UnsureError):
        return None
    return worked_out


def _parted(how: Arithmetic) -> Arithmetic:
    """The same arithmetic, of such numbers."""

    def number(value: Fraction) -> Parted:
        return Parted(how.number(value))

    def apply(name: str, order: int, argument: Any) -> Parted:
        return _made_of([argument], how.apply(name, order, argument.value))

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Parted:
        one, two = _worked_out(then), _worked_out(other)
        taken = how.choose(left.value, right.value, lambda: one or then(), lambda: two or other())
        return _made_of([left, right, *filter(None, (one, two))], taken.value)

    def raised(base: Any, exponent: Any, derived: bool) -> Parted:
        return _made_of([base, exponent], how.raised(base.value, exponent.value, derived))

    return Arithmetic(number, apply, choose, raised)


def prove_batch(one: Derivation, batched: Simplified, title: str) -> Certificate:
    """The derivation of N samples, and that they are samples of that of one."""
    proven = prove_simplified(batched, title)
    return replace(proven, checks=(*check_samples(one, batched.derivation), *proven.checks))


def check_samples(one: Derivation, batched: Derivation) -> Iterator[Check]:
    """The quantities of each of N samples and the error over all, at two choices of sizes.

    Where the batch has weights for its samples, its error is the weighted one.
    """
    for number, small in zip(SAMPLES, proof_sizes(one.model), strict=True):
        sizes = {batched.model.sample.size: number, **small}
        try:
            point = random_rationals(batched, sizes, SEEDS[0])
        except ProofError as error:
            yield nonsense(sizes, error)
            continue
        with ctx.workprec(BITS):
            checks = list(_check(one, batched, sizes, random_duals(point, seed=number)))
        yield from checks


def _check(one: Derivation, batched: Derivation, sizes: Sizes, given: Values) -> Iterator[Check]:
    model = batched.model
    how = modular(model, seed=len(sizes))
    together = evaluate(batched.forward, sizes, given, how)
    samples = range(1, sizes[model.sample.size] + 1)
    alone = {s: _evaluated_apart(one, sizes, given, s, _parted(how)) for s in samples}
    known = {array.name for array in one.model.arrays} - {model.error}  # not all sums have a name
    quantities = [array for array in model.role("quantity") if array.name in known]
    sides = (
        (show_cell(*cell), together[cell], values[_cell_of_one(array, cell)].value)
        for s, values in alone.items()
        for array in quantities
        for cell in array_cells(array, sizes)
        if model.sample not in array.indices or cell[1][0] == s
    )
    claim = f"what is computed of each sample is what one sample gives ({show_sizes(sizes)})"
    yield _first_difference(claim, sides)
    weight = next((a for a in model.data if a.name not in _names(one.model)), None)
    weights = {s: given[weight.name, (s,)] if weight else ONE for s in samples}
    errors = {s: values[model.error, ()] for s, values in alone.items()}
    expected = _gathered(model.gather == "mean", weights, errors)
    kind = f"{'weighted ' if weight else ''}{model.gather}"
    claim = f"{model.error} is the {kind} of the samples' own, what holds no data counted once"
    got = together[model.error, ()]
    yield _first_difference(
        f"{claim} ({show_sizes(sizes)})", [(show_cell(model.error, ()), got, expected)]
    )


def _gathered(is_mean: bool, weights: dict[int, Dual], errors: dict[int, Parted]) -> Dual:
    """The error over all samples, from the errors of each."""
    if is_mean:
        total = sum((weights[s] * errors[s].value for s in errors), ZERO)
        return total * (1 / sum(weights.values(), ZERO))
    held = (weights[s] * error.sample for s, error in errors.items() if error.sample is not None)
    return sum(held, next(iter(errors.values())).beside)


def _evaluated_apart(
    one: Derivation, sizes: Sizes, given: Values, s: int, how: Arithmetic
) -> Values:
    """What one sample gives, the output and all before it whole."""
    end = [e.target.name for e in one.forward].index(output_of(one.model).name) + 1
    values = evaluate(one.forward[:end], sizes, _sample(one.model, given, s, sizes), how)
    if end < len(one.forward):
        values = {cell: _made_of([number], number.value) for cell, number in values.items()}
    return evaluate(one.forward[end:], sizes, values, how)


def _sample(model: Model, given: Values, s: int, sizes: Sizes) -> Values:
    """What the model of one sample is given: data of sample s, and weights as they are."""
    data = {array.name for array in model.data}
    return {
        cell: _with_data(given[cell[0], (s, *cell[1])]) if cell[0] in data else Parted(given[cell])
        for array in model.leaves
        for cell in array_cells(array, sizes)
    }


def _cell_of_one(array: Array, cell: Cell) -> Cell:
    return (cell[0], cell[1][1:]) if any(index.counts_samples for index in array.indices) else cell


def _names(model: Model) -> set[str]:
    return {array.name for array in model.arrays}


def _first_difference(claim: str, sides: Iterable[tuple[str, Dual, Dual]]) -> Check:
    for what, got, expected in sides:
        if got.value != expected.value:
            numbers = f"{got.value}, and it should be {expected.value} modulo 2^61 - 1"
            return Check(claim, False, f"{what} came out as {numbers}")
    return Check(claim, True)
