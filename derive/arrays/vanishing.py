"""y ln(y/p) where the data's y is 0: nothing, its limit, and what a divergence takes it for."""

from collections.abc import Callable, Iterable, Iterator

from derive.expressions.building import rebuild, where
from derive.expressions.contents import children, walk
from derive.expressions.expression import ZERO, Add, Apply, Entry, Expression, Multiply, Name, Power

Opened = Callable[[Expression], Expression]
"""What looks behind the name of a quantity."""


def vanishing(node: Expression, data: frozenset[Name], opened: Opened) -> Expression:
    """The expression with what is y times logarithms of y, for a y of the data, as 0 where y is."""
    new = rebuild(node, (vanishing(part, data, opened) for part in children(node)))
    if not isinstance(new, Multiply):
        return new
    bases = (f.base if isinstance(f, Power) and f.exponent > 0 else f for f in new.factors)
    own = [base for base in bases if isinstance(base, Entry) and base.name in data]
    if not own:
        return new
    below = {part for factor in new.factors for part in _divisor(factor)}
    logarithmic = _in_logarithms(new.factors, opened) - below
    of_itself = (where(Apply("abs", base), ZERO, new, ZERO) for base in own if base in logarithmic)
    return next(of_itself, new)


def _divisor(factor: Expression) -> Iterator[Expression]:
    if isinstance(factor, Power) and factor.exponent < 0:
        yield from walk(factor)


def _in_logarithms(nodes: Iterable[Expression], opened: Opened) -> set[Expression]:
    """The factors of what logarithms are taken of, in sums, products and powers of these.

    A quantity that is used often is looked into once.
    """
    found, seen, waiting = set[Expression](), set[Expression](), list(nodes)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        match node:
            case Apply("log", argument, 0):
                factors = argument.factors if isinstance(argument, Multiply) else (argument,)
                found |= {each.base if isinstance(each, Power) else each for each in factors}
            case Add() | Multiply():
                waiting += children(node)
            case Power(base, exponent) if exponent > 0:
                waiting.append(base)
            case Entry():
                waiting.append(opened(node))
    return found
