"""A row of the table of functions -> its value at a single number, where nothing overflows.

What is the same for a function and its derivative, exp(-|z|), is an entry of its own.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import pi

import sympy

from derive.expressions.building import add, multiply, power, real_power, where
from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    ZERO,
    Apply,
    Entry,
    Expression,
    Number,
    unknown,
)
from derive.expressions.indices import replace_entries
from derive.functions.rational import Z
from derive.functions.stable import ROOT, E, Halves
from derive.functions.table import Function

Z_ENTRY = Entry("?z")
"""What a function is applied to; no name of a model begins so."""


E_ENTRY = Entry("?e")
"""The exponential in its form."""


LIBRARY = {
    **{name: name for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{name: name for name in ("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "erfc")},
    "Abs": "fabs",
}
"""What SymPy calls a function -> what libraries of mathematics do."""


@dataclass(frozen=True)
class Form:
    """A value in `Z_ENTRY` and in `E_ENTRY`, which is exp(exponent), where there is an exponent."""

    value: Expression
    exponent: Expression | None = None

    @property
    def of_distance(self) -> bool:
        """Whether the exponential is exp(-|z|), which many functions share."""
        return self.exponent == DISTANCE


def below_zero(then: Expression, other: Expression) -> Expression:
    """One where z < 0, another elsewhere."""
    return where(ZERO, Z_ENTRY, then, other)


LIBRARY_MARK = "math."
"""What the name of a library's function begins with in an expression; no name of a model does."""


def library(name: str, argument: Expression) -> Expression:
    """A function of the library of mathematics, by its name there."""
    return Apply(LIBRARY_MARK + name, argument)


def _opposite(node: Expression) -> Expression:
    return multiply(MINUS_ONE, node)


DISTANCE = below_zero(Z_ENTRY, _opposite(Z_ENTRY))
"""-|z|"""


_POSITIVE_PART = where(Z_ENTRY, ZERO, Z_ENTRY, ZERO)


OWN = {
    "bipolar_logistic": Form(library("tanh", multiply(Number(Fraction(1, 2)), Z_ENTRY))),
    "elu": Form(where(Z_ENTRY, ZERO, Z_ENTRY, library("expm1", Z_ENTRY))),
    "softplus": Form(add(_POSITIVE_PART, library("log1p", E_ENTRY)), DISTANCE),
    "sgn": Form(where(Z_ENTRY, ZERO, ONE, below_zero(MINUS_ONE, ZERO))),
}
"""Functions of the table whose value has a form that is more accurate than the definition."""


@cache
def form(row: Function, order: int) -> Form:
    """A function, or its derivative of that order."""
    if order == 0 and row.name in OWN:
        return OWN[row.name]
    if order <= 1 and row.halves:
        return _halves(row.halves.derivative() if order else row.halves)
    return Form(expression(row.derivative(order) if order else row.definition))


def library_name(row: Function) -> str:
    """What a library calls a row that is one of its functions and nothing else; else ""."""
    return LIBRARY.get(row.definition.func.__name__, "") if row.elementary else ""


def _halves(halves: Halves) -> Form:
    """The exponential lies in (0, 1], so that nothing overflows."""
    u = expression(halves.exponent)
    (above, below), (other, same) = map(sympy.fraction, (halves.negative, halves.positive))
    if below == same:
        choice = below_zero(expression(above), expression(other))
        value = multiply(choice, power(expression(below), -1))
    else:
        value = below_zero(expression(halves.negative), expression(halves.positive))
    return Form(value, below_zero(u, _opposite(u)))


def expression(value: sympy.Expr) -> Expression:
    """A formula of SymPy's in Z, E and numbers."""
    if value in _ATOMS:
        return _ATOMS[value]
    if value.is_Rational:
        return Number(Fraction(int(value.p), int(value.q)))
    if value.is_number and not value.has(sympy.Function):
        return Number(Fraction(float(value)))
    if value.is_Add:
        return add(*map(expression, value.as_ordered_terms("rev-lex")))
    if value.is_Mul:
        return multiply(*map(expression, value.as_ordered_factors()))
    if value.is_Pow:
        base, exponent = map(expression, value.args)
        if isinstance(exponent, Number) and exponent.value.denominator == 1:
            return power(base, int(exponent.value))
        return real_power(base, exponent)
    if isinstance(value, sympy.Piecewise):
        return _pieces(value.args)
    if isinstance(value, sympy.sign):
        z = expression(value.args[0])
        return where(z, ZERO, ONE, where(ZERO, z, MINUS_ONE, ZERO))
    name = LIBRARY.get(value.func.__name__)
    if name is None or len(value.args) != 1:
        unknown(value, "a library of mathematics")
    return library(name, expression(value.args[0]))


_ATOMS: dict[sympy.Expr, Expression] = {
    Z: Z_ENTRY,
    E: E_ENTRY,
    ROOT: Number(Fraction((2 / pi) ** 0.5)),
}


def _pieces(pieces: tuple[tuple[sympy.Expr, sympy.Basic], ...]) -> Expression:
    """A choice for each piece; z ≥ a is what is not z < a."""
    (piece, condition), *rest = pieces
    then = expression(piece)
    if condition == sympy.true:
        return then
    other = _pieces(tuple(rest))
    left, right = map(expression, condition.args)
    match condition:
        case sympy.StrictGreaterThan():
            return where(left, right, then, other)
        case sympy.StrictLessThan():
            return where(right, left, then, other)
        case sympy.GreaterThan():
            return where(right, left, other, then)
        case sympy.LessThan():
            return where(left, right, other, then)
    unknown(condition, "a library of mathematics")


def applied(form: Form, z: Expression, e: Expression | None = None) -> Expression:
    """The value of a form for what z, and its exponential, are."""
    value = replace_entries(form.value, "?z", Z_ENTRY, z)
    return value if e is None else replace_entries(value, "?e", E_ENTRY, e)
