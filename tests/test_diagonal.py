"""An index twice in one entry, W[j,j]: the diagonal, whose derivative holds Kronecker's delta."""

from typing import Any

import numpy as np
import pytest

from derive.code.module import load
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import made, proven_trainer

TEXT = """
weights = ["W[j,l]", "T[l,j,q]"]
inputs = ["x[j]"]
targets = ["y[j]"]
equations = '''
h[j] = tanh(sum(l, W[j,l] * x[l]) - W[j,j])
M[j,l] = h[j] * x[l] + sum(q, T[q,j,q] * T[q,q,q])
R = sum(j, W[j,j]) + sum(j, M[j,j])^2
L = squared_error(j, h[j], y[j]) + R / 10
'''
[sizes]
j = "n"
l = "n"
q = "n"
[example]
n = 2
"""


def diagonal_error(W: Any, T: Any, x: Any, y: Any) -> Any:
    h = np.tanh(x @ W.T - np.diag(W))
    M = h * x + np.einsum("qjq,qqq->j", T, T)
    own = np.sum((h - y) ** 2, axis=1) / 2 + np.sum(M, axis=1) ** 2 / 10
    return own.mean() + np.trace(W) / 10


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_derivative_by_a_diagonal_is_right_and_of_its_dtype(dtype: Any) -> None:
    files = made(resolve("diagonal", Source("diagonal.toml", TEXT))).files
    assert r"\delta_{jl}" in files["derivation.en.md"]
    trainer = load(files["trainer.py"], "diagonal")
    random = np.random.default_rng(2)
    x, y = random.normal(size=(2, 4, 3))
    W, T = random.normal(size=(3, 3)), random.normal(size=(3, 3, 3))
    given = trainer.Parameters(W.astype(dtype), T.astype(dtype))
    error, gradient = trainer.gradient(given, x.astype(dtype), y.astype(dtype))
    tolerance = 1e-4 if dtype == np.float32 else 1e-9
    assert error == pytest.approx(diagonal_error(W, T, x, y), rel=tolerance)
    assert all(part.dtype == dtype for part in gradient)
    for place in np.ndindex(3, 3):
        moved = W.astype(complex)
        moved[place] += 1e-30j
        slope = diagonal_error(moved, T, x, y).imag / 1e-30
        assert gradient.W[place] == pytest.approx(slope, rel=tolerance, abs=tolerance)
    for cell in np.ndindex(3, 3, 3):
        moved = T.astype(complex)
        moved[cell] += 1e-30j
        slope = diagonal_error(W, moved, x, y).imag / 1e-30
        assert gradient.T[cell] == pytest.approx(slope, rel=tolerance, abs=tolerance)


def test_the_derivative_of_a_trace_is_the_identity() -> None:
    text = (
        TEXT.replace('"T[l,j,q]"', "")
        .replace('q = "n"\n', "")
        .replace("M[j,l] = h[j] * x[l] + sum(q, T[q,j,q] * T[q,q,q])\n", "")
    )
    text = text.replace("+ sum(j, M[j,j])^2", "").replace('"W[j,l]", ', '"W[j,l]", "V[j,l]"')
    text = text.replace("R / 10", "R / 10 - sum(j, V[j,j])")
    trainer: Any = proven_trainer(resolve("trace", Source("trace.toml", text)))
    weights = trainer.Parameters(*np.ones((2, 3, 3), np.float32))
    _, gradient = trainer.gradient(weights, np.ones((2, 3)), np.ones((2, 3)))
    assert np.array_equal(gradient.V, -np.eye(3))
    assert gradient.V.dtype == np.float32
