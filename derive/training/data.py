"""A table -> what a model is trained on: weights to begin with, rows that train and validate."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.model.batch import batch
from derive.model.model import Model
from derive.model.output import output_of
from derive.printing.assumption_text import assumption_text
from derive.tables.facts import Array
from derive.tables.look import Look, look
from derive.tables.problems import require_none
from derive.tables.table import Table
from derive.training.choice import Choice, Wanted, choose
from derive.training.encoding import Encoding, Rows, encoded, encoding

HELD = 2**26
"""How many numbers of a table are held; the rows of a larger one are read in every pass."""

WATCHED = 2**14
"""How many rows of a larger one validate."""


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
    patience: int | None = None


@dataclass(frozen=True)
class Run:
    """A trained model: its weights, and what a prediction needs beside them."""

    model: Model
    encoding: Encoding
    weights: Any


@dataclass(frozen=True)
class Start:
    """A run before its training: random weights, what gives the batches of a pass, and the rows
    that validate.
    """

    run: Run
    batches: Callable[[], Iterator[Any]]
    outside: Rows
    sample: Rows
    """Rows that train, all of them or as many as are held."""
    rows: int
    remarks: tuple[str, ...]


@cache
def trainer_of(model: Model) -> Any:
    """The trainer module of a model."""
    return load(trainer_text(model, simplify(differentiate(batch(with_sides(model))))), model.name)


def _shape(model: Model) -> tuple[str, str | None]:
    """The sizes of the input and the target. Raises DeriveError for other models."""
    inputs, targets = model.role("input"), model.role("target")
    one_each = len(inputs) == len(targets) == 1
    if not one_each or len(inputs[0].shape) != 1 or len(targets[0].shape) > 1:
        cure = "a table has one row for each sample: one input x[i], one target y[k] or y"
        raise DeriveError(f"{model.name} cannot be trained from a table", cure)
    if output_of(model).name == model.error:
        cure = "give what is computed from the inputs before the error an equation of its own"
        raise DeriveError(f"{model.name} puts nothing out that it could predict", cure)
    return inputs[0].shape[0], (*targets[0].shape, None)[0]


def prepare(model: Model, table: Table, wanted: Wanted, plan: Plan) -> Start:
    """Weights to begin with, and a random part of the rows set aside for validation.

    Means and scales are those of all rows. Raises DeriveError with all that does not fit.
    """
    n, K = _shape(model)
    known = look(table)
    choice = choose(model, known, wanted)
    require_none(table, choice.problems)
    taken = encoding(model, choice, wanted.missing)
    run = Run(
        model, taken, _weights(model, plan, {n: taken.width, **({K: taken.height} if K else {})})
    )
    return _start(run, table, known, choice, plan)


def _weights(model: Model, plan: Plan, sizes: dict[str, int]) -> Any:
    chosen = dict(plan.sizes)
    for symbol in chosen:
        if symbol not in model.size_symbols or symbol in sizes:
            free = ", ".join(s for s in model.size_symbols if s not in sizes) or "none"
            raise DeriveError(f"{symbol} is no size to choose", f"to choose are {free}", model.name)
    given = {**dict(model.example), **chosen, **sizes}
    try:
        return trainer_of(model).initialise(*(given[s] for s in model.size_symbols), seed=plan.seed)
    except (MemoryError, ValueError):  # NumPy's, for more than it can address
        shown = ", ".join(f"{symbol} = {given[symbol]}" for symbol in model.size_symbols)
        problem = f"weights of {shown} do not fit the memory"
        raise DeriveError(problem, "choose smaller sizes", model.name) from None


def _start(run: Run, table: Table, known: Look, choice: Choice, plan: Plan) -> Start:
    if known.rows * (run.encoding.width + run.encoding.height) > HELD:
        return _streamed(run, table, known, choice, plan)
    parts = [encoded(run.encoding, table, chunk) for chunk in table.chunks()]
    rows = _concatenated(parts)
    held = round(plan.validation * len(rows))
    _require_parts(table, len(rows), held)
    _require_assumed(run, table, rows)
    order = np.random.default_rng(plan.seed).permutation(len(rows))
    inside, outside = rows.at(order[held:]), rows.at(order[:held])
    batches = trainer_of(run.model).in_batches(plan.batch_size, inside.X, inside.y, plan.seed)
    return Start(run, batches, outside, inside, len(rows), _dropped(known, len(rows), choice))


def _fields(rows: Rows) -> tuple[Array, Array, Array]:
    return rows.X, rows.y, rows.places


def _dropped(known: Look, used: int, choice: Choice) -> tuple[str, ...]:
    lost = known.rows - used
    return (
        *choice.remarks,
        *([f"{lost} of {known.rows} rows have an empty cell: left out"] * bool(lost)),
    )


def _require_parts(table: Table, rows: int, held: int) -> None:
    if not 0 < held < rows:
        problem = f"{rows} rows, {held} of them for validation"
        raise DeriveError(problem, "both parts need at least one", table.file)


# --- tables that are read in every pass -------------------------------------------------------


def _streamed(run: Run, table: Table, known: Look, choice: Choice, plan: Plan) -> Start:
    """Rows are set aside one by one, by random numbers that are the same in each pass; those of
    a chunk come in a new order in each.
    """
    part = min(plan.validation, WATCHED / known.rows)
    aside_parts: list[Rows] = []
    sample: list[Rows] = []
    used = 0
    for rows, aside in _parts(run, table, part, plan.seed):
        used += len(rows)
        aside_parts.append(rows.at(aside))
        if len(sample) < WATCHED // 1000:
            sample.append(rows.at(np.flatnonzero(~aside)[:1000]))
    outside = _concatenated(aside_parts)
    _require_parts(table, used, len(outside))
    passes = itertools.count()

    def batches() -> Iterator[tuple[Array, Array]]:
        random = np.random.default_rng((plan.seed, next(passes)))
        for rows, aside in _parts(run, table, part, plan.seed):
            order = random.permutation(np.flatnonzero(~aside))
            for start in range(0, len(order), plan.batch_size):
                some = order[start : start + plan.batch_size]
                yield rows.X[some], rows.y[some]

    remarks = _dropped(known, used, choice)
    return Start(run, batches, outside, _concatenated(sample), used, remarks)


def _parts(run: Run, table: Table, part: float, seed: int) -> Iterator[tuple[Rows, Array]]:
    """The rows of each chunk, and which of them validate."""
    random = np.random.default_rng(seed)
    for chunk in table.chunks():
        rows = encoded(run.encoding, table, chunk)
        _require_assumed(run, table, rows)
        yield rows, random.random(len(rows)) < part


def _concatenated(parts: Iterable[Rows]) -> Rows:
    return Rows(*(np.concatenate(each) for each in zip(*map(_fields, parts), strict=True)))


# --- assumptions ------------------------------------------------------------------------------


def _require_assumed(run: Run, table: Table, rows: Rows) -> None:
    """Raise DeriveError for the first row that breaks what the model assumes."""
    model = run.model
    if not model.assumptions:
        return
    module = trainer_of(model)
    for start in range(0, len(rows), 1000):
        some = range(start, min(start + 1000, len(rows)))
        if not _fits(module, run.weights, rows.X[start : some.stop], rows.y[start : some.stop]):
            row = next(
                r
                for r in some
                if not _fits(module, run.weights, rows.X[r : r + 1], rows.y[r : r + 1])
            )
            taken = run.encoding
            values = taken.undo(rows.y[row].reshape(1, -1)).ravel() if not taken.classes else ()
            names = [each.column for each in taken.targets]
            held = ", ".join(f"{c} = {v:.10g}" for c, v in zip(names, values, strict=False))
            words = ", ".join(assumption_text(model, each) for each in model.assumptions)
            problem = f"{held or 'a row'}, and {model.name} assumes {words}"
            raise DeriveError(
                problem, "correct the row, or leave it out", table.at(rows.places[row])
            )


def _fits(module: Any, weights: Any, X: Array, y: Array) -> bool:
    try:
        module.error(weights, X, y)
    except ValueError:
        return False
    return True
