"""A path -> the text or the bytes in it, whatever it is packed in."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TextIO

from derive.errors import DeriveError

PACKED = (".gz", ".zip")


def require_file(path: Path) -> None:
    """Raise DeriveError where there is no file that can be read."""
    expected = "expected a table: CSV, .npz, Parquet, Excel or Arrow"
    if path.is_dir():
        raise DeriveError(f"{path} is a folder", expected)
    if path.is_char_device():  # some of which never end
        raise DeriveError(f"{path} is a device", expected)
    if not path.exists():
        raise DeriveError("there is no such file", expected, str(path))


def suffix(path: Path) -> str:
    """What kind of file it is, packed or not: .csv of data.csv.gz."""
    inner = path.with_suffix("") if path.suffix.lower() in PACKED else path
    return inner.suffix.lower()


def opened(path: Path) -> BinaryIO:
    """The bytes, unpacked. Raises DeriveError for an archive of several files, and OSError."""
    match path.suffix.lower():
        case ".gz":
            return gzip.open(path, "rb")  # type: ignore[return-value]
        case ".zip":
            archive = zipfile.ZipFile(path)
            names = [each.filename for each in archive.infolist() if not each.is_dir()]
            names = [name for name in names if not name.startswith("__MACOSX/")]
            if len(names) != 1:
                problem = f"holds {len(names)} files"
                raise DeriveError(problem, "pack one table into a .zip, or unpack it", path.name)
            return archive.open(names[0])  # type: ignore[return-value]
        case _:
            return path.open("rb")


def text_of(path: Path, encoding: str | None) -> Callable[[], TextIO]:
    """What opens the text, from the beginning: UTF-8, UTF-16 with a mark, or as it is named."""
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        cure = "say one that Python knows, such as latin-1, cp1252 or utf-16"
        raise DeriveError(f"there is no encoding {encoding}", cure) from None
    with opened(path) as file:
        mark = file.read(4)
    found = encoding or ("utf-16" if mark[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    return lambda: io.TextIOWrapper(opened(path), encoding=found, newline="")
