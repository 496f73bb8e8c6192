"""The errors of a training as a curve."""

from os import PathLike
from typing import Any

import numpy as np

from derive.code.runtime.example.model import _ERROR

# The errors as a curve.


def plot(errors: np.ndarray, path: str | PathLike[str] | None = None, by: str = "step") -> Any:
    """The errors by steps or passes, in a file or on the axes returned (needs matplotlib)."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plot needs matplotlib: pip install matplotlib") from None
    if np.ndim(errors) != 1 or not np.size(errors):
        raise ValueError(f"errors: expected one after the other, got shape {np.shape(errors)}")
    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(errors)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(xlabel=by, ylabel=_ERROR)
    if np.min(errors) > 0:
        axes.set_yscale("log")
    if path is not None:
        figure.savefig(path, dpi=150)
    return axes
