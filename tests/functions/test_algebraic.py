"""Derivatives of algebraic functions on one denominator: shorter, and with all their digits."""

import mpmath
import pytest
import sympy

from derive.functions.algebraic import on_one_denominator
from derive.functions.rational import Z
from derive.functions.table import Function

FUNCTIONS = {
    "softsign": Z / (1 + sympy.Abs(Z)),
    "softsign of twice": Z / (1 + 2 * sympy.Abs(Z)) ** 2,
    "inverse square root unit": Z / sympy.sqrt(1 + Z**2),
    "Geman and McClure": Z**2 / (1 + Z**2),
    "Charbonnier": sympy.sqrt(Z**2 + sympy.Rational(1, 100)),
    "cubed size": sympy.Abs(Z) ** 3,
    "rational": (Z + 1) / (Z**2 + Z + 1),
}


def slope(definition: sympy.Expr, order: int) -> sympy.Expr:
    return sympy.diff(definition, Z, order).replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("order", [1, 2, 3])
def test_it_is_the_same_function(name: str, order: int) -> None:
    plain = slope(FUNCTIONS[name], order)
    shorter = on_one_denominator(plain)
    for place in (-50, -1, sympy.Rational(-1, 3), 0, sympy.Rational(2, 7), 1, 30):
        assert sympy.simplify(plain.subs(Z, place) - shorter.subs(Z, place)) == 0, place


@pytest.mark.parametrize("name", ["softsign", "inverse square root unit", "Geman and McClure"])
@pytest.mark.parametrize("z", [1e3, -3e5, 2.8e7])
def test_far_from_zero_its_digits_are_kept(name: str, z: float) -> None:
    derivative = Function("f", "f", "f", FUNCTIONS[name]).derivative()
    got = float(sympy.lambdify(Z, derivative, "numpy")(z))
    with mpmath.workdps(60):
        plain = sympy.lambdify(Z, slope(FUNCTIONS[name], 1), "mpmath")
        want = float(plain(mpmath.mpf(z)))
    assert abs(got - want) <= 1e-15 * abs(want)


def test_softsign_is_written_as_people_write_it() -> None:
    derivative = Function("f", "f", "f", FUNCTIONS["softsign"]).derivative()
    assert derivative == 1 / (1 + sympy.Abs(Z)) ** 2


def test_what_is_no_algebraic_function_is_left_as_it_is() -> None:
    plain = slope(Z / (1 + sympy.exp(-2 * Z)), 1)
    assert on_one_denominator(plain) is plain
