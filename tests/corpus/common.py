"""What the networks of the corpus share, in numbers of HIPS autograd; nothing of derive."""

from collections.abc import Callable
from typing import Any, TypeVar

import autograd.numpy as np
from autograd.scipy.special import erf as erf

F = TypeVar("F", bound=Callable[..., Any])


def positive(*names: str) -> Callable[[F], F]:
    """Say which weights a network takes to be positive."""

    def told(network: F) -> F:
        network.positive = names  # type: ignore[attr-defined]
        return network

    return told


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    return np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z)))


def cross_entropy(z: Any, y: Any) -> Any:
    """-Σ y ln softmax(z), for y that sum to one."""
    return np.max(z) + np.log(np.sum(np.exp(z - np.max(z)))) - y @ z


def bernoulli(z: Any, y: Any) -> Any:
    """-y ln σ(z) - (1 - y) ln(1 - σ(z))."""
    return np.log(1 + np.exp(z)) - y * z


def cosine(a: Any, b: Any) -> Any:
    return a @ b / np.sqrt((a @ a) * (b @ b))


def normalised(z: Any, axis: Any, epsilon: float) -> Any:
    centred = z - np.mean(z, axis=axis, keepdims=True)
    return centred / np.sqrt(np.mean(centred**2, axis=axis, keepdims=True) + epsilon)
