"""Numbers by the names of a model's arrays -> its sizes, and every cell that is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.evaluation.evaluate import Cell
from derive.model.model import Array, Model


@dataclass(frozen=True)
class Given:
    """The number of each size, as the shapes tell it, and of each cell."""

    sizes: dict[str, int]
    point: dict[Cell, Fraction]


def given(model: Model, numbers: Mapping[str, Any]) -> Given:
    """One sample and the weights. A hyperparameter may be given; else it is the model's number.

    Raises DeriveError for a name that there is not, one that is missing, a wrong shape, and what
    is no finite real number.
    """
    _require_names(model, numbers)
    sizes: dict[str, int] = {}
    told: dict[str, str] = {}
    point: dict[Cell, Fraction] = {(name, ()): x for name, x in model.hyperparameters}
    for array in model.leaves:
        if array.name in numbers:
            values = _numbers(model, array, numbers[array.name])
            _meet(model, array, values.shape, sizes, told)
            for place in np.ndindex(values.shape):
                cell = array.name, tuple(number + 1 for number in place)
                point[cell] = Fraction(values[place].item())
    return Given(sizes, point)


def _require_names(model: Model, numbers: Mapping[str, Any]) -> None:
    known = [array.name for array in model.leaves]
    for name in numbers:
        if name not in known:
            near = get_close_matches(str(name), known, n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            role = next((a.role for a in model.arrays if a.name == name), "")
            said = f"{name} is computed, not given" if role else f"{model.name} has no {name}"
            raise DeriveError(said, f"{meant}given are {_shapes(model)}", model.name)
    missing = [a.name for a in (*model.weights, *model.data) if a.name not in numbers]
    if missing:
        problem = f"{', '.join(missing)}: not given"
        raise DeriveError(problem, f"give numbers for {_shapes(model)}", model.name)


def _shapes(model: Model) -> str:
    """W of shape (m, n), y."""
    return ", ".join(
        f"{array.name} of shape {_shape(array.shape)}" if array.shape else array.name
        for array in (*model.weights, *model.data)
    )


def _shape(sizes: tuple[object, ...]) -> str:
    return f"({', '.join(map(str, sizes))}{',' * (len(sizes) == 1)})"


def _numbers(model: Model, array: Array, numbers: Any) -> np.ndarray[Any, Any]:
    try:
        values = np.asarray(numbers)
    except (TypeError, ValueError) as error:  # rows of several lengths
        problem = f"{array.name} is no array: {error}"
        raise DeriveError(problem, _wanted(array), model.name) from None
    if values.dtype.kind not in "iuf":
        raise DeriveError(f"{array.name} holds {values.dtype}", _wanted(array), model.name)
    if not np.isfinite(values).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(values))[0]))
        problem = f"{array.name} is {values[place]} at {list(place)}" if place else array.name
        raise DeriveError(problem, "give finite numbers", model.name)
    return values


def _wanted(array: Array) -> str:
    """What an array is given as."""
    if not array.shape:
        return "give a real number"
    return f"give real numbers of shape {_shape(array.shape)}"


def _meet(
    model: Model, array: Array, shape: tuple[int, ...], sizes: dict[str, int], told: dict[str, str]
) -> None:
    """Note the sizes that a shape tells, which are those that other arrays have."""
    problem = f"{array.name} is of shape {shape}"
    if len(shape) != len(array.shape):
        raise DeriveError(problem, f"of one sample: {_wanted(array)}", model.name)
    for symbol, number in zip(array.shape, shape, strict=True):
        if not number:
            raise DeriveError(problem, f"{symbol} is a whole number from 1 on", model.name)
        if sizes.setdefault(symbol, number) != number:
            cure = f"{_wanted(array)}: {symbol} = {sizes[symbol]} in {told[symbol]}"
            raise DeriveError(problem, cure, model.name)
        told.setdefault(symbol, array.name)
