"""One step of the gradient method; numbers that overflow on the way are seen in the error."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from derive.code.runtime.example.model import _ERROR, Parameters

# One step, and what overflows on the way.


def _step(parameters: Parameters, partials: Parameters, t: float) -> Parameters:
    with np.errstate(over="ignore", invalid="ignore"):
        return Parameters(
            *(x - t * partial for x, partial in zip(parameters, partials, strict=True))
        )


def _quiet(function: Callable[..., Any], parameters: Parameters, data: Sequence[np.ndarray]) -> Any:
    """What overflows on the way is seen in the error."""
    with np.errstate(over="ignore", invalid="ignore"):
        return function(parameters, *data)


def _bounded(value: float, when: str) -> float:
    if not np.isfinite(value):
        raise FloatingPointError(f"{_ERROR} is {value} {when}: take a smaller t, or scale the data")
    return value


def _largest(partials: Parameters) -> float:
    return float(max(np.max(np.abs(partial)) for partial in partials))
