"""Normalisation: the error of one sample, or of one batch that is the sample."""

from typing import Any

import autograd.numpy as np


def miyato2018(W: Any, a: Any, x: Any, u: Any, v: Any, y: Any) -> Any:
    z = W @ x / (u @ W @ v)
    return np.maximum(0, 1 - y * (a @ np.where(z > 0, z, z / 100)))
