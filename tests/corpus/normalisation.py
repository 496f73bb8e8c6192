"""Normalisation: the error of one sample, or of one batch that is the sample."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import normalised


def ioffe2015(W: Any, gamma: Any, beta: Any, u: Any, t: Any, epsilon: Any) -> Any:
    return np.sum((gamma * normalised(u @ W.T, 0, epsilon) + beta - t) ** 2) / 2


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


def salimans2016(v: Any, g: Any, b: Any, x: Any, y: Any) -> Any:
    w = g[:, None] * v / np.sqrt(np.sum(v**2, axis=1, keepdims=True))
    return np.sum((np.maximum(w @ x + b, 0) - y) ** 2) / 2


def miyato2018(W: Any, a: Any, x: Any, u: Any, v: Any, y: Any) -> Any:
    z = W @ x / (u @ W @ v)
    return np.maximum(0, 1 - y * (a @ np.where(z > 0, z, z / 100)))


def sabour2017(W: Any, u: Any, T: Any, m_plus: Any, m_minus: Any, lambda_: Any) -> Any:
    n2 = np.sum((W @ u) ** 2, axis=1)
    length = n2 / (1 + n2)
    missed = np.maximum(0, m_plus - length) ** 2
    return np.sum(T * missed + lambda_ * (1 - T) * np.maximum(0, length - m_minus) ** 2)
