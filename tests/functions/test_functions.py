"""The function table: its two forms are one function, and its code is accurate."""

import mpmath
import numpy as np
import pytest
import sympy

from derive.code.functions import function_code
from derive.code.runtime.erfcx import erfcx
from derive.functions.rational import Z
from derive.functions.stable import ROOT, E
from derive.functions.table import TABLE

SMALLEST = np.finfo(float).tiny
"""The smallest normal number; below it digits are lost by the format itself."""


def compiled(name: str) -> dict[str, object]:
    found = function_code(TABLE[name])
    lines = [f"def {name}(z):", *(f"    {line}" for line in found.value)]
    lines += [f"def {name}_prime(z):", *(f"    {line}" for line in found.derivative)]
    scope: dict[str, object] = {"np": np, "erfcx": erfcx}
    exec("\n".join(lines), scope)
    return scope


def _vanishes(difference: sympy.Expr, z: sympy.Symbol) -> bool:
    """Logarithms that SymPy does not join: exp of the difference is 1, or it is 0 to 60 digits."""
    sign = -1 if z.is_negative else 1
    points = [sign * sympy.Rational(k, 7) for k in range(1, 60, 5)]
    return all(abs(sympy.N(difference.subs(z, point), 60)) < 1e-50 for point in points)


GROWING = {"exp", "cosh", "sinh"}
"""Functions that leave the format themselves, at z = 710."""


WITH_HALVES = [name for name, row in TABLE.items() if row.halves]


@pytest.mark.parametrize("name", WITH_HALVES)
@pytest.mark.parametrize("order", [0, 1])
def test_both_halves_equal_the_definition(name: str, order: int) -> None:
    """With e = exp(rate·z) for z < 0 and exp(-rate·z) for z >= 0, by algebra."""
    row = TABLE[name]
    assert row.halves
    halves = row.halves.derivative() if order else row.halves
    definition = sympy.diff(row.definition, Z, order)
    for half, sign in ((halves.negative, 1), (halves.positive, -1)):
        here = sympy.Symbol("z", negative=True) if sign > 0 else sympy.Symbol("z", positive=True)
        left = definition.subs(Z, here).rewrite(sympy.exp)
        right = half.subs(E, sympy.exp(sign * row.halves.exponent))
        right = right.subs(ROOT, sympy.sqrt(2 / sympy.pi)).subs(Z, here)
        difference = sympy.expand_log(left - right, force=True)
        assert sympy.simplify(difference) == 0 or _vanishes(difference, here)


@pytest.mark.parametrize("name", TABLE)
def test_the_code_is_accurate_and_does_not_warn(name: str) -> None:
    row, scope = TABLE[name], compiled(name)
    points = np.concatenate([np.linspace(-30, 30, 601) + 0.0137, [-1e4, 1e4]])
    if name in GROWING:
        points = np.clip(points, -30, 30)
    if row.positive:
        points = np.abs(points)
    for order, function in ((0, name), (1, f"{name}_prime")):
        with np.errstate(all="raise", under="ignore"):
            got = scope[function](points)  # type: ignore[operator]
        exact = sympy.lambdify(Z, row.derivative(order) if order else row.definition, "mpmath")
        with mpmath.workdps(50):
            for z, value in zip(points[:-2], got, strict=False):
                want = exact(mpmath.mpf(z))
                # Near a zero that is none of the format's numbers no relative accuracy is left.
                limit = 1e-12 * abs(want) if abs(want) > 1e-2 or row.halves else 1e-14
                assert abs(value - want) <= max(limit, SMALLEST), (z, value, want)
        assert np.isfinite(got).all()


@pytest.mark.parametrize("name", sorted(set(TABLE) - GROWING))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows_up_to_1e4(name: str, dtype: type) -> None:
    scope = compiled(name)
    z = np.array([0.5, 30.0, 88.0, 700.0, 1e4], dtype)
    z = z if TABLE[name].positive else np.concatenate([-z, z])
    for function in (name, f"{name}_prime"):
        with np.errstate(all="raise", under="ignore"):
            assert np.isfinite(scope[function](z)).all()  # type: ignore[operator]


@pytest.mark.parametrize("z", [-9.0, -5.9, -1.0, 0.0, 0.3, 6.5, 20.0])
def test_a_complex_step_of_erf_has_its_slope_where_it_is_1_to_all_digits(z: float) -> None:
    scope = compiled("erf")
    step = scope["erf"](np.array(z + 1e-30j)).imag / 1e-30  # type: ignore[operator]
    assert abs(step - 2 / np.sqrt(np.pi) * np.exp(-z * z)) <= 1e-14 * step


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
def test_the_code_keeps_the_dtype(name: str, dtype: type) -> None:
    scope = compiled(name)
    z = np.array([0.5, 1.0, 3.0] if TABLE[name].positive else [-2.0, 0.0, 3.0], dtype)
    for function in (name, f"{name}_prime"):
        assert (scope[function](z) + z).dtype == dtype  # type: ignore[operator]


def test_relu_has_no_slope_at_its_kink() -> None:
    assert compiled("relu")["relu_prime"](np.array([0.0])) == 0  # type: ignore[operator]
    assert TABLE["relu"].derivative().subs(Z, 0) == 0


@pytest.mark.parametrize(("dtype", "units"), [(np.float64, 5), (np.float32, 5)])
def test_erfc_keeps_its_digits_as_far_as_the_format_goes(dtype: type, units: int) -> None:
    z = np.linspace(-6, 26 if dtype is np.float64 else 9, 999).astype(dtype)
    got = compiled("erfc")["erfc"](z)  # type: ignore[operator]
    for point, value in zip(z.tolist(), got.tolist(), strict=True):
        want = mpmath.erfc(point)
        assert abs(value - want) <= units * np.finfo(dtype).eps * want, point
