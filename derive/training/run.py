"""Training for people who do not program: data file -> Run -> predictions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.tables.facts import Array
from derive.tables.table import Chunk, Table
from derive.training.data import Plan, Run, Start, trainer_of
from derive.training.encoding import encoded, inputs_of, missing_input
from derive.training.scores import Scores, chosen_classes, scores


@dataclass(frozen=True)
class Course:
    """How a training went."""

    errors: Array
    """Of every pass, on the rows that train."""
    watched: Array
    """The same on those that validate."""
    scores: Scores
    """On the validation rows, with the weights that are kept."""

    @property
    def best(self) -> int:
        """The pass whose weights are kept, counted from 0."""
        return int(np.argmin(self.watched))


def train_run(
    start: Start, plan: Plan, callback: Callable[[int, float, float], object] | None = None
) -> tuple[Run, Course]:
    """Train, and keep the weights that are best on the validation rows. The callback is given the
    number of the pass, its error, and that of the validation.
    """
    module, outside = trainer_of(start.run.model), start.outside
    watched: list[float] = []

    def watch(r: int, error: float, weights: Any) -> None:
        watched.append(float(module._quiet(module._error, weights, [outside.X, outside.y])))
        if callback:
            callback(r, error, watched[-1])

    weights, errors = module.train_on(
        start.run.weights,
        start.batches,
        plan.t,
        plan.passes,
        method=plan.method,
        validation=(outside.X, outside.y),
        patience=plan.patience,
        callback=watch,
    )
    run = replace(start.run, weights=weights)
    found = scores(run.encoding, module.forward(weights, outside.X), outside.y)
    return run, Course(errors, np.array(watched), found)


@dataclass(frozen=True)
class Predictions:
    """A table of predictions: its names, and its rows, made as they are asked for."""

    names: tuple[str, ...]
    rows: Iterator[list[str]]


def predictions(run: Run, table: Table) -> Predictions:
    """Predictions for every row, in the units of the data; nothing for rows with an empty cell,
    where the run leaves such rows out.

    Raises DeriveError for missing columns, and for inputs that are too far away.
    """
    taken = run.encoding
    for each in taken.features:
        table.place(each.column)
    names = tuple(each.column for each in taken.targets)
    if taken.classes:
        several = taken.height > 1
        outputs = taken.classes if several else taken.classes[1:]
        names = (names[0], *(f"output {each}" for each in outputs))

    def rows() -> Iterator[list[str]]:
        for chunk in table.chunks():
            for place, said in chunk.faults:
                raise DeriveError(said, "give every row a cell for each column", table.at(place))
            yield from _of_chunk(run, table, chunk, len(names))

    return Predictions(names, rows())


def _of_chunk(run: Run, table: Table, chunk: Chunk, width: int) -> Iterator[list[str]]:
    taken = run.encoding
    if not len(chunk):
        return
    X, whole = inputs_of(taken, table, chunk)
    if taken.missing == "refuse" and not whole.all():
        row = int(np.flatnonzero(~whole)[0])
        problem = f"column {missing_input(taken, table, chunk, row)} is empty"
        raise DeriveError(
            problem, "give it a value, or leave the row out", table.at(chunk.places[row])
        )
    with np.errstate(over="ignore", invalid="ignore"):
        output = trainer_of(run.model)._forward(run.weights, X)
        flat = output.reshape(len(output), -1)
        values = flat if taken.classes else taken.undo(flat)
    finite = np.isfinite([*X.T, *values.T]).all(axis=0)
    for row in np.flatnonzero(~finite & whole).tolist():
        problem = "the prediction is no finite number"
        cure = "the inputs lie too far from those of the training"
        raise DeriveError(problem, cure, table.at(chunk.places[row]))
    chosen = chosen_classes(taken, output) if taken.classes else None
    for row, numbers in enumerate(values):
        if not whole[row]:
            yield [""] * width
        elif chosen is None:
            yield [f"{number:.10g}" for number in numbers]
        else:
            yield [taken.classes[chosen[row]], *(f"{number:.6g}" for number in numbers)]


def score_of(run: Run, table: Table) -> tuple[Scores, int]:
    """The scores on a table that holds the targets, too, and of how many rows."""
    taken, module = run.encoding, trainer_of(run.model)
    for each in (*taken.features, *taken.targets):
        table.place(each.column)
    outputs, targets = [], []
    for chunk in table.chunks():
        rows = encoded(taken, table, chunk)
        outputs.append(module._quiet(module._forward, run.weights, [rows.X]))
        targets.append(rows.y)
    y = np.concatenate(targets)
    if not len(y):
        raise DeriveError("there are no rows to score", "add some", table.file)
    return scores(taken, np.concatenate(outputs), y), len(y)
