"""Patterns in expressions: a formula found again with other indices, and a name put for it."""

from derive.expressions.expression import (
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Number,
    Power,
    RealPower,
    Size,
    Subscript,
    Sum,
    children,
    rebuild,
)
from derive.expressions.indices import substitute

Binding = dict[Index, Subscript]


def match(pattern: Expression, node: Expression) -> Binding | None:
    """What each free index of the pattern stands for in the node, or None."""
    binding: Binding = {}
    return binding if _matches(pattern, node, binding) else None


def fold(node: Expression, target: Expression, pattern: Expression) -> Expression:
    """Write `target`, in the pattern's indices, wherever the node holds the pattern."""
    binding = match(pattern, node)
    if binding is not None:
        return substitute(target, binding)
    return rebuild(node, (fold(part, target, pattern) for part in children(node)))


def _matches(pattern: Expression, node: Expression, binding: Binding) -> bool:
    """Whether the node is the pattern with other indices; `binding` says which."""
    match pattern, node:
        case Entry(), Entry():
            if pattern.name != node.name or len(pattern.indices) != len(node.indices):
                return False
            pairs = zip(pattern.indices, node.indices, strict=True)
            return all(_binds(a, b, binding) for a, b in pairs)
        case Sum(), Sum():
            sizes = [[index.size for index in each.over] for each in (pattern, node)]
            inner = {**binding, **dict(zip(pattern.over, node.over, strict=False))}
            if sizes[0] != sizes[1] or not _matches(pattern.body, node.body, inner):
                return False
            binding.update({a: b for a, b in inner.items() if a not in pattern.over})
            # An index that the node's own sum binds is none that the pattern could stand for.
            return not set(node.over) & set(binding.values())
        case Delta(), _:
            return pattern == node
    if _head(pattern) != _head(node):
        return False
    inner_parts = zip(children(pattern), children(node), strict=True)
    return all(_matches(a, b, binding) for a, b in inner_parts)


def _binds(a: Subscript, b: Subscript, binding: Binding) -> bool:
    return binding.setdefault(a, b) == b if isinstance(a, Index) else a == b


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
