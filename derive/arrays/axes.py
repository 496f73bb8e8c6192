"""Arrays whose axes are known by name, put in the order that an operation asks for."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass

from derive.arrays.program import Node, Permute, Transpose, Widen
from derive.expressions.expression import Index

Axes = tuple[Index, ...]


Operand = tuple[Node, Axes]
"""An array and its axes."""


def in_order(indices: Sequence[Index], want: Axes) -> Axes:
    """Those of the indices that are wanted, in the order in which they are."""
    return tuple(index for index in want if index in indices)


def turned(operand: Operand, axes: Axes) -> Node:
    """The array with its axes in another order."""
    node, own = operand
    if axes == own:
        return node
    if len(axes) == 2:
        return Transpose(node)
    return Permute(node, tuple(own.index(index) for index in axes))


def widened(operand: Operand, axes: Axes) -> Node:
    """Aligned with `axes` for elementwise work; a number needs no axes."""
    node, own = operand
    if not own or len(own) == len(axes):
        return node
    return Widen(node, tuple(index in own for index in axes))


def turns(value: object) -> int:
    """How often a node, all that is in it included, puts axes in order: less reads better."""
    if isinstance(value, tuple):
        return sum(map(turns, value))
    if not is_dataclass(value):
        return 0
    inside = sum(turns(getattr(value, field.name)) for field in fields(value))
    return inside + (isinstance(value, Transpose | Permute) or _is_written(value))


def _is_written(value: object) -> bool:
    """Missing axes that lead broadcast by themselves, the others are put in."""
    return isinstance(value, Widen) and False in value.own[value.own.index(True) :]
