"""A path -> Table, by what the file is called."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from derive.errors import DeriveError
from derive.tables.arrays import array_table
from derive.tables.csv_text import Head, csv_table, fail_no_text
from derive.tables.frames import READERS, frame_table
from derive.tables.streams import opened, require_file, suffix, text_of
from derive.tables.table import Chunk, Table


def read_table(path: Path, encoding: str | None = None, head: Head | None = None) -> Table:
    """The table in a file: CSV and the like, plain or in .gz or .zip; the arrays of a .npz file;
    Parquet, Excel and Arrow. Raises DeriveError, and so do its chunks.
    """
    require_file(path)
    with _told(path):
        table = _table(path, encoding, head or Head())

    def chunks() -> Iterator[Chunk]:
        with _told(path):
            yield from table.chunks()

    return replace(table, chunks=chunks)


def _table(path: Path, encoding: str | None, head: Head) -> Table:
    kind = suffix(path)
    if kind == ".npz" or kind in READERS:
        with opened(path) as packed:
            file = io.BytesIO(packed.read())
        if kind == ".npz":
            return array_table(path.name, file)
        return frame_table(path.name, file, kind)
    return csv_table(path.name, text_of(path, encoding), head)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what a file is that cannot be read, in place of what Python raises of it."""
    try:
        yield
    except UnicodeError:
        fail_no_text(path.name)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DeriveError(f"a damaged archive ({error})", "pack it again", path.name) from None
    except OSError as error:
        said = error.strerror or str(error)
        raise DeriveError(f"{path.name} cannot be read: {said}", "check it") from None
