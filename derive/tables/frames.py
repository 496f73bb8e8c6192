"""Parquet, Excel and Arrow files -> Table, by pandas or by polars, whichever is installed."""

import math
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import Any, BinaryIO

from derive.errors import DeriveError
from derive.tables.table import Table, chunks_of

READERS = {
    ".parquet": ("read_parquet", "read_parquet"),
    ".feather": ("read_feather", "read_ipc"),
    ".arrow": ("read_feather", "read_ipc"),
    ".xlsx": ("read_excel", "read_excel"),
    ".xls": ("read_excel", "read_excel"),
    ".ods": ("read_excel", "read_excel"),
}
"""What pandas and polars read each kind of file with."""


def frame_table(name: str, file: BinaryIO, kind: str) -> Table:
    """The table of such a file. Raises DeriveError where nothing is installed that reads it."""
    names, columns = _read(name, file, kind)
    for place, column in enumerate(names, 1):
        if not column or names.count(column) > 1:
            problem = f"two columns are {column}" if column else f"column {place} has no name"
            raise DeriveError(problem, "give every column a name of its own", name)
    if not columns or not columns[0]:
        raise DeriveError("there are no rows below the names of the columns", "add some", name)

    def rows() -> Iterator[tuple[int, tuple[str, ...]]]:
        for place, row in enumerate(zip(*columns, strict=True), 1):
            yield place, tuple(_text(value) for value in row)

    return Table(name, tuple(names), lambda: chunks_of(rows()))


def _read(name: str, file: BinaryIO, kind: str) -> tuple[list[str], list[list[Any]]]:
    libraries = zip(("pandas", "polars"), READERS[kind], (_by_pandas, _by_polars), strict=True)
    missing = []
    for library, function, held in libraries:
        try:
            return held(getattr(import_module(library), function)(file))
        except ImportError as error:
            missing.append(error.name or str(error))
        except Exception as error:  # whatever a reader of a foreign format raises
            problem = f"{library} cannot read it: {str(error).splitlines()[0]}"
            raise DeriveError(problem, "save the table as CSV", name) from None
    cure = "pip install 'derive[tables]', or save the table as CSV"
    raise DeriveError(f"{kind} files need {' or '.join(missing)}", cure, name)


def _by_pandas(frame: Any) -> tuple[list[str], list[list[Any]]]:
    if frame.index.name is not None:
        frame = frame.reset_index()
    return [str(name) for name in frame.columns], [frame[c].tolist() for c in frame.columns]


def _by_polars(frame: Any) -> tuple[list[str], list[list[Any]]]:
    return list(frame.columns), [frame[name].to_list() for name in frame.columns]


def _text(value: Any) -> str:
    """A value as a CSV file has it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return "" if math.isnan(value) else repr(value)
        case date():
            return "" if str(value) == "NaT" else value.isoformat()
        case _:
            return "" if str(value) in ("NaT", "<NA>") else str(value).strip()
