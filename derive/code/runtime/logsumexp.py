"""The logarithm of a sum of exponentials."""

import numpy as np


def logsumexp(z: np.ndarray, axis: int | tuple[int, ...] | None) -> np.ndarray:
    """The logarithm of the sum of exp(z) along an axis, without overflow."""
    largest = np.max(z.real, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(z - largest), axis=axis)) + np.squeeze(largest, axis)
