"""A Program's steps as matrix equations: W I, Vᵀ δ_o ⊙ f'_h(H_in), δ_h Iᵀ. Vectors are columns."""

from derive.expression import Adjoint, unknown
from derive.latex import array_latex, function_latex, name_latex
from derive.program import (
    Call,
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
        case Call():
            return has_matrix_form(node.argument)
        case Sums():
            return all(has_matrix_form(term) for _, term in node.terms)
        case Product():
            return all(map(has_matrix_form, (*node.factors, *node.divisors)))
        case Transpose():
            return has_matrix_form(node.operand)
        case MatMul() | Outer():
            return has_matrix_form(node.left) and has_matrix_form(node.right)
        case Total():
            return _is_square_norm(node)
        case Raised() | Permute() | Widen() | Einsum():
            return False
    raise unknown(node, "matrix LaTeX")


def _is_square_norm(node: Total) -> bool:
    match node:
        case Total(operand=Raised(base=base, exponent=2), all=True):
            return has_matrix_form(base)
    return False


def matrix_latex(node: Node, symbols: Symbols) -> str:
    """A step's value on whole arrays."""

    def at(part: Node) -> str:
        return matrix_latex(part, symbols)

    match node:
        case Ref():
            return array_latex(node.name, symbols)
        case Constant():
            value = node.value
            whole = value.denominator == 1
            return str(value) if whole else rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
        case SizeOf():
            return name_latex(node.symbol)
        case Call():
            return f"{function_latex(node.function, node.order)}({at(node.argument)})"
        case Sums():
            return _sums(node, symbols)
        case Product():
            return _product(node, symbols)
        case Transpose():
            return _factor(node.operand, symbols) + r"^\top"
        case MatMul():
            return f"{_factor(node.left, symbols)} {_factor(node.right, symbols)}"
        case Outer():
            return rf"{_factor(node.left, symbols)} {_factor(node.right, symbols)}^\top"
        case Total(operand=Raised(base=base, exponent=2), all=True):
            return rf"\lVert {at(base)} \rVert^2"
    raise unknown(node, "matrix LaTeX")


def _sums(node: Sums, symbols: Symbols) -> str:
    text = ""
    for negative, term in node.terms:
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += sign + matrix_latex(term, symbols)
    return text


def _product(node: Product, symbols: Symbols) -> str:
    numbers = [part for part in node.factors if isinstance(part, Constant | SizeOf | Total)]
    arrays = [part for part in node.factors if part not in numbers]
    if node.divisors:
        above = " ".join(matrix_latex(p, symbols) for p in numbers if not isinstance(p, Total))
        below = " ".join(_factor(part, symbols) for part in node.divisors)
        front = rf"\frac{{{above or '1'}}}{{{below}}} "
        front += " ".join(
            matrix_latex(part, symbols) for part in numbers if isinstance(part, Total)
        )
    else:
        front = " ".join(matrix_latex(part, symbols) for part in numbers)
    pieces = [_factor(part, symbols, several=len(arrays) > 1 or bool(front)) for part in arrays]
    product = r" \odot ".join(pieces)
    return f"{front} {product}".strip() if front else product


def _factor(node: Node, symbols: Symbols, several: bool = True) -> str:
    text = matrix_latex(node, symbols)
    simple = isinstance(node, Ref | Constant | SizeOf | Call | Transpose)
    fraction = isinstance(node, Ref) and isinstance(node.name, Adjoint) and "frac" in text
    if not several or (simple and not fraction):
        return text
    return rf"\Bigl( {text} \Bigr)" if "frac" in text else f"({text})"
