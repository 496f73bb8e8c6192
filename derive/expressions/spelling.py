"""Formulas in the order of their author: z - c + b stays so wherever it is met again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.expressions.building import multiply, rebuild
from derive.expressions.contents import children, walk
from derive.expressions.expression import (
    MINUS_ONE,
    Add,
    Entry,
    Expression,
    Index,
    Multiply,
    Subscript,
    Sum,
)
from derive.expressions.normal import coefficient, key, negative

Orders = Mapping[str, tuple[str, ...]]
"""Sums and products by their keys -> the keys of their parts, in the order they are written in."""


def orders(texts: Iterable[Expression]) -> Orders:
    """The order of every sum and product in some expressions, of the first where two differ."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        for node in walk(_unprimed(text)):
            if isinstance(node, Add | Multiply):
                found.setdefault(key(node), tuple(map(key, children(node))))
    return found


def spelled(node: Expression, known: Orders) -> Expression:
    """The expression with its sums and products in a known order, whatever primes letters have."""
    parts = tuple(spelled(part, known) for part in children(node))
    if isinstance(node, Add | Multiply):
        order = known.get(key(_unprimed(node)))
        if order is not None:
            parts = tuple(sorted(parts, key=lambda part: order.index(key(_unprimed(part)))))
    return node if parts == children(node) else rebuild(node, parts)


def turned_as_written(node: Expression, known: Orders) -> Expression:
    """A (x - y) for -A (y - x), where it is x - y that the author wrote."""
    if isinstance(node, Multiply) and coefficient(node) < 0:
        for place, factor in enumerate(node.factors):
            if isinstance(factor, Add) and key(_unprimed(factor)) not in known:
                other = negative(factor)
                if key(_unprimed(other)) in known:
                    factors = (*node.factors[:place], other, *node.factors[place + 1 :])
                    return multiply(MINUS_ONE, *factors)
    return node


def _unprimed(node: Expression) -> Expression:
    """The expression with k for k' and k'', which may then be captured: for a look at its order."""
    match node:
        case Entry():
            return Entry(node.name, tuple(map(_bare, node.indices)))
        case Sum():
            return Sum(tuple(replace(index, copy=0) for index in node.over), _unprimed(node.body))
    return rebuild(node, map(_unprimed, children(node)))


def _bare(index: Subscript) -> Subscript:
    return replace(index, copy=0) if isinstance(index, Index) else index
