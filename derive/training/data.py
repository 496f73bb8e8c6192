"""A table -> what a model trains on: columns, scales and classes, as arrays."""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.model.batch import batch
from derive.model.model import Model, Role
from derive.model.output import output_kind, output_of, takes_differences
from derive.printing.assumption_text import assumption_text
from derive.training.table import Array, Table, listed


@dataclass(frozen=True)
class Plan:
    """How a model is trained: sizes of what the data do not fix, and the method."""

    sizes: tuple[tuple[str, int], ...]
    passes: int
    t: float
    method: str
    batch_size: int
    validation: float
    seed: int


@dataclass(frozen=True)
class Scaling:
    """Columns, with the mean and the standard deviation that are taken out."""

    columns: tuple[str, ...]
    mean: Array
    scale: Array

    def apply(self, values: Array) -> Array:
        """Standardised values, shape (rows, columns)."""
        return (values - self.mean) / self.scale

    def undo(self, values: Array) -> Array:
        """The values in their own units again."""
        return values * self.scale + self.mean


@dataclass(frozen=True)
class Run:
    """A trained model: its weights, and what a prediction needs beside them."""

    model: Model
    inputs: Scaling
    targets: Scaling
    classes: tuple[str, ...]
    weights: Any


@dataclass(frozen=True)
class Start:
    """A run before its training: random weights, and the rows that train and that validate."""

    run: Run
    inside: tuple[Array, Array]
    outside: tuple[Array, Array]


@cache
def trainer_of(model: Model) -> Any:
    """The trainer module of a model."""
    return load(trainer_text(model, simplify(differentiate(batch(with_sides(model))))), model.name)


def _shape(model: Model) -> tuple[str, str, str, str | None]:
    """The input and the target with their sizes. Raises DeriveError for other models."""
    inputs, targets = model.role("input"), model.role("target")
    one_each = len(inputs) == len(targets) == 1
    if not one_each or len(inputs[0].shape) != 1 or len(targets[0].shape) > 1:
        cure = "a table has one row for each sample: one input x[i], one target y[k] or y"
        raise DeriveError(f"{model.name} cannot be trained from a table", cure)
    if output_of(model).name == model.error:
        cure = "give what is computed from the inputs before the error an equation of its own"
        raise DeriveError(f"{model.name} puts nothing out that it could predict", cure)
    return inputs[0].name, inputs[0].shape[0], targets[0].name, (*targets[0].shape, None)[0]


def table_to_arrays(
    model: Model, table: Table, targets: tuple[str, ...]
) -> tuple[Scaling, Scaling, tuple[str, ...], Array, Array]:
    """Standardised inputs and the targets as the model wants them. Raises DeriveError.

    The target y of a .npz file stands for its columns y1, y2, ...
    """
    _, _, _, size = _shape(model)
    targets = tuple(column for target in targets for column in _expanded(table, target))
    columns = tuple(c for c in table.columns if c not in targets)
    for target in targets:
        table.place(target)
        if targets.count(target) > 1:
            raise DeriveError(f"the target {target} is named twice", "name it once", table.file)
    if not columns:
        raise DeriveError("no column is left for the inputs", table.separated(), table.file)
    numbers = table.numbers(columns)
    inputs = _scaling(model, "input", table, columns, numbers)
    X = inputs.apply(numbers)
    if not output_kind(model).tells_classes:
        if size is None and len(targets) != 1:
            raise DeriveError(
                f"{model.name} has one target", f"name one column, not {len(targets)}"
            )
        _require_numbers(model, table, targets)
        numbers = table.numbers(targets)
        scaling = _scaling(model, "target", table, targets, numbers)
        y = scaling.apply(numbers)
        return inputs, scaling, (), X, y if size else y[:, 0]
    if len(targets) != 1:
        cure = "name the one column that holds them"
        raise DeriveError(f"{model.name} tells classes apart", cure)
    return inputs, _as_it_is(targets), *_classes(model, table, targets[0], X)


def _require_numbers(model: Model, table: Table, targets: tuple[str, ...]) -> None:
    """Raise DeriveError where a column of words is given to a model that predicts numbers."""
    for target in targets:
        if all(map(_is_word, table.words(target))):
            problem = f"column {target} holds words, and {model.name} predicts numbers"
            cure = "take a model that tells classes apart, or let its file assume y in {0, 1}"
            raise DeriveError(problem, cure, table.file)


def _expanded(table: Table, target: str) -> tuple[str, ...]:
    if target in table.columns:
        return (target,)
    several = tuple(c for c in table.columns if c.removeprefix(target).isdigit())
    return several or (target,)


def _classes(
    model: Model, table: Table, target: str, X: Array
) -> tuple[tuple[str, ...], Array, Array]:
    words = table.words(target)
    classes = tuple(sorted(set(words), key=_by_number))
    if len(classes) < 2:
        problem = f"column {target} holds one class only, {classes[0]}"
        raise DeriveError(problem, "a classifier needs two or more", table.file)
    for one, other in pairwise(classes):
        if _is_word(one) or _is_word(other) or float(one) != float(other):
            continue
        problem = f"column {target} holds the classes {one} and {other}, which are one number"
        raise DeriveError(problem, "write both in one way", table.file)
    place = np.array([classes.index(word) for word in words])
    kind = output_kind(model)
    if kind.one_hot:
        if len(classes) > max(2, len(words) / 2):
            problem = f"column {target} holds {len(classes)} classes in {len(words)} rows"
            cure = (
                "a class needs rows to learn from; for numbers take a model that predicts numbers"
            )
            raise DeriveError(problem, cure, table.file)
        return classes, X, np.eye(len(classes))[place]
    if len(classes) > 2:
        held = listed(classes, 5)
        problem = f"{model.name} tells two classes apart; column {target} holds {held}"
        cure = "take a model of several classes, such as digits, or one that predicts numbers"
        raise DeriveError(problem, cure, table.file)
    y = np.where(place == 1, float(kind.high), float(kind.low))
    (array,) = model.role("target")
    return classes, X, y[:, None] if array.indices else y


def _by_number(word: str) -> tuple[bool, float, str]:
    return (True, 0.0, word) if _is_word(word) else (False, float(word), word)


def _is_word(word: str) -> bool:
    try:
        return not np.isfinite(float(word))
    except ValueError:
        return True


def _scaling(
    model: Model, role: Role, table: Table, columns: tuple[str, ...], values: Array
) -> Scaling:
    """Mean and standard deviation; as they are of data that the model assumes something of, and
    of targets that its error does not hold in differences from the output.
    """
    (array,) = model.role(role)
    known = any(assumption.array == array.name for assumption in model.assumptions)
    if known or (role == "target" and not takes_differences(model)):
        return _as_it_is(columns)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = values.mean(axis=0), values.std(axis=0)
    for column, far in zip(columns, ~np.isfinite(mean + spread), strict=True):
        if far:
            problem = f"column {column} holds numbers too large for a mean and a deviation"
            raise DeriveError(problem, "choose a larger unit", table.file)
    varies = (np.ptp(values, axis=0) > 0) & (spread > 0)  # the mean of 0.1, 0.1, 0.1 is not 0.1
    return Scaling(columns, mean, np.where(varies, spread, 1.0))


def _as_it_is(columns: tuple[str, ...]) -> Scaling:
    return Scaling(columns, np.zeros(len(columns)), np.ones(len(columns)))


def prepare(model: Model, table: Table, targets: tuple[str, ...], plan: Plan) -> Start:
    """Weights to begin with, and a random part of the rows set aside for validation.

    Means and scales are those of all rows. Raises DeriveError for data that do not fit.
    """
    inputs, scaling, classes, X, y = table_to_arrays(model, table, targets)
    _, n, _, K = _shape(model)
    sizes = {n: X.shape[1], **({K: y.shape[1]} if K else {})}
    chosen = dict(plan.sizes)
    for symbol in chosen:
        if symbol not in model.size_symbols or symbol in sizes:
            free = ", ".join(s for s in model.size_symbols if s not in sizes) or "none"
            raise DeriveError(f"{symbol} is no size to choose", f"to choose are {free}", model.name)
    given = {**dict(model.example), **chosen, **sizes}
    held = round(plan.validation * len(X))
    if not 0 < held < len(X):
        problem = f"{len(X)} rows, {held} of them for validation"
        raise DeriveError(problem, "both parts need at least one", table.file)
    module = trainer_of(model)
    try:
        weights = module.initialise(*(given[s] for s in model.size_symbols), seed=plan.seed)
    except (MemoryError, ValueError):  # NumPy's, for more than it can address
        shown = ", ".join(f"{symbol} = {given[symbol]}" for symbol in model.size_symbols)
        problem = f"weights of {shown} do not fit the memory"
        raise DeriveError(problem, "choose smaller sizes", model.name) from None
    run = Run(model, inputs, scaling, classes, weights)
    _require_assumed(run, table, X, y)
    order = np.random.default_rng(plan.seed).permutation(len(X))
    inside, outside = order[held:], order[:held]
    return Start(run, (X[inside], y[inside]), (X[outside], y[outside]))


def _require_assumed(run: Run, table: Table, X: Array, y: Array) -> None:
    """Raise DeriveError for the first row that breaks what the model assumes."""
    model, columns = run.model, run.targets.columns
    module = trainer_of(model)
    for start in range(0, len(X), 1000):
        rows = range(start, min(start + 1000, len(X)))
        if not _fits(module, run.weights, X[start : rows.stop], y[start : rows.stop]):
            row = next(
                r for r in rows if not _fits(module, run.weights, X[r : r + 1], y[r : r + 1])
            )
            held = ", ".join(f"{c} = {table.rows[row][table.place(c)]}" for c in columns)
            words = ", ".join(assumption_text(model, each) for each in model.assumptions)
            problem = f"{held}, and {model.name} assumes {words}"
            raise DeriveError(problem, "correct the row, or leave it out", table.at(row))


def _fits(module: Any, weights: Any, X: Array, y: Array) -> bool:
    try:
        module.error(weights, X, y)
    except ValueError:
        return False
    return True
