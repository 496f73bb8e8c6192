"""The text of a CSV file -> Table: what separates its cells, its names, its rows."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NoReturn, TextIO

from derive.errors import DeriveError
from derive.tables.cells import PLAIN
from derive.tables.table import Table, chunks_of, counted, shown

SEPARATORS = ",;\t| "
"""What may separate cells, the likelier first."""

LOOKED_AT = 50
"""Lines by which that is decided."""

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Form:
    """How the text is written."""

    separator: str
    quote: str


@dataclass(frozen=True)
class Head:
    """Lines that are left out before the names, and whether there are names."""

    skipped: int = 0
    named: bool = True


def csv_table(name: str, opened: Callable[[], TextIO], head: Head) -> Table:
    """The table of a CSV file. Raises DeriveError for what is none; rows that do not fit are
    faults of their chunks.
    """
    form = _form(name, opened, head)
    first = list(islice(_records(name, opened, form, head), LOOKED_AT))
    if not first:
        raise DeriveError("the file is empty", "the first line names the columns", name)
    columns, below, remarks = _columns(name, first, head)

    def rows() -> Iterator[tuple[int, tuple[str, ...] | str]]:
        found = _records(name, opened, form, head)
        if below:
            next(found)
        for line, cells in found:
            yield line, tuple(cells) if len(cells) == len(columns) else _misfit(cells, columns)

    return Table(name, columns, lambda: chunks_of(rows()), form.separator, "line", remarks)


# --- names ------------------------------------------------------------------------------------


def _columns(
    name: str, first: list[Row], head: Head
) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """The names, whether the first line is them, and what should be known of them."""
    (line, names), *rest = first
    counts = [len(cells) for _, cells in rest]
    most = max(set(counts), key=counts.count, default=len(names))
    if not head.named:
        return _counted(len(names)), False, ()
    are_numbers = all(PLAIN.number(each) is not None for each in names)
    counting = len(set(names)) == len(names) and all(each.isdigit() for each in names)
    if are_numbers and not counting and most == len(names):
        said = (
            f"{name}, line {line} holds numbers, as the lines below do: it is taken for a row, "
            f"and the columns are called c1 to c{len(names)}"
        )
        return _counted(len(names)), False, (said,)
    if most == len(names) + 1:  # as R writes the names of rows
        names = ["", *names]
    if most != len(names) and most not in (1, len(names) - 1):
        problem = f"the first line has {counted(len(names), 'cell')}, most of those below {most}"
        table = next(where for where, cells in first if len(cells) == most)
        names_there = f"say --skip {table - 1} if the names are in line {table}"
        cure = f"{names_there}, --no-header if there are none"
        raise DeriveError(problem, cure, f"{name}, line {line}")
    if names and not names[0] and len(names) > 1:
        names = ["row", *names[1:]] if "row" not in names else ["row name", *names[1:]]
    _require_names(name, line, names)
    numbers = [each for each in names if PLAIN.number(each) is not None]
    remarks: tuple[str, ...] = ()
    if numbers:
        said = f"the first line of {name} names columns by numbers, such as {numbers[0]}"
        remarks = (f"{said}; if it is a row, say --no-header",)
    return tuple(names), True, remarks


def _counted(count: int) -> tuple[str, ...]:
    return tuple(f"c{place}" for place in range(1, count + 1))


def _require_names(name: str, line: int, names: list[str]) -> None:
    for place, column in enumerate(names, 1):
        if not column or names.count(column) > 1:
            problem = f"column {place} has no name" if not column else f"two columns are {column}"
            cure = "give every column a name of its own"
            cure += ", or end no line with a separator" * (not names[-1])
            raise DeriveError(problem, cure, f"{name}, line {line}")


def _misfit(cells: list[str], columns: tuple[str, ...]) -> str:
    problem = f"{len(cells)} cells where the first line names {len(columns)} columns"
    if len(cells) > len(columns):
        return f"{problem}; look at cell {len(columns) + 1}, {shown(cells[len(columns)])!r}"
    return f"{problem}; look at column {columns[len(cells)]}"


# --- rows -------------------------------------------------------------------------------------


def _records(name: str, opened: Callable[[], TextIO], form: Form, head: Head) -> Iterator[Row]:
    """Each record that is not blank, with the number of the line where it begins."""
    with opened() as file:
        for _ in range(head.skipped):
            file.readline()
        if form.separator == " ":
            yield from _spaced(file, form, head.skipped)
            return
        reader = csv.reader(file, delimiter=form.separator, quotechar=form.quote, strict=True)
        while True:
            line = reader.line_num + 1 + head.skipped
            try:
                record = next(reader, None)
            except csv.Error as error:
                raise DeriveError(str(error), "is it a CSV file?", f"{name}, line {line}") from None
            except UnicodeError:
                fail_no_text(name)
            if record is None:
                return
            cells = [cell.strip() for cell in record]
            if any(cells):
                yield line, cells


def _spaced(file: TextIO, form: Form, skipped: int) -> Iterator[Row]:
    """Rows whose cells any number of spaces separates, but within quotes."""
    quote = re.escape(form.quote)
    for line, text in enumerate(file, 1 + skipped):
        cells = re.findall(rf"{quote}([^{quote}]*){quote}|(\S+)", text)
        if cells:
            yield line, [quoted or bare for quoted, bare in cells]


def fail_no_text(name: str) -> NoReturn:
    """Raise DeriveError for bytes that are no text."""
    cure = "save it as CSV in UTF-8, or name its encoding: --encoding cp1252"
    raise DeriveError("not UTF-8 text", cure, name) from None


def _form(name: str, opened: Callable[[], TextIO], head: Head) -> Form:
    """The separator by which most of the first lines have as many cells as the names, and more
    than one; of several the one with the most.
    """
    try:
        with opened() as file:
            lines = list(islice(file, head.skipped, head.skipped + LOOKED_AT))
    except UnicodeError:
        fail_no_text(name)
    text = [line for line in lines if line.strip()]
    if any("\0" in line for line in text):
        fail_no_text(name)
    first = text[0] if text else ""
    quote = "'" if re.match(r"\s*'[^']*'\s*([,;\t| ]|$)", first) else '"'
    forms = [Form(separator, quote) for separator in SEPARATORS]
    return max(forms, key=lambda form: _fitness(form, text))


def _fitness(form: Form, lines: list[str]) -> tuple[float, int]:
    """The part of the lines that have as many cells as most, and how many these are."""
    if form.separator == " ":
        counts = [len(cells) for _, cells in _spaced(iter(lines), form, 0)]  # type: ignore[arg-type]
        if len(set(counts)) != 1 or not counts or counts[0] < 2:
            return 0.0, 0
        return 0.5, counts[0]
    try:
        reader = csv.reader(lines, delimiter=form.separator, quotechar=form.quote)
        counts = [len(row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return 0.0, 0
    most = max(set(counts), key=counts.count, default=0)
    if most < 2:
        return 0.0, most
    return counts.count(most) / len(counts), most
