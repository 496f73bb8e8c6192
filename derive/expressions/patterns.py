"""Patterns in expressions: a formula found again with other indices, and a name put for it."""

from collections.abc import Iterator

from derive.expressions.building import rebuild
from derive.expressions.contents import children, held
from derive.expressions.expression import (
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    RealPower,
    Size,
    Subscript,
    Sum,
)
from derive.expressions.indices import substitute

Binding = dict[Index, Subscript]


Subscripts = tuple[Subscript, ...]


def match(pattern: Expression, node: Expression) -> Binding | None:
    """What each free index of the pattern stands for in the node, or None.

    Terms and factors may stand in another order.
    """
    return next(matches(pattern, node, {}), None)


def fold(node: Expression, target: Expression, pattern: Expression) -> Expression:
    """Write `target`, in the pattern's indices, wherever the node holds the pattern."""
    if not held(pattern) <= held(node):
        return node
    binding = match(pattern, node)
    if binding is not None:
        return substitute(target, binding)
    return rebuild(node, (fold(part, target, pattern) for part in children(node)))


def matches(pattern: Expression, node: Expression, binding: Binding) -> Iterator[Binding]:
    """Every way in which the node is the pattern with other indices, given some of them."""
    match pattern, node:
        case Entry(), Entry():
            if pattern.name == node.name and len(pattern.indices) == len(node.indices):
                yield from _bind(pattern.indices, node.indices, binding)
        case Sum(), Sum():
            yield from _sums(pattern, node, binding)
        case Delta(), _:
            if pattern == node:
                yield binding
        case _:
            if _head(pattern) == _head(node):
                within = isinstance(node, Add | Multiply)
                paired = _unordered if within else _in_order
                yield from paired(children(pattern), children(node), binding)


def _sums(pattern: Sum, node: Sum, binding: Binding) -> Iterator[Binding]:
    sizes = [[index.size for index in each.over] for each in (pattern, node)]
    if sizes[0] != sizes[1]:
        return
    inner = {**binding, **dict(zip(pattern.over, node.over, strict=True))}
    for found in matches(pattern.body, node.body, inner):
        outer = {a: b for a, b in found.items() if a not in pattern.over}
        # An index that the node's own sum binds is none that the pattern could stand for.
        if not set(node.over) & set(outer.values()):
            yield {**binding, **outer}


Parts = tuple[Expression, ...]


def _in_order(patterns: Parts, nodes: Parts, binding: Binding) -> Iterator[Binding]:
    if not patterns:
        yield binding
        return
    for found in matches(patterns[0], nodes[0], binding):
        yield from _in_order(patterns[1:], nodes[1:], found)


def _unordered(patterns: Parts, nodes: Parts, binding: Binding) -> Iterator[Binding]:
    if not patterns:
        yield binding
        return
    for place, node in enumerate(nodes):
        for found in matches(patterns[0], node, binding):
            yield from _unordered(patterns[1:], (*nodes[:place], *nodes[place + 1 :]), found)


def _bind(own: Subscripts, others: Subscripts, binding: Binding) -> Iterator[Binding]:
    found = dict(binding)
    for a, b in zip(own, others, strict=True):
        if (found.setdefault(a, b) if isinstance(a, Index) else a) != b:
            return
    yield found


def _head(node: Expression) -> tuple[object, ...]:
    """What a node is, its parts aside."""
    match node:
        case Apply():
            own: tuple[object, ...] = (node.function, node.order)
        case Power():
            own = (node.exponent,)
        case RealPower():
            own = (node.derived,)
        case Number() | Size():
            own = (node,)
        case _:
            own = ()
    return (type(node), len(children(node)), *own)
