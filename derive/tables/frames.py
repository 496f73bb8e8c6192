"""Parquet, Excel and Arrow files -> Table, by pandas or by polars, whichever is installed."""

import math
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from derive.errors import DeriveError
from derive.tables.table import Table, chunks_of

READERS = {
    ".parquet": "read_parquet",
    ".feather": "read_feather",
    ".arrow": "read_feather",
    ".xlsx": "read_excel",
    ".xls": "read_excel",
    ".ods": "read_excel",
}
"""What pandas reads each kind of file with."""

POLARS = {"read_feather": "read_ipc"}
"""What polars calls otherwise."""


def frame_table(path: Path, kind: str) -> Table:
    """The table of such a file. Raises DeriveError where nothing is installed that reads it."""
    names, columns = _read(path, kind)
    for place, name in enumerate(names, 1):
        if not name or names.count(name) > 1:
            problem = f"two columns are {name}" if name else f"column {place} has no name"
            raise DeriveError(problem, "give every column a name of its own", path.name)
    if not columns or not columns[0]:
        raise DeriveError("there are no rows below the names of the columns", "add some", path.name)

    def rows() -> Iterator[tuple[int, tuple[str, ...]]]:
        for place, row in enumerate(zip(*columns, strict=True), 1):
            yield place, tuple(_text(value) for value in row)

    return Table(path.name, tuple(names), lambda: chunks_of(rows()))


def _read(path: Path, kind: str) -> tuple[list[str], list[list[Any]]]:
    function, missing = READERS[kind], []
    for library, held in (("pandas", _by_pandas), ("polars", _by_polars)):
        try:
            module = import_module(library)
            return held(
                getattr(
                    module, POLARS.get(function, function) if library == "polars" else function
                ),
                path,
            )
        except ImportError as error:
            missing.append(error.name or str(error))
        except Exception as error:  # whatever a reader of a foreign format raises
            problem = f"{library} cannot read it: {str(error).splitlines()[0]}"
            raise DeriveError(problem, "save the table as CSV", path.name) from None
    cure = "pip install 'derive[tables]', or save the table as CSV"
    raise DeriveError(f"{kind} files need {' or '.join(missing)}", cure, path.name)


def _by_pandas(read: Callable[[Path], Any], path: Path) -> tuple[list[str], list[list[Any]]]:
    frame = read(path)
    if frame.index.name is not None:
        frame = frame.reset_index()
    return [str(name) for name in frame.columns], [frame[c].tolist() for c in frame.columns]


def _by_polars(read: Callable[[Path], Any], path: Path) -> tuple[list[str], list[list[Any]]]:
    frame = read(path)
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
