"""The functions a network may apply: one row each, and everything else follows by algebra.

A row holds a function's definition in z. Its derivative is SymPy's. Where the
definition would overflow, the row adds the same function in terms of
e = exp(-rate·|z|), which lies in (0, 1], for either sign of z; the derivative of
that form is SymPy's too, and `tests/test_functions.py` proves the two equal.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

Z = sympy.Symbol("z", real=True)
E = sympy.Symbol("e", positive=True)


@dataclass(frozen=True)
class Halves:
    """A function in terms of e = exp(-rate·|z|), for z < 0 and for z ≥ 0."""

    rate: int
    negative: sympy.Expr
    positive: sympy.Expr

    def derivative(self) -> "Halves":
        """The derivative by z: de/dz is rate·e where z < 0 and -rate·e elsewhere."""
        slope = self.rate * E
        return Halves(
            self.rate,
            sympy.factor(sympy.diff(self.negative, E) * slope),
            sympy.factor(sympy.diff(self.positive, E) * -slope),
        )


@dataclass(frozen=True)
class Function:
    """One function of one real variable.

    `definition` is an expression in Z; at a kink its derivative is what SymPy gives
    for the piece that holds there, so the order of the pieces documents the choice.
    """

    name: str
    words: str
    latex: str
    definition: sympy.Expr
    kinks: tuple[Fraction, ...] = ()
    halves: Halves | None = None
    numpy: str | None = None
    """The NumPy function that is already accurate for it, if there is one."""

    def derivative(self, order: int = 1) -> sympy.Expr:
        """The derivative of the definition by z."""
        return sympy.diff(self.definition, Z, order)


_ROWS = (
    Function("identity", "the identity", r"\operatorname{id}", Z),
    Function(
        "logistic",
        "the logistic function",
        r"\sigma",
        1 / (1 + sympy.exp(-Z)),
        halves=Halves(1, E / (1 + E), 1 / (1 + E)),
    ),
    Function(
        "tanh",
        "the hyperbolic tangent",
        r"\tanh",
        sympy.tanh(Z),
        halves=Halves(2, (E - 1) / (1 + E), (1 - E) / (1 + E)),
        numpy="tanh",
    ),
    Function(
        "relu",
        "the rectifier, with relu'(0) = 0",
        r"\operatorname{relu}",
        sympy.Piecewise((Z, Z > 0), (sympy.Integer(0), True)),
        kinks=(Fraction(0),),
    ),
)

TABLE = {row.name: row for row in _ROWS}


@cache
def undefined(name: str, order: int = 0) -> Any:
    """SymPy's undefined function of that name, whose derivative is the named f', f'', ...

    SymPy's own would answer `Subs(Derivative(...))` where the argument is no symbol.
    """

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return undefined(name, order + 1)(self.args[argindex - 1])

    members = {"fdiff": fdiff, "nargs": 1, "applies": (name, order)}
    return type(name + "'" * order, (sympy.Function,), members)
