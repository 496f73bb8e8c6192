"""The course of a training and how far predictions are off, as pictures (needs matplotlib)."""

import io
from typing import Any

import numpy as np

from derive.training.run import Course
from derive.training.scores import ClassScores, NumberScores

INK, SECOND = "#1f4e79", "#c55a11"


def _axes(width: float = 5, height: float = 3) -> tuple[Any, Any]:
    from matplotlib.figure import Figure  # noqa: PLC0415 (optional)

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure: Any) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, dpi=150, format="png")
    return picture.getvalue()


def loss(course: Course, error: str) -> bytes:
    """The error of every pass on both parts of the rows, and the pass whose weights are kept.
    Raises ImportError without matplotlib.
    """
    figure, axes = _axes()
    passes = range(1, len(course.errors) + 1)
    axes.plot(passes, course.errors, color=INK, label="training")
    axes.plot(passes, course.watched, color=SECOND, label="validation")
    axes.axvline(course.best + 1, color="0.6", linewidth=0.8, linestyle=":")
    axes.annotate("kept", (course.best + 1, 1), (3, -9), xycoords=("data", "axes fraction"),
                  textcoords="offset points", fontsize=8, color="0.4")  # fmt: skip
    axes.set(xlabel="pass", ylabel=error)
    if min(course.errors.min(), course.watched.min()) > 0:
        axes.set_yscale("log")
    axes.legend(frameon=False)
    return _png(figure)


def confusion(found: ClassScores) -> bytes:
    """The confusion matrix: rows by their class, columns by the class told."""
    names = [each.name for each in found.classes]
    side = min(9.0, 2.2 + 0.45 * len(names))
    figure, axes = _axes(side, side)
    shares = found.confusion / np.maximum(1, found.confusion.sum(axis=1, keepdims=True))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(found.confusion):
        if count and len(names) <= 30:
            color = "white" if shares[row, column] > 0.5 else "0.2"
            axes.text(column, row, count, ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="told", ylabel="class")
    return _png(figure)


def residuals(found: NumberScores) -> bytes:
    """What was predicted beside what is, and the line on which both are one."""
    figure, axes = _axes(4, 3.4)
    ends = [
        min(found.given.min(), found.predicted.min()),
        max(found.given.max(), found.predicted.max()),
    ]
    axes.plot(ends, ends, color="0.7", linewidth=0.8)
    axes.plot(found.given, found.predicted, ".", color=INK, markersize=4, alpha=0.6)
    axes.set(xlabel=found.target, ylabel="predicted")
    return _png(figure)
