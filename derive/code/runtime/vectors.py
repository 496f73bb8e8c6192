"""What optimizers that know no model take: a function of one vector."""

from collections.abc import Callable, Mapping

import numpy as np

from derive.code.runtime.checking import _check
from derive.code.runtime.descent import _quiet
from derive.code.runtime.example.model import Parameters, _gradient
from derive.code.runtime.ravel import ravel, unravel

# What optimizers that know no model minimise.


def _objective(
    like: Parameters, given: Mapping[str, object]
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    like, data, _ = _check(like, given)

    def value_and_gradient(vector: np.ndarray) -> tuple[float, np.ndarray]:
        value, partials = _quiet(_gradient, unravel(vector, like), data)
        return float(value), ravel(partials)

    return value_and_gradient
