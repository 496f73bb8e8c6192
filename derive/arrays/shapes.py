"""The shape of what an operation makes, as the symbols of its sizes."""

from collections.abc import Callable, Iterable
from itertools import zip_longest

from derive.arrays.program import (
    Call,
    Choose,
    Column,
    Constant,
    Einsum,
    Filled,
    Identity,
    LogSumExp,
    MatMul,
    Node,
    Normalised,
    Outer,
    Permute,
    Product,
    Raised,
    RealRaised,
    Ref,
    SizeOf,
    Sums,
    TensorDot,
    Total,
    Transpose,
    Widen,
)
from derive.expressions.expression import Name, unknown

Shape = tuple[str | None, ...]
"""The size of every axis; None where an axis of length one was put in. Of a number, ()."""


def shape_of(node: Node, of_name: Callable[[Name], Shape]) -> Shape:
    """The shape of what a node makes, of arrays whose own shapes are known."""

    def of(part: Node) -> Shape:
        return shape_of(part, of_name)

    match node:
        case Ref():
            return of_name(node.name)
        case Constant() | SizeOf():
            return ()
        case Identity():
            return (node.size.symbol, node.size.symbol)
        case Call():
            return of(node.argument)
        case Sums():
            return _together(of(term) for _, term in node.terms)
        case Product():
            return _together(map(of, (*node.factors, *node.divisors)))
        case Choose():
            return _together(map(of, (node.left, node.right, node.then, node.other)))
        case Raised() | RealRaised():
            return of(node.base)
        case Normalised():
            return of(node.operand)
        case Filled():
            return of(node.like)
        case Transpose():
            return of(node.operand)[::-1]
        case Permute():
            return tuple(of(node.operand)[axis] for axis in node.order)
        case Widen():
            own = iter(of(node.operand))
            return tuple(next(own) if stands else None for stands in node.own)
        case MatMul(stacked=False):
            return (*of(node.left)[:-1], *of(node.right)[1:])
        case MatMul():
            left, right = of(node.left), of(node.right)
            stacks = _together((left[:-2], right[:-2]))
            return (*stacks, *left[-2:-1], *(right[-1:] if len(right) > 1 else ()))
        case Column():
            return of(node.operand)[:-1]
        case Outer():
            return (*of(node.left), *of(node.right))
        case TensorDot():
            pairs = ((node.left, node.left_axes), (node.right, node.right_axes))
            return tuple(size for part, axes in pairs for size in _without(of(part), axes))
        case Total() | LogSumExp():
            return () if node.all else _without(of(node.operand), node.axes)
        case Einsum():
            axes, _, kept = node.subscripts.partition("->")
            letters = axes.replace(",", "")
            sizes = dict(zip(letters, (x for part in node.operands for x in of(part)), strict=True))
            return tuple(sizes[letter] for letter in kept)
    unknown(node, "the shape")


def _together(shapes: Iterable[Shape]) -> Shape:
    """The shape of what is made entry by entry: numbers and axes of length one fit anything, and
    so do missing axes that lead.
    """
    aligned = zip_longest(*(shape[::-1] for shape in shapes))
    return tuple(next((size for size in sizes if size), None) for sizes in aligned)[::-1]


def _without(shape: Shape, axes: tuple[int, ...]) -> Shape:
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)
