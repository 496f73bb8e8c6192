"""The formats .npz and .safetensors, of whose files nothing is believed and nothing executed."""

import json
import math
import os
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

# The formats. A reader gives the metadata, and a function for every array by its name: whose
# file it is comes first, then what the arrays are. No number in a file is believed before it
# is held against the length of the file.


def _write_npz(file: BinaryIO, arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("metadata.json"), json.dumps(metadata))
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, _little_endian(array), allow_pickle=False)


def _read_npz(path: Path) -> tuple[Any, dict[str, Callable[[], np.ndarray]]]:
    members = _members(path)
    metadata = _json(path, members.pop("metadata.json", b"{}"))
    named = {name.removesuffix(".npy"): content for name, content in members.items()}
    return metadata, {name: partial(_npy, path, name, named[name]) for name in named}


_NO_ZIP = (zipfile.BadZipFile, EOFError, OSError, OverflowError, RuntimeError, struct.error)
"""What zipfile raises for bytes that are no zip file."""


def _members(path: Path) -> dict[str, bytes]:
    """The members of a zip file, all of them stored as they are: none can grow when read."""
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
                if any(m.compress_type != zipfile.ZIP_STORED for m in members):
                    raise ValueError("its members are compressed")
                if sum(m.file_size for m in members) > os.fstat(file.fileno()).st_size:
                    raise ValueError("its members are larger than the file")
                if len({m.filename for m in members}) < len(members):
                    raise ValueError("two of its members have one name")
                return {m.filename: archive.read(m) for m in members}
        except (*_NO_ZIP, ValueError) as problem:
            raise ValueError(f"{path}: {problem}; expected a whole .npz file from save") from None


_NPY = re.compile(
    rb"\x93NUMPY\x01\x00(..)\{'descr': '([^']{1,20})', 'fortran_order': (True|False), "
    rb"'shape': \(([0-9, ]{0,200})\), \} *\n",
    re.DOTALL,
)


def _npy(path: Path, name: str, content: bytes) -> np.ndarray:
    """The array of a .npy member. Its header is matched, not evaluated."""
    header = _NPY.match(content)
    if header is None or int.from_bytes(header[1], "little") != header.end() - 10:
        raise ValueError(f"{path}: {name} is no plain array in the .npy format 1.0")
    dtype = header[2].decode("latin-1")
    if dtype not in ("<f4", "<f8"):
        objects = " (Python objects, which are never unpickled)" * ("O" in dtype)
        raise ValueError(f"{path}: {name} has dtype {dtype!r}{objects}, expected <f4 or <f8")
    shape = tuple(int(size) for size in re.findall(rb"[0-9]+", header[4]))
    _same_length(path, name, dtype, shape, len(content) - header.end())
    numbers = np.frombuffer(content, dtype, offset=header.end())
    return numbers.reshape(shape, order="F" if header[3] == b"True" else "C")


def _write_safetensors(
    file: BinaryIO, arrays: dict[str, np.ndarray], metadata: dict[str, str]
) -> None:
    header: dict[str, Any] = {"__metadata__": metadata}
    end = 0
    for name, array in arrays.items():
        start, end = end, end + array.nbytes
        dtype = f"F{8 * array.itemsize}"
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": (start, end)}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # the numbers begin at a multiple of 8
    file.write(len(text).to_bytes(8, "little") + text)
    for array in arrays.values():
        file.write(_little_endian(array).tobytes())


def _read_safetensors(path: Path) -> tuple[Any, dict[str, Callable[[], np.ndarray]]]:
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size - 8
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length <= min(size, 100_000_000):
            raise ValueError(
                f"{path}: its header would be {length} of {max(size, 0)} bytes, expected at most "
                "all and 100 MB; the file is cut off, or no .safetensors file"
            )
        header = _json(path, file.read(length))
        metadata = header.pop("__metadata__", None)
        _tiled(path, header, size - length)
        content = file.read(size - length)
    return metadata, {name: partial(_tensor, path, name, header[name], content) for name in header}


def _tiled(path: Path, header: dict[str, Any], size: int) -> None:
    """The tensors lie one after the other, and nothing lies between or after them."""
    for name, entry in header.items():
        whole = isinstance(entry, dict) and entry.keys() == {"dtype", "shape", "data_offsets"}
        if not whole or not all(_are_sizes(entry[key]) for key in ("shape", "data_offsets")):
            raise ValueError(
                f"{path}: {_short(name)} is described by {_short(entry)}, "
                "expected dtype, shape and data_offsets"
            )
        if len(entry["data_offsets"]) != 2:
            raise ValueError(f"{path}: {_short(name)} has {len(entry['data_offsets'])} offsets")
    end = 0
    for start, stop, name in sorted((*entry["data_offsets"], n) for n, entry in header.items()):
        if start != end or stop < start:
            raise ValueError(
                f"{path}: {_short(name)} lies at the bytes {start} to {stop}, "
                f"expected to begin at {end}; tensors overlap or leave a gap"
            )
        end = stop
    if end != size:
        raise ValueError(
            f"{path}: its tensors are {end} bytes and the file has {size} for them; "
            "it is cut off, or something follows them"
        )


def _are_sizes(value: object) -> bool:
    """Whether this is a short list of whole numbers, none beyond the size of any file."""
    if not isinstance(value, list) or len(value) > 64:
        return False
    return all(type(x) is int and 0 <= x < 2**63 for x in value)


def _tensor(path: Path, name: str, entry: Any, content: bytes) -> np.ndarray:
    """The array that an entry of a safetensors header describes."""
    dtype = {"F32": "<f4", "F64": "<f8"}.get(str(entry["dtype"]))
    if dtype is None:
        raise ValueError(
            f"{path}: {name} has dtype {_short(entry['dtype'])}, expected F32 or F64; convert it"
        )
    start, end = entry["data_offsets"]
    _same_length(path, name, dtype, entry["shape"], end - start)
    return np.frombuffer(content[start:end], dtype).reshape(entry["shape"])


def _same_length(path: Path, name: str, dtype: str, shape: Sequence[int], length: int) -> None:
    expected = math.prod(shape) * np.dtype(dtype).itemsize
    if len(shape) > 64 or not 0 < expected == length:
        raise ValueError(
            f"{path}: {name} of shape {_short(tuple(shape))} in {dtype} is {expected} bytes, "
            f"and the file holds {length}"
        )


def _json(path: Path, text: bytes) -> dict[str, Any]:
    """A JSON object in which no key stands twice."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=unique)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"{path}: its header is no valid JSON: {problem}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path}: its header is {_short(found)}, expected a JSON object")
    return found


def _little_endian(array: np.ndarray) -> np.ndarray:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _short(value: object) -> str:
    """What was found, for a message: at most 200 characters."""
    try:
        text = repr(value)
    except RecursionError:
        text = f"a nested {type(value).__name__}"
    return text if len(text) <= 200 else f"{text[:200]}..."
