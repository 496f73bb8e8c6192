"""Probit, censored regression and the exact GELU: right however far out in the tail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from derive.code.module import load
from tests.arrays.test_scaled import BOUND, SCALAR, made

PLACES = (0, 0.5, 7, -7, 30, -30, 1e3, -1e3)
"""Where 1 + erf(z) has all of its digits, few, and none."""

Of = Callable[[Any, Any], Any]


def phi(z: Any) -> Any:
    return mpmath.exp(-(z**2) / 2) / mpmath.sqrt(2 * mpmath.pi)


def distribution(z: Any) -> Any:
    return mpmath.erfc(-z / mpmath.sqrt(2)) / 2


def probit(z: Any, y: Any) -> tuple[Any, Any]:
    side = 1 if y else -1
    below = distribution(side * z)
    return -mpmath.log(below), -side * phi(z) / below


def tobit(z: Any, y: Any) -> tuple[Any, Any]:
    if y:
        below = distribution(-z / 2)
        return -mpmath.log(below), phi(z / 2) / below / 2
    return (z - y) ** 2 / 8, (z - y) / 4


def half(z: Any, y: Any) -> tuple[Any, Any]:
    error, slope = probit(z * mpmath.sqrt(2), y)
    return error, slope * mpmath.sqrt(2)


def gelu(z: Any, y: Any) -> tuple[Any, Any]:
    return (1 + y) * z * distribution(z), (1 + y) * (distribution(z) + z * phi(z))


PROBIT = "L = -y * log(P) - (1 - y) * log(1 - P)"

MODELS: dict[str, tuple[str, Of]] = {
    "probit": (f"P = (1 + erf(z / sqrt(2))) / 2\n{PROBIT}", probit),
    "probit, multiplied out": (f"P = 1/2 + erf(z / sqrt(2)) / 2\n{PROBIT}", probit),
    "probit by a name": (
        "E = erf(z)\nP = (1 + E) / 2\nL = -y * log(P) - (1 - y) * log((1 - E) / 2)",
        half,
    ),
    "probit by erfc": (f"P = erfc(-z) / 2\n{PROBIT}", half),
    "tobit": (
        "P = (1 + erf(-z / 2 / sqrt(2))) / 2\nL = (1 - y) * (z - y)^2 / 8 - y * log(P)",
        tobit,
    ),
    "exact GELU": ("o = z / 2 * (1 + erf(z / sqrt(2)))\nL = o * (1 + y)", gelu),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_no_digit_is_lost_in_the_tail(name: str, dtype: str, tmp_path: Path) -> None:
    equations, of = MODELS[name]
    module = load(made(tmp_path, SCALAR + equations, one=True)[1], "m")
    bound = BOUND[np.dtype(dtype)]
    for z in PLACES:
        for y in (0, 1):
            arrays = (np.array([[1]], dtype), np.array([y], dtype))
            value, (partial,) = module._gradient(module.Parameters(np.array([z], dtype)), *arrays)
            assert partial.dtype == np.dtype(dtype)
            with mpmath.workdps(40):
                wanted = of(mpmath.mpf(z), y)
            for got, want in zip((value, partial[0]), wanted, strict=True):
                assert abs(float(got) - want) <= bound * max(1, abs(want)), (z, y)
