"""What a person should know before a training is trusted: nothing of it is an error."""

from collections.abc import Iterator

import numpy as np

from derive.evaluation.interval import output_interval
from derive.model.model import Model
from derive.tables.facts import Array
from derive.tables.table import counted, listed
from derive.training.data import Start
from derive.training.encoding import Encoding

SAME = 1e-9
"""How near to 1 a correlation is that is one: what is told is known before."""

MANY = 20
"""Classes that are numbers, of which one asks whether they are classes."""


def remarks(start: Start) -> tuple[str, ...]:
    """Of columns, rows, weights and targets."""
    taken, model = start.run.encoding, start.run.model
    return (
        *start.remarks,
        *_of_size(start),
        *_of_classes(model, taken),
        *_of_constants(taken, start.sample.y),
        *_of_interval(model, taken, start.sample.y),
        *_of_leaks(taken, start.sample.X, start.sample.y),
    )


def _of_size(start: Start) -> Iterator[str]:
    weights = sum(np.size(weight) for weight in start.run.weights)
    inside = start.rows - len(start.outside)
    if weights > inside:
        yield (
            f"{weights} weights and {counted(inside, 'row')} to train on: "
            "the network can learn the rows by heart; choose smaller sizes with --size"
        )


def _of_classes(model: Model, taken: Encoding) -> Iterator[str]:
    numbers = all(word.replace(".", "", 1).lstrip("-").isdigit() for word in taken.classes)
    if len(taken.classes) > MANY and numbers:
        column = taken.targets[0].column
        yield (
            f"column {column} is taken for {len(taken.classes)} classes, which are numbers: "
            f"{model.name} tells classes apart, and knows nothing of their order"
        )


def _of_constants(taken: Encoding, y: Array) -> Iterator[str]:
    for k, each in enumerate(taken.targets):
        if not taken.classes and len(y) and np.ptp(y.reshape(len(y), -1)[:, k]) == 0:
            yield f"column {each.column} is the same in all rows: nothing is to be predicted"


def _of_interval(model: Model, taken: Encoding, y: Array) -> Iterator[str]:
    ends = output_interval(model)
    if ends is None or taken.classes:
        return
    low, high = ends
    for k, each in enumerate(taken.targets):
        column = y.reshape(len(y), -1)[:, k]
        between = f"{model.name} puts out numbers between {low:g} and {high:g}"
        if (column < low).any() or (column > high).any():
            yield f"{between}; targets of column {each.column} beyond are never reached"
        elif (each.mean, each.scale) != (0.0, 1.0):
            yield f"{between}; column {each.column} is mapped into that interval, and back"


def _of_leaks(taken: Encoding, X: Array, y: Array) -> Iterator[str]:
    """Inputs that say the target: their correlation with it is 1, or -1."""
    names = [name for each in taken.features for name in each.names]
    flat = y.reshape(len(y), -1)
    if len(X) < 3:
        return
    found = [
        name for k, name in enumerate(names) if any(_alike(X[:, k], column) for column in flat.T)
    ]
    if found:
        yield (
            f"{listed(found)}: the target follows from it alone (correlation 1); "
            "is it known when a prediction is wanted? else leave it out with --drop"
        )


def _alike(one: Array, other: Array) -> bool:
    a, b = one - one.mean(), other - other.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return bool(size > 0 and abs(a @ b) > (1 - SAME) * size)
