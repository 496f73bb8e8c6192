"""Points for a model, and the gradient there of an error that derive has no part in, by autograd."""

from collections.abc import Callable, Sequence
from typing import Any

import autograd
import numpy as np

from derive.model.assumptions import OneOf, SumsTo, Within
from derive.model.model import Array, Model

Error = Callable[[dict[str, Any]], Any]
"""Weights and one sample's data by their names -> the error."""


def draw(
    model: Model, sizes: dict[str, int], samples: int, seed: int, positive: Sequence[str] = ()
) -> tuple[list[Any], list[Any]]:
    """Random weights, and data that keep what the model assumes of them."""
    random = np.random.default_rng(seed)
    weights = [random.normal(size=[sizes[s] for s in array.shape]) for array in model.weights]
    for place, array in enumerate(model.weights):
        if array.name in positive:
            weights[place] = abs(weights[place]) + 0.1
    return weights, [_data(model, array, sizes, samples, random) for array in model.data]


def _data(
    model: Model, array: Array, sizes: dict[str, int], samples: int, random: np.random.Generator
) -> Any:
    shape = (samples, *(sizes[s] for s in array.shape))
    values = random.normal(size=shape)
    own = [assumption for assumption in model.assumptions if assumption.array == array.name]
    for assumption in own:
        match assumption:
            case OneOf(values=admitted):
                values = random.choice([float(value) for value in admitted], size=shape)
            case Within(low=low, high=high):
                above, below = float(low), 3 if high is None else float(high)
                values = above + (below - above) * random.uniform(0.1, 0.9, shape)
    for assumption in own:
        if isinstance(assumption, SumsTo):
            axes = tuple(1 + k for k, i in enumerate(array.indices) if i.name in assumption.over)
            if any(isinstance(other, OneOf) for other in own):
                once = [1 if axis in axes else length for axis, length in enumerate(shape)]
                values = np.indices(shape)[axes[0]] == random.integers(shape[axes[0]], size=once)
            else:
                values = values / values.sum(axis=axes, keepdims=True)
    return np.asarray(values, dtype=float)


def knowing(
    error: Error, model: Model, weights: Sequence[Any], data: Sequence[Any]
) -> tuple[list[Any], float, list[Any]]:
    """Weights at which the witness knows what it says, and that: `gradient` there.

    Written as the equations are, log(1 - p) has no digit left where p is nearly 1, and then
    long doubles say otherwise than floats. Nearer to zero, weights saturate nothing.
    """
    for _ in range(HALVINGS):
        found = gradient(error, model, weights, data)
        finer = gradient(error, model, *([_long(x) for x in given] for given in (weights, data)))
        if _agree(found, finer):
            break
        weights = [weight / 2 for weight in weights]
    return list(weights), *found


HALVINGS = 20


def _long(number: Any) -> Any:
    return np.asarray(number, np.longdouble)


def _agree(found: tuple[float, list[Any]], finer: tuple[float, list[Any]]) -> bool:
    """To a tenth of what a trial lets pass."""
    (value, partials), (same, others) = found, finer
    if not all(np.isfinite(x).all() for x in (value, *partials)):
        return False
    largest = max(1.0, *(float(np.max(np.abs(partial))) for partial in partials))
    pairs = zip(partials, others, strict=True)
    near = all(np.max(np.abs(one - other)) <= 1e-9 * largest for one, other in pairs)
    return near and abs(value - same) <= 1e-10 * max(1.0, abs(value))


def gradient(
    error: Error,
    model: Model,
    weights: Sequence[Any],
    data: Sequence[Any],
    number: Callable[[Any], Any] = float,
) -> tuple[Any, list[Any]]:
    """The mean of the samples' errors, and its gradient by every weight, in some numbers."""
    names = [array.name for array in model.weights]
    constants = {name: number(value) for name, value in model.hyperparameters}
    samples = [
        {array.name: value for array, value in zip(model.data, row, strict=True)}
        for row in zip(*data, strict=True)
    ] or [{}]

    def mean(*given: Any) -> Any:
        known = {**constants, **dict(zip(names, given, strict=True))}
        return sum(error({**known, **sample}) for sample in samples) / len(samples)

    partials = autograd.grad(mean, argnum=tuple(range(len(names))))(*weights)
    return number(mean(*weights)), list(partials)
