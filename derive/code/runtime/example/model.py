"""What the trainer of the example knows of its model: weights, equations, axes, assumptions."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    W: np.ndarray
    """Shape (m, n): W[j,i]."""
    V: np.ndarray
    """Shape (K, m): V[k,j]."""


def _forward(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    W, V = parameters
    a = x @ W.T  # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    h = np.tanh(a)  # h: h[s,j] = tanh(a[s,j])
    b = h @ V.T  # b: b[s,k] = sum(j, V[k,j] * h[s,j])
    o = np.tanh(b)  # o: o[s,k] = tanh(b[s,k])
    return o


def _error(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> Any:
    o = _forward(parameters, x)
    N = x.shape[0]
    E = np.sum((o - y) ** 2) / (2 * N)  # E: E = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N
    return E


def _gradient(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> tuple[Any, Parameters]:
    W, V = parameters
    N = x.shape[0]
    a = x @ W.T  # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    h = np.tanh(a)  # h: h[s,j] = tanh(a[s,j])
    b = h @ V.T  # b: b[s,k] = sum(j, V[k,j] * h[s,j])
    o = np.tanh(b)  # o: o[s,k] = tanh(b[s,k])
    E = np.sum((o - y) ** 2) / (2 * N)  # E: E = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N

    # dE-db: ∂E/∂b[s,k] = (o[s,k] - y[s,k]) * (1 - o[s,k]^2) / N
    dE_db = (o - y) * (1 - o**2) / N
    # dE-da: ∂E/∂a[s,j] = sum(k, ∂E/∂b[s,k] * V[k,j]) * (1 - h[s,j]^2)
    dE_da = (dE_db @ V) * (1 - h**2)
    # dE-dW: ∂E/∂W[j,i] = sum(s, ∂E/∂a[s,j] * x[s,i])
    dE_dW = dE_da.T @ x
    # dE-dV: ∂E/∂V[k,j] = sum(s, ∂E/∂b[s,k] * h[s,j])
    dE_dV = dE_db.T @ h
    return E, Parameters(dE_dW, dE_dV)


def _in_place(
    parameters: Parameters, partials: Parameters, x: np.ndarray, y: np.ndarray
) -> Callable[..., Any]:
    """`_gradient` of as many samples in arrays that are made once, and in those of `partials`,
    which lie row by row.
    """
    W, V = parameters
    dE_dW, dE_dV = partials
    N = x.shape[0]
    m = W.shape[0]
    K = V.shape[0]
    a = np.empty((N, m), W.dtype)
    h = np.empty((N, m), W.dtype)
    b = np.empty((N, K), W.dtype)
    o = np.empty((N, K), W.dtype)
    spare = np.empty((N, K), W.dtype)
    dE_db = np.empty((N, K), W.dtype)
    dE_da = np.empty((N, m), W.dtype)
    spare_2 = np.empty((N, m), W.dtype)
    number = np.array(1 / N, W.dtype)
    one = np.array(1, W.dtype)
    dE_da_T = dE_da.T
    dE_db_T = dE_db.T

    def gradient(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> Any:
        W, V = parameters
        # a: a[s,j] = sum(i, W[j,i] * x[s,i])
        np.dot(x, W.T, out=a)
        # h: h[s,j] = tanh(a[s,j])
        np.tanh(a, out=h)
        # b: b[s,k] = sum(j, V[k,j] * h[s,j])
        np.dot(h, V.T, out=b)
        # o: o[s,k] = tanh(b[s,k])
        np.tanh(b, out=o)
        # E: E = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N
        np.subtract(o, y, out=spare)
        total = np.vdot(spare, spare)
        E = total / (2 * N)
        # dE-db: ∂E/∂b[s,k] = (o[s,k] - y[s,k]) * (1 - o[s,k]^2) / N
        np.multiply(o, o, out=spare)
        np.subtract(one, spare, out=spare)
        np.subtract(o, y, out=dE_db)
        np.multiply(dE_db, spare, out=dE_db)
        np.multiply(dE_db, number, out=dE_db)
        # dE-da: ∂E/∂a[s,j] = sum(k, ∂E/∂b[s,k] * V[k,j]) * (1 - h[s,j]^2)
        np.multiply(h, h, out=spare_2)
        np.subtract(one, spare_2, out=spare_2)
        np.dot(dE_db, V, out=dE_da)
        np.multiply(dE_da, spare_2, out=dE_da)
        # dE-dW: ∂E/∂W[j,i] = sum(s, ∂E/∂a[s,j] * x[s,i])
        np.dot(dE_da_T, x, out=dE_dW)
        # dE-dV: ∂E/∂V[k,j] = sum(s, ∂E/∂b[s,k] * h[s,j])
        np.dot(dE_db_T, h, out=dE_dV)
        return E

    return gradient


def _input_gradient(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    W, V = parameters
    N = x.shape[0]
    a = x @ W.T  # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    h = np.tanh(a)  # h: h[s,j] = tanh(a[s,j])
    b = h @ V.T  # b: b[s,k] = sum(j, V[k,j] * h[s,j])
    o = np.tanh(b)  # o: o[s,k] = tanh(b[s,k])

    # dE-db: ∂E/∂b[s,k] = (o[s,k] - y[s,k]) * (1 - o[s,k]^2) / N
    dE_db = (o - y) * (1 - o**2) / N
    # dE-da: ∂E/∂a[s,j] = sum(k, ∂E/∂b[s,k] * V[k,j]) * (1 - h[s,j]^2)
    dE_da = (dE_db @ V) * (1 - h**2)
    # dE-dx: ∂E/∂x[s,i] = sum(j, ∂E/∂a[s,j] * W[j,i])
    dE_dx = dE_da @ W
    return (dE_dx,)


def _gathered(errors: Sequence[float], counts: Sequence[float]) -> float:
    """The error of all samples, from those of batches of so many samples: their mean."""
    return float(np.average(errors, weights=counts))


_ERROR = "E"
_SAMPLES = "N"
_DATA = ("x", "y")
_AXES: dict[str, tuple[str, ...]] = {
    "W": ("m", "n"),
    "V": ("K", "m"),
    "x": ("n",),
    "y": ("K",),
}
"""The sizes of every array, of data those of one sample."""
_ASSUMED: list[tuple[str, str, Callable[[np.ndarray], np.ndarray]]] = [
    ("y", "y[k] in [-1, 1]", lambda array: (array >= -1) & (array <= 1)),
]
"""What the model assumes of its data: an array, the words, and where it holds."""
