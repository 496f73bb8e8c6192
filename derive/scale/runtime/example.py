"""What processes.py and partitions.py of the example know of their model.

The example is that of `derive.code.runtime`. `Network` is that of network.py, which PyTorch has
to be there for.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from derive.code.runtime.example import trainer
from derive.code.runtime.example.trainer import Parameters

Network = Any

DATA: dict[str, tuple[str, ...]] = {
    "x": ("n",),
    "y": ("K",),
}
"""The sizes of a sample's arrays; those of many samples have one axis before."""
SIZES = ("n", "m", "K")
"""The sizes that a network has."""


def part(network: Network, data: Sequence[Tensor], rows: int, batch: int, first: bool) -> Tensor:
    """What `rows` samples have in the error of a batch of `batch` of them; such parts add up.

    Where `rows` is 0, `data` is a sample that counts nothing. One of the parts is the `first`.
    """
    error: Tensor = network.error(*data)
    return error * (rows / batch)


def _part(parameters: Parameters, data: Sequence[Any], first: bool) -> tuple[Any, np.ndarray]:
    """What samples have in the error of many of them and in its gradient; such parts add up, to
    what `_of_all` makes the error of. One of the parts is the `first`.
    """
    rows = len(data[0])
    value, partials = trainer.gradient(parameters, *data) if rows else (0, parameters)
    return rows * value, rows * trainer.ravel(partials)


def _of_all(total: Any, rows: int) -> Any:
    """The error of so many samples, or its gradient, from the sum of their parts."""
    return total / rows
