"""Files that are read and validated, and files that are written whole or not at all."""

import ctypes
import errno
import os
import re
import secrets
import shutil
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from derive.errors import DeriveError

with suppress(ImportError):  # Windows has none
    import fcntl

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


# --- written whole or not at all --------------------------------------------------------------

_STAGE = ".derive-"
_STAGES = re.compile(re.escape(_STAGE) + "[0-9a-f]{16}")


def write_whole(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write files, each of them whole; the paths. Raises DeriveError.

    A symbolic link stays one, and what is no file (a terminal, a pipe) is not replaced by one.
    """
    with _telling(*files), ExitStack() as stack:
        places = {path: path.resolve() for path in files}
        for place in places.values():
            _require_file(place)
            require_folder(place.parent)
        stages = {
            folder: stack.enter_context(_stage(folder))
            for folder in {place.parent for place in places.values()}
        }
        waiting: dict[Path, Path | None] = {}
        for path, place in places.items():
            waiting[place] = new = stages[place.parent] / place.name
            _write(new, files[path])
            _sync(new)
        _put(waiting)
    return tuple(files)


@contextmanager
def together(folder: Path, names: Collection[str]) -> Iterator[Path]:
    """A folder to write files to that belong together; then they are put into `folder`.

    The old files of all these names go first: at no moment does one stand beside a new one.
    Raises DeriveError; `folder` is then as it was.
    """
    require_folder(folder)
    with _telling(folder), _stage(folder) as stage:
        yield stage
        for path in stage.iterdir():
            _sync(path)
        _put({folder / name: path if (path := stage / name).exists() else None for name in names})


def write_folder(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write the files of a folder, name -> content; their paths. Raises DeriveError.

    At any moment it holds all of the old ones or all of the new, where the system can exchange
    two folders; elsewhere, none of the old beside a new one. What else lies in the folder stays,
    and what is as it was is not written. A symbolic link among the files is replaced by the file.
    """
    with _telling(folder):
        require_own_folder(folder, files)
        changed = {name for name, content in files.items() if not _holds(folder / name, content)}
        with _stage(folder.parent) as stage:
            if len(changed) > 1 or not folder.is_dir():
                _write_anew(folder, {name: files[name] for name in changed}, stage)
            else:
                for name in changed:
                    _write(stage / "one", files[name])
                    _sync(stage / "one")
                    _put({folder / name: stage / "one"})
    return tuple(folder / name for name in files)


def _write_anew(folder: Path, files: Mapping[str, bytes], stage: Path) -> None:
    """Make the folder again beside itself, with those files, and put it into its own place."""
    new = stage / "new"
    if folder.is_dir():
        names = {str(folder / name) for name in files}

        def ours(at: str, beside: Iterable[str]) -> set[str]:
            return {name for name in beside if os.path.join(at, name) in names}

        shutil.copytree(folder, new, symlinks=True, ignore=ours, copy_function=_link)
    for name, content in files.items():
        _write(new / name, content)
    folders = {os.path.dirname(name) for name in files}
    with ThreadPoolExecutor(16) as pool:  # the disk takes many at once
        list(pool.map(_sync, [new / name for name in (*files, *folders)]))
    if not folder.is_dir():
        os.rename(new, folder)
    elif _exchange(new, folder):
        _keep_what_came(new, folder)
    else:
        _put({folder / name: new / name for name in files})


def _keep_what_came(old: Path, new: Path) -> None:
    """Move the files over that others wrote into a folder while it was made again."""
    for at, _, names in os.walk(old):
        for name in names:
            path = Path(at, name)
            place = new / path.relative_to(old)
            if not os.path.lexists(place) and place.parent.is_dir():
                os.rename(path, place)


def _link(source: str, place: str) -> None:
    """The same file at another place, or a copy where it cannot be the same."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copy2(source, place)


def _exchange(one: Path, other: Path) -> bool:
    """Put each of two folders into the other's place at once. False where that cannot be."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):  # no Linux
        return False
    here, exchanged = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(rename(here, os.fsencode(one), here, os.fsencode(other), exchanged) == 0)


def _put(waiting: Mapping[Path, Path | None]) -> None:
    """Move files to their places, place -> file; where there is none, what stood there goes.

    The old ones go before the first new one comes: whoever looks finds no two of different age.
    """
    for place in waiting:
        _require_file(place)
    moves = [(place, path) for place, path in waiting.items() if path is not None]
    for place in waiting.keys() - {moves[0][0]} if moves else waiting:
        place.unlink(missing_ok=True)
    for place, path in moves:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, place)


def _require_file(place: Path) -> None:
    """Raise FileExistsError where something stands that is neither a file nor a link."""
    if os.path.lexists(place) and not place.is_file() and not place.is_symlink():
        raise FileExistsError(errno.EEXIST, "it is there, and no regular file")


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """A folder inside a folder, to write to before anything is put into its place.

    It is gone afterwards. One that a process left that was killed goes when the next is made
    beside it: such a one is held by none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in [path for path in folder.iterdir() if _STAGES.fullmatch(path.name)]:
        with _held(left, patient=False) as is_ours:
            if is_ours:
                shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as holding:
        stage = _made(folder, holding)
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


def _made(folder: Path, holding: ExitStack) -> Path:
    """A new folder inside a folder, held."""
    while True:
        stage = folder / f"{_STAGE}{secrets.token_hex(8)}"
        stage.mkdir()
        holding.enter_context(_held(stage, patient=True))
        if stage.is_dir():  # no other took it for left before it was held
            return stage


@contextmanager
def _held(folder: Path, patient: bool) -> Iterator[bool]:
    """Hold a folder against others, whether now or when they let it go.

    False where another holds it, or the system holds no folders. What a process held that was
    killed is free.
    """
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folder
        yield False
        return
    try:
        fcntl.flock(number, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
        ours = True
    except OSError:
        ours = False
    try:
        yield ours
    finally:
        os.close(number)


def _holds(path: Path, content: bytes) -> bool:
    """Whether there is a file of that content, and no symbolic link to one."""
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content


def _write(path: Path, content: bytes) -> None:
    """Write a new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)


def _sync(path: Path) -> None:
    """Wait until the disk has a file, or which files a folder has."""
    if os.name == "nt" and path.is_dir():  # which Windows does not open
        return
    number = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


# --- whether it can be written ----------------------------------------------------------------


def require_own_folder(folder: Path, names: Iterable[str] = ()) -> None:
    """Whether a folder can be written that holds files of these names. Raises DeriveError.

    A symbolic link among its folders is not followed: it may lead anywhere.
    """
    require_folder(folder.parent)
    for own in (folder, *sorted({folder / os.path.dirname(name) for name in names} - {folder})):
        if own.is_symlink():
            cure = "remove the link, or choose where it leads with --out"
            raise DeriveError(f"{own} is a symbolic link, which is not followed", cure)
        require_folder(own)


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


@contextmanager
def _telling(*paths: Path) -> Iterator[None]:
    """An error of the system told as one of what was to be written."""
    try:
        yield
    except OSError as error:
        fail_to_write(paths[0], error)
