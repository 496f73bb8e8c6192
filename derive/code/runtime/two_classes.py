"""Two classes as two numbers of the target, the second where the output lies above a middle."""

import numpy as np

from derive.code.runtime.example.estimator import _CLASSES, _INDEXED, _MIDDLE

# Two classes, each a number.

_MOST_CLASSES = 2


def _coded(places: np.ndarray, count: int) -> np.ndarray:
    """The targets of classes by their places among so many."""
    targets = np.array(_CLASSES, float)[places]
    return targets[:, np.newaxis] if _INDEXED else targets


def _chosen(output: np.ndarray) -> np.ndarray:
    """The place of the class that each row's output stands for."""
    return (output > _MIDDLE).astype(int)


def _given_back(output: np.ndarray) -> np.ndarray:
    """The output in the shape in which it is given back."""
    return output[:, 0] if _INDEXED else output
