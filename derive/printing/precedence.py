"""How tightly every node binds as it is written: one row for each, for all printers."""

from dataclasses import dataclass
from enum import IntEnum, auto

from derive.arrays import program
from derive.expressions import expression
from derive.expressions.expression import unknown


class Binding(IntEnum):
    """How tightly a text holds together, the loosest first."""

    SUM = auto()
    """a + b"""
    SERIES = auto()
    r"""\sum_i a: a factor on its right would be taken into the sum."""
    ARRAYS = auto()
    r"""A \odot b in LaTeX, A @ b in NumPy: in brackets within a product of another kind."""
    PRODUCT = auto()
    """a b"""
    FRACTION = auto()
    r"""\frac{a}{b}: a factor as it stands, but no base of a power."""
    POWER = auto()
    """a^2"""
    ATOM = auto()
    """a, f(a), (a + b)"""


class Quotient:
    """The row of a product with divisors and of a number that is not whole."""


class Root:
    """The row of a square root, sqrt(a) on a line."""


class Derivative:
    """The row of an adjoint without a name of its own, ∂EQ/∂W."""


class Gradient:
    """The row of the same where it is written ∇_W EQ."""


class Cases:
    """The row of a choice that is written as two cases."""


@dataclass(frozen=True)
class Row:
    """How tightly a node binds on a line (the equation language, a terminal, NumPy) and in LaTeX.

    None where it has no notation.
    """

    line: Binding | None
    latex: Binding | None


_SUM = Row(Binding.SUM, Binding.SUM)
_POWER = Row(Binding.POWER, Binding.POWER)
_ATOM = Row(Binding.ATOM, Binding.ATOM)
_CODE = Row(Binding.ATOM, None)
"""A call, an attribute or a subscript of NumPy that no paper writes."""


PRECEDENCE: dict[type, Row] = {
    # on several nodes' behalf
    Quotient: Row(line=Binding.PRODUCT, latex=Binding.FRACTION),
    Derivative: Row(line=Binding.FRACTION, latex=Binding.FRACTION),
    Gradient: Row(line=None, latex=Binding.SERIES),  # a factor on its right would be under it
    Cases: Row(line=None, latex=Binding.FRACTION),
    # expressions
    expression.Number: _ATOM,
    expression.Size: _ATOM,
    expression.Entry: _ATOM,
    expression.Apply: _ATOM,
    expression.Add: _SUM,
    expression.Multiply: Row(line=Binding.PRODUCT, latex=Binding.PRODUCT),
    expression.Power: _POWER,
    expression.RealPower: _POWER,
    Root: Row(line=Binding.ATOM, latex=Binding.POWER),
    expression.Sum: Row(line=Binding.ATOM, latex=Binding.SERIES),
    expression.Delta: _ATOM,
    expression.Where: _ATOM,
    expression.Softmax: Row(line=None, latex=None),
    expression.Scaled: Row(line=None, latex=None),
    # operations on arrays
    program.Ref: _ATOM,
    program.Constant: _ATOM,
    program.SizeOf: _ATOM,
    program.Call: _ATOM,
    program.Sums: _SUM,
    program.Product: Row(line=Binding.PRODUCT, latex=Binding.ARRAYS),
    program.Raised: _POWER,
    program.RealRaised: _POWER,
    program.Transpose: Row(line=Binding.ATOM, latex=Binding.POWER),
    program.MatMul: Row(line=Binding.ARRAYS, latex=Binding.PRODUCT),
    program.Outer: Row(line=Binding.ATOM, latex=Binding.PRODUCT),
    program.Total: Row(line=Binding.ATOM, latex=Binding.PRODUCT),  # the inner product of two
    program.Permute: _CODE,
    program.Column: _CODE,
    program.Widen: Row(line=Binding.ATOM, latex=Binding.PRODUCT),  # x 1ᵀ
    program.TensorDot: Row(line=Binding.ATOM, latex=Binding.PRODUCT),
    program.Einsum: _ATOM,
    program.Choose: _ATOM,
    program.Filled: Row(line=Binding.ATOM, latex=Binding.PRODUCT),
    program.Identity: _ATOM,
    program.Normalised: _ATOM,
    program.LogSumExp: _ATOM,
    program.Exponential: _CODE,
    program.Logarithm: _CODE,
    program.Plain: _CODE,
}


def in_line(node: type) -> Binding:
    """How tightly what is written for a node on a line binds."""
    return _known(PRECEDENCE[node].line, node)


def in_latex(node: type) -> Binding:
    """How tightly what is written for a node in LaTeX binds."""
    return _known(PRECEDENCE[node].latex, node)


def _known(binds: Binding | None, node: type) -> Binding:
    if binds is None:
        unknown(node, "precedence")
    return binds
