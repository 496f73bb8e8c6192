"""Which columns a model is trained on, which are left out, and what speaks against it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from derive.model.model import Model
from derive.model.output import output_kind
from derive.tables.cells import PLAIN
from derive.tables.facts import Places
from derive.tables.kinds import Column
from derive.tables.look import Look
from derive.tables.problems import Problem, of_cells
from derive.tables.table import listed
from derive.training.features import Missing
from derive.training.readings import readings, shell

CLASSES = 50
"""How many words a column may hold of which each becomes an input."""

UNNAMED = ("row", "row name")
"""What a column without a name in the first place is called."""

INDICES = re.compile(
    r"(row|sample|case|record|obs|observation|unnamed)?[ _.:]*"
    r"(id|index|idx|ix|key|no|nr|num|number|name|names|0|#)?",
    re.IGNORECASE,
)
"""What columns are called that number the rows."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for: columns by their names, and what is done where a cell is empty."""

    targets: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    """None stands for all that are no targets."""
    dropped: tuple[str, ...] = ()
    missing: Missing = "refuse"


@dataclass(frozen=True)
class Choice:
    """The columns chosen, what should be known of them, and all that is wrong."""

    inputs: tuple[Column, ...]
    targets: tuple[Column, ...]
    remarks: tuple[str, ...]
    problems: tuple[Problem, ...]


def choose(model: Model, look: Look, wanted: Wanted) -> Choice:
    """The columns for a model. Raises DeriveError for a column that is not there."""
    targets = tuple(name for target in wanted.targets for name in expanded(look, target))
    problems = [*look.problems]
    for name in dict.fromkeys(name for name in targets if targets.count(name) > 1):
        problems.append(Problem(0, f"the target {name} is named twice", "name it once"))
    goal = tuple(look.column(name) for name in dict.fromkeys(targets))
    named = [look.column(name) for name in wanted.inputs]
    dropped = {look.column(name).name for name in wanted.dropped}
    own = [c for c in (named or look.columns) if c.name not in targets and c.name not in dropped]
    remarks: list[str] = []
    inputs = []
    for column in own:
        why = "" if named else _left_out(column, look.rows)
        if why:
            remarks.append(
                f"column {column.name} {why}: left out (--input {shell(column.name)} takes it in)"
            )
        else:
            inputs.append(column)
    if not inputs:
        problems.append(Problem(0, "no column is left for the inputs", _separated(look)))
    for column in inputs:
        problems += _of_input(column, wanted.missing)
        remarks += readings(column)
    problems += _of_targets(model, goal, wanted.missing)
    return Choice(tuple(inputs), tuple(map(_as_target, goal)), tuple(remarks), tuple(problems))


def expanded(look: Look, target: str) -> tuple[str, ...]:
    """The target y of a .npz file stands for its columns y1, y2, ..."""
    if target in look.table.columns:
        return (target,)
    rest = {c: c.removeprefix(target) for c in look.table.columns}
    several = tuple(c for c, number in rest.items() if number.isdigit() and number != c)
    return several or (target,)


def _as_target(column: Column) -> Column:
    """Truths are words where they are to be told apart."""
    return replace(column, kind="word") if column.kind in ("truth", "mixed") else column


def _left_out(column: Column, rows: int) -> str:
    """Why a column is no input unless it is named; empty where it is one."""
    words = column.facts.words
    if column.kind == "empty":
        return "is empty"
    if _is_index(column):
        return "numbers the rows"
    if column.name in UNNAMED and column.names_rows:
        return "names the rows"
    if column.kind != "word":
        return ""
    if column.names_rows and rows > 2:
        return "holds another word in each row"
    if words is None or len(words) > CLASSES:
        return f"holds {'more than a thousand' if words is None else len(words)} different words"
    if len(words) == 1:
        return f"holds one word, {next(iter(words))}"
    return ""


def _is_index(column: Column) -> bool:
    """Whether it counts the rows, and is called like a column that does."""
    counts = column.kind == "number" and column.numbers_rows
    return counts and bool(INDICES.fullmatch(column.name))


def _separated(look: Look) -> str:
    """What to look at where columns are missing."""
    if look.table.separator and len(look.table.columns) == 1:
        return "are its cells separated by commas, semicolons or tabs?"
    return f"it has {listed(look.table.columns)}"


def _of_input(column: Column, missing: Missing) -> list[Problem]:
    cure = "expected a number such as 1234.5; else leave the row or the column out"
    if column.kind == "mixed":
        if column.form:
            cure = f"expected a date such as {column.form}; else leave the row or the column out"
        found = of_cells(column.name, column.others, cure)
        if not found:
            units = ", ".join(unit or "none" for unit in sorted(column.facts.units))
            said = f"column {column.name} holds numbers with different units: {units}"
            found = [Problem(0, said, "write all of them in one unit")]
        return found + _of_missing(column, missing)
    if column.kind == "word" and column.facts.words is None:
        said = f"column {column.name} holds more than a thousand different words"
        return [Problem(0, said, "leave it out")]
    known = column.facts.numbers.get(column.style.name)
    if column.kind == "number" and known and not np.isfinite(known.mean + known.square):
        said = f"column {column.name} holds numbers too large for a mean and a deviation"
        return [Problem(0, said, "choose a larger unit"), *_of_missing(column, missing)]
    return _of_missing(column, missing)


def _of_missing(column: Column, missing: Missing) -> list[Problem]:
    if missing != "refuse":
        return []
    cure = "give it a value, or leave the row out: --missing drop; --missing mean puts the mean in"
    return of_cells(column.name, column.missing, cure)


# --- targets ----------------------------------------------------------------------------------


def _of_targets(model: Model, targets: Sequence[Column], missing: Missing) -> list[Problem]:
    tells_classes = output_kind(model).tells_classes
    indexed = bool(model.role("target")[0].indices)
    problems: list[Problem] = []
    if tells_classes and len(targets) != 1:
        problems.append(
            Problem(0, f"{model.name} tells classes apart", "name the one column that holds them")
        )
    if not tells_classes and not indexed and len(targets) != 1:
        said = f"{model.name} has one target"
        problems.append(Problem(0, said, f"name one column, not {len(targets)}"))
    for column in targets:
        problems += (_of_classes if tells_classes else _of_numbers)(model, column)
        if missing == "refuse":
            held = column.facts.no_word if tells_classes else column.facts.no_number
            cure = "give it a value, or leave the row out: --missing drop"
            problems += of_cells(column.name, held, cure)
    return problems


def _of_numbers(model: Model, column: Column) -> list[Problem]:
    name = column.name
    if column.kind in ("word", "truth", "empty"):
        what = "words" if column.kind != "empty" else "nothing"
        said = f"column {name} holds {what}, and {model.name} predicts numbers"
        cure = "take a model that tells classes apart, or let its file assume y in {0, 1}"
        return [Problem(0, said, cure)]
    if column.kind == "date":
        said = f"column {name} holds dates, and {model.name} predicts numbers"
        return [Problem(0, said, "give their days as numbers")]
    problems = _of_input(replace(column, facts=replace(column.facts, no_number=Places())), "drop")
    return problems


def _of_classes(model: Model, column: Column) -> list[Problem]:
    words, rows = column.facts.words, column.facts.rows - column.facts.no_word.count
    many = f"column {column.name} holds {{}} classes in {rows} rows"
    cure = "a class needs rows to learn from; for numbers take a model that predicts numbers"
    if words is None:
        return [Problem(0, many.format("more than a thousand"), cure)]
    classes = classes_of(column)
    if len(classes) < 2:
        held = f"one class only, {classes[0]}" if classes else "nothing"
        said = f"column {column.name} holds {held}"
        return [Problem(0, said, "a classifier needs two or more")]
    for one, other in pairwise(classes):
        numbers = PLAIN.number(one), PLAIN.number(other)
        if None not in numbers and numbers[0] == numbers[1]:
            said = f"column {column.name} holds the classes {one} and {other}, which are one number"
            return [Problem(0, said, "write both in one way")]
    if not output_kind(model).one_hot and len(classes) > 2:
        said = (
            f"{model.name} tells two classes apart; column {column.name} holds {listed(classes, 5)}"
        )
        cure = "take a model of several classes, such as digits, or one that predicts numbers"
        return [Problem(0, said, cure)]
    if len(classes) > max(2, rows / 2):
        return [Problem(0, many.format(len(classes)), cure)]
    if len(classes) > 20 and column.kind == "number" and not column.numbers.whole:
        said = f"column {column.name} holds {len(classes)} different numbers, not all of them whole"
        return [Problem(0, said, f"{model.name} tells classes apart: {cure}")]
    return []


def classes_of(column: Column) -> tuple[str, ...]:
    """The classes in their order: numbers by their size, then words."""
    return tuple(sorted(column.facts.words or (), key=_by_number))


def _by_number(word: str) -> tuple[bool, float, str]:
    number = PLAIN.number(word)
    return (True, 0.0, word) if number is None else (False, number, word)
