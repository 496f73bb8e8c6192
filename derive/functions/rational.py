"""A definition in z as a rational function of z and of one exponential in it.

The logistic function is K/(1 + K) with K = exp(z), tanh is (K - 1)/(K + 1) with K = exp(2z):
what can be found out about such a function is the algebra of fractions.
"""

from dataclasses import dataclass
from functools import cache
from math import gcd

import sympy
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

Z = sympy.Symbol("z", real=True)
"""What a definition is a function of."""


K = sympy.Symbol("K", positive=True)
"""The exponential, exp(exponent)."""


@dataclass(frozen=True)
class RationalForm:
    """A fraction in lowest terms in Z and K = exp(exponent).

    `exponent` is a polynomial in Z, 0 at z = 0, with a positive leading coefficient; where
    there is no exponential it is 0. It is as high as it can be: tanh is (K - 1)/(K + 1)
    with exp(2z), not (K² - 1)/(K² + 1) with exp(z).
    """

    value: sympy.Expr
    exponent: sympy.Expr


@cache
def rational_form(definition: sympy.Expr) -> RationalForm | None:
    """The definition as a fraction in Z and one exponential, or None where it is none.

    It is none where another function is left, such as a Piecewise or the sine, where it
    holds another symbol, or where the exponents are not all rational multiples of one
    polynomial in Z.
    """
    plain = in_exponentials(definition)
    found = [part for part in plain.atoms(sympy.exp) if part.has(Z)]
    if plain.free_symbols - {Z} or not all(part.exp.is_polynomial(Z) for part in found):
        return None
    constants = {part: part.exp.subs(Z, 0) for part in found}
    exponents = {part: part.exp - constants[part] for part in found}
    unit = _common(list(exponents.values()))
    if unit is None:
        return None
    # exp(n·unit + constant) is Kⁿ·exp(constant).
    powers = {
        part: K ** _ratio(exponents[part], unit) * sympy.exp(constants[part]) for part in found
    }
    value = plain.xreplace(powers)
    return _highest(sympy.cancel(value), unit) if value.is_rational_function(Z, K) else None


def in_exponentials(definition: sympy.Expr) -> sympy.Expr:
    """The definition with hyperbolic functions as exponentials, decimals as fractions."""
    decimals = {number: sympy.Rational(str(number)) for number in definition.atoms(sympy.Float)}
    return definition.xreplace(decimals).rewrite(HyperbolicFunction, sympy.exp)


def _common(exponents: list[sympy.Expr]) -> sympy.Expr | None:
    """The greatest exponent of which all are whole multiples, or None; 0 where there are none."""
    if not exponents:
        return sympy.S.Zero
    ratios = [_ratio(exponent, exponents[0]) for exponent in exponents]
    if not all(ratio.is_Rational for ratio in ratios):
        return None
    common = exponents[0] * sympy.gcd(ratios)
    return -common if sympy.LC(common, Z).is_negative else common


def _ratio(exponent: sympy.Expr, unit: sympy.Expr) -> sympy.Expr:
    ratio = exponent / unit
    return ratio if ratio.is_Rational else sympy.cancel(ratio)


def _highest(value: sympy.Expr, exponent: sympy.Expr) -> RationalForm:
    """With K for Kⁿ, where n is the greatest number that divides every power of K."""
    parts = [sympy.Poly(part, K) for part in sympy.fraction(value)]
    n = gcd(*(power for part in parts for (power,) in part.monoms()))
    if n == 0:
        return RationalForm(value, sympy.S.Zero)
    return RationalForm(value.subs(K, K ** sympy.Rational(1, n)), n * exponent)
