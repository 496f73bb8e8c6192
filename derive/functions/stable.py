"""A form of a function that overflows nowhere, made from its definition.

In K = exp(u) the logistic function is K/(1 + K), which is ∞/∞ in floating point where u is
large. With e = exp(-|u|), which lies in (0, 1], it is e/(1 + e) where z < 0, K being e
there, and 1/(1 + e) elsewhere, K being 1/e.
"""

from dataclasses import dataclass
from functools import cache

import sympy

from derive.functions.rational import K, Z, in_exponentials, rational_form

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


@cache
def halves(definition: sympy.Expr) -> Halves | None:
    """The halves of a definition that is a fraction in z and one exponential, or None.

    None where there is no such exponential, where its exponent is not odd with positive
    coefficients, and where a half could divide by zero or grow as 1/e does: z/(exp(z) - 1)
    and sinh. Either half, with e put back, is proven equal to the definition.
    """
    form = rational_form(definition)
    if form is None or not form.value.has(K) or not _odd_and_rising(form.exponent):
        return None
    negative, positive = (sympy.cancel(form.value.subs(K, power)) for power in (E, 1 / E))
    exponential = sympy.exp(form.exponent)
    sides = ((negative, exponential), (positive, 1 / exponential))
    if not all(_bounded(half) and _equal(half.subs(E, e), definition) for half, e in sides):
        return None
    return Halves(form.exponent.subs(sympy.sqrt(2 / sympy.pi), ROOT), negative, positive)


def _equal(form: sympy.Expr, definition: sympy.Expr) -> bool:
    """Whether they are one function, proven by algebra: their difference cancels to 0."""
    return bool(sympy.cancel(form - in_exponentials(definition)) == 0)


def _odd_and_rising(exponent: sympy.Expr) -> bool:
    terms = sympy.Poly(exponent, Z).terms()
    return all(power % 2 and coefficient.is_positive for (power,), coefficient in terms)


def _bounded(half: sympy.Expr) -> bool:
    """Whether the denominator is a rational polynomial in e alone without a root in [0, 1]."""
    below = sympy.fraction(half)[1]
    if below.free_symbols - {E}:
        return False
    polynomial = sympy.Poly(below, E)
    if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        return False  # roots are counted exactly, or not at all
    return bool(polynomial.count_roots(0, 1) == 0)
