"""Vectors beside matrices, columns or rows as the notation has them: W x is x Wᵀ in rows."""

from collections.abc import Callable
from dataclasses import dataclass

from derive.arrays.across import across
from derive.arrays.program import MatMul, Node, Total, Transpose
from derive.arrays.shapes import Shape
from derive.model.model import Model
from derive.printing.matrix_signs import column_of_ones, transposed
from derive.printing.precedence import Binding, in_latex
from derive.printing.printed import Printed, times
from derive.printing.spacing import beside


class NoMatrixFormError(Exception):
    """An operation without a matrix notation."""


@dataclass(frozen=True)
class Writer:
    """How parts of a product are written, what shapes they have, and of which model they are."""

    at: Callable[[Node], Printed]
    shape: Callable[[Node], Shape]
    model: Model

    def lies(self, vector: Node) -> bool:
        """Whether a vector stands for a row."""
        (size,) = self.shape(vector)
        return self.lies_along(size)

    def lies_along(self, size: str | None) -> bool:
        """Whether a vector of that size does; numbers of which each sample has one stand in a
        column, since each sample has a row.
        """
        return self.model.notation.rows and size != self.model.sample.size


def side_by_side(left: Printed, right: Printed, node: type) -> Printed:
    """A product of matrices, which is associative."""
    pair = [left.within(Binding.PRODUCT), right.within(Binding.PRODUCT)]
    return times(pair, beside, in_latex(node))


def as_vector(node: MatMul, to: Writer) -> Printed:
    """A x as a vector."""
    if to.lies(node):
        return side_by_side(row(node.right, to), to.at(across(node.left, to.shape)), MatMul)
    return side_by_side(to.at(node.left), upright(node.right, to), MatMul)


def row(vector: Node, to: Writer) -> Printed:
    """A vector as a row: (Aᵀ x)ᵀ is xᵀ A, and (Aᵀ 1)ᵀ is 1ᵀ A."""
    if to.lies(vector):
        return to.at(vector)
    match vector:
        case MatMul(Transpose(matrix), standing):
            return side_by_side(row(standing, to), to.at(matrix), MatMul)
        case Total(axes=(0,), all=False):
            lying = transposed(ones(to.shape(vector.operand)[0], to))
            return side_by_side(lying, to.at(vector.operand), MatMul)
    return transposed(to.at(vector))


def upright(vector: Node, to: Writer) -> Printed:
    """A vector as a column: where it is a row, (x Aᵀ)ᵀ is A xᵀ, and (1ᵀ Aᵀ)ᵀ is A 1."""
    if not to.lies(vector):
        return to.at(vector)
    match vector:
        case MatMul(matrix, lying) if not isinstance(matrix, Transpose):
            return side_by_side(to.at(matrix), upright(lying, to), MatMul)
        case Total(axes=(1,), all=False):
            standing = ones(to.shape(vector.operand)[1], to)
            return side_by_side(to.at(vector.operand), standing, MatMul)
    return transposed(to.at(vector))


def ones(size: str | None, to: Writer) -> Printed:
    """So many ones in a column."""
    if size is None:
        raise NoMatrixFormError  # how far it is spread stands outside
    return column_of_ones(size, to.model)


def turned(matrix: Node) -> Node:
    """The transpose."""
    return matrix.operand if isinstance(matrix, Transpose) else Transpose(matrix)
