"""What a student writes, and what an expert does: the same networks in NumPy by hand."""

from typing import Any

import numpy as np


class Classifier:
    """tanh and softmax, 64-32-10 or 784-128-10, trained on one batch of samples."""

    def __init__(self, weights: Any, x: np.ndarray, y: np.ndarray, t: float) -> None:
        self.weights = [array.copy() for array in weights]
        self.x, self.y, self.t = x, y, t
        _, b1, _, b2 = self.weights
        self.rooms = [np.empty((len(x), len(b)), x.dtype) for b in (b1, b1, b2)]
        self.row = np.empty((len(x), 1), x.dtype)
        self.slopes = [np.empty_like(array) for array in self.weights]

    def textbook(self, steps: int) -> None:
        """As it stands in courses: every line a formula, every array a new one."""
        x, y, t = self.x, self.y, self.t
        for _ in range(steps):
            W1, b1, W2, b2 = self.weights
            h = np.tanh(x @ W1.T + b1)
            z = h @ W2.T + b2
            e = np.exp(z - z.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            d2 = (p - y) / len(x)
            d1 = (d2 @ W2) * (1 - h**2)
            W1 -= t * d1.T @ x
            b1 -= t * d1.sum(axis=0)
            W2 -= t * d2.T @ h
            b2 -= t * d2.sum(axis=0)

    def in_place(self, steps: int) -> None:
        """The same with `out=` wherever NumPy takes it; no error is computed."""
        x, y, t = self.x, self.y, self.t
        (W1, b1, W2, b2), (h, d1, p), row = self.weights, self.rooms, self.row
        g1, c1, g2, c2 = self.slopes
        scale = 1 / len(x)
        for _ in range(steps):
            np.matmul(x, W1.T, out=h)
            np.add(h, b1, out=h)
            np.tanh(h, out=h)
            np.matmul(h, W2.T, out=p)
            np.add(p, b2, out=p)
            np.maximum.reduce(p, axis=1, keepdims=True, out=row)
            np.subtract(p, row, out=p)
            np.exp(p, out=p)
            np.add.reduce(p, axis=1, keepdims=True, out=row)
            np.divide(p, row, out=p)
            np.subtract(p, y, out=p)
            np.multiply(p, scale, out=p)
            np.matmul(p, W2, out=d1)
            np.matmul(p.T, h, out=g2)
            np.add.reduce(p, axis=0, out=c2)
            np.multiply(h, h, out=h)
            np.subtract(1, h, out=h)
            np.multiply(d1, h, out=d1)
            np.matmul(d1.T, x, out=g1)
            np.add.reduce(d1, axis=0, out=c1)
            for array, slope in zip(self.weights, self.slopes, strict=True):
                np.multiply(slope, t, out=slope)
                np.subtract(array, slope, out=array)

    def matmuls(self, steps: int) -> None:
        """The five products of matrices alone: no step is faster that makes them in NumPy."""
        x, (W1, _, W2, _), (h, _, p) = self.x, self.weights, self.rooms
        g1, _, g2, _ = self.slopes
        for _ in range(steps):
            np.matmul(x, W1.T, out=h)
            np.matmul(h, W2.T, out=p)
            np.matmul(p, W2, out=h)
            np.matmul(p.T, h, out=g2)
            np.matmul(h.T, x, out=g1)


def textbook_update(steps: int) -> None:
    """The network of 2, 2 and 1 units and one sample, without any check."""
    I, y, t = np.array([1.0, 0.5]), np.array([1.0]), 0.1
    W, V = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.5, 0.6]])
    for _ in range(steps):
        H = 1 / (1 + np.exp(-(W @ I)))
        O = 1 / (1 + np.exp(-(V @ H)))
        delta_o = (O - y) * O * (1 - O)
        delta_h = (V.T @ delta_o) * H * (1 - H)
        V = V - t * np.outer(delta_o, H)
        W = W - t * np.outer(delta_h, I)
