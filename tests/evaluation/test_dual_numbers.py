"""Dual numbers modulo a prime."""

from fractions import Fraction

import pytest
from flint import arb

import derive
from derive.evaluation.dual_numbers import PRIME, Dual, modular

MODEL = derive.load("pelogia2019")


def test_dual_numbers_carry_the_derivative() -> None:
    x, two = Dual(7, 1), Dual(2)
    assert x * x + two == Dual(51, 14)
    assert x**5 == Dual(7**5, 5 * 7**4)
    inverse = 1 / x
    assert inverse * x == Dual(1, 0)
    assert inverse.slope * 49 % PRIME == PRIME - 1


def test_a_random_polynomial_has_its_own_derivative() -> None:
    how = modular(MODEL, seed=3)
    z = Dual(12345, 1)
    for order in range(3):
        assert how.apply("f_h", order, z).slope == how.apply("f_h", order + 1, z).value


def test_explicit_functions_keep_their_derivatives() -> None:
    how = modular(MODEL, seed=5)
    z = Dual(77, 1)
    assert how.apply("exp", 0, z).slope == how.apply("exp", 0, z).value
    assert how.apply("sin", 0, z).slope == how.apply("cos", 0, z).value
    assert how.apply("log", 0, z).slope * 77 % PRIME == 1


def test_the_branch_taken_is_that_of_the_real_number() -> None:
    how, zero = modular(MODEL, seed=1), Dual(0, real=arb(0))
    for real, value in ((3, 77), (-3, 77), (0, 0)):
        z = Dual(value, 1, arb(real))
        relu = how.apply("relu", 0, z)
        assert (relu.value, relu.slope) == ((value, 1) if real > 0 else (0, 0))
        assert how.choose(z, zero, lambda: 1, lambda: 0) == (real > 0)


def test_a_power_of_zero_is_zero_where_it_is_finite() -> None:
    """That of a relu that is dead, and its derivative."""
    how, dead = modular(MODEL, seed=1), Dual(0, real=arb(0))
    half, minus = (how.number(Fraction(sign, 2)) for sign in (1, -1))
    assert how.raised(dead, half, False) == how.raised(dead, minus, True) == Dual(0)
    with pytest.raises(ZeroDivisionError):
        how.raised(dead, minus, False)
