"""The table of functions: one row for each, with what every target wants of it."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import sympy

from derive.functions.algebraic import on_one_denominator
from derive.functions.rational import Z as Z
from derive.functions.stable import E, Halves, halves
from derive.functions.stretches import by_stretches


@dataclass(frozen=True)
class Function:
    """One function of one real variable.

    `definition` is an expression in Z, its pieces those of `by_stretches`; at a kink its
    derivative is what SymPy gives for the piece that holds there.
    `explicit` functions have a derivative that a formula writes out: exp' is exp.
    """

    name: str
    words: str
    latex: str
    definition: sympy.Expr
    kinks: tuple[Fraction, ...] = ()
    stated: Halves | None = None
    """The halves, where algebra does not find them: a logarithm's, or those of pieces."""
    explicit: bool = False
    positive: bool = False
    """Whether it is defined for z > 0 only."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "definition", by_stretches(self.definition))

    def __hash__(self) -> int:
        return hash(self.definition)  # SymPy remembers it

    @property
    def halves(self) -> Halves | None:
        """The form that overflows nowhere, where there is one."""
        return self.stated or halves(self.definition)

    @property
    def elementary(self) -> bool:
        """Whether it is one of SymPy's own, as tanh and exp are: a definition says no more."""
        return isinstance(self.definition, sympy.Function) and self.definition.args == (Z,)

    def derivative(self, order: int = 1) -> sympy.Expr:
        """The derivative of the definition by z; that of sgn is 0, its jump left aside."""
        return _derivative(self.definition, order)


@cache
def _derivative(definition: sympy.Expr, order: int) -> sympy.Expr:
    slope = sympy.diff(definition, Z, order).replace(sympy.DiracDelta, _nothing)
    return by_stretches(on_one_denominator(slope))


def _nothing(*_: sympy.Expr) -> sympy.Expr:
    return sympy.Integer(0)


def _operator(name: str) -> str:
    return rf"\operatorname{{{name}}}"


LEAK = sympy.Rational(1, 100)
"""The slope of leaky_relu for z ≤ 0."""


_CUBIC = Z + sympy.Rational(44715, 10**6) * Z**3


GELU = 2 * sympy.sqrt(2 / sympy.pi) * _CUBIC
"""gelu in its tanh form is z/2·(1 + tanh(GELU/2)), which is z·logistic(GELU)."""


_AT_ZERO = (Fraction(0),)


ROWS = (
    Function("identity", "the identity", _operator("id"), Z),
    Function(
        "logistic",
        "the logistic function",
        r"\sigma",
        1 / (1 + sympy.exp(-Z)),
    ),
    Function(
        "tanh",
        "the hyperbolic tangent",
        r"\tanh",
        sympy.tanh(Z),
    ),
    Function(
        "bipolar_logistic",
        "the bipolar logistic function",
        _operator("bip"),
        (1 - sympy.exp(-Z)) / (1 + sympy.exp(-Z)),
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
        stated=Halves(Z, E - 1, Z),
    ),
    Function(
        "softplus",
        "the softplus function",
        _operator("softplus"),
        sympy.log(1 + sympy.exp(Z)),
        stated=Halves(Z, sympy.log(1 + E), Z + sympy.log(1 + E)),
    ),
    Function(
        "silu",
        "the sigmoid linear unit, z times the logistic function",
        _operator("silu"),
        Z / (1 + sympy.exp(-Z)),
    ),
    Function(
        "gelu",
        "the Gaussian error linear unit in its tanh form",
        _operator("gelu"),
        Z / (1 + sympy.exp(-GELU)),
    ),
    Function(
        "mish",
        "the mish, z tanh(softplus(z))",
        _operator("mish"),
        Z * ((1 + sympy.exp(Z)) ** 2 - 1) / ((1 + sympy.exp(Z)) ** 2 + 1),
    ),
    Function("softsign", "the soft sign", _operator("softsign"), Z / (1 + sympy.Abs(Z))),
    Function(
        "hard_sigmoid",
        "the piecewise linear logistic function, z/6 + 1/2 between 0 and 1",
        _operator("hardsigmoid"),
        sympy.Piecewise((1, Z > 3), (Z / 6 + sympy.Rational(1, 2), Z > -3), (0, True)),
        kinks=(Fraction(-3), Fraction(3)),
    ),
    Function("gaussian", "the Gaussian function", _operator("gauss"), sympy.exp(-(Z**2))),
    Function(
        "abs",
        "the absolute value, with abs'(0) = 0",
        r"\operatorname{abs}",
        sympy.Abs(Z),
        kinks=_AT_ZERO,
        explicit=True,
    ),
    Function(
        "sgn",
        "the sign, with sgn(0) = 0",
        _operator("sgn"),
        sympy.sign(Z),
        kinks=_AT_ZERO,
        explicit=True,
    ),
    Function("sin", "the sine", r"\sin", sympy.sin(Z), explicit=True),
    Function("cos", "the cosine", r"\cos", sympy.cos(Z), explicit=True),
    Function("cosh", "the hyperbolic cosine", r"\cosh", sympy.cosh(Z), explicit=True),
    Function("sinh", "the hyperbolic sine", r"\sinh", sympy.sinh(Z), explicit=True),
    Function("arctan", "the arc tangent", r"\arctan", sympy.atan(Z), explicit=True),
    Function("erf", "the error function", _operator("erf"), sympy.erf(Z)),
    Function("erfc", "the complementary error function", _operator("erfc"), sympy.erfc(Z)),
    Function("exp", "the exponential function", r"\exp", sympy.exp(Z), explicit=True),
    Function(
        "log",
        "the natural logarithm",
        r"\ln",
        sympy.log(Z),
        explicit=True,
        positive=True,
    ),
)


TABLE = {row.name: row for row in ROWS}
