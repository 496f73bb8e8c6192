"""Samples in batches: those that lie in memory are checked once, others as they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from derive.code.runtime.arguments import _whole
from derive.code.runtime.checking import _check
from derive.code.runtime.example.model import _DATA, Parameters

# Samples in batches.

_Prepared = Callable[[], Iterator[Sequence[np.ndarray]]]
"""What gives the batches of a pass, checked: their arrays in one dtype, samples in rows."""


TOGETHER = 2**16
"""The numbers in rows that are taken together."""


class _Batches:
    """The batches of some arrays: their rows in order, or in a new random order for each pass."""

    def __init__(self, size: int, data: list[Any], seed: int | None) -> None:
        self.size, self.data = size, data
        self.random = None if seed is None else np.random.default_rng(seed)

    def __call__(self) -> Iterator[tuple[Any, ...]]:
        N = len(self.data[0])
        order = None if self.random is None else self.random.permutation(N)
        if order is not None and self.lies_in_memory:
            yield from _shuffled(self.data, order, self.size)
            return
        for start in range(0, N, self.size):
            rows: Any = slice(start, start + self.size)
            if order is not None:
                rows = np.sort(order[rows])  # a file is read forwards
            yield tuple(array[rows] for array in self.data)

    @property
    def lies_in_memory(self) -> bool:
        """Whether all arrays are there whole, and none is a file's."""
        return all(type(array) is np.ndarray for array in self.data)


def _shuffled(
    data: Sequence[np.ndarray], order: np.ndarray, size: int
) -> Iterator[tuple[np.ndarray, ...]]:
    """Batches of the rows in that order, those of several batches taken at once."""
    numbers = sum(array[:1].size for array in data)
    together = size * max(1, TOGETHER // (size * max(1, numbers)))
    for start in range(0, len(order), together):
        rows = order[start : start + together]
        taken = [array.take(rows, axis=0) for array in data]
        for place in range(0, len(rows), size):
            yield tuple(array[place : place + size] for array in taken)


def _in_batches(batch_size: int, given: Mapping[str, Any], seed: int | None) -> _Batches:
    """`in_batches`, of samples by their names."""
    size = _whole(batch_size, "batch_size", 1)
    data = [_rows_by_place(array) for array in given.values()]
    counts = [np.shape(array)[:1] for array in data]
    if () in counts or len(set(counts)) > 1:
        shapes = ", ".join(
            f"{name} {np.shape(array)}" for name, array in zip(given, data, strict=True)
        )
        raise ValueError(f"expected as many rows of each array, got the shapes {shapes}")
    return _Batches(size, data, seed)


def _prepared(batches: Any, parameters: Parameters) -> _Prepared:
    """What gives the batches of each pass, for a list of them or a function that returns them."""
    if isinstance(batches, _Batches) and batches.lies_in_memory:
        data = _check(parameters, _named("batches", batches.data))[1]
        checked = _Batches(batches.size, data, None)
        checked.random = batches.random
        return checked
    if isinstance(batches, (list, tuple)):
        apart = {id(batch): batch for batch in batches}
        known = {
            place: _check(parameters, _named("batches", batch))[1] for place, batch in apart.items()
        }
        return lambda: (known[id(batch)] for batch in batches)
    return lambda: _as_they_come(batches, parameters)


def _as_they_come(batches: Any, parameters: Parameters) -> Iterator[list[np.ndarray]]:
    given = batches() if callable(batches) else batches
    if not hasattr(given, "__iter__"):
        found = type(given).__name__
        raise TypeError(f"batches: expected a list, or a function that returns them, got {found}")
    for batch in given:
        yield _check(parameters, _named("batches", batch))[1]


def _named(where: str, data: Any) -> dict[str, Any]:
    """Each array of a tuple of samples by its name."""
    if not _DATA:
        raise TypeError(f"{where}: the model has no inputs and no targets; train needs none")
    if not isinstance(data, (tuple, list)) or len(data) != len(_DATA):
        given = type(data).__name__ + (f" of {len(data)}" if hasattr(data, "__len__") else "")
        raise TypeError(f"{where}: expected ({', '.join(_DATA)}), got {given}")
    return dict(zip(_DATA, data, strict=True))


def _rows_by_place(array: Any) -> Any:
    """An array whose rows are numbered from 0: a list's become so, a table's lose their labels."""
    plain = not isinstance(array, (list, tuple)) and not hasattr(array, "iloc")
    return array if plain else np.asarray(array)
