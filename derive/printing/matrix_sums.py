"""Sums along axes: xᵀ y, tr(Aᵀ B), M 1, Mᵀ 1, 1ᵀ M 1, and norms."""

from derive.arrays.program import MatMul, Node, Raised, Total
from derive.arrays.shapes import Shape
from derive.printing.matrix_products import (
    ALONG,
    Factors,
    Parts,
    after_numbers,
    as_row,
    by_axes,
    column,
    entrywise,
    factors_of,
    matrix_of,
    scaling,
)
from derive.printing.matrix_signs import norm, operator, transposed
from derive.printing.matrix_vectors import Writer, side_by_side, turned
from derive.printing.printed import Printed
from derive.printing.signs import TRACE


def total(node: Total, to: Writer) -> Printed:
    """The sum along axes: the square of a norm, an inner product, a product with ones."""
    shape = to.shape(node.operand)
    base = squared(node)
    if base is not None:
        return norm(to.at(base), "2", is_matrix=len(shape) == 2)
    parts = factors_of(node.operand, (True,) * len(shape), to)
    if len(shape) == 1:
        made = _inner(parts[ALONG], shape[0], to)
    elif node.all:
        made = _over_both(parts, shape, to)
    else:
        made = _along(node.axes[0], parts, shape, to)
    return after_numbers(parts, made, to)


def squared(node: Node) -> Node | None:
    """What the node is the sum of the squares of."""
    match node:
        case Total(Raised(base, 2), all=True):
            return base
    return None


def _inner(factors: Factors, size: str | None, to: Writer) -> Printed:
    """xᵀ y, or 1ᵀ x where there are no two; of rows x yᵀ and x 1."""
    first, rest = Factors(factors.above[:1]), Factors(factors.above[1:], factors.below)
    if not rest.above:
        first, rest = Factors(), factors
        if to.lies_along(size):
            first, rest = rest, first
    return side_by_side(as_row(first, size, to), column(rest, size, to), MatMul)


def _over_both(parts: Parts, shape: Shape, to: Writer) -> Printed:
    """tr(Aᵀ B), or rᵀ M c with what stands along rows and columns, else ones."""
    middle, rows, columns = by_axes(parts)
    match middle.above:
        case (first, second) if not (middle.below or rows or columns):
            inside = side_by_side(to.at(turned(first)), to.at(second), MatMul)
            return operator("tr", inside, TRACE)
        case ():
            matrix, rows, columns = matrix_of(parts, shape, to), Factors(), Factors()
        case _:
            matrix = entrywise(middle, to)
    right = side_by_side(matrix, column(columns, shape[1], to), MatMul)
    return side_by_side(as_row(rows, shape[0], to), right, MatMul)


def _along(axis: int, parts: Parts, shape: Shape, to: Writer) -> Printed:
    """M c along the rows, Mᵀ r along the columns; what that is multiplied with is a diagonal. Where
    that is a row, it is c Mᵀ and r M.
    """
    middle, rows, columns = by_axes(parts)
    kept, summed = (columns, rows) if axis == 0 else (rows, columns)
    lies = to.lies_along(shape[1 - axis])
    turns = axis == (1 if lies else 0)
    match middle.above:
        case (matrix,) if turns and not middle.below:
            made = to.at(turned(matrix))
        case ():
            whole, kept, summed = matrix_of(parts, shape, to), Factors(), Factors()
            made = transposed(whole) if turns else whole
        case _:
            whole = entrywise(middle, to)
            made = transposed(whole) if turns else whole
    if lies:
        made = side_by_side(as_row(summed, shape[axis], to), made, MatMul)
        return side_by_side(made, scaling(kept, to), MatMul) if kept else made
    made = side_by_side(made, column(summed, shape[axis], to), MatMul)
    return side_by_side(scaling(kept, to), made, MatMul) if kept else made
