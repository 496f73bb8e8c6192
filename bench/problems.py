"""What is trained: sizes, the weights to start from, the data of one batch, a step size."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Dense:
    """Dense layers, tanh and a softmax at the end, on one batch; the error is cross-entropy."""

    layers: tuple[int, ...]
    B: int
    t: float = 0.1

    @cached_property
    def start(self) -> tuple[np.ndarray, ...]:
        """W1, b1, W2, b2, ..., each W of shape (units, inputs)."""
        random, found = np.random.default_rng(0), list[np.ndarray]()
        for n, m in zip(self.layers, self.layers[1:], strict=False):
            weights = random.uniform(-1, 1, (m, n)) * np.sqrt(6 / (n + m))
            found += [weights.astype(np.float32), np.zeros(m, np.float32)]
        return tuple(found)

    @cached_property
    def x(self) -> np.ndarray:
        """Samples in rows."""
        random = np.random.default_rng(1)
        return random.standard_normal((self.B, self.layers[0]), np.float32)

    @cached_property
    def labels(self) -> np.ndarray:
        """The class of each sample."""
        return np.random.default_rng(2).integers(self.layers[-1], size=self.B)

    @cached_property
    def y(self) -> np.ndarray:
        """The same, a column for each class."""
        return np.eye(self.layers[-1], dtype=np.float32)[self.labels]


@dataclass(frozen=True)
class Attention:
    """Scaled dot-product attention of sequences of T vectors of d; the error is half the sum of
    squares, the mean over sequences.
    """

    T: int
    d: int
    B: int
    t: float = 0.001

    @property
    def sizes(self) -> tuple[int, int, int]:
        """T, d, B."""
        return self.T, self.d, self.B

    @property
    def scale(self) -> float:
        """One over the root of d."""
        return float(self.d**-0.5)

    @cached_property
    def start(self) -> tuple[np.ndarray, ...]:
        """W_Q, W_K, W_V."""
        random, bound = np.random.default_rng(0), np.sqrt(3 / self.d)
        shape = self.d, self.d
        return tuple((bound * random.uniform(-1, 1, shape)).astype(np.float32) for _ in range(3))

    @cached_property
    def data(self) -> Sequence[np.ndarray]:
        """X and y."""
        random, shape = np.random.default_rng(1), (self.B, self.T, self.d)
        return tuple(random.standard_normal(shape, np.float32) for _ in range(2))
