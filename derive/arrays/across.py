"""An operation -> the one that makes the transpose of its matrix: (A B)ᵀ is Bᵀ Aᵀ."""

from collections.abc import Callable
from dataclasses import replace

from derive.arrays.program import (
    Call,
    Choose,
    Identity,
    MatMul,
    Node,
    Normalised,
    Outer,
    Product,
    Raised,
    RealRaised,
    Sums,
    Transpose,
    Widen,
)
from derive.arrays.shapes import Shape


def across(matrix: Node, shape: Callable[[Node], Shape]) -> Node:
    """What makes the transpose, with arrays transposed where they stand and not what is made of
    them; a number in it is what it is.
    """

    def of(part: Node) -> Node:
        return across(part, shape) if shape(part) else part

    match matrix:
        case Transpose(operand):
            return operand
        case Outer(left, right):
            return Outer(right, left)
        case MatMul(left, right, stacked=False):
            return MatMul(of(right), of(left))
        case Widen():
            return replace(matrix, own=matrix.own[::-1])
        case Identity():
            return matrix
        case Call():
            return replace(matrix, argument=of(matrix.argument))
        case Raised() | RealRaised():
            return replace(matrix, base=of(matrix.base))
        case Sums(terms):
            return Sums(tuple((minus, of(term)) for minus, term in terms))
        case Product(factors, divisors):
            return Product(tuple(map(of, factors)), tuple(map(of, divisors)))
        case Choose():
            left, right, then, other = map(
                of, (matrix.left, matrix.right, matrix.then, matrix.other)
            )
            return replace(matrix, left=left, right=right, then=then, other=other)
        case Normalised():
            axes = tuple(sorted(1 - axis for axis in matrix.axes))
            return replace(matrix, operand=of(matrix.operand), axes=axes)
    return Transpose(matrix)
