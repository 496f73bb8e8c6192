"""Where a step goes: the gradient method, with momentum, Nesterov's, Adam and AdamW."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from derive.code.runtime.arguments import _step_size

# Where a step goes. A method moves the vector x of all weights in place, given that of the partial
# derivatives, g, which it may overwrite, their first and second moments, the number of the step and
# its size.

_Constants = dict[str, float]
_Method = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, float, _Constants], object]


class _State(NamedTuple):
    """The steps done, and the moments of all partial derivatives that the method has."""

    steps: int
    first: np.ndarray
    second: np.ndarray


def _at_rest(x: np.ndarray, method: _Method) -> _State:
    moments = MOMENTS[method]
    return _State(0, *(np.zeros_like(x[: len(x) * (moments > place)]) for place in range(2)))


def _plain(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(g, t, out=g)
    np.subtract(x, g, out=x)


def _momentum(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(m, c["momentum"], out=m)
    np.add(m, g, out=m)
    np.multiply(m, t, out=g)
    np.subtract(x, g, out=x)


def _nesterov(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(m, c["momentum"], out=m)
    np.add(m, g, out=m)
    _plain(x, g, m, v, r, t, c)
    np.multiply(m, t * c["momentum"], out=g)
    np.subtract(x, g, out=x)


def _adam(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    # m and v are held as sums, without their factors 1 - β, which are taken with the step.
    np.multiply(m, c["beta1"], out=m)
    np.add(m, g, out=m)
    np.multiply(g, g, out=g)
    np.multiply(v, c["beta2"], out=v)
    np.add(v, g, out=v)
    root = math.sqrt((1 - c["beta2"]) / (1 - c["beta2"] ** r))
    np.sqrt(v, out=g)
    np.add(g, c["epsilon"] / root, out=g)
    np.divide(m, g, out=g)
    np.multiply(g, t * (1 - c["beta1"]) / (1 - c["beta1"] ** r) / root, out=g)
    np.subtract(x, g, out=x)


def _adamw(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(x, 1 - t * c["weight_decay"], out=x)
    _adam(x, g, m, v, r, t, c)


METHODS: dict[str, _Method] = {
    "gradient": _plain,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adam": _adam,
    "adamw": _adamw,
}

MOMENTS: dict[_Method, int] = {_plain: 0, _momentum: 1, _nesterov: 1, _adam: 2, _adamw: 2}
"""How many moments a method follows: what it does not is not held."""


def _move(
    method: _Method, state: _State, x: np.ndarray, g: np.ndarray, constants: _Constants, t: float
) -> _State:
    """A step of one of the METHODS, in the arrays of the weights and of the state."""
    r = state.steps + 1
    method(x, g, state.first, state.second, r, t, constants)
    return _State(r, state.first, state.second)


def _method(name: object) -> _Method:
    if not isinstance(name, str) or name not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {name!r}")
    return METHODS[name]


def _constants(
    momentum: float, beta1: float, beta2: float, epsilon: float, weight_decay: float
) -> _Constants:
    """The constants of the methods by their names."""
    fractions = {"momentum": momentum, "beta1": beta1, "beta2": beta2}
    others = {"epsilon": epsilon, "weight_decay": weight_decay}
    constants = {name: _step_size(x, name) for name, x in (fractions | others).items()}
    for name in fractions:
        if constants[name] >= 1:
            raise ValueError(f"{name}: expected a number in [0, 1), got {constants[name]}")
    if not constants["epsilon"]:
        raise ValueError(
            "epsilon: expected a number above 0, got 0: it divides where nothing moves"
        )
    return constants
