"""How far a step of the gradient method goes: fixed, Armijo's, Barzilai and Borwein's."""

import itertools
import math
from collections.abc import Callable

import numpy as np

from derive.code.runtime.descent import _as_one, _is_flat, _quiet, _step, _Steps, _unbounded
from derive.code.runtime.example.model import Parameters, _error, _gradient, _in_place
from derive.code.runtime.ravel import ravel

# How far a step goes. Each yields the parameters and their error, step after step.


def _fixed(
    parameters: Parameters, data: list[np.ndarray], t: Callable[[int], float], tolerance: float
) -> _Steps:
    """In place, but from parameters that have to stay: then in a second set of arrays."""
    (x, parameters), (g, partials) = _as_one(parameters), _as_one(parameters)
    gradient, other = _in_place(parameters, partials, *data), None
    for r in itertools.count():
        value, size = gradient(parameters, *data), t(r)
        if not math.isfinite(value):
            raise _unbounded(value, f"after {r} steps of size {size}")
        kept = yield parameters, value
        if _is_flat(g, tolerance):
            return
        np.multiply(g, size, out=g)
        if kept is parameters:
            (reached, parameters), other = other or _as_one(parameters), (x, parameters)
        else:
            reached = x
        np.subtract(x, g, out=reached)
        x = reached


def _armijo(parameters: Parameters, data: list[np.ndarray], t: float, tolerance: float) -> _Steps:
    value, partials = _quiet(_gradient, parameters, data)
    while True:
        if not math.isfinite(value):
            raise _unbounded(value, "at the start")
        yield parameters, value
        if _is_flat(ravel(partials), tolerance):
            return
        t, parameters, value = _backtrack(parameters, partials, data, t, value)
        if t == 0:  # no step changes the weights and lowers the error: as near as numbers go
            return
        t, partials = min(2 * t, LARGEST), _quiet(_gradient, parameters, data)[1]


def _barzilai_borwein(
    parameters: Parameters, data: list[np.ndarray], t: float, tolerance: float
) -> _Steps:
    value, partials = _quiet(_gradient, parameters, data)
    recent = [value]
    while True:
        if not math.isfinite(value):
            raise _unbounded(value, "at the start")
        yield parameters, value
        if _is_flat(ravel(partials), tolerance):
            return
        size, moved, value = _backtrack(parameters, partials, data, t, max(recent))
        if size == 0:
            return
        recent = [*recent[-9:], value]
        new = _quiet(_gradient, moved, data)[1]
        t = min(_by_curvature(moved, parameters, new, partials) or 2 * size, LARGEST)
        parameters, partials = moved, new


def _backtrack(
    parameters: Parameters, partials: Parameters, data: list[np.ndarray], t: float, value: float
) -> tuple[float, Parameters, float]:
    """(t, the parameters a step of t away, their error) for t, t/2, t/4, ...: the first where the
    error is below `value` by t/10^4 times the squared gradient; t = 0 where there is none.
    """
    square = _quiet(_square, partials, ())  # whose products are silent
    if not np.isfinite(square):
        raise FloatingPointError(f"the squared gradient is {square}: scale the data")
    while True:
        moved = _step(parameters, partials, t)
        if all(np.array_equal(x, new) for x, new in zip(parameters, moved, strict=True)):
            return 0, parameters, value
        reached = _quiet(_error, moved, data)
        if reached <= value - 1e-4 * t * square:
            return t, moved, reached
        t = t / 2


def _by_curvature(
    moved: Parameters, parameters: Parameters, new: Parameters, partials: Parameters
) -> float:
    """(s·s)/(s·d) of the steps s in the weights and d in the gradient; 0 where it says nothing."""
    s, d = ravel(moved) - ravel(parameters), ravel(new) - ravel(partials)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        size = s @ s / (s @ d)
    return float(size) if 0 < size < np.inf else 0


def _square(partials: Parameters) -> float:
    return float(sum(np.sum(partial**2) for partial in partials))


LARGEST = float(np.finfo(float).max)
"""Of step sizes: one beyond stays infinite when it is halved."""

STEPS: dict[str, Callable[..., _Steps]] = {
    "fixed": _fixed,
    "armijo": _armijo,
    "barzilai-borwein": _barzilai_borwein,
}
