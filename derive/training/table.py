"""A data file -> Table: named columns of numbers or words, every fault with its row and column."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from derive.errors import DeriveError

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Table:
    """The columns of a file in their order; the cells of a CSV file are text until asked for."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """Where in the file each row begins."""
    kind: str = "line"
    """What those numbers count: the lines of a text, the rows of arrays."""

    def at(self, row: int) -> str:
        """Where a row, counted from 0, stands in the file."""
        return f"{self.file}, {self.kind} {self.lines[row]}"

    def separated(self) -> str:
        """What to look at where columns are missing."""
        if self.kind == "line" and len(self.columns) == 1:
            return "are its cells separated by commas, semicolons or tabs?"
        return f"it has {listed(self.columns)}"

    def place(self, column: str) -> int:
        """Where a column stands. Raises DeriveError for one that is not there."""
        if column not in self.columns:
            near = get_close_matches(column, self.columns, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            known = f"it has {listed(self.columns)}"
            if self.kind == "line" and len(self.columns) == 1:
                known += "; " + self.separated()
            raise DeriveError(f"there is no column {column}", f"{hint}{known}", self.file)
        return self.columns.index(column)

    def words(self, column: str) -> tuple[str, ...]:
        """The cells of a column as they are. Raises DeriveError for an empty one, and for NaN."""
        place = self.place(column)
        for number, row in enumerate(self.rows):
            if row[place].lower() in ("", "nan"):
                problem = f"holds {row[place]}" if row[place] else "is empty"
                self._fail(number, column, problem, "give it a value, or leave the row out")
        return tuple(row[place] for row in self.rows)

    def numbers(self, columns: tuple[str, ...]) -> Array:
        """The cells of some columns, shape (rows, columns). Raises DeriveError for what is none."""
        return np.array([self._numbers(column) for column in columns], float).T

    def _numbers(self, column: str) -> list[float]:
        found = []
        for row, word in enumerate(self.words(column)):
            try:
                number = float(word)
            except ValueError:
                number = None
            if number is None or "_" in word:  # Python reads 1_5 as 15
                cure = "expected a number such as 1234.5; else leave the row or the column out"
                self._fail(row, column, f"holds {_shown(word)!r}", cure)
            elif not np.isfinite(number):
                cure = "expected a finite number; else leave the row out"
                self._fail(row, column, f"holds {_shown(word)}", cure)
            else:
                found.append(number)
        return found

    def _fail(self, row: int, column: str, problem: str, cure: str) -> None:
        raise DeriveError(f"column {column} {problem}", cure, self.at(row))


def _shown(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:40]}..."


def listed(names: Iterable[str], most: int = 20) -> str:
    """Names for a message: each cut, and not more of them than can be read."""
    shown = [_shown(name) for name in names]
    return ", ".join(shown[:most]) + f" and {len(shown) - most} more" * (len(shown) > most)


def read_table(path: Path) -> Table:
    """The table of a CSV file, its first line naming the columns, or of the arrays of a .npz
    file. Raises DeriveError.
    """
    if path.is_dir():
        raise DeriveError(f"{path} is a folder", "expected a CSV file or a .npz file")
    if path.is_char_device():  # some of which never end
        raise DeriveError(f"{path} is a device", "expected a CSV file or a .npz file")
    if not path.exists():
        raise DeriveError("there is no such file", "give a CSV file or a .npz file", str(path))
    if path.suffix.lower() == ".npz":
        return _stacked(path.name, _arrays(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        _fail_no_text(path)
    except OSError as error:
        raise DeriveError(f"{path.name} cannot be read: {error.strerror}", "check it") from None
    first = text.partition("\n")[0]
    if "\0" in first:
        _fail_no_text(path)
    outside = re.sub(r'"[^"]*"', "", first)
    separator = max(",;\t", key=outside.count)
    return _table(path.name, _records(path.name, text, separator))


def _fail_no_text(path: Path) -> NoReturn:
    raise DeriveError("not UTF-8 text", "save it as CSV in UTF-8", path.name) from None


def _stacked(name: str, arrays: dict[str, Array]) -> Table:
    """X of shape (rows, 3) as the columns x1, x2, x3; y of shape (rows,) as y."""
    columns: list[str] = []
    cells: list[Array] = []
    for array, values in arrays.items():
        if values.ndim not in (1, 2) or len(values) != len(next(iter(arrays.values()))):
            problem = f"the array {array} has shape {values.shape}"
            raise DeriveError(problem, "expected (rows,) or (rows, columns), rows alike", name)
        several = values.ndim == 2
        numbers = values.astype(int) if values.dtype.kind == "b" else values
        columns += [f"{array}{k + 1}" for k in range(values.shape[1])] if several else [array]
        cells += list(numbers.T) if several else [numbers]
    for column in columns:
        if columns.count(column) > 1:
            raise DeriveError(f"two arrays give a column {column}", "rename one", name)
    rows = tuple(tuple(str(cell) for cell in row) for row in zip(*cells, strict=True))
    if not rows:
        raise DeriveError("there are no rows", "save arrays that have some", name)
    return Table(name, tuple(columns), rows, tuple(range(1, len(rows) + 1)), "row")


def _records(name: str, text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank, with the number of the line where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise DeriveError(str(error), "is it a CSV file?", f"{name}, line {line}") from None
        if record is None:
            return
        if any(cell.strip() for cell in record):
            yield line, [cell.strip() for cell in record]


def _table(name: str, records: Iterator[tuple[int, list[str]]]) -> Table:
    first, columns = next(records, (0, []))
    if not columns:
        raise DeriveError("the file is empty", "the first line names the columns", name)
    for place, column in enumerate(columns, 1):
        if not column or columns.count(column) > 1:
            problem = f"column {place} has no name" if not column else f"two columns are {column}"
            cure = "give every column a name of its own"
            cure += ", or end no line with a separator" * (not columns[-1])
            raise DeriveError(problem, cure, f"{name}, line {first}")
    rows, lines = [], []
    for line, record in records:
        if len(record) != len(columns):
            problem = f"{len(record)} cells where the first line names {len(columns)} columns"
            many = len(record) > len(columns)
            where = f"cell {len(columns) + 1}, {_shown(record[len(columns)])!r}" if many else ""
            where = where or f"column {columns[len(record)]}"
            raise DeriveError(problem, f"look at {where}", f"{name}, line {line}")
        rows.append(tuple(record))
        lines.append(line)
    if not rows:
        raise DeriveError("there are no rows below the names of the columns", "add some", name)
    return Table(name, tuple(columns), tuple(rows), tuple(lines))


def _arrays(path: Path) -> dict[str, Array]:
    """The arrays of a .npz file; nothing in it is executed. Raises DeriveError."""
    try:
        with path.open("rb") as file:
            held = np.load(file, allow_pickle=False)
            if isinstance(held, np.ndarray):
                raise DeriveError("one array without a name", "save it with numpy.savez", path.name)
            arrays = dict(held)
            if not all(isinstance(array, np.ndarray) for array in arrays.values()):
                _fail_no_arrays(path, "not all that it holds are arrays")
            return arrays
    except (*_NO_ARRAYS, zipfile.BadZipFile, zlib.error) as error:
        _fail_no_arrays(path, str(error))


def _fail_no_arrays(path: Path, why: str) -> NoReturn:
    problem = f"no .npz file of plain arrays ({why})"
    raise DeriveError(problem, "save the arrays with numpy.savez", path.name) from None


_NO_ARRAYS = (ValueError, OSError, EOFError, NotImplementedError, RuntimeError, MemoryError)
"""What NumPy and zipfile raise for files that are none, encrypted ones and lies about sizes."""
