"""A table as it is read: named columns of text, some rows at a time, from the first as often as
one likes; and how its places are named.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import NoReturn

from derive.errors import DeriveError

ROWS = 8192
"""How many are read at a time."""


@dataclass(frozen=True)
class Chunk:
    """Some rows, as the text of their cells."""

    cells: tuple[tuple[str, ...], ...]
    """Of each column."""
    places: tuple[int, ...]
    """Where each row begins in the file."""
    faults: tuple[tuple[int, str], ...] = ()
    """What is no row of the table: where it begins, and what is wrong with it."""

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True)
class Table:
    """The columns of a file in their order, and what gives its rows."""

    file: str
    columns: tuple[str, ...]
    chunks: Callable[[], Iterator[Chunk]]
    separator: str = ""
    """What separates the cells of a text."""
    unit: str = "row"
    """What places count: the lines of a text, the rows of arrays."""
    remarks: tuple[str, ...] = ()
    """What a reader of the file should know."""

    def at(self, place: int) -> str:
        """A place, for a message."""
        return f"{self.file}, {self.unit} {place}"

    def place(self, column: str) -> int:
        """Where a column stands. Raises DeriveError for one that is not there."""
        if column not in self.columns:
            self._fail_without(column)
        return self.columns.index(column)

    def _fail_without(self, column: str) -> NoReturn:
        near = get_close_matches(column, self.columns, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        known = f"it has {listed(self.columns)}"
        if self.separator and len(self.columns) == 1:
            known += "; are its cells separated by commas, semicolons or tabs?"
        raise DeriveError(f"there is no column {column}", f"{hint}{known}", self.file)


def chunks_of(rows: Iterable[tuple[int, tuple[str, ...] | str]]) -> Iterator[Chunk]:
    """Rows with their places, or what is wrong where there is none, some at a time."""
    source = iter(rows)
    while some := list(islice(source, ROWS)):
        good = [(place, row) for place, row in some if not isinstance(row, str)]
        faults = tuple((place, said) for place, said in some if isinstance(said, str))
        cells = tuple(zip(*(row for _, row in good), strict=True))
        yield Chunk(cells, tuple(place for place, _ in good), faults)


def shown(word: str) -> str:
    """A cell for a message: cut where it is long."""
    return word if len(word) <= 40 else f"{word[:40]}..."


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names for a message: each cut, and not more of them than can be read."""
    words = [shown(name) for name in names]
    return ", ".join(words[:most]) + f" and {len(words) - most} more" * (len(words) > most)


def counted(number: int, what: str) -> str:
    """1 row, 2 rows."""
    return f"{number} {what}{'' if number == 1 else 's'}"
