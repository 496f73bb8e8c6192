"""Local derivatives: one right-hand side by one of its arguments, each by `sympy.diff`.

SymPy never sees an index (`expressions.scalars`). SymPy differentiates the scalar expression
by each dummy; a sum's own body is differentiated in turn, its bound indices kept beside the
result.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sympy

from derive.errors import DeriveError
from derive.expressions.contents import free_indices
from derive.expressions.expression import MEMORY, Entry, Expression, Index, Subscript, Sum
from derive.expressions.indices import fresh, substitute
from derive.expressions.scalars import Scalars
from derive.expressions.spelling import orders, spelled


@dataclass(frozen=True)
class Occurrence:
    """d(right-hand side)/d(argument) for one way the argument occurs.

    For `argument` W[j, i] under a sum over i, `bound` is (i,) and `derivative` holds
    for every value of i: the whole derivative by W[a, b] is the sum over `bound` of
    `derivative` where (j, i) = (a, b).
    """

    argument: Entry
    bound: tuple[Index, ...]
    derivative: Expression


@lru_cache(MEMORY)  # a model is differentiated for its kinks before it is for its reader
def local_derivatives(
    value: Expression, context: tuple[Index, ...], place: str = ""
) -> tuple[Occurrence, ...]:
    """Every occurrence of every argument of `value`, in reading order.

    `context` holds the indices of the left-hand side. Occurrences with a derivative
    of zero are left out. Raises DeriveError, naming the place, where one divides by what is zero
    everywhere.
    """
    scalars = Scalars()
    avoid = (*context, *free_indices(value))
    known = orders([value])
    found: list[Occurrence] = []
    for argument, bound, slope in _differentiate(value, sympy.Integer(1), (), avoid, scalars):
        if slope != 0:
            derivative = _factored(slope)
            if derivative.has(sympy.zoo, sympy.nan):
                problem = "division by what is 0 everywhere"
                raise DeriveError(problem, "divide by what is not, or leave it out", place)
            written = spelled(scalars.as_written(derivative), known)
            found.append(Occurrence(argument, bound, written))
    return tuple(found)


def _differentiate(
    value: Expression,
    outer: Any,
    bound: tuple[Index, ...],
    avoid: tuple[Index, ...],
    scalars: "Scalars",
) -> Iterator[tuple[Entry, tuple[Index, ...], Any]]:
    """The chain rule through nested sums: `outer` is the derivative by `value` so far."""
    scalar = scalars.scalar(value)
    for dummy in scalars.dummies_of(scalar):
        atom = scalars.atoms[dummy]
        derivative = outer * slope_by(scalar, dummy)
        if isinstance(atom, Entry):
            yield atom, bound, derivative
        elif isinstance(atom, Sum):
            over, body = _open(atom, avoid)
            yield from _differentiate(body, derivative, bound + over, avoid + over, scalars)


@lru_cache(MEMORY)
def slope_by(scalar: Any, by: sympy.Symbol) -> Any:
    """The derivative of a scalar by one of its symbols."""
    return sympy.diff(scalar, by)


@lru_cache(MEMORY)
def _factored(slope: Any) -> Any:
    return sympy.factor_terms(slope)


def _open(node: Sum, avoid: tuple[Index, ...]) -> tuple[tuple[Index, ...], Expression]:
    """A sum's body outside its sum, its indices renamed away from all that is in sight."""
    over: list[Index] = []
    for index in node.over:
        over.append(fresh(index, [*avoid, *over]))
    new: Mapping[Index, Subscript] = dict(zip(node.over, over, strict=True))
    return tuple(over), substitute(node.body, new)
