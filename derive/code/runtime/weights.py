"""Weights in files: saved whole or not at all, and loaded where they are those of the model."""

import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from derive.code.runtime.example.model import Parameters
from derive.code.runtime.example.weights import AXES, EQUATIONS, MODEL
from derive.code.runtime.formats import (
    _read_npz,
    _read_safetensors,
    _short,
    _write_npz,
    _write_safetensors,
)

METADATA = {"model": MODEL, "equations": EQUATIONS, "format": "1"}
"""What a file says of its weights."""


def save(path: str | Path, parameters: Parameters, notes: Mapping[str, str] | None = None) -> None:
    """Write the parameters to a .npz or .safetensors file, float32 or float64 as they are.

    notes is a dictionary of texts that are kept beside them, what they were trained on say.
    The file is whole at any moment: it is written beside its place, as .NAME.*.tmp, and then
    renamed, so that a process killed in between leaves the old file as it was. What it leaves of
    the new one, the next save into that folder removes. A symbolic link stays one; what it leads
    to is replaced.
    """
    path = Path(path)
    write = _by_suffix(path, _write_npz, _write_safetensors)
    if not isinstance(parameters, (tuple, list)) or len(parameters) != len(AXES):
        expected = f"Parameters({', '.join(AXES)})"
        raise TypeError(f"parameters: expected {expected}, got {_short(parameters)}")
    given = {
        name: _numbers("parameters", name, x) for name, x in zip(AXES, parameters, strict=True)
    }
    arrays = _checked("parameters", given)._asdict()
    metadata = METADATA | _texts("notes", notes or {})
    with _whole(path.resolve()) as file:
        write(file, arrays, metadata)


def load(path: str | Path, dtype: Any = None) -> Parameters:
    """The Parameters of a file that save wrote, in its own dtype or in the one given.

    dtype is float32 or float64. A .safetensors file of another program fits as well, where
    its metadata are METADATA and its tensors are named as the weights.
    """
    if dtype is not None and np.dtype(dtype) not in (np.float32, np.float64):
        raise ValueError(f"dtype: expected float32 or float64, got {np.dtype(dtype)}")
    _, arrays = _read(path)
    if arrays.keys() != AXES.keys():
        raise ValueError(f"{path}: expected the weights {list(AXES)}, got {_short(list(arrays))}")
    return _checked(path, {name: array() for name, array in arrays.items()}, dtype)


def load_notes(path: str | Path) -> dict[str, str]:
    """The notes that were saved beside the weights, name -> text; {} where there are none."""
    metadata, _ = _read(path)
    return _texts(path, {name: text for name, text in metadata.items() if name not in METADATA})


# Files that are being written, and what is left of them where a process was killed.

_LEFT = re.compile(r"\..+\.(npz|safetensors)\.[0-9a-f]{16}\.tmp")


@contextmanager
def _whole(path: Path) -> Iterator[BinaryIO]:
    """A new file beside a path, which takes its place when all is written."""
    for left in filter(_LEFT.fullmatch, os.listdir(path.parent)):
        _remove_unless_held(path.parent / left)
    temporary, number = _begun(path)
    try:
        with open(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(number)
            if os.name == "nt":  # which renames no open file
                file.close()
            os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _begun(path: Path) -> tuple[Path, int]:
    """A new file beside a path, open and held."""
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
        number = os.open(temporary, new, 0o666)
        _hold(number, patient=True)
        if temporary.exists():  # no other took it for left before it was held
            return temporary, number
        os.close(number)


def _remove_unless_held(left: Path) -> None:
    try:
        number = os.open(left, os.O_RDONLY)
    except OSError:  # it is gone
        return
    try:
        if _hold(number, patient=False):
            left.unlink(missing_ok=True)
    finally:
        os.close(number)


def _hold(number: int, patient: bool) -> bool:
    """Hold an open file until it is closed; False where another does, or the system holds none."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # Windows
        return False
    try:
        flock(number, LOCK_EX if patient else LOCK_EX | LOCK_NB)
    except OSError:
        return False
    return True


# What is given or read, checked.


def _by_suffix(path: Path, npz: Any, safetensors: Any) -> Any:
    """The function for the format that the path's suffix names."""
    if path.suffix not in (".npz", ".safetensors"):
        raise ValueError(f"{path}: expected a path that ends in .npz or .safetensors")
    return npz if path.suffix == ".npz" else safetensors


def _texts(where: object, notes: Any) -> dict[str, str]:
    """The notes, all of them texts under names that are not those of METADATA."""
    if not isinstance(notes, dict) or not all(
        isinstance(text, str) for note in notes.items() for text in note
    ):
        raise ValueError(f"{where}: expected a dictionary of texts as notes, got {_short(notes)}")
    if taken := notes.keys() & METADATA.keys():
        raise ValueError(f"{where}: {min(taken)!r} says whose weights they are; take another name")
    return notes


def _numbers(where: object, name: str, value: Any) -> np.ndarray:
    """An array of float32 or float64; whole numbers become float64."""
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{where}: {name} has rows of unequal length") from None
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{where}: {name} is {array.dtype}, expected float32 or float64")
    return array


def _checked(where: object, arrays: Mapping[str, np.ndarray], dtype: Any = None) -> Parameters:
    """Parameters of these arrays, their shapes consistent, their numbers finite, in one dtype."""
    if dtype is None:
        dtype = np.result_type(*(array.dtype for array in arrays.values()))
    sizes: dict[str, int] = {}
    weights = {}
    for name, axes in AXES.items():
        array = arrays[name]
        agreed = dict(zip(axes, array.shape, strict=False)) | sizes
        if array.shape != tuple(map(agreed.get, axes)) or 0 in array.shape:
            known = ", ".join(f"{axis} = {sizes[axis]}" for axis in axes if axis in sizes)
            raise ValueError(
                f"{where}: {name} has shape {_short(array.shape)}, expected "
                f"({', '.join(axes)}{',' * (len(axes) == 1)}){' with ' * bool(known)}{known}"
            )
        sizes.update(agreed)
        with np.errstate(over="ignore"):
            weights[name] = np.array(array, dtype, order="C")
        if not np.isfinite(weights[name]).all():
            place = tuple(int(index) for index in np.argwhere(~np.isfinite(weights[name]))[0])
            raise ValueError(
                f"{where}: {name} is {array[place]} at {list(place)}, "
                f"expected finite numbers of {np.dtype(dtype)}"
            )
    return Parameters(**weights)


def _same_model(path: Path, metadata: Any) -> None:
    """Raise ValueError unless the metadata are those of this model's weights."""
    if not isinstance(metadata, dict) or not METADATA.keys() <= metadata.keys():
        raise ValueError(
            f"{path}: does not say whose weights it holds; expected the metadata {METADATA}, "
            f"got {_short(metadata)}; write the file with save"
        )
    advice = {
        "model": "load it with the weights.py of its own model",
        "format": "load it with the weights.py that wrote it",
        "equations": "the model has changed since; train again, or generate from its equations",
    }
    for key, what_to_do in advice.items():
        if metadata[key] != METADATA[key]:
            raise ValueError(
                f"{path}: holds weights of {key} {_short(metadata[key])}, "
                f"expected {METADATA[key]!r}; {what_to_do}"
            )


def _read(path: str | Path) -> tuple[dict[str, Any], dict[str, Callable[[], np.ndarray]]]:
    """The metadata of a file of this model's weights, and a function for every array."""
    path = Path(path)
    metadata, arrays = _by_suffix(path, _read_npz, _read_safetensors)(path)
    _same_model(path, metadata)
    return metadata, arrays
