"""All parameters in one vector, as optimizers that know no model take them."""

from collections.abc import Callable, Mapping

import numpy as np

from derive.code.runtime.checking import _check
from derive.code.runtime.descent import _quiet
from derive.code.runtime.example.model import Parameters, _gradient

# All parameters in one vector.


def ravel(parameters: Parameters) -> np.ndarray:
    """All parameters in one vector, in their order."""
    return np.concatenate([np.ravel(x) for x in parameters])


def unravel(vector: np.ndarray, like: Parameters) -> Parameters:
    """The Parameters in a vector, shaped like others."""
    ends = np.cumsum([np.size(x) for x in like])
    if np.shape(vector) != (ends[-1],):
        raise ValueError(f"vector: expected shape ({ends[-1]},), got {np.shape(vector)}")
    parts = np.split(np.asarray(vector), ends[:-1])
    return Parameters(*(part.reshape(np.shape(x)) for part, x in zip(parts, like, strict=True)))


def _objective(
    like: Parameters, given: Mapping[str, object]
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    like, data, _ = _check(like, given)

    def value_and_gradient(vector: np.ndarray) -> tuple[float, np.ndarray]:
        value, partials = _quiet(_gradient, unravel(vector, like), data)
        return float(value), ravel(partials)

    return value_and_gradient
