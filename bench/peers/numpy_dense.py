"""Dense layers in NumPy by hand: what a student writes, what an expert does, and the floor."""

from collections.abc import Sequence

import numpy as np

from bench.contest import Work
from bench.problems import Dense


def textbook(problem: Dense) -> Work:
    """As it stands in courses: every line a formula, every array a new one, no error."""
    x, y, t = problem.x, problem.y, problem.t

    def steps(count: int) -> Sequence[np.ndarray]:
        weights = [array.copy() for array in problem.start]
        W, b = weights[::2], weights[1::2]
        last = len(W) - 1
        for _ in range(count):
            a = [x]
            for l in range(last):
                a.append(np.tanh(a[l] @ W[l].T + b[l]))
            z = a[last] @ W[last].T + b[last]
            e = np.exp(z - z.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            delta = (p - y) / len(x)
            for l in range(last, -1, -1):
                below = (delta @ W[l]) * (1 - a[l] ** 2) if l else delta
                W[l] -= t * delta.T @ a[l]
                b[l] -= t * delta.sum(axis=0)
                delta = below
        return weights

    return steps


def in_place(problem: Dense) -> Work:
    """The same with `out=` wherever NumPy takes it, the weights in one vector; no error."""
    return _in_place(problem, None)


def with_error(problem: Dense) -> Work:
    """The same, and the error of every step, from what is there."""
    return _in_place(problem, [])


def _in_place(problem: Dense, errors: list[float] | None) -> Work:
    x, y, t, B = problem.x, problem.y, problem.t, problem.B
    scale = 1 / B

    def steps(count: int) -> Sequence[np.ndarray]:
        if errors is not None:
            errors.clear()
        vector, weights = _in_one(problem.start)
        step, partials = _in_one(problem.start)
        W, b, dW, db = weights[::2], weights[1::2], partials[::2], partials[1::2]
        last, n = len(W) - 1, problem.layers
        W_T = [array.T for array in W]
        a = [x, *(np.empty((B, m), np.float32) for m in n[1:])]
        delta = [x, *(np.empty((B, m), np.float32) for m in n[1:-1]), a[-1]]
        delta_T = [array.T for array in delta]
        p, row = a[-1], np.empty((B, 1), np.float32)
        for _ in range(count):
            for l in range(last):
                h = a[l + 1]
                np.matmul(a[l], W_T[l], out=h)
                np.add(h, b[l], out=h)
                np.tanh(h, out=h)
            np.matmul(a[last], W_T[last], out=p)
            np.add(p, b[last], out=p)
            np.maximum.reduce(p, axis=1, keepdims=True, out=row)
            np.subtract(p, row, out=p)
            if errors is not None:
                told = np.vdot(y, p)
            np.exp(p, out=p)
            np.add.reduce(p, axis=1, keepdims=True, out=row)
            np.divide(p, row, out=p)
            if errors is not None:
                np.log(row, out=row)
                errors.append((np.add.reduce(row, axis=None) - told) / B)
            np.subtract(p, y, out=p)
            np.multiply(p, scale, out=p)
            for l in range(last, -1, -1):
                np.matmul(delta_T[l + 1], a[l], out=dW[l])
                np.add.reduce(delta[l + 1], axis=0, out=db[l])
                if l:
                    h, below = a[l], delta[l]
                    np.matmul(delta[l + 1], W[l], out=below)
                    np.multiply(h, h, out=h)
                    np.subtract(1, h, out=h)
                    np.multiply(below, h, out=below)
            np.multiply(step, t, out=step)
            np.subtract(vector, step, out=vector)
        return weights

    return steps


def matmuls(problem: Dense) -> Work:
    """The products of matrices alone: no step is faster that makes them in NumPy."""
    x, B = problem.x, problem.B

    def steps(count: int) -> Sequence[np.ndarray]:
        W = [array.copy() for array in problem.start[::2]]
        dW = [np.empty_like(array) for array in W]
        a = [x, *(np.zeros((B, m), np.float32) for m in problem.layers[1:])]
        for _ in range(count):
            for l, array in enumerate(W):
                np.matmul(a[l], array.T, out=a[l + 1])
            for l in range(len(W) - 1, -1, -1):
                np.matmul(a[l + 1].T, a[l], out=dW[l])
                if l:
                    np.matmul(a[l + 1], W[l], out=a[l])
        return ()

    return steps


def _in_one(arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """A copy of arrays in one vector, and the parts of it that have their shapes."""
    vector = np.concatenate([array.ravel() for array in arrays])
    ends = np.cumsum([array.size for array in arrays])[:-1]
    parts = np.split(vector, ends)
    return vector, [part.reshape(old.shape) for part, old in zip(parts, arrays, strict=True)]
