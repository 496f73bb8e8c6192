"""What an expression holds: its parts, its entries and their names, the indices that are free."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from derive.expressions.expression import (
    MEMORY,
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Name,
    Number,
    Power,
    RealPower,
    Scaled,
    Size,
    Softmax,
    Sum,
    Where,
    unknown,
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The direct parts of a node, in order."""
    parts = _PARTS.get(type(node))
    return unknown(node, "children") if parts is None else parts(node)


_Parts = Callable[[Any], tuple[Expression, ...]]


def _no_parts(node: Expression) -> tuple[Expression, ...]:
    return ()


_PARTS: dict[type, _Parts] = {
    **dict.fromkeys((Number, Size, Entry, Delta), _no_parts),
    **dict.fromkeys((Apply, Softmax), lambda node: (node.argument,)),
    Add: lambda node: node.terms,
    Multiply: lambda node: node.factors,
    Power: lambda node: (node.base,),
    RealPower: lambda node: (node.base, node.exponent),
    Sum: lambda node: (node.body,),
    Scaled: lambda node: (node.part,),
    Where: lambda node: (node.left, node.right, node.then, node.other),
}
"""What a node is made of, by its kind: expressions are walked through more than all else."""


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything in it, in reading order."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def entries(node: Expression) -> list[Entry]:
    """Every entry in reading order, repetitions included."""
    return [part for part in walk(node) if isinstance(part, Entry)]


@lru_cache(MEMORY)
def held(node: Expression) -> frozenset[Name]:
    """The names of the entries in a node."""
    if isinstance(node, Entry):
        return frozenset((node.name,))
    return frozenset().union(*map(held, children(node)))


@lru_cache(MEMORY)
def free_indices(node: Expression) -> tuple[Index, ...]:
    """The indices that no sum in the node binds, in reading order."""
    found: dict[Index, None] = {}
    match node:
        case Entry():
            found.update(dict.fromkeys(node.letters))
        case Delta():
            ends = (node.left, node.right)
            found.update((index, None) for index in ends if isinstance(index, Index))
        case _:
            bound = node.over if isinstance(node, Sum) else ()
            for part in children(node):
                found.update((i, None) for i in free_indices(part) if i not in bound)
    return tuple(found)
