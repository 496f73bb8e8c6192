"""The gradient on partitions of Dask, each computed where it lies; and training by it."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import dask
import numpy as np
from dask.delayed import Delayed

from derive.code.runtime.example import trainer
from derive.code.runtime.example.trainer import Parameters
from derive.scale.runtime.example import DATA, _of_all, _part

TOGETHER = 16
"""Of parts, how many one task adds; always the same ones, so that sums are the same every time."""

_Total = tuple[int, Any, np.ndarray]
"""So many samples, and what they have in the error and in its gradient."""


def gradient(parameters: Parameters, data: Sequence[Any]) -> tuple[float, Parameters]:
    """The error of all samples, and its partial derivatives as Parameters."""
    parameters, _, _ = trainer._check(parameters, {})
    rows, value, g = _computed(parameters, _partitions(data))
    if not rows:
        raise ValueError("the partitions have no samples")
    return float(value), trainer.unravel(g, parameters)


def train(
    parameters: Parameters,
    data: Sequence[Any],
    t: float | Callable[[int], float],
    passes: int,
    *,
    partitions: int | None = None,
    method: str = "gradient",
    momentum: float = 0.9,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.01,
    seed: int | None = None,
    callback: Callable[[int, float, Parameters], object] | None = None,
) -> tuple[Parameters, np.ndarray]:
    """The gradient method, a step for so many partitions at a time, or for all of them.

    `t`, the methods and their constants are those of train_on in trainer.py. With a seed every
    pass takes the partitions in a new random order. Returns the parameters reached and the
    errors: errors[r] is that of pass r, every batch at the weights it met. Stops early where
    `callback(r, error, parameters)` is true; it may save the parameters.

    Raises FloatingPointError where the error grows out of all bounds.
    """
    parameters, _, _ = trainer._check(parameters, {})
    size, move = trainer._schedule(t), trainer._method(method)
    constants = trainer._constants(momentum, beta1, beta2, epsilon, weight_decay)
    held = _partitions(data)
    together = len(held) if partitions is None else trainer._whole(partitions, "partitions", 1)
    random = None if seed is None else np.random.default_rng(seed)
    x, moved = trainer._as_one(parameters)
    state, errors = trainer._at_rest(x, move), []
    for number in range(trainer._whole(passes, "passes", 1)):
        order = np.arange(len(held)) if random is None else random.permutation(len(held))
        values: list[float] = []
        counts: list[int] = []
        for start in range(0, len(held), together):
            chosen = np.sort(order[start : start + together])
            rows, value, g = _computed(moved, [held[place] for place in chosen])
            if not rows:
                continue
            r = state.steps
            if not math.isfinite(value):
                raise trainer._unbounded(value, f"after {r} steps of size {size(r)}")
            state = trainer._move(move, state, x, g, constants, size(r))
            values.append(value)
            counts.append(rows)
        if not counts:
            raise ValueError("the partitions have no samples")
        errors.append(trainer._gathered(values, counts))
        if callback and callback(number, errors[-1], Parameters(*map(np.copy, moved))):
            break
    return moved, np.array(errors)


# Partitions, and what is made of them where they lie.


def _partitions(data: Sequence[Any]) -> list[tuple[Delayed, ...]]:
    """Of each partition its arrays; whatever they are there, NumPy makes arrays of them."""
    found: dict[str, list[Delayed]] = {}
    for name, given in trainer._named("data", data).items():
        axes = ("N", *DATA[name])
        if not hasattr(given, "to_delayed"):
            kind = type(given).__name__
            expected = "a dask array, dataframe or series"
            raise TypeError(f"{name}: expected {expected}, got {kind}; see dask.array.from_array")
        if given.ndim != len(axes):
            raise ValueError(
                f"{name}: expected samples in rows, {len(axes)} axes ({', '.join(axes)}), "
                f"got {given.ndim}"
            )
        if any(number > 1 for number in getattr(given, "numblocks", ())[1:]):
            raise ValueError(f"{name}: expected partitions of whole rows, got {given.numblocks}")
        found[name] = list(np.ravel(np.asarray(given.to_delayed(), object)))
    counts = {name: len(blocks) for name, blocks in found.items()}
    if len(set(counts.values())) > 1:
        raise ValueError(f"expected as many partitions of each array, got {counts}")
    return list(zip(*found.values(), strict=True))


def _computed(parameters: Parameters, partitions: Sequence[tuple[Delayed, ...]]) -> _Total:
    """What all these have together; the same to the bit, whoever computes it and how often."""
    weights = dask.delayed(parameters, traverse=False)
    totals = [
        dask.delayed(_total)(weights, place == 0, *data) for place, data in enumerate(partitions)
    ]
    while len(totals) > 1:
        groups = [totals[n : n + TOGETHER] for n in range(0, len(totals), TOGETHER)]
        totals = [dask.delayed(_added)(group) for group in groups]
    rows, value, g = totals[0].compute()
    return rows, _of_all(value, rows or 1), _of_all(g, rows or 1)


def _total(parameters: Parameters, first: bool, *data: Any) -> _Total:
    """What a partition has."""
    arrays = [np.asarray(array) for array in data]
    with np.errstate(over="ignore", invalid="ignore"):  # it is seen in the error
        return (len(arrays[0]), *_part(parameters, arrays, first))


def _added(totals: Sequence[_Total]) -> _Total:
    """What some totals come to, in their order."""
    rows, values, vectors = zip(*totals, strict=True)
    return sum(rows), sum(values), sum(vectors[1:], vectors[0])
