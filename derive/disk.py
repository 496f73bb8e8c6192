"""Files that are read and validated, and files that are written whole or not at all."""

import errno
import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from derive.errors import DeriveError

Record = TypeVar("Record", bound=BaseModel)


def read_toml(path: Path, kind: type[Record], cure: str, **known: str) -> Record:
    """A TOML file as a record, with what is known of it without reading.

    Raises DeriveError, which names the file and the keys, with that cure.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return kind.model_validate({**table, **known})
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DeriveError("\n".join(faults), cure, path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DeriveError(str(error), cure, path.name) from error
    except OSError as error:
        raise DeriveError(f"cannot read {path}: {error.strerror}", cure) from error


def write_whole(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write all to temporary files first, then rename all. Raises DeriveError.

    A symbolic link stays one, and what is no file (a terminal, a pipe) is not replaced by one.
    """
    waiting: list[tuple[str, Path]] = []
    try:
        for path, content in files.items():
            if path.exists() and not path.is_file():
                raise FileExistsError(errno.EEXIST, "it is there, and no regular file")
            require_folder(path.parent)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".derive-")
            waiting.append((temporary, path.resolve()))
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.chmod(temporary, 0o644)
        for temporary, path in waiting:
            os.replace(temporary, path)
    except OSError as error:
        fail_to_write(path, error)
    finally:  # what was renamed is no longer there
        for temporary, _ in waiting:
            Path(temporary).unlink(missing_ok=True)
    return tuple(files)


def require_folder(folder: Path) -> None:
    """Whether files can be written into a folder, there or not yet. Raises DeriveError.

    Before an hour of work it is good to know.
    """
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        number = errno.EACCES if there.is_dir() else errno.ENOTDIR
        fail_to_write(folder, OSError(number, f"{there}: {os.strerror(number)}"))


def fail_to_write(path: Path, error: OSError) -> NoReturn:
    """Raise the error of a file that cannot be written."""
    cure = "choose another place with --out"
    raise DeriveError(f"cannot write {path}: {error.strerror}", cure) from error
