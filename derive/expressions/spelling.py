"""Formulas in the order of their author: z - c + b stays so wherever it is met again."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.expressions.building import rebuild
from derive.expressions.contents import children, walk
from derive.expressions.expression import Add, Entry, Expression, Index, Multiply, Subscript, Sum
from derive.expressions.normal import key

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
