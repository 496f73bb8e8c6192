"""What the networks of the corpus share, in numbers of HIPS autograd; nothing of derive."""

from collections.abc import Callable
from typing import Any, TypeVar

import autograd.numpy as np
import mpmath
import numpy
from autograd.extend import defvjp, primitive

F = TypeVar("F", bound=Callable[..., Any])


def positive(*names: str) -> Callable[[F], F]:
    """Say which weights a network takes to be positive."""

    def told(network: F) -> F:
        network.positive = names  # type: ignore[attr-defined]
        return network

    return told


def _in_any_format(name: str) -> Callable[[Any], Any]:
    """A function that SciPy has neither for long doubles nor for balls."""

    def entry(z: Any) -> Any:
        return type(z)(mpmath.nstr(getattr(mpmath, name)(mpmath.mpf(str(z))), 25))

    def computed(z: Any) -> Any:
        dtype = numpy.asarray(z).dtype
        if dtype.hasobject:
            return getattr(z, name)()
        with mpmath.workdps(25):
            return numpy.vectorize(entry, otypes=[dtype])(z)

    return primitive(computed)  # type: ignore[no-any-return]


erf, erfc = _in_any_format("erf"), _in_any_format("erfc")
defvjp(erf, lambda value, z: lambda g: g * 2 / numpy.sqrt(numpy.pi) * np.exp(-(z**2)))
defvjp(erfc, lambda value, z: lambda g: -g * 2 / numpy.sqrt(numpy.pi) * np.exp(-(z**2)))


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
