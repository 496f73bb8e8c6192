"""The scalar program: equations of one sample in functions that every C library has."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from derive.derivation.derivation import Equation
from derive.expressions.contents import held
from derive.expressions.expression import Entry, Expression, Index, Name
from derive.model.model import Array, Model


@dataclass(frozen=True)
class ScalarStep:
    """target = value, wherever the letters of the target stand.

    Of what only helps an equation, the exponential that a function and its derivative share or
    the largest logit, `equation` is None, and `about` is the entry that it belongs to, if that
    has its indices. `largest` are the indices along which the value is the largest one.
    """

    target: Entry
    value: Expression
    equation: Equation | None = None
    largest: tuple[Index, ...] = ()
    about: Entry | None = None


@dataclass(frozen=True)
class ScalarFunction:
    """A function that is called by its name: its value at `Z_ENTRY`, in terms of an exponential
    `E_ENTRY` = exp(exponent) if it has one.
    """

    function: str
    order: int
    value: Expression
    exponent: Expression | None


@dataclass(frozen=True)
class ScalarProgram:
    """The steps in the order of computation, and the functions that they call."""

    model: Model
    steps: tuple[ScalarStep, ...]
    functions: tuple[ScalarFunction, ...]
    scaled: frozenset[Name]
    """The quantities that are held as a mantissa and a shift."""


def leading_to(steps: Iterable[ScalarStep], ends: Collection[Name]) -> tuple[ScalarStep, ...]:
    """The steps that lead to some names, in their order."""
    wanted, kept = set(ends), list[ScalarStep]()
    for step in reversed(tuple(steps)):
        if step.target.name in wanted:
            wanted |= held(step.value)
            kept.append(step)
    return tuple(reversed(kept))


def used(steps: Iterable[ScalarStep], arrays: Iterable[Array]) -> tuple[Array, ...]:
    """Those of some arrays that the steps read."""
    read = frozenset[Name]().union(*(held(step.value) for step in steps))
    return tuple(array for array in arrays if array.name in read)
