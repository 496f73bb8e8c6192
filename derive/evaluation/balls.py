"""Real numbers as balls: a midpoint of any precision and a radius that bounds its error (Arb).

What comes out is never silently wrong: two balls that do not meet are two numbers, where digits
cancel the ball is wide, and where a value is not defined it is not finite. The precision is that
of `flint.ctx`; where a ball is too wide for what is asked, the same is worked out with more. Balls
come one by one or in NumPy arrays of objects, one for each of several points.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, reduce
from operator import add, mul
from typing import Any

import mpmath
import numpy as np
import sympy
from flint import arb, ctx, fmpq

from derive.errors import DeriveError
from derive.evaluation.evaluate import Arithmetic, Branch, PositivePower, Step
from derive.evaluation.formulas import whole_power
from derive.expressions.expression import unknown
from derive.functions.rational import Z
from derive.functions.table import Function
from derive.model.model import Model

NEAR = arb(2) ** -100
"""A ball around zero that is narrower is taken for zero: random numbers tie, or are apart."""


GUARD = 64
"""Bits beyond those of a midpoint that is asked for."""


Real = Callable[[arb], arb]
"""A function of one real variable, on balls."""


Apply = Callable[[str, int, Any], Any]
"""A function by its name, the order of a derivative of it, and what it is applied to."""


NAMED: dict[type, Real] = {
    sympy.exp: arb.exp,
    sympy.log: arb.log,
    sympy.sin: arb.sin,
    sympy.cos: arb.cos,
    sympy.tan: arb.tan,
    sympy.asin: arb.asin,
    sympy.acos: arb.acos,
    sympy.atan: arb.atan,
    sympy.sinh: arb.sinh,
    sympy.cosh: arb.cosh,
    sympy.tanh: arb.tanh,
    sympy.asinh: arb.asinh,
    sympy.acosh: arb.acosh,
    sympy.atanh: arb.atanh,
    sympy.erf: arb.erf,
    sympy.erfc: arb.erfc,
    sympy.Abs: abs,
}
"""What SymPy's functions are called there."""


NUMBERS: dict[sympy.Expr, Callable[[], arb]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
    sympy.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}
"""SymPy's numbers that are no fractions."""


COMPARED: dict[type, Callable[[int], bool]] = {
    sympy.StrictGreaterThan: lambda sign: sign > 0,
    sympy.GreaterThan: lambda sign: sign >= 0,
    sympy.StrictLessThan: lambda sign: sign < 0,
    sympy.LessThan: lambda sign: sign <= 0,
    sympy.Eq: lambda sign: sign == 0,
    sympy.Ne: lambda sign: sign != 0,
}
"""Whether a relation holds, by the sign of its left side less its right."""


def balls(model: Model) -> Arithmetic:
    """Balls at the working precision, functions by the definitions in their table."""

    @cache  # by name: what a function is takes long to hash
    def real(name: str, order: int) -> tuple[Real, np.ufunc]:
        return _real(model.function(name), order)

    def apply(name: str, order: int, argument: Any) -> Any:
        of_one, of_each = real(name, order)
        return of_each(argument) if isinstance(argument, np.ndarray) else of_one(argument)

    return Arithmetic(ball, apply, choose, raised)


def midpoints(model: Model) -> Arithmetic:
    """Mpmath numbers at its working precision, functions by the midpoints of balls: of some
    thousand digits Arb works them out a hundred times as fast.
    """
    how = balls(model)

    def apply(name: str, order: int, argument: Any) -> Any:
        sign, mantissa, exponent, _ = argument._mpf_
        with ctx.workprec(mpmath.mp.prec + GUARD):
            exact = arb((-mantissa if sign else mantissa, exponent))
            found = how.apply(name, order, exact)
        if not found.is_finite():
            return mpmath.nan
        return mpmath.mpf(tuple(map(int, found.mid().man_exp())))

    return Arithmetic(lambda value: mpmath.mpf(value.numerator) / value.denominator, apply)


class UnsureError(DeriveError):
    """A ball is too wide to tell on which side of a kink it lies: more digits are needed."""


def ball(number: Fraction) -> arb:
    """The ball of a number, its radius 0 where the number has few digits in base 2."""
    return arb(fmpq(number.numerator, number.denominator))


def sign(number: arb) -> int:
    """1, 0 or -1. Raises UnsureError where the ball is too wide to tell."""
    if number > 0:
        return 1
    if number < 0:
        return -1
    if number.is_finite() and (number.mid() == 0 or number.rad() < NEAR):
        return 0  # a number less itself
    raise UnsureError(f"{number} may be positive or not", "take more digits")


def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
    """`then` where left > right, else `other`, each entry of an array by itself.

    Raises UnsureError where a ball cannot tell; of an array such an entry is no number.
    """
    difference = left - right
    if not isinstance(difference, np.ndarray):
        return then() if sign(difference) > 0 else other()
    sides = [_positive(number) for number in difference.ravel()]
    if all(side is True for side in sides):
        return then()
    if all(side is False for side in sides):
        return other()
    ends = (np.broadcast_to(branch(), difference.shape).ravel() for branch in (then, other))
    chosen = np.empty(len(sides), object)
    for place, (side, above, below) in enumerate(zip(sides, *ends, strict=True)):
        chosen[place] = arb.nan() if side is None else above if side else below
    return chosen.reshape(difference.shape)


def raised(base: Any, exponent: Any, derived: bool) -> Any:
    """A power, a derived one 0 where it would be infinite."""

    def at(number: arb, to: arb) -> Any:
        if number == 0 and (to > 0 or (derived and to < 0)):
            return arb(0)
        if to.is_integer():
            return whole_power(number, int(float(to)))
        if to > 0 and number.contains(0):  # 1 - 1, which is 0 in no digits
            return arb(0).union(number.abs_upper() ** to)
        return number**to

    found = np.frompyfunc(at, 2, 1)(base, exponent)
    return found if isinstance(found, arb) else np.asarray(found, object)


def _positive(number: arb) -> bool | None:
    """Whether a number is; None where that is not known."""
    try:
        return sign(number) > 0
    except UnsureError:
        return None


@cache
def _real(function: Function, order: int) -> tuple[Real, np.ufunc]:
    """A derivative of a function, on a ball and on each of an array."""
    real = compiled(function.derivative(order))

    def at(number: arb) -> arb:
        try:
            return real(number)
        except UnsureError:
            return arb.nan()

    return real, np.frompyfunc(at, 1, 1)


def compiled(node: sympy.Expr) -> Real:
    """An expression in z as a function on balls. Raises InternalError for an unknown one."""
    parts = [compiled(part) for part in node.args if isinstance(part, sympy.Expr)]
    match node:
        case sympy.Symbol() if node == Z:
            return lambda z: z
        case sympy.Rational():
            number = fmpq(int(node.p), int(node.q))
            return lambda z: arb(number)
        case sympy.Float():
            return compiled(sympy.Rational(node))
        case sympy.NumberSymbol() if node in NUMBERS:
            number_of = NUMBERS[node]
            return lambda z: number_of()
        case sympy.Add():
            return lambda z: reduce(add, [part(z) for part in parts])
        case sympy.Mul():
            return lambda z: reduce(mul, [part(z) for part in parts])
        case sympy.Pow(exp=sympy.Integer() as exponent):
            return lambda z: whole_power(parts[0](z), int(exponent))
        case sympy.Pow(exp=sympy.S.Half):
            return lambda z: parts[0](z).sqrt()
        case sympy.Pow():
            return lambda z: parts[0](z) ** parts[1](z)
        case sympy.sign():
            return lambda z: arb(sign(parts[0](z)))
        case sympy.Piecewise():
            return _pieces(node)
        case sympy.Function() if node.func in NAMED:
            named = NAMED[node.func]
            return lambda z: named(parts[0](z))
    unknown(node, "balls")


def value_of(node: sympy.Expr, known: dict[sympy.Expr, arb], apply: Apply) -> arb:
    """The ball of an expression of SymPy in several symbols.

    `known` has their balls, and gets those of all that is worked out; `apply` knows what
    undefined functions are. Raises InternalError for an unknown node.
    """
    if node not in known:
        parts = [value_of(part, known, apply) for part in node.args]
        match node:
            case sympy.Add():
                known[node] = reduce(add, parts)
            case sympy.Mul():
                known[node] = reduce(mul, parts)
            case sympy.Pow(exp=exponent) if exponent.is_Rational:
                known[node] = compiled(Z**exponent)(parts[0])
            case sympy.Pow():
                known[node] = parts[0] ** parts[1]
            case PositivePower():
                known[node] = raised(parts[0], parts[1], True)
            case Step():
                known[node] = arb(int(sign(parts[0]) > 0))
            case sympy.Function() if hasattr(node.func, "applies"):
                name, order = node.func.applies
                known[node] = apply(name, order, parts[0])
            case sympy.Function() if len(parts) == 1:
                known[node] = compiled(node.func(Z))(parts[0])
            case _:
                known[node] = compiled(node)(arb(0))  # a number
    return known[node]


def _pieces(node: sympy.Piecewise) -> Real:
    """The first piece whose condition holds."""
    pieces = [(compiled(value), _condition(condition)) for value, condition in node.args]
    return lambda z: next(value for value, holds in pieces if holds(z))(z)


def _condition(node: sympy.Basic) -> Callable[[arb], bool]:
    if node == sympy.true:
        return lambda z: True
    if type(node) not in COMPARED:
        unknown(node, "balls")
    difference, compared = compiled(node.lhs - node.rhs), COMPARED[type(node)]
    return lambda z: compared(sign(difference(z)))
