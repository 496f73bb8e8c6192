"""The softmax of a model that normalises along an axis."""

import numpy as np


def softmax(z: np.ndarray, axis: int | tuple[int, ...]) -> np.ndarray:
    """exp(z) over its sum along an axis; what the largest z has in common is taken out first."""
    e = np.exp(z - np.max(z.real, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
