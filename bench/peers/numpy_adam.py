"""The network of the digits under Adam, in NumPy as courses write it."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

Batches = Iterable[tuple[np.ndarray, np.ndarray]]


def adam(start: Sequence[np.ndarray], epochs: Iterable[Batches], t: float, eps: float) -> Any:
    """The weights after all batches of all epochs."""
    weights = [array.copy() for array in start]
    m, v, r = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights], 0
    for batches in epochs:
        for x, y in batches:
            r += 1
            for i, g in enumerate(_gradient(weights, x, y)):
                m[i] = 0.9 * m[i] + 0.1 * g
                v[i] = 0.999 * v[i] + 0.001 * g**2
                m_hat, v_hat = m[i] / (1 - 0.9**r), v[i] / (1 - 0.999**r)
                weights[i] = weights[i] - t * m_hat / (np.sqrt(v_hat) + eps)
    return weights


def _gradient(weights: Sequence[np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[Any, ...]:
    W1, b1, W2, b2 = weights
    h = np.tanh(x @ W1.T + b1)
    z = h @ W2.T + b2
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    d2 = (p - y) / len(x)
    d1 = (d2 @ W2) * (1 - h**2)
    return d1.T @ x, d1.sum(axis=0), d2.T @ h, d2.sum(axis=0)
