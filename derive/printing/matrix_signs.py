r"""What matrix equations have beside products: 1, diag, norms, powers of every entry."""

from dataclasses import replace

from derive.arrays.program import Identity, Raised, Transpose
from derive.expressions.expression import Apply
from derive.model.model import Model
from derive.printing.latex import power
from derive.printing.macros import TRANSPOSE
from derive.printing.names_latex import name_latex, subscript
from derive.printing.precedence import Binding, in_latex
from derive.printing.printed import Edge, Printed, bracketed, composed
from derive.printing.signs import (
    CIRC,
    DIAGONAL,
    FROBENIUS,
    ONES,
    Sign,
    column_of_ones_sign,
    identity_sign,
)


def told(printed: Printed, *signs: Sign) -> Printed:
    """The text with signs that its reader is to be told of."""
    return replace(printed, notation=printed.notation | set(signs))


ONES_EVERYWHERE = Printed(r"\mathbf{1}", notation=frozenset({ONES}))
"""An array of ones as large as what it stands beside."""


def column_of_ones(size: str, model: Model) -> Printed:
    """So many ones in a column."""
    text = rf"\mathbf{{1}}{subscript(name_latex(size, model))}"
    return Printed(text, notation=frozenset({column_of_ones_sign(size)}))


def identity(size: str, model: Model) -> Printed:
    """The identity matrix."""
    text = rf"\mathrm{{Id}}{subscript(name_latex(size, model))}"
    return Printed(text, in_latex(Identity), notation=frozenset({identity_sign(size)}))


def transposed(array: Printed) -> Printed:
    """A matrix with its axes swapped, a column as a row."""
    return power(array, TRANSPOSE, Transpose)


def operator(name: str, inside: Printed, sign: Sign) -> Printed:
    """A function of an array as a whole, such as its trace."""
    made = bracketed(inside)
    text = rf"\operatorname{{{name}}}{made.text}"
    return told(replace(made, text=text, binds=in_latex(Apply), first=Edge.OPERATOR), sign)


def diagonal(column: Printed) -> Printed:
    """The matrix that has a column on its diagonal."""
    return operator("diag", column, DIAGONAL)


def entrywise_power(base: Printed, exponent: str) -> Printed:
    """A power of every entry."""
    return told(power(base, rf"{{\circ {exponent}}}", Raised), CIRC)


def norm(inside: Printed, exponent: str, is_matrix: bool) -> Printed:
    """A power of the root of the sum of the squares of all entries."""
    low, high = "_F" if is_matrix else "", "" if exponent == "1" else f"^{exponent}"
    binds = in_latex(Raised) if high else Binding.ATOM
    made = composed(rf"\lVert {inside} \rVert{low}{high}", binds, (inside,))
    return told(made, FROBENIUS) if is_matrix else made
