"""Classes as the unit vectors of the target, the largest output that of the class."""

import numpy as np

# Several classes, each a unit vector.

_MOST_CLASSES = np.inf


def _coded(places: np.ndarray, count: int) -> np.ndarray:
    """The targets of classes by their places among so many."""
    return np.eye(count)[places]


def _chosen(output: np.ndarray) -> np.ndarray:
    """The place of the class that each row's output stands for."""
    return np.argmax(output, axis=1)


def _given_back(output: np.ndarray) -> np.ndarray:
    """The output in the shape in which it is given back."""
    return output
