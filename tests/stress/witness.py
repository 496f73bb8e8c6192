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


def gradient(
    error: Error, model: Model, weights: Sequence[Any], data: Sequence[Any]
) -> tuple[float, list[Any]]:
    """The mean of the samples' errors, and its gradient by every weight."""
    names = [array.name for array in model.weights]
    constants = {name: float(number) for name, number in model.hyperparameters}
    samples = [
        {array.name: value for array, value in zip(model.data, row, strict=True)}
        for row in zip(*data, strict=True)
    ] or [{}]

    def mean(*given: Any) -> Any:
        known = {**constants, **dict(zip(names, given, strict=True))}
        return sum(error({**known, **sample}) for sample in samples) / len(samples)

    partials = autograd.grad(mean, argnum=tuple(range(len(names))))(*weights)
    return float(mean(*weights)), list(partials)
