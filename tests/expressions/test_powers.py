"""Powers that are no whole ones: what they are, their derivatives, and what stands for them."""

import random
from fractions import Fraction

import mpmath
import pytest
import sympy

import derive
from derive.derivation.local import local_derivatives
from derive.evaluation.dual_numbers import Dual, modular
from derive.evaluation.evaluate import Arithmetic, evaluate_expression, symbolic
from derive.expressions.building import multiply, power, real_power
from derive.expressions.contents import walk
from derive.expressions.expression import (
    HALF,
    ONE,
    Apply,
    Entry,
    Expression,
    Number,
    Power,
    RealPower,
)
from derive.expressions.powers import exponential, inverted, merged

Q, R, GAMMA = Entry("q"), Entry("r"), Entry("gamma")


def number(value: Fraction) -> mpmath.mpf:
    return mpmath.mpf(value.numerator) / value.denominator


def apply(name: str, order: int, z: mpmath.mpf) -> mpmath.mpf:
    return {"exp": mpmath.exp, "log": mpmath.log}[name](z)


def value(node: Expression, **given: float) -> mpmath.mpf:
    cells = {(name, ()): mpmath.mpf(x) for name, x in given.items()}
    return evaluate_expression(node, {}, {}, cells, Arithmetic(number, apply))


def exponents(count: int) -> list[Fraction]:
    chance = random.Random(count)
    return [Fraction(chance.randint(-9, 9) or 1, chance.randint(1, 6)) for _ in range(count)]


def is_constant(node: Expression) -> bool:
    return node != Q and isinstance(node, Number | Entry)


def slope(node: Expression) -> Expression:
    (found,) = local_derivatives(node, ())
    return found.derivative


@pytest.mark.parametrize("exponent", exponents(20))
def test_exp_of_a_multiple_of_a_logarithm_is_a_power(exponent: Fraction) -> None:
    argument = multiply(Number(exponent), Apply("log", Q))
    found = exponential(argument, is_constant)
    assert not isinstance(found, Apply)
    assert mpmath.almosteq(value(found, q=1.7), value(Apply("exp", argument), q=1.7))


def test_exp_of_anything_else_is_none() -> None:
    assert isinstance(exponential(multiply(R, Apply("log", Q)), lambda node: False), Apply)
    assert isinstance(exponential(Q, is_constant), Apply)


def test_a_power_whose_exponent_is_a_constant_is_one_too() -> None:
    assert exponential(multiply(GAMMA, Apply("log", Q)), is_constant) == RealPower(Q, GAMMA)


@pytest.mark.parametrize("exponent", exponents(20))
def test_powers_of_one_base_are_one_power(exponent: Fraction) -> None:
    factors = power(Q, 2), R, real_power(Q, Number(exponent))
    product = merged(multiply(*factors))
    assert mpmath.almosteq(value(product, q=1.7, r=3), value(multiply(*factors), q=1.7, r=3))
    held = [part for part in walk(product) if isinstance(part, Power | RealPower)]
    assert len(held) <= 1 or exponent.denominator == 1


def test_a_quotient_by_a_root_has_a_value_at_zero() -> None:
    assert merged(multiply(Q, real_power(Q, Number(Fraction(-1, 2))))) == RealPower(Q, HALF)
    assert value(RealPower(Q, HALF), q=0) == 0


def test_one_over_a_product_of_roots_is_a_product() -> None:
    root = RealPower(Q, HALF)
    assert inverted(multiply(root, R)) == multiply(power(root, -1), power(R, -1))


@pytest.mark.parametrize("exponent", exponents(20))
def test_the_derivative_of_a_power_is_its_slope(exponent: Fraction) -> None:
    node = real_power(Q, Number(exponent))
    if node in (Q, ONE):
        return
    found = mpmath.diff(lambda q: value(node, q=q), 2)
    assert mpmath.almosteq(value(slope(node), q=2), found, 1e-9)


@pytest.mark.parametrize("exponent", exponents(20))
def test_the_derivative_of_a_root_is_zero_at_zero(exponent: Fraction) -> None:
    if exponent.denominator > 1 and exponent > 0:
        assert value(slope(real_power(Q, Number(exponent))), q=0) == 0


def test_a_power_with_a_symbol_for_its_exponent_has_the_derivative_of_every_number() -> None:
    derivative = slope(RealPower(Q, GAMMA))
    assert value(derivative, q=0, gamma=2) == 0
    assert value(derivative, q=0, gamma=1) == 1
    assert value(derivative, q=0, gamma=0.5) == 0
    assert mpmath.almosteq(value(derivative, q=3, gamma=2), 6)


def test_a_negative_power_of_zero_is_an_error_of_the_data() -> None:
    with pytest.raises(ZeroDivisionError):
        value(real_power(Q, Number(Fraction(-1, 2))), q=0)


def test_a_root_is_never_taken_apart() -> None:
    """√(z²) is |z| and not z, whatever algebra does in between."""
    square = RealPower(Power(Q, 2), HALF)
    assert value(square, q=-3) == 3
    assert value(slope(square), q=-3) == -1
    assert value(slope(square), q=0) == 0


def test_a_number_has_the_root_that_it_has() -> None:
    four_ninths = Number(Fraction(4, 9))
    assert real_power(four_ninths, HALF) == Number(Fraction(2, 3))
    assert real_power(four_ninths, Number(Fraction(-3, 2))) == Number(Fraction(27, 8))
    assert isinstance(real_power(Number(Fraction(2)), HALF), RealPower)


@pytest.mark.parametrize("exponent", exponents(10))
def test_modulo_a_prime_powers_apart_by_a_whole_number_agree(exponent: Fraction) -> None:
    how = modular(derive.load("pelogia2019"), seed=1)
    base = Dual(12345, 1)
    for n in (-2, 1, 3):
        there = how.raised(base, how.number(exponent + n), False)
        here = how.raised(base, how.number(exponent), False)
        whole = base**n if n > 0 else 1 / base**-n
        assert there == here * whole
        assert here.slope == (how.number(exponent) * here * (1 / base)).value


def test_for_sympy_a_root_is_a_symbol_whose_square_it_knows() -> None:
    how = symbolic()
    base = how.number(Fraction(1)) + sympy.Symbol("x", real=True) ** 2
    half = how.number(Fraction(1, 2))
    root = how.raised(base, half, False)
    assert root * root == base
    assert how.raised(base, half + 1, False) == base * root
    assert (how.raised(base, -half, False) * base - root) == 0
