"""Regression with a hidden layer, 8-16-1: weights in files.

Generated from regression by `derive build regression`; do not edit.

save and load take a path that ends in .npz, which numpy.load reads too, or in .safetensors.
A file says of which model and which equations its weights are; load returns them as
Parameters, or raises ValueError with the file, what it holds, and what was expected.
Reading executes nothing: no file is ever unpickled. Notes may stand beside the weights, as the
columns and scales that `derive train` keeps; load_notes gives them.
from_sklearn and from_torch take over the weights of a network of the same layers.

Needs NumPy, and trainer.py beside this file.
"""

import json
import math
import os
import re
import secrets
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

if __package__:
    from .trainer import Parameters
else:
    from trainer import Parameters

MODEL = "regression"
EQUATIONS = "7ddcca80ed0ab97afb2d331cf4ccc1bbeba3c127010bd4329797a732a38b4660"
"""The SHA-256 of the model's equations: weights of other equations mean something else."""
AXES: dict[str, tuple[str, ...]] = {
    "W1": ("m", "n"),
    "b1": ("m",),
    "W2": ("K", "m"),
    "b2": ("K",),
}
"""The shape of every weight; a size that stands in two of them is the same number."""
LAYERS: tuple[tuple[str, str | None, str], ...] = (
    ("W1", "b1", "tanh"),
    ("W2", "b2", "identity"),
)
"""Of every dense layer the weight, of shape (units, inputs), the bias and the activation."""


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


def from_sklearn(estimator: Any) -> Parameters:
    """Parameters of a fitted MLPRegressor or MLPClassifier with the LAYERS of this model."""
    for name in ("coefs_", "intercepts_", "activation", "out_activation_"):
        if not hasattr(estimator, name):
            raise TypeError(
                "estimator: expected a fitted MLPRegressor or MLPClassifier, "
                f"got {type(estimator).__name__} without {name}; call fit first"
            )
    weights = [np.asarray(coefficients).T for coefficients in estimator.coefs_]
    parameters = _chained("estimator", weights, estimator.intercepts_)
    *hidden, out = (activation for _, _, activation in LAYERS)
    if hidden and estimator.activation != hidden[0]:
        raise ValueError(
            f"estimator: expected activation={hidden[0]!r}, got {estimator.activation!r}"
        )
    if estimator.out_activation_ != out:
        raise ValueError(
            f"estimator: expected the output's activation {out!r}, "
            f"got {estimator.out_activation_!r}; an MLPRegressor has 'identity' (of loss='poisson' "
            "'exp'), an MLPClassifier 'softmax', and 'logistic' for two classes or several labels"
        )
    return parameters


def from_torch(state_dict: Mapping[str, Any]) -> Parameters:
    """Parameters of an nn.Sequential of Linear layers, from its state_dict().

    The names end in .weight and .bias; numbered layers are taken in the order of their
    numbers, others as they come. What activations they have, a state_dict does not say: it
    is for you to see that they are those of LAYERS. Numbers of float16 and bfloat16 become float32,
    which has them all.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"state_dict: expected a mapping, got {type(state_dict).__name__}")
    layers: dict[str, dict[str, Any]] = {}
    for name, tensor in state_dict.items():
        layer, _, kind = str(name).rpartition(".")
        if kind not in ("weight", "bias"):
            raise ValueError(f"state_dict: expected names like 0.weight and 0.bias, got {name!r}")
        layers.setdefault(layer, {})[kind] = _plain(str(name), tensor)
    numbers = [re.fullmatch(r"(.*\.)?([0-9]{1,9})", layer) for layer in layers]
    if all(numbers) and len({number[1] for number in numbers if number}) == 1:
        layers = dict(sorted(layers.items(), key=lambda item: int(item[0].rpartition(".")[2])))
    for layer, parts in layers.items():
        if "weight" not in parts:
            raise ValueError(f"state_dict: {layer}.bias has no {layer}.weight beside it")
    weights = [parts["weight"] for parts in layers.values()]
    return _chained("state_dict", weights, [parts.get("bias") for parts in layers.values()])


def _plain(name: str, tensor: Any) -> Any:
    """A tensor of PyTorch, or an array, in NumPy's types."""
    kind = str(getattr(tensor, "dtype", "")).removeprefix("torch.")
    half = kind in ("float16", "bfloat16")
    if not hasattr(tensor, "detach"):
        return np.asarray(tensor).astype(np.float32) if half else tensor
    held = tensor.detach().cpu()
    try:
        return (held.float() if half else held).numpy()
    except TypeError:
        raise TypeError(
            f"state_dict: {name} is {kind}, expected float32, float64, float16 or bfloat16"
        ) from None


def _chained(where: str, weights: Sequence[Any], biases: Sequence[Any]) -> Parameters:
    """Parameters of one weight and one bias for each layer."""
    if not len(weights) == len(biases) == len(LAYERS):
        raise ValueError(
            f"{where}: expected {len(LAYERS)} weights and biases, one for each layer, "
            f"got {len(weights)} and {len(biases)}"
        )
    arrays = {}
    for place, ((weight, bias, _), W, b) in enumerate(zip(LAYERS, weights, biases, strict=True), 1):
        arrays[weight] = _numbers(where, weight, W)
        if bias is not None and b is None:
            raise ValueError(f"{where}: layer {place} has no bias, expected {bias}; give zeros")
        if bias is not None:
            arrays[bias] = _numbers(where, bias, b)
        elif b is not None and np.any(_numbers(where, f"bias of layer {place}", b)):
            raise ValueError(
                f"{where}: layer {place} has a bias that is not zero, and the model has none "
                f"beside {weight}; take a model with biases"
            )
    return _checked(where, {name: arrays[name] for name in AXES})


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
