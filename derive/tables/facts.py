"""What is known of a column after some of its rows, and of two parts of it together.

All that is decided of a column is decided by these, so that a table need not be in memory.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from derive.tables.cells import (
    DATES,
    MISSING,
    NO_WORD,
    PLAIN,
    STYLES,
    TRUTHS,
    Style,
    days,
    unit,
)

Array = np.ndarray[Any, np.dtype[Any]]

WORDS = 1000
"""How many different cells of a column are held; beyond these it is no column of classes."""

SEEN = 20
"""How many cells are looked at for the ways in which dates are written."""

FIRST = 3
"""How many places are held of what is wrong."""


@dataclass(frozen=True)
class Places:
    """How many cells, and the first of them: their places and what they hold."""

    count: int = 0
    first: tuple[tuple[int, str], ...] = ()

    def __add__(self, other: "Places") -> "Places":
        return Places(self.count + other.count, (self.first + other.first)[:FIRST])


def places(found: list[tuple[int, str]]) -> Places:
    """All of those cells."""
    return Places(len(found), tuple(found[:FIRST]))


@dataclass(frozen=True)
class Numbers:
    """Numbers so far: their count, mean, and sum of squared differences from it; the least, the
    largest, and whether all are whole.
    """

    count: int = 0
    mean: float = 0.0
    square: float = 0.0
    low: float = math.inf
    high: float = -math.inf
    whole: bool = True

    def __add__(self, other: "Numbers") -> "Numbers":
        """Of both (Chan, Golub and LeVeque 1983)."""
        if not self.count or not other.count:
            return other if other.count else self
        count, apart = self.count + other.count, other.mean - self.mean
        with np.errstate(over="ignore", invalid="ignore"):
            square = np.float64(apart) * apart * self.count * other.count / count
        return Numbers(
            count,
            self.mean + apart * other.count / count,
            float(self.square + other.square + square),
            min(self.low, other.low),
            max(self.high, other.high),
            self.whole and other.whole,
        )

    @property
    def deviation(self) -> float:
        """The standard deviation; 0 where all are alike."""
        return math.sqrt(self.square / self.count) if self.high > self.low else 0.0


def numbers(values: Array) -> Numbers:
    """What is known of some finite numbers."""
    if not values.size:
        return Numbers()
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float(values.mean())
        square = float(np.sum((values - mean) ** 2))
    whole = bool((values == np.floor(values)).all())
    return Numbers(values.size, mean, square, float(values.min()), float(values.max()), whole)


@dataclass(frozen=True)
class Facts:
    """Of one column."""

    rows: int = 0
    no_number: Places = Places()
    """Cells that say that a number is missing."""
    no_word: Places = Places()
    """Cells that say that a word is missing."""
    numbers: dict[str, Numbers] = field(default_factory=dict)
    """By the style of writing."""
    others: dict[str, Places] = field(default_factory=dict)
    """The cells that are no numbers, by the style."""
    units: frozenset[str] = frozenset()
    """What is written with numbers."""
    words: Counter[str] | None = field(default_factory=Counter)
    """The different cells and how often they occur; None where there are too many."""
    dates: dict[str, Numbers] = field(default_factory=dict)
    """What is known of the days of the dates, by the ways in which any is written."""
    undated: dict[str, Places] = field(default_factory=dict)
    """The cells that are no dates in that way."""
    padded: bool = False
    """Whether any number begins with zeros, as the code of a place does."""
    truths: bool = True
    """Whether all cells so far are true or false."""
    follows: bool = True
    """Whether each number so far is one more than that before."""
    first: float = math.nan
    last: float = math.nan

    def __add__(self, other: "Facts") -> "Facts":
        if not self.rows or not other.rows:
            return other if other.rows else self
        together, forms = None, self.dates | other.dates
        if self.words is not None and other.words is not None:
            together = self.words + other.words
            together = together if len(together) <= WORDS else None
        return Facts(
            self.rows + other.rows,
            self.no_number + other.no_number,
            self.no_word + other.no_word,
            {name: self.numbers[name] + other.numbers[name] for name in self.numbers},
            {name: self.others[name] + other.others[name] for name in self.others},
            self.units | other.units,
            together,
            {form: self._days(form) + other._days(form) for form in forms},
            {form: self._undated(form) + other._undated(form) for form in forms},
            self.padded or other.padded,
            self.truths and other.truths,
            self.follows and other.follows and self.last + 1 == other.first,
            self.first,
            other.last,
        )

    def _days(self, form: str) -> Numbers:
        return self.dates.get(form, Numbers())

    def _undated(self, form: str) -> Places:
        return self.undated.get(form, Places(self.rows - self.no_number.count))


def facts(
    cells: tuple[str, ...], places_of: tuple[int, ...], styles: tuple[Style, ...] = STYLES
) -> Facts:
    """Of some rows of a column, whose numbers may be written in any of the styles."""
    values = plain_numbers(cells)
    if values is not None:
        return _of_numbers(cells, values, styles)
    held = [(place, cell) for place, cell in zip(places_of, cells, strict=True)]
    present = [(place, cell) for place, cell in held if cell.lower() not in MISSING]
    different = {cell for _, cell in present}
    known = {style: {cell: style.number(cell) for cell in different} for style in styles}
    read = {style: [known[style][cell] for _, cell in present] for style in styles}
    plain, dated = read[PLAIN], _dates([cell for _, cell in present])
    words = Counter(cell for cell in cells if cell.lower() not in NO_WORD)
    return Facts(
        rows=len(cells),
        no_number=places([(p, c) for p, c in held if c.lower() in MISSING]),
        no_word=places([(p, c) for p, c in held if c.lower() in NO_WORD]),
        numbers={s.name: numbers(np.array([n for n in read[s] if n is not None])) for s in styles},
        others={
            style.name: places(
                [each for each, n in zip(present, read[style], strict=True) if n is None]
            )
            for style in styles
        },
        units=frozenset(map(unit, different)),
        words=words if len(words) <= WORDS else None,
        dates={form: numbers(values[~np.isnan(values)]) for form, values in dated.items()},
        undated={
            form: places([each for each, n in zip(present, values, strict=True) if np.isnan(n)])
            for form, values in dated.items()
        },
        padded=any(map(_is_padded, different)),
        truths=all(cell.lower() in TRUTHS for cell in different),
        follows=len(plain) == len(cells) and _follows(plain),
        first=math.nan if not plain or plain[0] is None else plain[0],
        last=math.nan if not plain or plain[-1] is None else plain[-1],
    )


def plain_numbers(cells: Iterable[str]) -> Array | None:
    """The numbers of cells that are nothing else, all finite and without a word in between."""
    found = tuple(cells)
    if "_" in "".join(found):  # which Python takes for a mark between digits
        return None
    try:
        values = np.array(found, dtype=str).astype(float)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _of_numbers(cells: tuple[str, ...], values: Array, styles: tuple[Style, ...]) -> Facts:
    """The same where all cells are plain numbers; a comma is in none of them."""
    words = Counter(cells) if len(set(cells)) <= WORDS else None
    found = {s.name: numbers(values) for s in styles}
    none = {s.name: Places() for s in styles}
    if any("." in cell for cell in cells):  # in thousands it makes other numbers, or none
        for style in styles:
            if style.decimal != ".":
                read = [style.number(cell) for cell in cells]
                found[style.name] = numbers(np.array([n for n in read if n is not None]))
                none[style.name] = Places(sum(n is None for n in read))
    return Facts(
        rows=len(cells),
        numbers=found,
        others=none,
        units=frozenset(("",)),
        words=words,
        padded=any(map(_is_padded, cells)),
        truths=False,
        follows=_follows(values.tolist()),
        first=float(values[0]),
        last=float(values[-1]),
    )


def _is_padded(cell: str) -> bool:
    return cell[0] == "0" and len(cell) > 1 and cell.isdigit()


def _follows(values: list[Any]) -> bool:
    return all(a is not None and b is not None and b == a + 1 for a, b in pairwise(values))


def _dates(cells: list[str]) -> dict[str, Array]:
    """The days of cells, NaN of those that are none, in every way in which one of the first is."""
    first = cells[:SEEN]
    forms = [form for form in DATES if any(days(cell, form) is not None for cell in first)]
    return {form: np.array([days(cell, form) for cell in cells], float) for form in forms}
