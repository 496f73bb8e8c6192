"""A Program's steps as matrix equations: W I, Vᵀ δ_o ⊙ f'_h(H_in), δ_h Iᵀ; in rows I W, Iᵀ δ_h."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.arrays.across import across
from derive.arrays.conditions import ONE, ZERO, apart
from derive.arrays.program import (
    Call,
    Choose,
    Constant,
    Einsum,
    Filled,
    Identity,
    LogSumExp,
    MatMul,
    Node,
    Normalised,
    Outer,
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
    parts,
)
from derive.arrays.shapes import Shape, shape_of
from derive.expressions.expression import Name, unknown
from derive.printing.choices import bracket, cases, extreme
from derive.printing.latex import applied, power, real_power
from derive.printing.matrix_products import Factors, entrywise, product, scaled
from derive.printing.matrix_signs import (
    ONES_EVERYWHERE,
    column_of_ones,
    entrywise_power,
    identity,
    norm,
    operator,
    told,
    transposed,
)
from derive.printing.matrix_sums import squared, total
from derive.printing.matrix_vectors import (
    NoMatrixFormError,
    Writer,
    as_vector,
    row,
    side_by_side,
    turned,
    upright,
)
from derive.printing.names_latex import printed_array, printed_size
from derive.printing.numbers import number
from derive.printing.precedence import PRECEDENCE, in_latex
from derive.printing.printed import Printed, negated, plus
from derive.printing.signs import (
    DIAGONAL_OF,
    ENTRYWISE,
    ROOTS,
    SOFTMAX,
    SOFTMAX_OF_ROWS,
    WHOLE_ARRAYS,
    Sign,
    vectors_sign,
)
from derive.printing.symbols import Symbols

Spell = Callable[[Name, Symbols], Printed]
"""How a whole array is written."""


@dataclass(frozen=True)
class MatrixForm:
    """A value on whole arrays in LaTeX, and what its reader is to be told of."""

    text: str
    notation: frozenset[Sign]


def matrix_form(node: Node, symbols: Symbols, spell: Spell = printed_array) -> MatrixForm | None:
    """A step's value on whole arrays, each written by `spell`.

    None where an operation in it has no matrix notation; the index form always exists.
    """
    try:
        made = _printed(node, symbols, spell)
    except NoMatrixFormError:
        return None
    return MatrixForm(str(made), made.notation | {WHOLE_ARRAYS, vectors_sign(symbols.model)})


def entrywise_latex(factors: tuple[Node, ...], symbols: Symbols) -> str:
    """Arrays multiplied entry by entry; a matrix of one column is a vector."""
    to = _writer(symbols, printed_array)
    if symbols.model.notation.rows:
        factors = tuple(across(x, to.shape) if len(to.shape(x)) == 2 else x for x in factors)
    return str(entrywise(Factors(factors), to))


def _printed(node: Node, symbols: Symbols, spell: Spell) -> Printed:
    if any((isinstance(part, MatMul) and part.stacked) or _is_code(part) for part in parts(node)):
        raise NoMatrixFormError
    return _writer(symbols, spell).at(node)


def _writer(symbols: Symbols, spell: Spell) -> Writer:
    """Looks at the shape of a node before it is written."""

    def shape(part: Node) -> Shape:
        found = shape_of(part, lambda name: tuple(i.size for i in symbols.indices(name)))
        if len(found) > 2:
            raise NoMatrixFormError
        return found

    def at(part: Node) -> Printed:
        return replace(_written(part, to, symbols, spell), scalar=not shape(part))

    to = Writer(at, shape, symbols.model)
    return to


def _is_code(node: Node) -> bool:
    return PRECEDENCE[type(node)].latex is None


def _written(node: Node, to: Writer, symbols: Symbols, spell: Spell) -> Printed:
    match node:
        case Ref():
            return _array(node.name, symbols, spell)
        case Constant():
            return number(node.value)
        case SizeOf():
            return printed_size(node.symbol, to.model)
        case Identity():
            return identity(node.size.symbol, to.model)
        case Call():
            return _call(node, to)
        case Sums():
            return _sums(node, to)
        case Product():
            return product(node, to.shape(node), to)
        case Raised():
            return _raised(node, to)
        case RealRaised():
            return _real_power(node, to)
        case Transpose(Ref(name=name)) if symbols.model.is_turned(name):
            return spell(name, symbols)
        case Transpose():
            return transposed(to.at(node.operand))
        case MatMul() if len(to.shape(node)) == 1:
            return as_vector(node, to)
        case MatMul():
            return side_by_side(to.at(node.left), to.at(node.right), MatMul)
        case Outer():
            return side_by_side(upright(node.left, to), row(node.right, to), Outer)
        case Total():
            return total(node, to)
        case TensorDot():
            return _tensordot(node, to)
        case Filled():
            return _filled(node, to)
        case Choose():
            return _choice(node, to)
        case Normalised():
            return _softmax(node, to)
        case LogSumExp():
            added = Total(Call("exp", 0, node.operand), node.axes, node.all)
            return to.at(Call("log", 0, added))
        case Einsum(operands=(matrix,)):
            return operator("diag", to.at(matrix), DIAGONAL_OF)
        case Einsum():
            raise NoMatrixFormError
    unknown(node, "matrix LaTeX")


def _array(name: Name, symbols: Symbols, spell: Spell) -> Printed:
    """An array; of one that is written as its transpose that one's."""
    written = spell(name, symbols)
    return transposed(written) if symbols.model.is_turned(name) else written


# --- entry by entry ---------------------------------------------------------------------------


def _call(node: Call, to: Writer) -> Printed:
    argument = to.at(node.argument)
    if argument.scalar:
        return applied(node.function, node.order, argument, to.model)
    if (node.function, node.order) == ("abs", 0):  # bars around a matrix are its determinant
        return operator("abs", argument, ENTRYWISE)
    return told(applied(node.function, node.order, argument, to.model), ENTRYWISE)


def _sums(node: Sums, to: Writer) -> Printed:
    shape = to.shape(node)
    terms = [(minus, _whole(term, shape, to)) for minus, term in node.terms]
    return plus([negated(made) if minus else made for minus, made in terms], in_latex(Sums))


def _whole(term: Node, shape: Shape, to: Writer) -> Printed:
    """What is added to an array: of a number or a vector the array that is full of it."""
    if len(to.shape(term)) == 0 and shape:
        return scaled(term, ONES_EVERYWHERE, to)
    match term:
        case Widen():
            return _spread(term, shape, to)
        case Product():
            return product(term, shape, to)
    return to.at(term)


def _spread(vector: Widen, shape: Shape, to: Writer) -> Printed:
    """A matrix whose columns, or rows, are all one vector: x 1ᵀ, 1 xᵀ."""
    rows, columns = _ones(shape, to)
    if vector.own[0]:
        return side_by_side(upright(vector.operand, to), transposed(columns), Outer)
    return side_by_side(rows, row(vector.operand, to), Outer)


def _filled(node: Filled, to: Writer) -> Printed:
    """The operand in every place of an array."""
    shape = to.shape(node)
    if isinstance(node.operand, Widen):
        return _spread(node.operand, shape, to)
    if to.shape(node.operand) or not shape:
        return to.at(node.operand)
    first, *others = _ones(shape, to)
    if others:
        return scaled(node.operand, side_by_side(first, transposed(others[0]), Outer), to)
    return scaled(node.operand, transposed(first) if to.lies_along(shape[0]) else first, to)


def _ones(shape: Shape, to: Writer) -> tuple[Printed, ...]:
    return tuple(column_of_ones(str(size), to.model) for size in shape)


def _raised(node: Raised, to: Writer) -> Printed:
    base = to.at(node.base)
    if base.scalar:
        return power(base, str(node.exponent), Raised)
    if node.exponent == 2 and isinstance(node.base, Ref):
        return entrywise(Factors((node.base, node.base)), to)
    return entrywise_power(base, str(node.exponent))


def _real_power(node: RealRaised, to: Writer) -> Printed:
    match node.exponent:
        case Constant(value) if value < 0:
            return product(Product((node,)), to.shape(node), to)
        case Constant(value):
            exponent = str(value)
        case _:
            exponent, value = str(to.at(node.exponent)), Fraction(0)
    length = squared(node.base)
    if length is not None and value.denominator == 2:
        return norm(to.at(length), str(2 * value), is_matrix=len(to.shape(length)) == 2)
    base = to.at(node.base)
    if base.scalar:
        return real_power(base, exponent)
    if value == Fraction(1, 2):
        return told(real_power(base, exponent), ROOTS)
    return entrywise_power(base, exponent)


# --- choices ----------------------------------------------------------------------------------


def _choice(node: Choose, to: Writer) -> Printed:
    """The greater of two, [a > b] times one and [a ≤ b] times the other, or cases of numbers."""
    shape = to.shape(node)
    sides, branches = (node.left, node.right), (node.then, node.other)
    if branches in (sides, sides[::-1]):
        name = "max" if branches == sides else "min"
        made = extreme(name, [_beside(side, shape, to) for side in sides])
        return told(made, ENTRYWISE) if shape else made
    if branches == (ONE, ZERO):
        return _bracket(*sides, ">", shape, to)
    if branches == (ZERO, ONE):
        return _bracket(*sides, r"\le", shape, to)
    found = apart(node, to.shape)
    if shape and found is None:
        raise NoMatrixFormError
    if found is None or not (shape or node.other == ZERO):
        return cases(*(to.at(part) for part in (*sides, *branches)))
    return to.at(found)


def _bracket(left: Node, right: Node, sign: str, shape: Shape, to: Writer) -> Printed:
    return bracket(_beside(left, shape, to), sign, _beside(right, shape, to))


def _beside(side: Node, shape: Shape, to: Writer) -> Printed:
    """A side of a comparison entry by entry: a number as it is."""
    return to.at(side) if not to.shape(side) else _whole(side, shape, to)


# --- of arrays as a whole ---------------------------------------------------------------------


def _softmax(node: Normalised, to: Writer) -> Printed:
    """That of a vector, or of every row; of columns that of the transpose's rows."""
    rank = len(to.shape(node))
    if len(node.axes) == rank > 1 or rank == 0:
        exponentials = Call("exp", 0, node.operand)
        over = Total(exponentials, node.axes, all=True)
        return to.at(Product((exponentials,), (over,)))
    if rank == 1:
        return operator("softmax", to.at(node.operand), SOFTMAX)
    if node.axes == (1,):
        return operator("softmax", to.at(node.operand), SOFTMAX_OF_ROWS)
    return transposed(operator("softmax", to.at(turned(node.operand)), SOFTMAX_OF_ROWS))


def _tensordot(node: TensorDot, to: Writer) -> Printed:
    """The sum of the products of all entries; of columns by rows it is a product of matrices."""
    rank = len(to.shape(node.left))
    if to.shape(node):
        raise NoMatrixFormError
    right = node.right if node.left_axes == node.right_axes else turned(node.right)
    return total(Total(Product((node.left, right)), tuple(range(rank)), all=True), to)
