"""An algebraic function's derivative on one denominator, where it keeps its digits.

Of 1/(1 + |z|) - |z|/(1 + |z|)², the derivative of z/(1 + |z|), floats lose all of them far from
0; on one denominator it is 1/(1 + |z|)².
"""

import sympy

from derive.functions.rational import Z

SIZE = sympy.Symbol("a", positive=True)


SIGN = sympy.Symbol("s", real=True)
"""Beside the size |z|, so that z is s·a."""


def on_one_denominator(slope: sympy.Expr) -> sympy.Expr:
    """The expression so, where it is made of z, |z|, powers and numbers, and is shorter so."""
    if slope.atoms(sympy.Function) - {sympy.Abs(Z), sympy.sign(Z)} or slope.has(sympy.Piecewise):
        return slope
    whole = sympy.factor(sympy.together(_signed(slope)))
    whole = whole.subs(SIGN * SIZE, Z).subs({SIZE: sympy.Abs(Z), SIGN: sympy.sign(Z)})
    agree = sympy.simplify(whole.subs(Z, 0) - slope.subs(Z, 0)) == 0  # where the sign is 0
    return whole if agree and whole.count_ops() < slope.count_ops() else slope


def _signed(slope: sympy.Expr) -> sympy.Expr:
    """The expression in the size and the sign of z, whose square is 1 but at 0."""
    if not slope.has(sympy.Abs, sympy.sign):
        return slope
    parts = {sympy.Abs(Z): SIZE, sympy.sign(Z): SIGN, Z: SIGN * SIZE}
    return sympy.expand_power_base(slope.subs(parts, simultaneous=True)).replace(
        lambda node: node.is_Pow and node.base == SIGN and node.exp.is_Integer,
        lambda node: SIGN ** (node.exp % 2),
    )
