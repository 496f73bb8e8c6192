"""One step of the gradient method; numbers that overflow on the way are seen in the error."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np

from derive.code.runtime.example.model import _ERROR, Parameters, _in_place
from derive.code.runtime.ravel import ravel, unravel

# One step, and what overflows on the way.

_Steps = Generator[tuple[Parameters, Any], Parameters, None]
"""Yields the parameters and their error, step after step; is sent those that have to stay."""


def _copied(parameters: Parameters) -> Parameters:
    return Parameters(*map(np.copy, parameters))


def _as_one(parameters: Parameters) -> tuple[np.ndarray, Parameters]:
    """A copy of all weights in one vector, and the Parameters that are its parts."""
    vector = ravel(parameters)
    return vector, unravel(vector, parameters)


def _moved(parameters: Parameters, data: Sequence[np.ndarray], t: float) -> Parameters:
    """X - t∇f in the arrays that the gradient was written into."""
    partials = Parameters(*[np.empty(x.shape, x.dtype) for x in parameters])
    with np.errstate(over="ignore", invalid="ignore"):
        _in_place(parameters, partials, *data)(parameters, *data)
        for x, partial in zip(parameters, partials, strict=True):
            np.multiply(partial, t, out=partial)
            np.subtract(x, partial, out=partial)
    return partials


def _step(parameters: Parameters, partials: Parameters, t: float) -> Parameters:
    with np.errstate(over="ignore", invalid="ignore"):
        return Parameters(
            *(x - t * partial for x, partial in zip(parameters, partials, strict=True))
        )


def _quiet(function: Callable[..., Any], parameters: Parameters, data: Sequence[np.ndarray]) -> Any:
    """What overflows on the way is seen in the error."""
    with np.errstate(over="ignore", invalid="ignore"):
        return function(parameters, *data)


def _made_anew(
    gradient: Callable[..., tuple[Any, Parameters]], partials: Parameters
) -> Callable[..., Any]:
    """What `_in_place` returns, of a gradient whose arrays are made at every step."""

    def copying(parameters: Parameters, *data: np.ndarray) -> Any:
        value, found = gradient(parameters, *data)
        for partial, new in zip(partials, found, strict=True):
            np.copyto(partial, new)
        return value

    return copying


def _unbounded(value: Any, when: str) -> FloatingPointError:
    """What is raised where the error is no number any more."""
    return FloatingPointError(f"{_ERROR} is {value} {when}: take a smaller t, or scale the data")


def _is_flat(g: np.ndarray, tolerance: float) -> bool:
    """Whether no partial derivative exceeds the tolerance; mostly the first one does."""
    return not abs(g[0]) > tolerance and bool(np.max(np.abs(g)) <= tolerance)
