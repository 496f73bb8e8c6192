"""f' in f itself: found by algebra, refused where it does not hold, accurate in floats."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.functions.own_value import F, own_value
from derive.functions.rational import K, Z, rational_form
from derive.functions.table import TABLE
from tests.functions.test_functions import compiled

EPS = np.finfo(float).eps
LOGISTIC, TANH = TABLE["logistic"].definition, TABLE["tanh"].definition

whole = st.integers(-9, 9)
rates = st.fractions(-4, 4, max_denominator=6).filter(bool).map(sympy.Rational)
points = st.lists(st.fractions(-5, 5, max_denominator=1000), min_size=5, max_size=5)


def holds(form: sympy.Expr, definition: sympy.Expr, at: list[Fraction]) -> bool:
    """Whether the form of f is f' at these points, relative to 1 + |f|² + |f'|, to 45 digits."""
    value, slope = (
        sympy.lambdify(Z, part, "mpmath") for part in (definition, sympy.diff(definition, Z))
    )
    found = sympy.lambdify(F, form, "mpmath")
    with mpmath.workdps(60):
        for point in at:
            z = mpmath.mpf(point.numerator) / point.denominator
            f, want = value(z), slope(z)
            if abs(found(f) - want) > mpmath.mpf(10) ** -45 * (1 + abs(f) ** 2 + abs(want)):
                return False
    return True


# --- what always holds ------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.tuples(whole, whole, whole, whole), rates, points)
def test_a_moebius_function_of_an_exponential_has_a_form_that_equals_its_derivative(
    coefficients: tuple[int, int, int, int], rate: sympy.Rational, at: list[Fraction]
) -> None:
    a, b, c, d = coefficients
    assume(c or d)
    kernel = sympy.exp(rate * Z)
    form = own_value((a * kernel + b) / (c * kernel + d))
    assert form is not None
    assert form.is_polynomial(F)
    assert form.free_symbols <= {F}
    away = [z for z in at if abs(c * math.exp(rate * z) + d) > 1e-6]
    assert holds(form, (a * kernel + b) / (c * kernel + d), away)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([LOGISTIC, TANH, 1 / (2 + sympy.exp(Z)), sympy.exp(Z)]), rates, rates, whole)
def test_a_rescaled_function_has_the_rescaled_form(
    definition: sympy.Expr, scale: sympy.Rational, rate: sympy.Rational, shift: int
) -> None:
    form = own_value(scale * definition.subs(Z, rate * Z) + shift)
    want = rate * scale * own_value(definition).subs(F, (F - shift) / scale)
    assert sympy.expand(form - want) == 0


@settings(max_examples=30, deadline=None)
@given(rates, rates, whole, points)
def test_a_rescaled_softplus_has_a_form(
    scale: sympy.Rational, rate: sympy.Rational, shift: int, at: list[Fraction]
) -> None:
    definition = scale * sympy.log(1 + sympy.exp(rate * Z)) + shift
    form = own_value(definition)
    assert form.free_symbols == {F}
    assert holds(form, definition, at)


@settings(max_examples=40, deadline=None)
@given(st.lists(whole, min_size=2, max_size=4), st.lists(whole, min_size=1, max_size=3), rates)
def test_a_fraction_of_any_degree_has_a_form_that_is_equal_or_none(
    above: list[int], below: list[int], rate: sympy.Rational
) -> None:
    assume(any(below))
    kernel = sympy.exp(rate * Z)
    definition = sum(c * kernel**n for n, c in enumerate(above)) / sum(
        c * kernel**n for n, c in enumerate(below)
    )
    form = own_value(sympy.sympify(definition))
    if form is not None:
        assert sympy.cancel(form.subs(F, definition) - sympy.diff(definition, Z)) == 0


@pytest.mark.parametrize("name", TABLE)
def test_every_form_of_the_table_is_equal_to_the_derivative(name: str) -> None:
    definition = TABLE[name].definition.rewrite(sympy.tanh, sympy.exp)
    form = own_value(TABLE[name].definition)
    if form is not None:
        assert sympy.cancel(form.subs(F, definition) - sympy.diff(definition, Z)) == 0


# --- statements -------------------------------------------------------------------------------


def test_logistic_prime_is_f_times_one_minus_f() -> None:
    assert str(own_value(LOGISTIC)) == "F*(1 - F)"


def test_tanh_prime_is_one_minus_f_squared() -> None:
    assert str(own_value(TANH)) == "1 - F**2"


def test_bipolar_logistic_prime_is_half_of_one_minus_f_squared() -> None:
    assert str(own_value(TABLE["bipolar_logistic"].definition)) == "(1 - F**2)/2"


def test_softplus_prime_is_one_minus_exp_of_minus_f() -> None:
    assert str(own_value(TABLE["softplus"].definition)) == "1 - exp(-F)"


def test_the_rows_with_a_form_are_identity_logistic_tanh_bipolar_softplus_exp_log() -> None:
    found = {name for name, row in TABLE.items() if own_value(row.definition) is not None}
    rows = "identity logistic tanh bipolar_logistic softplus exp log"
    assert found == set(rows.split())


@pytest.mark.parametrize(
    ("definition", "form"),
    [
        (2 / (1 + sympy.exp(-3 * Z)) - 1, "3*(1 - F**2)/2"),
        (1.7159 * sympy.tanh(2 * Z / 3), "17159/15000 - 20000*F**2/51477"),
        (1 / (1 + sympy.exp(-2 * Z)), "2*F*(1 - F)"),
        (2 / (1 + sympy.exp(-Z)) + 3, "(5 - F)*(F - 3)/2"),
        (1 / (1 + sympy.exp(-Z - 1)), "F*(1 - F)"),
        (sympy.sinh(Z) / sympy.cosh(Z), "1 - F**2"),
        (1 / (1 + Z), "-F**2"),
        (3 * sympy.exp(2 * Z) + 1, "2*(F - 1)"),
        (2 * Z + 1, "2"),
        (sympy.Integer(3), "0"),
        (-sympy.log(1 + sympy.exp(-Z)), "1 - exp(F)"),
        (Z + sympy.log(1 + sympy.exp(-Z)), "1 - exp(-F)"),
    ],
)
def test_a_form_is_written_as_a_person_writes_it(definition: sympy.Expr, form: str) -> None:
    assert str(own_value(definition)) == form


def test_silu_is_refused_because_z_remains() -> None:
    assert own_value(Z / (1 + sympy.exp(-Z))) is None
    assert own_value(sympy.exp(-(Z**2))) is None


def test_a_form_that_divides_by_zero_is_refused() -> None:
    """(z³)' is 3f/z, and (z·exp(z))' is f + f/z: both hold but at z = 0."""
    assert own_value(Z**3) is None
    assert own_value(Z * sympy.exp(Z)) is None


@pytest.mark.parametrize("definition", [Z**2, sympy.sech(Z), sympy.cosh(Z), sympy.sin(Z)])
def test_a_form_with_branches_is_refused(definition: sympy.Expr) -> None:
    assert own_value(definition) is None


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
def test_relu_is_refused(name: str) -> None:
    assert own_value(TABLE[name].definition) is None


def test_a_kink_is_refused() -> None:
    assert own_value(sympy.exp(-abs(Z))) is None
    assert own_value(Z / (1 + abs(Z))) is None


def test_incommensurable_exponentials_are_refused() -> None:
    assert own_value(sympy.exp(Z) + sympy.exp(sympy.pi * Z)) is None


def test_another_symbol_is_refused() -> None:
    a = sympy.Symbol("a", positive=True)
    for definition in (a * Z, sympy.tanh(a * Z), a * sympy.log(Z)):
        assert own_value(definition) is None


def test_the_kernel_is_as_high_as_it_can_be() -> None:
    found = rational_form(TANH)
    assert found is not None
    assert (found.value, found.exponent) == ((K - 1) / (K + 1), 2 * Z)


# --- in floating point ------------------------------------------------------------------------


BOUNDED = ["logistic", "tanh", "bipolar_logistic", "softplus"]


@pytest.mark.parametrize("name", BOUNDED)
def test_a_bounded_form_at_the_float_value_is_within_4_eps(name: str) -> None:
    row = TABLE[name]
    at = np.linspace(-30, 30, 1201) + 0.0137
    values = compiled(name)[name](at)  # type: ignore[operator]
    got = sympy.lambdify(F, own_value(row.definition), "numpy")(values)
    exact = sympy.lambdify(Z, row.derivative(), "mpmath")
    with mpmath.workdps(50):
        errors = [abs(g - exact(mpmath.mpf(z))) for z, g in zip(at, got, strict=True)]
    assert max(errors) <= 4 * EPS
