"""How well a run predicts: of classes how many are told right, of numbers how far they are off."""

from dataclasses import dataclass

import numpy as np

from derive.tables.facts import Array
from derive.training.encoding import Encoding


@dataclass(frozen=True)
class OfClass:
    """How one class is told from the others."""

    name: str
    rows: int
    precision: float
    """The part of those that were taken for it that are of it; NaN where none was."""
    recall: float
    """The part of its own that were told; NaN where there are none."""

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total > 0 else total


@dataclass(frozen=True)
class ClassScores:
    """Of some rows with classes."""

    accuracy: float
    confusion: Array
    """Rows by their class, columns by the class that they were taken for."""
    classes: tuple[OfClass, ...]


@dataclass(frozen=True)
class NumberScores:
    """Of some rows with one target that is a number, in the units of the target."""

    target: str
    determination: float
    """R²; NaN where all targets are alike."""
    root_mean_square: float
    mean_absolute: float
    given: Array
    predicted: Array


Scores = ClassScores | tuple[NumberScores, ...]


def chosen_classes(taken: Encoding, output: Array) -> Array:
    """The place of the class that each row's output stands for."""
    flat = output.reshape(len(output), -1)
    if taken.kind.one_hot:
        return np.asarray(np.argmax(flat, axis=1))
    return np.asarray(flat[:, 0] > float(taken.kind.middle), int)


def given_classes(taken: Encoding, y: Array) -> Array:
    """The place of the class that each row's target stands for."""
    flat = y.reshape(len(y), -1)
    if taken.kind.one_hot:
        return np.asarray(np.argmax(flat, axis=1))
    return np.asarray(flat[:, 0] == float(taken.kind.high), int)


def scores(taken: Encoding, output: Array, y: Array) -> Scores:
    """Of the outputs for rows with these targets."""
    if taken.classes:
        return _of_classes(taken, chosen_classes(taken, output), given_classes(taken, y))
    flat, right = (taken.undo(a.reshape(len(a), -1)) for a in (output, y))
    return tuple(
        _of_numbers(each.column, flat[:, k], right[:, k]) for k, each in enumerate(taken.targets)
    )


def _of_classes(taken: Encoding, told: Array, right: Array) -> ClassScores:
    count = len(taken.classes)
    confusion = np.zeros((count, count), int)
    np.add.at(confusion, (right, told), 1)
    own, of_each, taken_for = confusion.diagonal(), confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassScores(
        float(own.sum() / max(1, len(right))),
        confusion,
        tuple(
            OfClass(name, int(of_each[k]), _part(own[k], taken_for[k]), _part(own[k], of_each[k]))
            for k, name in enumerate(taken.classes)
        ),
    )


def _part(some: int, of: int) -> float:
    return float(some / of) if of else float("nan")


def _of_numbers(target: str, predicted: Array, right: Array) -> NumberScores:
    off = predicted - right
    spread = np.sum((right - right.mean()) ** 2)
    varies = len(right) and np.ptp(right) > 0
    return NumberScores(
        target,
        float(1 - np.sum(off**2) / spread) if varies else float("nan"),
        float(np.sqrt(np.mean(off**2))),
        float(np.mean(np.abs(off))),
        right,
        predicted,
    )
