"""Parameters and samples that are given, checked against the model's axes and assumptions."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derive.code.runtime.example.model import _ASSUMED, _AXES, _SAMPLES, Parameters

# What is given, checked.

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
"""The types in which nothing has to be converted."""


def _check(
    parameters: object, data: Mapping[str, object]
) -> tuple[Parameters, list[np.ndarray], bool]:
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    found = _as_they_are(parameters, data)
    if found is not None:
        return found
    fields = Parameters._fields
    if not isinstance(parameters, (tuple, list)) or len(parameters) != len(fields):
        count = f" of {len(parameters)}" if hasattr(parameters, "__len__") else ""
        given = type(parameters).__name__ + count
        raise TypeError(f"parameters: expected Parameters({', '.join(fields)}), got {given}")
    sizes: dict[str, int] = {}
    weights, rows = {}, {}
    for name, value in zip(fields, parameters, strict=True):
        weights[name] = _fit(name, _numbers(name, value), [_AXES[name]], sizes)
    floats = [array.dtype for array in weights.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype(float)
    places = [0, 1]  # how many axes stand before those of one sample
    for name, value in data.items():
        array = _numbers(name, value)
        choices = [(_SAMPLES,) * place + _AXES[name] for place in places]
        rows[name] = _fit(name, array, choices, sizes)
        places = [array.ndim - len(_AXES[name])]  # the first array decides for all
    single = places == [0]
    checked = Parameters(*(_finite(name, array, dtype) for name, array in weights.items()))
    for name, array in rows.items():
        finite = _finite(name, array, dtype)
        rows[name] = finite[np.newaxis] if single else finite
    _assume(rows)
    return checked, list(rows.values()), single


def _as_they_are(
    parameters: object, data: Mapping[str, object]
) -> tuple[Parameters, list[np.ndarray], bool] | None:
    """What `_check` returns, where nothing has to be converted and all that was given fits; else
    None, as where the sum of the squares is infinite, and what is wrong is then looked for.
    """
    if type(parameters) is not Parameters:
        return None
    given: tuple[Any, ...] = (*parameters, *data.values())
    dtype = getattr(given[0], "dtype", None)
    if dtype not in FLOATS:
        return None
    for value in given:
        if type(value) is not np.ndarray or value.dtype is not dtype:
            return None
    single = _fitting(tuple(data), tuple([value.shape for value in given]))
    if single is None:
        return None
    for value in given:
        if not math.isfinite(np.vdot(value, value)):
            return None
    rows = list(given[len(parameters) :])
    rows = [array[np.newaxis] for array in rows] if single else rows
    if _ASSUMED:
        _assume(dict(zip(data, rows, strict=True)))
    return parameters, rows, single


@functools.lru_cache(maxsize=64)
def _fitting(data: tuple[str, ...], shapes: tuple[tuple[int, ...], ...]) -> bool | None:
    """Whether parameters and data of these shapes are of one sample; None where they do not fit."""
    names = (*Parameters._fields, *data)
    single = bool(data) and len(shapes[len(Parameters._fields)]) == len(_AXES[data[0]])
    sizes: dict[str, int] = {}
    for name, shape in zip(names, shapes, strict=True):
        axes = _AXES[name] if single or name not in data else (_SAMPLES, *_AXES[name])
        if len(axes) != len(shape) or 0 in shape:
            return None
        if any(
            sizes.setdefault(axis, size) != size for axis, size in zip(axes, shape, strict=True)
        ):
            return None
    return single


def _numbers(name: str, value: object) -> np.ndarray:
    """An array of integers or floats."""
    try:
        array = np.asarray(value)
    except ValueError:
        expected = f"{name}: expected shape {_expected(name)}"
        raise ValueError(f"{expected}, got rows of unequal length") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name}: expected real numbers of shape {_expected(name)}, "
            f"got {array.dtype} of shape {array.shape}"
        )
    return array


def _fit(
    name: str, array: np.ndarray, choices: Sequence[tuple[str, ...]], sizes: dict[str, int]
) -> np.ndarray:
    """The array, if its shape is one of the choices; sizes not met before are noted."""
    for axes in choices:
        agreed = dict(zip(axes, array.shape, strict=False)) | sizes
        if array.shape == tuple(map(agreed.get, axes)) and 0 not in array.shape:
            sizes.update(agreed)
            return array
    known = ", ".join(f"{axis} = {sizes[axis]}" for axis in choices[-1] if axis in sizes)
    where = f" with {known}" if known else ""
    raise ValueError(f"{name}: expected shape {_shapes(choices)}{where}, got {array.shape}")


def _finite(name: str, array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The array in that dtype, every number finite."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    if not np.isfinite(array).all():
        place = [int(index) for index in np.argwhere(~np.isfinite(array))[0]]
        raise ValueError(
            f"{name}: expected finite numbers of shape {_shapes([_AXES[name]])}, "
            f"got {array[tuple(place)]} at {place} of shape {array.shape}"
        )
    return array


def _assume(rows: dict[str, np.ndarray]) -> None:
    """Raise ValueError for the first row where what the model assumes does not hold."""
    for name, assumption, holds in _ASSUMED:
        if name not in rows:
            continue
        array = rows[name]
        bad = np.flatnonzero(~holds(array).reshape(len(array), -1).all(axis=1))
        if bad.size:
            raise ValueError(
                f"{name}: the model assumes {assumption}; row {bad[0]} (the first is row 0) "
                f"is {array[bad[0]].tolist()}"
            )


def _near(total: np.ndarray, number: float) -> np.ndarray:
    """Whether sums of rounded numbers are a number: half the digits of their dtype agree."""
    return abs(total - number) <= np.finfo(total.dtype).eps ** 0.5


def _expected(name: str) -> str:
    """The shape of a weight, or those of one sample and of many, for a message."""
    one, many = _AXES[name], (_SAMPLES, *_AXES[name])
    return _shapes([one] if name in Parameters._fields else [one, many])


def _shapes(choices: Sequence[tuple[str, ...]]) -> str:
    """(n,) or (N, n): what is expected, for a message."""
    return " or ".join(f"({', '.join(axes)}{',' * (len(axes) == 1)})" for axes in choices)
