"""A column -> what a model takes of it: a standardised number, or a number for each word."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from derive.tables.cells import COMMA, MISSING, NO_WORD, PLAIN, STYLES, TRUTHS, days
from derive.tables.facts import Array, plain_numbers
from derive.tables.kinds import Column

Missing = Literal["refuse", "drop", "mean"]


@dataclass(frozen=True)
class Feature:
    """How a column is read, and what is taken out of its numbers."""

    column: str
    kind: Literal["number", "truth", "date", "word"]
    style: str = PLAIN.name
    """In which numbers are written."""
    form: str = ""
    """In which dates are."""
    mean: float = 0.0
    scale: float = 1.0
    words: tuple[str, ...] = ()
    """The classes of a column of words, an input for each."""
    shares: tuple[float, ...] = ()
    """How often each of them occurs, in 1."""

    @property
    def names(self) -> tuple[str, ...]:
        """What its inputs are called."""
        if self.kind == "word":
            return tuple(f"{self.column} = {word}" for word in self.words)
        return (self.column,)

    def read(self, cells: Sequence[str]) -> Array:
        """The numbers of cells in their own units, shape (rows, inputs); NaN where one is missing,
        infinite where one holds what the column cannot.
        """
        if self.kind == "word":
            return self._one_hot(cells)
        if self.kind == "number" and (self.style != COMMA.name or "." not in "".join(cells)):
            values = plain_numbers(cells)
            if values is not None:
                return values[:, None]
        return np.array([[self._number(cell)] for cell in cells], float).reshape(-1, 1)

    def _one_hot(self, cells: Sequence[str]) -> Array:
        rows = dict(zip(self.words, np.eye(len(self.words)), strict=True))
        none = np.full(len(self.words), np.nan)
        other = np.full(len(self.words), np.inf)
        found = [none if c.lower() in NO_WORD else rows.get(c, other) for c in cells]
        return np.array(found).reshape(-1, len(self.words))

    def _number(self, cell: str) -> float:
        if cell.lower() in MISSING:
            return np.nan
        found: float | None
        match self.kind:
            case "truth":
                found = TRUTHS.get(cell.lower())
            case "date":
                found = days(cell, self.form)
            case _:
                (style,) = (style for style in STYLES if style.name == self.style)
                found = style.number(cell)
        return np.inf if found is None else found

    def standardised(self, values: Array) -> Array:
        """Without mean and scale, and where one is missing what is most to be expected."""
        filled = np.where(np.isnan(values), self.filling, values)
        with np.errstate(over="ignore", invalid="ignore"):  # what is infinite is told with its row
            return filled if self.kind == "word" else (filled - self.mean) / self.scale

    @property
    def filling(self) -> Array:
        """The mean, of words their shares."""
        return np.array(self.shares if self.kind == "word" else (self.mean,))


def feature(column: Column, standardise: bool) -> Feature:
    """What is made of a column; as it is, where it is not to be standardised."""
    name, facts = column.name, column.facts
    if column.kind == "word":
        words = facts.words or Counter()
        order = tuple(sorted(words))
        count = max(1, sum(words.values()))
        return Feature(name, "word", words=order, shares=tuple(words[w] / count for w in order))
    known = column.numbers
    if column.kind == "date":
        known = facts.dates[column.form]
    mean, deviation = known.mean, known.deviation
    if column.kind == "truth":
        counts = [
            (TRUTHS[w.lower()], n) for w, n in (facts.words or {}).items() if w.lower() in TRUTHS
        ]
        mean = sum(truth * n for truth, n in counts) / max(1, sum(n for _, n in counts))
        deviation = (mean * (1 - mean)) ** 0.5
    if not standardise:
        mean, deviation = 0.0, 1.0
    return Feature(
        name,
        column.kind if column.kind in ("truth", "date") else "number",
        column.style.name,
        column.form,
        mean,
        deviation or 1.0,
    )
