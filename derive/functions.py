"""The functions a network may apply: one row each, and everything else follows by algebra.

A row holds a function's definition in z. Its derivative is SymPy's. Where the
definition would overflow, the row adds the same function in terms of
e = exp(-|z|) or the like, which lies in (0, 1], for either sign of z; the derivative of
that form is SymPy's too, and `tests/test_functions.py` proves the two equal.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

Z = sympy.Symbol("z", real=True)
E = sympy.Symbol("e", positive=True)
ROOT = sympy.Symbol("r", positive=True)
"""The root of 2/π in a function's halves, so that algebra does not take it apart."""


@dataclass(frozen=True)
class Halves:
    """A function in terms of z and e = exp(-exponent(|z|)), for z < 0 and for z ≥ 0.

    `exponent` is odd and rises with z, so that e lies in (0, 1] and nothing overflows.
    """

    exponent: sympy.Expr
    negative: sympy.Expr
    positive: sympy.Expr

    def derivative(self) -> "Halves":
        """The derivative by z: de/dz is exponent'·e where z < 0 and -exponent'·e elsewhere."""
        slope = sympy.diff(self.exponent, Z) * E
        return Halves(self.exponent, _total(self.negative, slope), _total(self.positive, -slope))


def _total(half: sympy.Expr, slope: sympy.Expr) -> sympy.Expr:
    return sympy.factor(sympy.diff(half, Z) + sympy.diff(half, E) * slope)


@dataclass(frozen=True)
class Function:
    """One function of one real variable.

    `definition` is an expression in Z; at a kink its derivative is what SymPy gives
    for the piece that holds there, so the order of the pieces documents the choice.
    `explicit` functions have a derivative that a formula writes out: exp' is exp.
    """

    name: str
    words: str
    latex: str
    definition: sympy.Expr
    kinks: tuple[Fraction, ...] = ()
    halves: Halves | None = None
    numpy: str | None = None
    """An expression of NumPy for the value, where that is more accurate than the definition."""
    explicit: bool = False
    positive: bool = False
    """Whether it is defined for z > 0 only."""

    def derivative(self, order: int = 1) -> sympy.Expr:
        """The derivative of the definition by z."""
        return _derivative(self.definition, order)


@cache
def _derivative(definition: sympy.Expr, order: int) -> sympy.Expr:
    return sympy.diff(definition, Z, order)


def _operator(name: str) -> str:
    return rf"\operatorname{{{name}}}"


LEAK = sympy.Rational(1, 100)
"""The slope of leaky_relu for z ≤ 0."""
_CUBIC = Z + sympy.Rational(44715, 10**6) * Z**3
GELU = 2 * sympy.sqrt(2 / sympy.pi) * _CUBIC
"""gelu in its tanh form is z/2·(1 + tanh(GELU/2)), which is z·logistic(GELU)."""
_AT_ZERO = (Fraction(0),)

_ROWS = (
    Function("identity", "the identity", _operator("id"), Z),
    Function(
        "logistic",
        "the logistic function",
        r"\sigma",
        1 / (1 + sympy.exp(-Z)),
        halves=Halves(Z, E / (1 + E), 1 / (1 + E)),
    ),
    Function(
        "tanh",
        "the hyperbolic tangent",
        r"\tanh",
        sympy.tanh(Z),
        halves=Halves(2 * Z, (E - 1) / (1 + E), (1 - E) / (1 + E)),
        numpy="np.tanh(z)",
    ),
    Function(
        "bipolar_logistic",
        "the bipolar logistic function",
        _operator("bip"),
        (1 - sympy.exp(-Z)) / (1 + sympy.exp(-Z)),
        halves=Halves(Z, (E - 1) / (1 + E), (1 - E) / (1 + E)),
        numpy="np.tanh(z / 2)",
    ),
    Function(
        "relu",
        "the rectifier, with relu'(0) = 0",
        _operator("relu"),
        sympy.Piecewise((Z, Z > 0), (sympy.Integer(0), True)),
        kinks=_AT_ZERO,
    ),
    Function(
        "leaky_relu",
        "the leaky rectifier, z/100 for z ≤ 0, with leaky_relu'(0) = 1/100",
        _operator("lrelu"),
        sympy.Piecewise((Z, Z > 0), (LEAK * Z, True)),
        kinks=_AT_ZERO,
    ),
    Function(
        "elu",
        "the exponential linear unit, e^z - 1 for z ≤ 0",
        _operator("elu"),
        sympy.Piecewise((Z, Z > 0), (sympy.exp(Z) - 1, True)),
        halves=Halves(Z, E - 1, Z),
        numpy="np.where(z.real > 0, z, np.expm1(np.where(z.real > 0, 0, z)))",
    ),
    Function(
        "softplus",
        "the softplus function",
        _operator("softplus"),
        sympy.log(1 + sympy.exp(Z)),
        halves=Halves(Z, sympy.log(1 + E), Z + sympy.log(1 + E)),
        numpy="np.where(z.real > 0, z, 0) + np.log1p(np.exp(np.where(z.real < 0, z, -z)))",
    ),
    Function(
        "silu",
        "the sigmoid linear unit, z times the logistic function",
        _operator("silu"),
        Z / (1 + sympy.exp(-Z)),
        halves=Halves(Z, Z * E / (1 + E), Z / (1 + E)),
    ),
    Function(
        "gelu",
        "the Gaussian error linear unit in its tanh form",
        _operator("gelu"),
        Z / (1 + sympy.exp(-GELU)),
        halves=Halves(2 * ROOT * _CUBIC, Z * E / (1 + E), Z / (1 + E)),
    ),
    Function("gaussian", "the Gaussian function", _operator("gauss"), sympy.exp(-(Z**2))),
    Function("sin", "the sine", r"\sin", sympy.sin(Z), explicit=True),
    Function("cos", "the cosine", r"\cos", sympy.cos(Z), explicit=True),
    Function("exp", "the exponential function", r"\exp", sympy.exp(Z), explicit=True),
    Function("log", "the natural logarithm", r"\ln", sympy.log(Z), explicit=True, positive=True),
)

TABLE = {row.name: row for row in _ROWS}


@cache
def undefined(name: str, order: int = 0) -> Any:
    """SymPy's undefined function of that name, whose derivative is the named f', f'', ...

    SymPy's own would answer `Subs(Derivative(...))` where the argument is no symbol. An
    explicit function such as exp is SymPy's own: there is nothing to leave undefined.
    """

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return undefined(name, order + 1)(self.args[argindex - 1])

    members = {"fdiff": fdiff, "nargs": 1, "applies": (name, order)}
    return type(name + "'" * order, (sympy.Function,), members)
