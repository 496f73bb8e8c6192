"""The arrays of a .npz file -> Table: an array x of three columns is x1, x2, x3."""

import zipfile
import zlib
from typing import Any, BinaryIO, NoReturn

import numpy as np

from derive.errors import DeriveError
from derive.tables.facts import Array
from derive.tables.table import Table, chunks_of


def array_table(name: str, file: BinaryIO) -> Table:
    """The table of all arrays, side by side; nothing is executed. Raises DeriveError."""
    return _stacked(name, _arrays(name, file))


def _stacked(name: str, arrays: dict[str, Array]) -> Table:
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
    if not cells or not len(cells[0]):
        raise DeriveError("there are no rows", "save arrays that have some", name)

    def rows() -> Any:
        for place, row in enumerate(zip(*cells, strict=True), 1):
            yield place, tuple(str(cell) for cell in row)

    return Table(name, tuple(columns), lambda: chunks_of(rows()))


def _arrays(name: str, file: BinaryIO) -> dict[str, Array]:
    try:
        held = np.load(file, allow_pickle=False)
        if isinstance(held, np.ndarray):
            raise DeriveError("one array without a name", "save it with numpy.savez", name)
        arrays = dict(held)
        if not all(isinstance(array, np.ndarray) for array in arrays.values()):
            _fail_no_arrays(name, "not all that it holds are arrays")
        return arrays
    except (*_NO_ARRAYS, zipfile.BadZipFile, zlib.error) as error:
        _fail_no_arrays(name, str(error))


def _fail_no_arrays(name: str, why: str) -> NoReturn:
    problem = f"no .npz file of plain arrays ({why})"
    raise DeriveError(problem, "save the arrays with numpy.savez", name) from None


_NO_ARRAYS = (ValueError, OSError, EOFError, NotImplementedError, RuntimeError, MemoryError)
"""What NumPy and zipfile raise for files that are none, encrypted ones and lies about sizes."""
