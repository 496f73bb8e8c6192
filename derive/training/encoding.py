"""Rows of a table -> inputs and targets of a model, as arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derive.errors import DeriveError
from derive.evaluation.interval import output_interval
from derive.model.model import Model
from derive.model.output import OutputKind, output_kind, takes_differences
from derive.tables.cells import NO_WORD
from derive.tables.facts import Array
from derive.tables.kinds import Column
from derive.tables.table import Chunk, Table, shown
from derive.training.choice import Choice, classes_of
from derive.training.features import Feature, Missing, feature

MARGIN = 0.05
"""The part of an interval at either end that targets are kept from: an output is never there."""


@dataclass(frozen=True)
class Encoding:
    """What is made of the columns, and of rows in which a cell is empty."""

    features: tuple[Feature, ...]
    targets: tuple[Feature, ...]
    classes: tuple[str, ...]
    missing: Missing
    kind: OutputKind
    indexed: bool
    """Whether the target has an index: y[k], and not y."""

    @property
    def width(self) -> int:
        """The number of inputs."""
        return sum(len(each.names) for each in self.features)

    @property
    def height(self) -> int:
        """The number of outputs."""
        return len(self.classes) if self.kind.one_hot else len(self.targets)

    def undo(self, output: Array) -> Array:
        """Outputs in the units of the targets."""
        mean, scale = (np.array([getattr(f, n) for f in self.targets]) for n in ("mean", "scale"))
        return np.asarray(output * scale + mean)


@dataclass(frozen=True)
class Rows:
    """Rows as a model takes them, and where each begins in the file."""

    X: Array
    y: Array
    places: Array

    def __len__(self) -> int:
        return len(self.places)

    def at(self, which: Array) -> "Rows":
        """Some of the rows."""
        return Rows(self.X[which], self.y[which], self.places[which])


def encoding(model: Model, choice: Choice, missing: Missing) -> Encoding:
    """How the columns chosen are taken: standardised, but for those of which the model assumes
    something, and targets that its error does not hold in differences from the output.
    """
    kind, known = output_kind(model), {assumption.array for assumption in model.assumptions}
    (inputs,), (target,) = model.role("input"), model.role("target")
    indexed = bool(target.indices)
    features = tuple(feature(column, inputs.name not in known) for column in choice.inputs)
    if kind.tells_classes:
        (column,) = choice.targets
        return Encoding(
            features, (Feature(column.name, "word"),), classes_of(column), missing, kind, indexed
        )
    free = target.name not in known and takes_differences(model)
    targets = tuple(_target(model, column, free) for column in choice.targets)
    return Encoding(features, targets, (), missing, kind, indexed)


def _target(model: Model, column: Column, free: bool) -> Feature:
    """A target standardised; into the interval that the output cannot leave, where there is one."""
    found, ends, known = feature(column, free), output_interval(model), column.numbers
    if not free or ends is None:
        return found
    low, high = ends
    if low <= known.low and known.high <= high:
        return feature(column, False)
    edge = MARGIN * (high - low)
    scale = (known.high - known.low) / (high - low - 2 * edge) or 1.0
    mean = known.low - (low + edge) * scale
    return Feature(found.column, found.kind, found.style, found.form, mean, scale)


def encoded(taken: Encoding, table: Table, chunk: Chunk) -> Rows:
    """The rows of a chunk that can be used. Raises DeriveError for a cell that fits no column."""
    cells = {name: chunk.cells[table.place(name)] for name in _columns(taken)} if len(chunk) else {}
    if not cells:
        y = np.empty((0, taken.height) if taken.indexed else 0)
        return Rows(np.empty((0, taken.width)), y, np.empty(0, int))
    X, kept = inputs_of(taken, table, chunk)
    y, whole = _targets_of(taken, cells)
    used = kept & whole
    return Rows(X[used], y[used], np.array(chunk.places)[used])


def _columns(taken: Encoding) -> Iterator[str]:
    yield from (each.column for each in (*taken.features, *taken.targets))


def inputs_of(taken: Encoding, table: Table, chunk: Chunk) -> tuple[Array, Array]:
    """The standardised inputs of all rows, and which of these can be used."""
    parts, whole = [], np.ones(len(chunk), bool)
    for each in taken.features:
        values = each.read(chunk.cells[table.place(each.column)])
        _require_fits(each, table, chunk, values)
        if taken.missing != "mean":
            whole &= ~np.isnan(values).any(axis=1)
        parts.append(each.standardised(values))
    return np.hstack(parts), whole


def _require_fits(each: Feature, table: Table, chunk: Chunk, values: Array) -> None:
    """Raise DeriveError for the first cell that a column cannot hold."""
    wrong = np.flatnonzero(np.isinf(values).any(axis=1))
    if not wrong.size:
        return
    row = int(wrong[0])
    cell = shown(chunk.cells[table.place(each.column)][row])
    if each.kind == "word":
        known = ", ".join(map(shown, each.words[:20]))
        problem = f"column {each.column} holds {cell!r}, which was not there in training"
        raise DeriveError(problem, f"known are {known}", table.at(chunk.places[row]))
    expected = {"number": "a number such as 1234.5", "date": f"a date such as {each.form}"}
    cure = f"expected {expected.get(each.kind, 'true or false')}; else leave the row out"
    raise DeriveError(f"column {each.column} holds {cell!r}", cure, table.at(chunk.places[row]))


def missing_input(taken: Encoding, table: Table, chunk: Chunk, row: int) -> str:
    """The first column that is empty in a row."""
    return next(
        each.column
        for each in taken.features
        if np.isnan(each.read([chunk.cells[table.place(each.column)][row]])).any()
    )


def _targets_of(taken: Encoding, cells: dict[str, tuple[str, ...]]) -> tuple[Array, Array]:
    """The targets, and which of them are there."""
    if not taken.classes:
        values = np.hstack([each.read(cells[each.column]) for each in taken.targets])
        y = np.hstack([
            (values[:, k : k + 1] - each.mean) / each.scale for k, each in enumerate(taken.targets)
        ])  # fmt: skip
        return (y if taken.indexed else y[:, 0]), ~np.isnan(values).any(axis=1)
    words = cells[taken.targets[0].column]
    there = np.array([word.lower() not in NO_WORD for word in words])
    return of_classes(taken, words), there


def of_classes(taken: Encoding, words: Sequence[str]) -> Array:
    """What stands for each class; a word that is none stands for the first."""
    order = {word: place for place, word in enumerate(taken.classes)}
    place = np.array([order.get(word, 0) for word in words])
    if taken.kind.one_hot:
        return np.asarray(np.eye(len(taken.classes))[place])
    y = np.where(place == 1, float(taken.kind.high), float(taken.kind.low))
    return y[:, None] if taken.indexed else y
