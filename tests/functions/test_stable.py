"""The form that overflows nowhere: made from any definition, equal to it, and finite."""

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derive.functions.rational import Z
from derive.functions.stable import ROOT, E, Halves, halves
from derive.functions.table import TABLE, Function
from tests.functions.test_functions import compiled

LOGISTIC = 1 / (1 + sympy.exp(-Z))
GELU = Z * (1 + sympy.tanh(sympy.sqrt(2 / sympy.pi) * (Z + 0.044715 * Z**3))) / 2

whole = st.integers(-9, 9)
rates = st.fractions(-4, 4, max_denominator=6).filter(bool).map(sympy.Rational)


def equal(found: Halves, definition: sympy.Expr) -> bool:
    """Whether both halves, with e put back, are the definition; by algebra."""
    plain = definition.rewrite([sympy.tanh, sympy.sech], sympy.exp)
    return all(
        sympy.cancel(half.subs(E, sympy.exp(sign * found.exponent)) - plain) == 0
        for half, sign in ((found.negative, 1), (found.positive, -1))
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(whole, min_size=1, max_size=3),
    st.lists(whole, min_size=1, max_size=3),
    st.lists(whole, min_size=1, max_size=2),
    rates,
)
def test_halves_equal_the_definition_and_are_bounded(
    above: list[int], below: list[int], line: list[int], rate: sympy.Rational
) -> None:
    """For a fraction in one exponential times a polynomial in z."""
    assume(any(below))
    kernel = sympy.exp(rate * Z)
    fraction = sum(c * kernel**n for n, c in enumerate(above)) / sum(
        c * kernel**n for n, c in enumerate(below)
    )
    definition = sympy.sympify(fraction * sum(c * Z**n for n, c in enumerate(line)))
    found = halves(definition)
    if found is None:
        return
    assert equal(found, definition)
    for half in (found.negative, found.positive):
        at = sympy.lambdify((Z, E), half, "numpy")
        with np.errstate(all="raise"):
            assert np.isfinite(at(1.0, np.linspace(0, 1, 101))).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), whole, st.integers(1, 9), whole, rates)
def test_a_bounded_moebius_function_of_an_exponential_has_halves(
    a: int, b: int, c: int, d: int, rate: sympy.Rational
) -> None:
    """Where its denominator has no zero and it is not constant."""
    assume(d > 0 and a * d != b * c)
    kernel = sympy.exp(rate * Z)
    assert halves((a * kernel + b) / (c * kernel + d)) is not None


@pytest.mark.parametrize(
    ("definition", "want"),
    [
        (LOGISTIC, Halves(Z, E / (1 + E), 1 / (1 + E))),
        (sympy.tanh(Z), Halves(2 * Z, (E - 1) / (1 + E), (1 - E) / (1 + E))),
        (2 / (1 + sympy.exp(-3 * Z)) - 1, Halves(3 * Z, (E - 1) / (1 + E), (1 - E) / (1 + E))),
        (Z * LOGISTIC, Halves(Z, Z * E / (1 + E), Z / (1 + E))),
        (sympy.sech(Z), Halves(Z, 2 * E / (1 + E**2), 2 * E / (1 + E**2))),
        (1 / (1 + sympy.exp(-(Z**3) - Z)), Halves(Z**3 + Z, E / (1 + E), 1 / (1 + E))),
    ],
)
def test_a_definition_has_these_halves(definition: sympy.Expr, want: Halves) -> None:
    assert halves(definition) == want
    assert equal(want, definition)


def test_gelu_as_tanh_and_as_logistic_have_the_same_halves() -> None:
    found = halves(GELU)
    assert found == halves(TABLE["gelu"].definition)
    assert found == TABLE["gelu"].halves
    assert found is not None
    assert found.exponent.free_symbols == {Z, ROOT}


@pytest.mark.parametrize(
    "definition",
    [
        sympy.sinh(Z),  # grows as 1/e
        sympy.exp(Z),
        Z / (sympy.exp(Z) - 1),  # 0/0 at z = 0
        sympy.coth(Z),
        1 / (sympy.exp(Z) - 2),  # a pole at ln 2
        sympy.tanh(Z) / Z,
        1 / (1 + sympy.exp(Z - Z**3)),  # an exponent that falls at first
        sympy.exp(-(Z**2)),  # and one that is even
        1 / (1 + sympy.exp(Z**2)),  # which rises on one side alone
        1 / (1 + sympy.exp(-Z - 1)),  # coefficients that are no rational numbers
        sympy.sin(Z) * LOGISTIC,
        Z**2,
        TABLE["elu"].definition,
        1 / (1 + sympy.exp(-Z * sympy.Symbol("a", positive=True))),
    ],
)
def test_what_has_no_halves_is_refused(definition: sympy.Expr) -> None:
    assert halves(definition) is None


@pytest.mark.parametrize(
    "definition",
    [
        2 / (1 + sympy.exp(-3 * Z)) - 1,
        Z * sympy.tanh(sympy.log(1 + sympy.exp(Z))),
        sympy.sech(Z),
        Z / (1 + sympy.exp(-1.702 * Z)),
        sympy.exp(Z / 3) / (1 + sympy.exp(Z)),
    ],
)
def test_a_function_of_ones_own_is_accurate_and_does_not_warn(
    definition: sympy.Expr, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Function("mine", "mine", r"\mu", definition)
    monkeypatch.setitem(TABLE, "mine", row)
    scope = compiled("mine")
    points = np.concatenate([np.linspace(-30, 30, 301) + 0.0137, [-1e4, 1e4]])
    for order, name in ((0, "mine"), (1, "mine_prime")):
        with np.errstate(all="raise", under="ignore"):
            got = scope[name](points)  # type: ignore[operator]
        assert np.isfinite(got).all()
        exact = sympy.lambdify(Z, row.derivative(order) if order else definition, "mpmath")
        with mpmath.workdps(50):
            for z, value in zip(points[:-2], got, strict=False):
                want = exact(mpmath.mpf(z))
                assert abs(value - want) <= 1e-12 * abs(want) + 1e-300
