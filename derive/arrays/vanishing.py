"""y ln(y/p) where the data's y is 0: nothing, its limit, and what a divergence takes it for."""

from collections.abc import Callable, Iterator

from derive.expressions.expression import (
    ZERO,
    Add,
    Apply,
    Entry,
    Expression,
    Multiply,
    Name,
    Power,
    children,
    rebuild,
    walk,
    where,
)

Opened = Callable[[Expression], Expression]
"""What looks behind the name of a quantity."""


def vanishing(node: Expression, data: frozenset[Name], opened: Opened) -> Expression:
    """The expression with what is y times logarithms of y, for a y of the data, as 0 where y is."""
    new = rebuild(node, (vanishing(part, data, opened) for part in children(node)))
    if not isinstance(new, Multiply):
        return new
    below = {part for factor in new.factors for part in _divisor(factor)}
    logarithmic = {part for factor in new.factors for part in _in_logarithms(factor, opened)}
    for factor in new.factors:
        base = factor.base if isinstance(factor, Power) and factor.exponent > 0 else factor
        if isinstance(base, Entry) and base.name in data and base in logarithmic - below:
            return where(Apply("abs", base), ZERO, new, ZERO)
    return new


def _divisor(factor: Expression) -> Iterator[Expression]:
    if isinstance(factor, Power) and factor.exponent < 0:
        yield from walk(factor)


def _in_logarithms(node: Expression, opened: Opened) -> Iterator[Expression]:
    """The factors of what logarithms are taken of, in sums, products and powers of these."""
    match node:
        case Apply("log", argument, 0):
            for part in argument.factors if isinstance(argument, Multiply) else (argument,):
                yield part.base if isinstance(part, Power) else part
        case Add() | Multiply():
            for part in children(node):
                yield from _in_logarithms(part, opened)
        case Power(base, exponent) if exponent > 0:
            yield from _in_logarithms(base, opened)
        case Entry() if opened(node) != node:
            yield from _in_logarithms(opened(node), opened)
