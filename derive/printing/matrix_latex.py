"""A Program's steps as matrix equations: W I, Vᵀ δ_o ⊙ f'_h(H_in), δ_h Iᵀ. Vectors are columns."""

from collections.abc import Callable
from fractions import Fraction
from functools import reduce

from derive.arrays.program import (
    Call,
    Choose,
    Column,
    Constant,
    Einsum,
    Filled,
    LogSumExp,
    MatMul,
    Node,
    Normalised,
    Outer,
    Permute,
    Product,
    Raised,
    Ref,
    SizeOf,
    Sums,
    TensorDot,
    Total,
    Transpose,
    Widen,
)
from derive.expressions.expression import Name, unknown
from derive.printing.latex import array_latex, beside, function_latex, name_latex
from derive.printing.macros import HADAMARD, TRANSPOSE
from derive.printing.symbols import Symbols


def has_matrix_form(node: Node) -> bool:
    """Whether every operation has a matrix notation; the index form always exists."""
    match node:
        case Ref() | Constant() | SizeOf():
            return True
        case Call("abs"):
            # Bars around a matrix would be its determinant.
            return _is_scalar(node.argument) and has_matrix_form(node.argument)
        case Call():
            return has_matrix_form(node.argument)
        case Sums():
            # Beside an array a number or a scalar stands for one full of it.
            scalars = [term for _, term in node.terms if _is_scalar(term)]
            fits = _is_scalar(node) or all(isinstance(term, Constant | Ref) for term in scalars)
            return fits and all(has_matrix_form(term) for _, term in node.terms)
        case Product():
            # A quotient of arrays, entry by entry, has no notation of its own.
            below = all(map(_is_scalar, node.divisors))
            return below and all(map(has_matrix_form, (*node.factors, *node.divisors)))
        case Transpose():
            return has_matrix_form(node.operand)
        case MatMul(stacked=True):
            return False
        case MatMul() | Outer():
            return has_matrix_form(node.left) and has_matrix_form(node.right)
        case Total():
            return _is_square_norm(node) or _inner_product(node) is not None
        case Raised():
            return (_is_scalar(node) or node.exponent == 2) and has_matrix_form(node.base)
        case Permute() | Widen() | Column() | TensorDot() | Einsum():
            return False
        case Choose() | Normalised() | LogSumExp() | Filled():
            return False
    unknown(node, "matrix LaTeX")


def _is_square_norm(node: Total) -> bool:
    match node:
        case Total(operand=Raised(base=base, exponent=2), all=True):
            return has_matrix_form(base)
    return False


def _inner_product(node: Node) -> tuple[Ref, Ref] | None:
    """The two vectors of Σ_i a_i b_i."""
    match node:
        case Total(
            operand=Product(factors=(Ref() as left, Ref() as right), divisors=()),
            axes=(_,),
            all=True,
        ) if not left.scalar and not right.scalar:
            return left, right
    return None


ONES = r"\mathbf{1}"


Spell = Callable[[Name, Symbols], str]
"""How a whole array is written."""


def matrix_latex(node: Node, symbols: Symbols, spell: Spell = array_latex) -> str:
    """A step's value on whole arrays, each written by `spell`."""

    def at(part: Node) -> str:
        return matrix_latex(part, symbols, spell)

    def factor(part: Node, several: bool = True) -> str:
        return _bracketed(part, at(part)) if several else at(part)

    def term_of_sum(minus: bool, part: Node) -> str:
        return factor(part) if minus and isinstance(part, Sums) else at(part)

    def multiplied(part: Node) -> str:
        # A product of matrices is associative.
        return at(part) if isinstance(part, MatMul | Outer) else factor(part)

    def powered(part: Node) -> str:
        text = factor(part)
        return _round(text) if text.startswith(r"\frac") else text

    match node:
        case Ref():
            return spell(node.name, symbols)
        case Constant():
            value = node.value
            whole = value.denominator == 1
            return str(value) if whole else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
        case SizeOf():
            return name_latex(node.symbol)
        case Call("abs"):
            return rf"\lvert {at(node.argument)} \rvert"
        case Call():
            argument = at(node.argument)
            return function_latex(node.function, node.order) + _round(argument)
        case Sums():
            ones = not _is_scalar(node)
            terms = [(negative, term, _is_scalar(term) and ones) for negative, term in node.terms]
            return _sums(
                [
                    (minus, _filled(at(term)) if full else term_of_sum(minus, term))
                    for minus, term, full in terms
                ]
            )
        case Raised() if _is_scalar(node):
            return f"{powered(node.base)}^{node.exponent}"
        case Raised():
            return rf"{factor(node.base)} {HADAMARD} {factor(node.base)}"
        case Product():
            return _product(node, factor)
        case Transpose():
            return f"{powered(node.operand)}^{TRANSPOSE}"
        case MatMul():
            return beside(multiplied(node.left), multiplied(node.right))
        case Outer():
            return beside(multiplied(node.left), f"{powered(node.right)}^{TRANSPOSE}")
        case Total(operand=Raised(base=base, exponent=2), all=True):
            return rf"\lVert {at(base)} \rVert^2"
        case Total() if vectors := _inner_product(node):
            left, right = vectors
            return beside(f"{powered(left)}^{TRANSPOSE}", at(right))
    unknown(node, "matrix LaTeX")


def _filled(number: str) -> str:
    """An array full of a number, of the shape of what stands beside it."""
    return ONES if number == "1" else f"{number} {ONES}"


def _sums(terms: list[tuple[bool, str]]) -> str:
    text = ""
    for negative, term in terms:
        minus = negative != term.startswith("-")
        sign = (" - " if minus else " + ") if text else ("-" if minus else "")
        text += sign + term.removeprefix("-")
    return text


def _product(node: Product, factor: Callable[[Node, bool], str]) -> str:
    """Numbers in front, as a fraction where there are divisors; arrays entry by entry."""
    numbers = [part for part in node.factors if _is_scalar(part)]
    arrays = [part for part in node.factors if part not in numbers]
    minus = bool(node.divisors or arrays) and numbers[:1] == [Constant(Fraction(-1))]
    numbers = numbers[minus:]
    front = [factor(part, True) for part in numbers]
    if node.divisors:
        above = [factor(part, len(numbers) > 1) for part in numbers if not isinstance(part, Total)]
        sums = [factor(part, True) for part in numbers if isinstance(part, Total)]
        below = " ".join(factor(part, len(node.divisors) > 1) for part in node.divisors)
        front = [rf"\frac{{{' '.join(above) or '1'}}}{{{below}}}", *sums]
    alone = len(arrays) == 1 and (not front or isinstance(arrays[0], MatMul | Outer))
    product = f" {HADAMARD} ".join(factor(part, not alone) for part in arrays)
    sign = "-" if minus else ""
    return sign + reduce(beside, [*front, product] if product else front)


def _is_scalar(node: Node) -> bool:
    match node:
        case Constant() | SizeOf():
            return True
        case Ref():
            return node.scalar
        case Total():
            return node.all
        case Sums():
            return all(_is_scalar(term) for _, term in node.terms)
        case Product():
            return all(map(_is_scalar, (*node.factors, *node.divisors)))
        case Raised():
            return _is_scalar(node.base)
        case Call():
            return _is_scalar(node.argument)
    return False


def _bracketed(node: Node, text: str) -> str:
    simple = isinstance(node, Ref | Constant | SizeOf | Call | Transpose | Total)
    return text if simple and _inner_product(node) is None else _round(text)


def _round(text: str) -> str:
    return rf"\Bigl( {text} \Bigr)" if "frac" in text else f"({text})"
