"""A data file -> Table: named columns of numbers or words, every fault with its row and column."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import zip_longest
from pathlib import Path
from typing import Any

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

    def place(self, column: str) -> int:
        """Where a column stands. Raises DeriveError for one that is not there."""
        if column not in self.columns:
            near = get_close_matches(column, self.columns, 1)
            hint = f"did you mean {near[0]}? " if near else ""
            known = ", ".join(self.columns)
            raise DeriveError(f"{self.file}: there is no column {column}; {hint}it has {known}")
        return self.columns.index(column)

    def words(self, column: str) -> tuple[str, ...]:
        """The cells of a column as they are. Raises DeriveError for an empty one."""
        place = self.place(column)
        for line, row in zip(self.lines, self.rows, strict=True):
            if not row[place]:
                self._fail(line, column, "is empty", "give it a value, or leave the row out")
        return tuple(row[place] for row in self.rows)

    def numbers(self, columns: tuple[str, ...]) -> Array:
        """The cells of some columns, shape (rows, columns). Raises DeriveError for what is none."""
        return np.array([self._numbers(column) for column in columns], float).T

    def _numbers(self, column: str) -> list[float]:
        found = []
        for line, word in zip(self.lines, self.words(column), strict=True):
            try:
                number = float(word)
            except ValueError:
                cure = "expected a number, with a point for decimals"
                self._fail(line, column, f"holds {word!r}", cure)
            if not np.isfinite(number):
                self._fail(line, column, f"holds {word}", "expected a finite number")
            found.append(number)
        return found

    def _fail(self, line: int, column: str, problem: str, cure: str) -> None:
        raise DeriveError(f"{self.file}, line {line}: column {column} {problem}; {cure}")


def read_table(path: Path) -> Table:
    """The table of a CSV file, its first line naming the columns, or of the arrays of a .npz
    file. Raises DeriveError.
    """
    if not path.is_file():
        raise DeriveError(f"{path}: there is no such file")
    if path.suffix == ".npz":
        return _stacked(path.name, read_arrays(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            separator = max(",;\t", key=first.count)
            return _table(path.name, _lines(csv.reader(file, delimiter=separator, strict=True)))
    except UnicodeDecodeError:
        raise DeriveError(f"{path.name}: not UTF-8 text; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise DeriveError(f"{path.name}: {error}; is it a CSV file?") from None
    except OSError as error:
        raise DeriveError(f"{path.name} cannot be read: {error.strerror}") from None


def _stacked(name: str, arrays: dict[str, Array]) -> Table:
    """X of shape (rows, 3) as the columns x1, x2, x3; y of shape (rows,) as y."""
    columns: list[str] = []
    cells: list[Array] = []
    for array, values in arrays.items():
        if values.ndim not in (1, 2) or len(values) != len(next(iter(arrays.values()))):
            problem = f"the array {array} has shape {values.shape}"
            raise DeriveError(f"{name}: {problem}; expected (rows,) or (rows, columns), rows alike")
        several = values.ndim == 2
        columns += [f"{array}{k + 1}" for k in range(values.shape[1])] if several else [array]
        cells += list(values.T) if several else [values]
    rows = tuple(tuple(str(cell) for cell in row) for row in zip(*cells, strict=True))
    if not rows:
        raise DeriveError(f"{name}: there are no rows")
    return Table(name, tuple(columns), rows, tuple(range(1, len(rows) + 1)))


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each line that is not blank, with its number."""
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num, [cell.strip() for cell in row]


def _table(name: str, lines: Iterator[tuple[int, list[str]]]) -> Table:
    _, columns = next(lines, (0, []))
    if not columns:
        raise DeriveError(f"{name}: the file is empty; the first line names the columns")
    for place, column in enumerate(columns, 1):
        if not column or columns.count(column) > 1:
            problem = f"column {place} has no name" if not column else f"two columns are {column}"
            raise DeriveError(f"{name}, line 1: {problem}; give every column a name of its own")
    rows, numbers = [], []
    for number, row in lines:
        if len(row) != len(columns):
            pairs = zip_longest(columns, row)
            where = next(str(column or cell) for column, cell in pairs if None in (column, cell))
            problem = f"{len(row)} cells where the first line names {len(columns)} columns"
            raise DeriveError(f"{name}, line {number}: {problem}; look at {where}")
        rows.append(tuple(row))
        numbers.append(number)
    if not rows:
        raise DeriveError(f"{name}: there are no rows below the names of the columns")
    return Table(name, tuple(columns), tuple(rows), tuple(numbers))


def read_arrays(path: Path, names: tuple[str, ...] = ()) -> dict[str, Array]:
    """The arrays of a .npz file, all or those named; nothing in it is executed. Raises
    DeriveError.
    """
    if not path.is_file():
        raise DeriveError(f"{path}: there is no such file")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            if isinstance(held, np.ndarray):
                raise DeriveError(f"{path.name}: one array without a name; save it as .npz")
            missing = [name for name in names if name not in held.files]
            if missing:
                shown = ", ".join(held.files)
                raise DeriveError(f"{path.name}: there is no array {missing[0]}; it has {shown}")
            return {name: held[name] for name in names or held.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DeriveError(f"{path.name}: no .npz file of plain arrays ({error})") from None
