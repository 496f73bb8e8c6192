"""Single numbers that are given, checked."""

import math

import numpy as np

# Single numbers, checked.


def _whole(number: object, name: str, least: int) -> int:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{name}: expected a whole number, got {number!r}")
    if number < least:
        raise ValueError(f"{name}: expected at least {least}, got {number}")
    return int(number)


def _step_size(t: object, name: str = "t") -> float:
    """A finite float that is not negative."""
    if type(t) is float and 0 <= t < math.inf:
        return t
    number = np.asarray(t)
    if number.ndim or number.dtype.kind not in "iuf":
        raise TypeError(f"{name}: expected a real number, got {t!r}")
    if not 0 <= number < np.inf:
        raise ValueError(f"{name}: expected a finite number that is not negative, got {t!r}")
    return float(number)
