"""Training for people who do not program: data file -> Run -> predictions."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.model.output import output_kind
from derive.training.data import Plan, Run, Start, trainer_of
from derive.training.table import Array, Table


@dataclass(frozen=True)
class Course:
    """How a training went."""

    errors: Array
    """Of every pass."""
    score: float
    """On the validation rows: accuracy for classes, else R²; NaN where their targets are alike."""


def train_run(
    start: Start, plan: Plan, callback: Callable[[int, float, Any], object] | None = None
) -> tuple[Run, Course]:
    """Train, and keep the weights that are best on the validation rows."""
    module = trainer_of(start.run.model)
    weights, errors = module.train_on(
        start.run.weights,
        module.in_batches(plan.batch_size, *start.inside, plan.seed),
        plan.t,
        plan.passes,
        method=plan.method,
        validation=start.outside,
        callback=callback,
    )
    run = replace(start.run, weights=weights)
    X, y = start.outside
    return run, Course(errors, _score(run, module.forward(weights, X), y))


def _score(run: Run, output: Array, y: Array) -> float:
    if run.classes:
        return float(np.mean(chosen_classes(run, output) == given_classes(run, y)))
    spread = np.sum((y - y.mean(axis=0)) ** 2)
    return float(1 - np.sum((y - output) ** 2) / spread) if np.ptp(y, axis=0).any() else math.nan


def chosen_classes(run: Run, output: Array) -> Array:
    """The place of the class that each row's output stands for."""
    flat, kind = output.reshape(len(output), -1), output_kind(run.model)
    if kind.one_hot:
        return np.asarray(np.argmax(flat, axis=1))
    return np.asarray(flat[:, 0] > float(kind.middle), int)


def given_classes(run: Run, y: Array) -> Array:
    """The place of the class that each row's target stands for."""
    flat, kind = y.reshape(len(y), -1), output_kind(run.model)
    if kind.one_hot:
        return np.asarray(np.argmax(flat, axis=1))
    return np.asarray(flat[:, 0] == float(kind.high), int)


def predictions(run: Run, table: Table) -> tuple[tuple[str, ...], list[list[str]]]:
    """The names and the rows of a table of predictions, in the units of the data.

    Raises DeriveError for missing columns, and for inputs that are too far away.
    """
    numbers = table.numbers(run.inputs.columns)
    with np.errstate(over="ignore", invalid="ignore"):
        X = run.inputs.apply(numbers)
        output = trainer_of(run.model)._forward(run.weights, X)
        flat = output.reshape(len(output), -1)
        rows = flat if run.classes else run.targets.undo(flat)
    for row in np.flatnonzero(~np.isfinite([*X.T, *rows.T]).all(axis=0)).tolist():
        problem = "the prediction is no finite number"
        cure = "the inputs lie too far from those of the training"
        raise DeriveError(problem, cure, table.at(row))
    if not run.classes:
        return run.targets.columns, [[f"{number:.10g}" for number in row] for row in rows]
    chosen = chosen_classes(run, output)
    several = flat.shape[1] > 1
    names = [f"output {each}" for each in (run.classes if several else run.classes[1:])]
    rows_of_words = [
        [run.classes[place], *(f"{number:.6g}" for number in row)]
        for place, row in zip(chosen, flat, strict=True)
    ]
    return (run.targets.columns[0], *names), rows_of_words
