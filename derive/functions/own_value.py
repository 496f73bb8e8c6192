"""f' in f itself: the logistic function's derivative is F·(1 - F), tanh's is 1 - F².

Let f be a fraction of degree n in K, where K is z or an exponential exp(cz). Its derivative
by z has degree 2n at most, so that a polynomial in f that equals it is a + b·f + c·f²:
three unknowns in an identity of fractions, which holds where every power of K has the same
coefficient on both sides. There is no other form to look for. A fraction in f that equals
f' is such a polynomial, by Malmquist's theorem: at a zero of its denominator f' would be
infinite where f is not. A root of something in f has branches, and nothing in the algebra
chooses one: (z²)' is 2√f or -2√f.
"""

from functools import cache

import sympy

from derive.functions.rational import K, Z, in_exponentials, rational_form

F = sympy.Symbol("F", real=True)
"""The function's own value."""


@cache
def own_value(definition: sympy.Expr) -> sympy.Expr | None:
    """The derivative of a definition in Z as an expression in F alone, or None.

    It is proven by algebra: with the definition put in for F, it less the derivative cancels
    to 0. It holds wherever the definition does and divides by nothing that can be zero: it
    is a polynomial in F or, for a logarithm such as softplus, in exp(F) and exp(-F). None
    where z would remain, as for silu; where f' would be a root, as for the sine; and where
    the definition is piecewise or holds another symbol, or a number such as π.
    """
    if definition.free_symbols - {Z} or definition.has(sympy.NumberSymbol):
        return None
    plain = in_exponentials(definition)
    form = _quadratic(plain)
    if form is None:
        form = _through_logarithm(plain)
    if form is None or sympy.cancel(form.subs(F, plain) - sympy.diff(plain, Z)) != 0:
        return None
    return _written(form)


def _quadratic(definition: sympy.Expr) -> sympy.Expr | None:
    """The derivative as a + b·F + c·F², of a fraction in z or in one exponential."""
    found = rational_form(definition)
    if found is None:
        return None
    variable, rate = (K, sympy.diff(found.exponent, Z) * K) if found.exponent else (Z, sympy.S.One)
    if (found.value.free_symbols | rate.free_symbols) - {variable}:
        return None
    above, below = sympy.fraction(found.value)
    slope = rate * (sympy.diff(above, variable) * below - above * sympy.diff(below, variable))
    if slope == 0:
        return sympy.S.Zero
    a, b, c = unknowns = sympy.symbols("a:c", cls=sympy.Dummy)
    difference = a * below**2 + b * above * below + c * above**2 - slope
    for solution in sympy.linsolve(sympy.Poly(difference, variable).coeffs(), unknowns):
        return sympy.Add(*(x * F**n for n, x in enumerate(solution)))
    return None


def _through_logarithm(definition: sympy.Expr) -> sympy.Expr | None:
    """With f = scale·log(g): f' is scale·g'/g, and g is exp(f/scale)."""
    logarithms = [part for part in definition.atoms(sympy.log) if part.has(Z)]
    if len(logarithms) != 1:
        return None
    scale = sympy.expand_mul(definition).coeff(logarithms[0])
    if scale == 0 or scale.has(Z):
        return None
    slope = _quadratic(sympy.exp(sympy.expand_mul(definition / scale)))
    if slope is None:
        return None
    g = sympy.exp(F / scale)
    return sympy.expand(scale * slope.subs(F, g) / g)


_BRACKETS = str.maketrans("", "", "() ")


def _written(form: sympy.Expr) -> sympy.Expr:
    """The way that takes least to write, brackets aside: F·(1 - F), but 1 - F²."""
    ways = _factors(form), sympy.factor_terms(form), form
    return min(ways, key=lambda way: len(str(way).translate(_BRACKETS)))


def _factors(form: sympy.Expr) -> sympy.Expr:
    """As a product whose sign is in a bracket: (5 - F)·(F - 3), not -(F - 5)·(F - 3)."""
    product = sympy.factor(form)
    coefficient, parts = product.as_coeff_mul()
    bracket = next((part for part in parts if part.is_Add), None)
    if bracket is None or not coefficient.is_negative:
        return product
    return sympy.Mul(-coefficient, *(-part if part is bracket else part for part in parts))
