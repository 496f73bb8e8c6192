"""Dual numbers modulo a prime."""

from derive.evaluation.dual_numbers import PRIME, Dual, modular


def test_dual_numbers_carry_the_derivative() -> None:
    x, two = Dual(7, 1), Dual(2)
    assert x * x + two == Dual(51, 14)
    assert x**5 == Dual(7**5, 5 * 7**4)
    inverse = 1 / x
    assert inverse * x == Dual(1, 0)
    assert inverse.slope * 49 % PRIME == PRIME - 1


def test_a_random_polynomial_has_its_own_derivative() -> None:
    how = modular(seed=3)
    z = Dual(12345, 1)
    for order in range(3):
        assert how.apply("f", order, z).slope == how.apply("f", order + 1, z).value


def test_explicit_functions_keep_their_derivatives() -> None:
    how = modular(seed=5)
    z = Dual(77, 1)
    assert how.apply("exp", 0, z).slope == how.apply("exp", 0, z).value
    assert how.apply("sin", 0, z).slope == how.apply("cos", 0, z).value
    assert how.apply("log", 0, z).slope * 77 % PRIME == 1
