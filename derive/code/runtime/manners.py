"""What scikit-learn's manners ask of data, of weights of samples and of a random state."""

import sys
import warnings
from typing import Any

import numpy as np

# What is given, and what is made of it. Of scikit-learn is used what is loaded.


_FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
"""The types that are kept; all others become the first."""


def _rows(X: Any) -> np.ndarray:
    """X as rows of finite floats."""
    if hasattr(X, "toarray"):
        raise TypeError("Sparse data was passed for X, but dense data is required.")
    X = np.asarray(X)
    if X.dtype.kind in "mM":
        raise ValueError("Dates were passed for X; pass numbers, such as days since one of them.")
    if X.dtype.kind == "c":
        raise ValueError("Complex data not supported")
    if X.ndim != 2:
        raise ValueError(f"Expected 2D array, got an array of shape {X.shape}. Reshape your data.")
    if 0 in X.shape:
        raise ValueError(f"Found array with {X.shape[0]} sample(s) and {X.shape[1]} feature(s).")
    X = X.astype(X.dtype if X.dtype in _FLOATS else float)
    if not np.isfinite(X).all():
        raise ValueError("Input X contains NaN or infinity.")
    return X


def _column_names(X: Any) -> np.ndarray | None:
    """The names of X's columns, where all are text."""
    names = getattr(X, "columns", None)
    if names is None or not all(isinstance(name, str) for name in names):
        return None
    return np.asarray(names, dtype=object)


def _flat_targets(y: np.ndarray, N: int) -> np.ndarray:
    """One target for each of N rows; a column becomes flat, with a warning."""
    if y.ndim == 2 and y.shape[1] == 1:
        said = "A column-vector y was passed when a 1d array was expected"
        warnings.warn(said, stacklevel=6)  # where fit is called
        y = y[:, 0]
    if y.shape != (N,):
        raise ValueError(f"y: expected shape ({N},), got {y.shape}")
    return y


def _sample_weights(given: Any, N: int) -> np.ndarray | None:
    """None, or N finite numbers that are not negative and not all zero."""
    if given is None:
        return None
    weights = np.asarray(given, dtype=float)
    if weights.ndim == 0:
        weights = np.full(N, float(weights))
    if weights.shape != (N,):
        raise ValueError(f"sample_weight: expected shape ({N},), got {weights.shape}")
    if not np.isfinite(np.sum(weights)) or (weights < 0).any():
        raise ValueError("sample_weight: expected numbers of a finite sum, none negative")
    if not weights.any():
        raise ValueError("sample_weight: all weights are zero")
    return weights


def _true(y: Any, predicted: np.ndarray) -> np.ndarray:
    """Targets to hold predictions against, in their shape."""
    y = np.asarray(y)
    if y.size != predicted.size or y.shape[:1] != predicted.shape[:1] or _has_gaps(y):
        expected = f"shape {predicted.shape}, none missing"
        raise ValueError(f"y: expected {expected}, got {y.dtype} of shape {y.shape}")
    return y.reshape(predicted.shape)


def _has_gaps(y: np.ndarray) -> bool:
    """Whether a number is not finite, or an object unequal to itself, as NaN is."""
    return bool((~np.isfinite(y)).any() if y.dtype.kind == "f" else np.not_equal(y, y).any())


def _split(N: int, fraction: float, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """The rows to train with, and those to validate with."""
    held = int(np.ceil(fraction * N))
    if held >= N:
        raise ValueError(f"early_stopping: {N} samples leave none to train with")
    order = random.permutation(N)
    return order[held:], order[:held]


def _random(random_state: object) -> np.random.RandomState:
    """The RandomState that a random_state stands for."""
    if isinstance(random_state, np.random.RandomState):
        return random_state
    if random_state is None:
        return np.random.RandomState(np.random.randint(np.iinfo(np.int32).max))
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        return np.random.RandomState(random_state)
    raise ValueError(f"random_state: {random_state!r} cannot be used to seed a RandomState")


def _exception(name: str, otherwise: Any) -> Any:
    """scikit-learn's exception of that name where it is loaded."""
    return _of_sklearn("exceptions", name, otherwise)


def _of_sklearn(module: str, name: str, otherwise: Any) -> Any:
    """What scikit-learn has under that name where it is loaded, and new enough to have it."""
    return getattr(sys.modules.get(f"sklearn.{module}"), name, otherwise)
