"""Where a step goes: the gradient method, with momentum, Nesterov's, Adam and AdamW."""

from collections.abc import Callable

import numpy as np

from derive.code.runtime.arguments import _step_size
from derive.code.runtime.descent import _step
from derive.code.runtime.example.model import Parameters

# Where a step goes: (state, partials, parameters, constants) -> (state, direction). A step is
# parameters - t * direction; the state is (steps done, first moments, second moments).

_State = tuple[int, Parameters, Parameters]
_Constants = dict[str, float]
_Method = Callable[[_State, Parameters, Parameters, _Constants], tuple[_State, Parameters]]


def _at_rest(parameters: Parameters) -> _State:
    zeros = _each(np.zeros_like, parameters)
    return 0, zeros, zeros


def _each(function: Callable[..., np.ndarray], *several: Parameters) -> Parameters:
    return Parameters(*map(function, *several))


def _plain(
    state: _State, partials: Parameters, parameters: Parameters, constants: _Constants
) -> tuple[_State, Parameters]:
    return state, partials


def _momentum(
    state: _State, partials: Parameters, parameters: Parameters, constants: _Constants
) -> tuple[_State, Parameters]:
    count, velocity, second = state
    mu = constants["momentum"]
    velocity = _each(lambda v, g: mu * v + g, velocity, partials)
    return (count + 1, velocity, second), velocity


def _nesterov(
    state: _State, partials: Parameters, parameters: Parameters, constants: _Constants
) -> tuple[_State, Parameters]:
    state, velocity = _momentum(state, partials, parameters, constants)
    return state, _each(lambda v, g: constants["momentum"] * v + g, velocity, partials)


def _adam(
    state: _State, partials: Parameters, parameters: Parameters, constants: _Constants
) -> tuple[_State, Parameters]:
    count, first, second = state
    beta1, beta2, epsilon = (constants[name] for name in ("beta1", "beta2", "epsilon"))
    count += 1
    first = _each(lambda m, g: beta1 * m + (1 - beta1) * g, first, partials)
    second = _each(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, partials)
    scale, root = 1 / (1 - beta1**count), 1 / (1 - beta2**count)
    direction = _each(lambda m, v: scale * m / (np.sqrt(root * v) + epsilon), first, second)
    return (count, first, second), direction


def _adamw(
    state: _State, partials: Parameters, parameters: Parameters, constants: _Constants
) -> tuple[_State, Parameters]:
    state, direction = _adam(state, partials, parameters, constants)
    return state, _each(lambda d, x: d + constants["weight_decay"] * x, direction, parameters)


METHODS: dict[str, _Method] = {
    "gradient": _plain,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adam": _adam,
    "adamw": _adamw,
}


def _move(
    method: _Method,
    state: _State,
    partials: Parameters,
    parameters: Parameters,
    constants: _Constants,
    t: float,
) -> tuple[_State, Parameters]:
    """A step of one of the METHODS: (state, parameters)."""
    with np.errstate(over="ignore", invalid="ignore"):
        state, direction = method(state, partials, parameters, constants)
        return state, _step(parameters, direction, t)


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
