"""A Program's steps as matrix equations: W I, Vᵀ δ_o ⊙ f'_h(H_in), δ_h Iᵀ. Vectors are columns."""

from collections.abc import Callable

from derive.expression import Name, unknown
from derive.latex import array_latex, function_latex, name_latex
from derive.notation import HADAMARD, TRANSPOSE
from derive.program import (
    Call,
    Choose,
    Constant,
    Einsum,
    MatMul,
    Node,
    Outer,
    Permute,
    Product,
    Raised,
    Ref,
    SizeOf,
    Sums,
    Total,
    Transpose,
    Widen,
)
from derive.symbols import Symbols


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
            # A number has no place beside an array, but for the vector of ones.
            alike = len({_is_scalar(term) for _, term in node.terms}) == 1
            return alike and all(has_matrix_form(term) for _, term in node.terms)
        case Product():
            # A quotient of arrays, entry by entry, has no notation of its own.
            scalars = all(map(_is_scalar, node.divisors))
            return scalars and all(map(has_matrix_form, (*node.factors, *node.divisors)))
        case Transpose():
            return has_matrix_form(node.operand)
        case MatMul() | Outer():
            return has_matrix_form(node.left) and has_matrix_form(node.right)
        case Total():
            return _is_square_norm(node)
        case Raised() | Permute() | Widen() | Einsum() | Choose():
            return False
    raise unknown(node, "matrix LaTeX")


def _is_square_norm(node: Total) -> bool:
    match node:
        case Total(operand=Raised(base=base, exponent=2), all=True):
            return has_matrix_form(base)
    return False


Spell = Callable[[Name, Symbols], str]
"""How a whole array is written."""


def matrix_latex(node: Node, symbols: Symbols, spell: Spell = array_latex) -> str:
    """A step's value on whole arrays, each written by `spell`."""

    def at(part: Node) -> str:
        return matrix_latex(part, symbols, spell)

    def factor(part: Node, several: bool = True) -> str:
        return _bracketed(part, at(part)) if several else at(part)

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
            return f"{function_latex(node.function, node.order)}({at(node.argument)})"
        case Sums():
            return _sums([(negative, at(term)) for negative, term in node.terms])
        case Product():
            return _product(node, factor)
        case Transpose():
            return f"{factor(node.operand)}^{TRANSPOSE}"
        case MatMul():
            return f"{factor(node.left)} {factor(node.right)}"
        case Outer():
            return f"{factor(node.left)} {factor(node.right)}^{TRANSPOSE}"
        case Total(operand=Raised(base=base, exponent=2), all=True):
            return rf"\lVert {at(base)} \rVert^2"
    raise unknown(node, "matrix LaTeX")


def _sums(terms: list[tuple[bool, str]]) -> str:
    text = ""
    for negative, term in terms:
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += sign + term
    return text


def _product(node: Product, factor: Callable[[Node, bool], str]) -> str:
    """Numbers in front, as a fraction where there are divisors; arrays entry by entry."""
    numbers = [part for part in node.factors if _is_scalar(part)]
    arrays = [part for part in node.factors if part not in numbers]
    front = [factor(part, True) for part in numbers]
    if node.divisors:
        above = [factor(part, True) for part in numbers if not isinstance(part, Total)]
        beside = [factor(part, True) for part in numbers if isinstance(part, Total)]
        below = " ".join(factor(part, len(node.divisors) > 1) for part in node.divisors)
        front = [rf"\frac{{{' '.join(above) or '1'}}}{{{below}}}", *beside]
    several = len(arrays) > 1 or bool(front)
    product = f" {HADAMARD} ".join(factor(part, several) for part in arrays)
    return " ".join([*front, product] if product else front)


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
    fraction = isinstance(node, Ref) and "frac" in text
    if simple and not fraction:
        return text
    return rf"\Bigl( {text} \Bigr)" if "frac" in text else f"({text})"
