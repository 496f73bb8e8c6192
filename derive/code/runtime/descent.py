"""One step of the gradient method; numbers that overflow on the way are seen in the error."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

import numpy as np

from derive.code.runtime.example.model import _ERROR, Parameters

# One step, and what overflows on the way.

_Steps = Generator[tuple[Parameters, Any], Parameters, None]
"""Yields the parameters and their error, step after step; is sent those that have to stay."""


def _copied(parameters: Parameters) -> Parameters:
    return Parameters(*map(np.copy, parameters))


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
    gradient: Callable[..., tuple[Any, Parameters]], parameters: Parameters
) -> tuple[Callable[..., Any], Parameters]:
    """What `_in_place` returns, of a gradient whose arrays are made at every step."""
    partials = Parameters(*map(np.empty_like, parameters))

    def copying(parameters: Parameters, *data: np.ndarray) -> Any:
        value, found = gradient(parameters, *data)
        for partial, new in zip(partials, found, strict=True):
            np.copyto(partial, new)
        return value

    return copying, partials


def _unbounded(value: Any, when: str) -> FloatingPointError:
    """What is raised where the error is no number any more."""
    return FloatingPointError(f"{_ERROR} is {value} {when}: take a smaller t, or scale the data")


def _is_flat(partials: Sequence[np.ndarray], tolerance: float) -> bool:
    """Whether no partial derivative exceeds the tolerance; the first that does decides."""
    if tolerance == 0:
        return not any(partial.any() for partial in partials)
    return all(np.max(np.abs(partial)) <= tolerance for partial in partials)
