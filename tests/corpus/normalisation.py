"""Normalisation: the error of one sample, or of one batch that is the sample."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import normalised


def ba2016(W: Any, g: Any, b: Any, x: Any, y: Any) -> Any:
    return np.sum((np.tanh(g * normalised(W @ x, 0, 0) + b) - y) ** 2)


def zhang2019(W: Any, g: Any, x: Any, y: Any) -> Any:
    a = W @ x
    return np.sum((a / np.sqrt(np.mean(a**2)) * g - y) ** 2) / 2


def ulyanov2016(w: Any, v: Any, x: Any, y: Any, epsilon: Any) -> Any:
    z = w[None, :, :, None] * x[:, None, :, :]
    return np.sum((np.sum(v * normalised(z, (2, 3), epsilon), axis=(1, 2, 3)) - y) ** 2)


def wu2018(W: Any, gamma: Any, beta: Any, x: Any, y: Any, epsilon: Any) -> Any:
    hat = normalised(W @ x, (1, 2), epsilon)
    return np.sum((gamma[:, :, None] * hat + beta[:, :, None] - y) ** 2) / 2


def miyato2018(W: Any, a: Any, x: Any, u: Any, v: Any, y: Any) -> Any:
    z = W @ x / (u @ W @ v)
    return np.maximum(0, 1 - y * (a @ np.where(z > 0, z, z / 100)))
