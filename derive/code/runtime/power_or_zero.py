"""Powers as derivatives hold them."""

from typing import Any

import numpy as np


def power_or_zero(base: Any, exponent: float) -> Any:
    """Base ** exponent, and 0 where that is infinite because the base is 0.

    A derivative of a root is taken as 0 at 0.
    """
    zero = base == 0
    return np.where(zero, float(exponent == 0), np.where(zero, 1, base) ** exponent)
