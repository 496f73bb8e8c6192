"""All parameters in one vector."""

import numpy as np

from derive.code.runtime.example.model import Parameters

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
