"""A Program's steps as matrix equations: W I, Vᵀ δ_o ⊙ f'_h(H_in), δ_h Iᵀ. Vectors are columns."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from derive.arrays.program import (
    Call,
    Constant,
    MatMul,
    Node,
    Outer,
    Product,
    Raised,
    RealRaised,
    Ref,
    SizeOf,
    Sums,
    Total,
    Transpose,
)
from derive.expressions.expression import Name, unknown
from derive.printing.latex import (
    applied,
    fraction,
    number,
    power,
    real_power,
)
from derive.printing.macros import HADAMARD, TRANSPOSE
from derive.printing.names_latex import printed_array, printed_size
from derive.printing.precedence import PRECEDENCE, Binding, in_latex
from derive.printing.printed import Printed, composed, joined, negated, plus, times
from derive.printing.spacing import beside
from derive.printing.symbols import Symbols

NOTATION = ENTRYWISE, ODOT, ONES = "entrywise", "odot", "ones"
"""What a reader of matrix equations is to be told of: functions of arrays, ⊙, arrays of ones."""


ONE_EVERYWHERE = r"\mathbf{1}"


Spell = Callable[[Name, Symbols], Printed]
"""How a whole array is written."""


class NoMatrixFormError(Exception):
    """An operation without a matrix notation."""


@dataclass(frozen=True)
class MatrixForm:
    """A value on whole arrays in LaTeX, and what its reader is to be told of."""

    text: str
    notation: frozenset[str]


def matrix_form(node: Node, symbols: Symbols, spell: Spell = printed_array) -> MatrixForm | None:
    """A step's value on whole arrays, each written by `spell`.

    None where an operation in it has no matrix notation; the index form always exists.
    """
    try:
        made = _printed(node, symbols, spell)
    except NoMatrixFormError:
        return None
    return MatrixForm(str(made), made.notation)


def _printed(node: Node, symbols: Symbols, spell: Spell) -> Printed:
    def at(part: Node) -> Printed:
        return _printed(part, symbols, spell)

    match node:
        case Ref():
            return replace(spell(node.name, symbols), scalar=node.scalar)
        case Constant():
            return number(node.value)
        case SizeOf():
            return printed_size(node.symbol, symbols.model)
        case Call():
            return _call(node, at(node.argument), symbols)
        case Sums():
            return _sums(node, [at(term) for _, term in node.terms])
        case Raised():
            return _raised(at(node.base), node.exponent)
        case RealRaised():
            return _real_power(node, at)
        case Product():
            return _product(node, at)
        case Transpose():
            return _transposed(at(node.operand))
        case MatMul(stacked=False):
            return _side_by_side(at(node.left), at(node.right), MatMul)
        case Outer():
            return _side_by_side(at(node.left), _transposed(at(node.right)), Outer)
        case Total():
            return _total(node, at)
        case MatMul():
            raise NoMatrixFormError  # of stacks of matrices
    if type(node) in PRECEDENCE and PRECEDENCE[type(node)].latex is None:
        raise NoMatrixFormError
    unknown(node, "matrix LaTeX")


def _call(node: Call, argument: Printed, symbols: Symbols) -> Printed:
    made = applied(node.function, node.order, argument, symbols.model)
    if made.scalar:
        return made
    if node.function == "abs":
        raise NoMatrixFormError  # bars around a matrix would be its determinant
    return replace(made, notation=made.notation | {ENTRYWISE})


def _sums(node: Sums, printed: list[Printed]) -> Printed:
    """Beside an array a number or a scalar stands for one full of it."""
    terms = []
    mixed = not all(term.scalar for term in printed)
    for (minus, term), made in zip(node.terms, printed, strict=True):
        if made.scalar and mixed:
            if not isinstance(term, Constant | Ref):
                raise NoMatrixFormError
            terms.append((minus, _filled(term, made)))
        else:
            terms.append((minus, made))
    return plus([negated(made) if minus else made for minus, made in terms], in_latex(Sums))


def _filled(term: Node, number: Printed) -> Printed:
    """An array full of a number, of the shape of what stands beside it."""
    ones = Printed(ONE_EVERYWHERE, notation=frozenset({ONES}))
    return ones if term == Constant(Fraction(1)) else _numbers([number, ones])


def _raised(base: Printed, exponent: int) -> Printed:
    if base.scalar:
        return power(base, str(exponent), Raised)
    if exponent != 2:
        raise NoMatrixFormError
    return _entrywise([base, base])


def _real_power(node: RealRaised, at: Callable[[Node], Printed]) -> Printed:
    base, exponent = at(node.base), at(node.exponent)
    if not base.scalar:
        raise NoMatrixFormError
    match node.exponent:
        case Constant(value) if value < 0:
            below = base if value == -1 else real_power(base, str(-value))
            return fraction(number(Fraction(1)), below)
        case Constant(value):
            return real_power(base, str(value))
    return real_power(base, str(exponent))


def _entrywise(arrays: list[Printed]) -> Printed:
    """Arrays multiplied entry by entry; one alone as it stands."""
    if len(arrays) == 1:
        return arrays[0]
    factors = [array.within(Binding.FRACTION) for array in arrays]
    product = times(factors, partial(joined, f" {HADAMARD} "), in_latex(Product))
    return replace(product, notation=product.notation | {ODOT})


def _side_by_side(left: Printed, right: Printed, node: type) -> Printed:
    """A product of matrices, which is associative."""
    pair = [left.within(Binding.PRODUCT), right.within(Binding.PRODUCT)]
    return times(pair, beside, in_latex(node))


def _transposed(array: Printed) -> Printed:
    return power(array, TRANSPOSE, Transpose)


def _product(node: Product, at: Callable[[Node], Printed]) -> Printed:
    """Numbers in front, as a fraction where there are divisors; arrays entry by entry."""
    several = len(node.factors) + len(node.divisors) > 1
    minus = several and node.factors[0] == Constant(Fraction(-1))
    made = [(part, at(part)) for part in node.factors[minus:]]
    arrays = [factor for _, factor in made if not factor.scalar]
    numbers = [(part, factor) for part, factor in made if factor.scalar]
    front = _factors([factor for _, factor in numbers])
    if node.divisors:
        # A sum stands beside a fraction, not on top of it.
        above = [factor for part, factor in numbers if not isinstance(part, Total)]
        sums = [factor for part, factor in numbers if isinstance(part, Total)]
        below = [at(part) for part in node.divisors]
        front = _factors([_fraction(above, below), *sums])
    if arrays:
        product = _entrywise(arrays)
        alone = len(arrays) == 1 and bool(front)
        front.append(product.within(Binding.PRODUCT) if alone else product)
    product = times(front, beside, in_latex(Product))
    return negated(product) if minus else product


def _fraction(above: list[Printed], below: list[Printed]) -> Printed:
    if not all(part.scalar for part in below):
        raise NoMatrixFormError  # a quotient of arrays, entry by entry, has no notation of its own
    upper, lower = (_numbers(part) for part in (above or [number(Fraction(1))], below))
    signed = upper.negative and upper.binds > Binding.SUM  # of a sum it is the first term's alone
    made = fraction(replace(upper, negative=upper.negative and not signed), lower)
    return replace(made, negative=signed)


def _numbers(factors: list[Printed]) -> Printed:
    if len(factors) == 1:
        return factors[0]
    return times(_factors(factors), partial(joined, " "), in_latex(Product))


def _factors(printed: list[Printed]) -> list[Printed]:
    """Each in brackets where it would run together with the others."""
    leading = [first.leading(Binding.FRACTION) for first in printed[:1]]
    return leading + [other.within(Binding.FRACTION) for other in printed[1:]]


def _total(node: Total, at: Callable[[Node], Printed]) -> Printed:
    """The square of a norm, or the inner product of two vectors."""
    match node:
        case Total(operand=Raised(base=base, exponent=2), all=True):
            inside = at(base)
            norm = composed(rf"\lVert {inside} \rVert^2", in_latex(Raised), (inside,))
            return replace(norm, scalar=True)
        case Total(
            operand=Product(factors=(Ref() as left, Ref() as right), divisors=()),
            axes=(_,),
            all=True,
        ) if not left.scalar and not right.scalar:
            product = _side_by_side(_transposed(at(left)), at(right), Total)
            return replace(product, scalar=True)
    raise NoMatrixFormError
