"""Scaled numbers are numbers: what is done with them is what is done with those they stand for."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.code.runtime.scaled import Scaled

LARGE = st.floats(-2000, 2000)
MANTISSAS = st.sampled_from([-2.0, -0.5, 0.0, 0.75, 3.0])
PAIRS = st.tuples(MANTISSAS, LARGE)


def exact(mantissa: Any, shift: Any) -> Any:
    return mpmath.mpf(float(mantissa)) * mpmath.exp(mpmath.mpf(float(shift)))


def values(found: Scaled) -> list[Any]:
    pairs = zip(np.ravel(found.mantissa), np.ravel(found.shift), strict=True)
    return [exact(mantissa, shift) for mantissa, shift in pairs]


def close(got: Any, want: Any, scale: Any) -> bool:
    return bool(abs(got - want) <= mpmath.mpf(10) ** -12 * scale)


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
}


@pytest.mark.parametrize("sign", BINARY)
@settings(max_examples=60, deadline=None)
@given(PAIRS, PAIRS)
def test_an_operation_is_that_of_the_numbers(
    sign: str, one: tuple[float, float], other: tuple[float, float]
) -> None:
    if sign == "/" and other[0] == 0:
        return
    a, b = (Scaled(np.array([m]), np.array([s])) for m, s in (one, other))
    x, y = exact(*one), exact(*other)
    scale = max(abs(x), abs(y)) if sign in "+-" else abs(BINARY[sign](x, y))
    (got,) = values(BINARY[sign](a, b))
    assert close(got, BINARY[sign](x, y), scale)


@settings(max_examples=60, deadline=None)
@given(st.lists(PAIRS, min_size=1, max_size=5))
def test_a_sum_is_that_of_the_numbers_whatever_is_0_among_them(
    pairs: list[tuple[float, float]],
) -> None:
    mantissa, shift = np.array(pairs).T
    (got,) = values(Scaled(mantissa, shift).sum())
    terms = [exact(*pair) for pair in pairs]
    assert close(got, sum(terms), max(map(abs, terms)))


@settings(max_examples=25, deadline=None)
@given(LARGE, st.sampled_from([-2, 0.5, 3]))
def test_logarithms_powers_and_functions_are_those_of_the_numbers(z: float, n: float) -> None:
    x, w = np.array([z]), mpmath.mpf(z)
    assert close(Scaled.exp(x).log()[0], w, max(1, abs(w)))
    with mpmath.workdps(900):
        v = mpmath.mpf(z / 50)
        slope = 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(v**2))
        cases = (
            (Scaled.exp(x) ** n, mpmath.exp(w * mpmath.mpf(n))),
            (Scaled.exp(x).power_or_zero(n), mpmath.exp(w * mpmath.mpf(n))),
            (Scaled.logistic(x), 1 / (1 + mpmath.exp(-w))),
            (Scaled.softplus(x), mpmath.log(1 + mpmath.exp(w))),
            (Scaled.expm1(x), mpmath.exp(w) - 1),
            (Scaled.erf_prime(x / 50), slope),
            (Scaled.erfc(x / 50), mpmath.erfc(v)),
            (Scaled.expm1(-Scaled.exp(-abs(x))), mpmath.exp(-mpmath.exp(-abs(w))) - 1),
        )
        for found, want in cases:
            assert close(values(found)[0], want, abs(want))


def test_a_softmax_keeps_what_vanishes_beside_the_largest() -> None:
    p = Scaled.softmax(np.array([[0.0, 1000, 0], [1, 1, 1]]), 1)
    assert p.log()[0].tolist() == [-1000, 0, -1000]
    assert p.plain()[1] == pytest.approx(np.full(3, 1 / 3))


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
def test_every_operation_keeps_the_dtype_and_warns_of_nothing(dtype: str) -> None:
    z = np.array([[900, -900, 0], [1, 2, 0]], dtype)
    a, plain = Scaled.exp(z), np.array([[0, 1, 2]], dtype)
    found = (
        (2 * a).plain(), (a + 1).plain(), (1 - a).plain(), (a * plain).plain(), (1 / a).plain(),
        (plain - a).plain(), np.sum(a, axis=1).plain(), np.sum(a).log(), a.T.plain(),
        a[:, None].plain(), Scaled.where(a > 1, a, 0).plain(), (a**0.5).plain(), a.filled(1 / 3),
        Scaled.logistic(z).plain(), Scaled.softmax(z, 1).plain(), np.swapaxes(a, 0, 1).log(),
        Scaled.erfc(z).plain(), Scaled.erfc_prime(z).plain(),
        Scaled.expm1(-Scaled.logistic(z)).plain(), Scaled.softplus(z).plain(), (a * 0).power_or_zero(-0.5).plain(),
    )  # fmt: skip
    assert {array.dtype for array in found} == {np.dtype(dtype)}
    assert not any(np.isnan(array).any() for array in found)


def test_a_diagonal_is_that_of_the_numbers() -> None:
    z = np.array([[1000.0, 1], [2, -1000]])
    assert Scaled.exp(z).diagonal("jj->j").log().tolist() == [1000, -1000]


def test_numbers_are_compared_beyond_the_format() -> None:
    a = Scaled.exp(np.array([1000.0, -1000]))
    assert (a > Scaled.exp(np.array([999.0, -999]))).tolist() == [True, False]
    assert (a > 0).tolist() == [True, True]
    assert (a < 1).tolist() == [False, True]


def test_the_complex_step_goes_through_them() -> None:
    z = np.array([700.0, 900, -40]) + 1e-30j * np.array([0, 1, 0])
    a = Scaled.exp(z)
    step = (a / np.sum(a)).plain().imag / 1e-30
    p = np.exp(z.real - 900)
    assert step == pytest.approx(p * (np.array([0, 1, 0]) - p[1]), abs=1e-15)


def test_a_constant_of_the_model_is_a_number_of_python() -> None:
    for number in (2, 0.25):
        assert np.isclose(Scaled.softplus(number).plain(), np.log1p(np.exp(number)), rtol=1e-15)


@given(LARGE, st.floats(-40, 40), st.sampled_from(["float64", "float32"]))
def test_what_shifts_lose_by_one_another_is_kept(z: float, rest: float, dtype: str) -> None:
    """e^r e^z / e^z is e^r: beside a thousand, the digits of r are in the mantissa."""
    one, other = (Scaled.exp(np.array([x], dtype)) for x in (z, rest))
    (got,) = (one * other / one).plain()
    right = np.exp(np.float64(other.shift[0]))
    assert got == pytest.approx(right, rel=float(64 * np.finfo(dtype).eps))


def test_a_shift_that_is_infinite_or_has_no_digits_is_left_as_it_is() -> None:
    for shift in (np.inf, -np.inf, 1e20):
        found = Scaled.exp(np.array([shift])) * Scaled.exp(np.array([3.0]))
        assert found.mantissa.tolist() == [1.0]
        assert found.shift.tolist() == [shift]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_logistic_function_has_its_limits(dtype: str) -> None:
    with np.errstate(all="raise", under="ignore"):
        found = Scaled.logistic(np.array([-np.inf, np.inf], dtype))
        assert found.plain().tolist() == [0, 1]
        assert (found * Scaled.exp(np.array([1e30, 1e30], dtype))).plain()[0] == 0
