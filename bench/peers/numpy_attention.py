"""Attention in NumPy by hand, and the floor."""

from collections.abc import Sequence

import numpy as np

from bench.contest import Work
from bench.problems import Attention


def textbook(problem: Attention) -> Work:
    """Every line a formula, every array a new one, no error."""
    (X, y), t, scale, (T, d, B) = problem.data, problem.t, problem.scale, problem.sizes
    rows = X.reshape(B * T, d)

    def steps(count: int) -> Sequence[np.ndarray]:
        weights = [array.copy() for array in problem.start]
        for _ in range(count):
            Q, K, V = ((rows @ W.T).reshape(B, T, d) for W in weights)
            S = scale * (Q @ K.swapaxes(1, 2))
            e = np.exp(S - S.max(axis=2, keepdims=True))
            A = e / e.sum(axis=2, keepdims=True)
            delta = (A @ V - y) / B
            dV = A.swapaxes(1, 2) @ delta
            dA = delta @ V.swapaxes(1, 2)
            dS = scale * A * (dA - (dA * A).sum(axis=2, keepdims=True))
            for i, dP in enumerate((dS @ K, dS.swapaxes(1, 2) @ Q, dV)):
                weights[i] -= t * dP.reshape(B * T, d).T @ rows
        return weights

    return steps


def matmuls(problem: Attention) -> Work:
    """The products of matrices alone."""
    (X, _), (T, d, B) = problem.data, problem.sizes
    rows = X.reshape(B * T, d)

    def steps(count: int) -> Sequence[np.ndarray]:
        weights = [array.copy() for array in problem.start]
        partials = [np.empty_like(array) for array in weights]
        Q, K, V, o = (np.zeros((B, T, d), np.float32) for _ in range(4))
        A, dA = (np.zeros((B, T, T), np.float32) for _ in range(2))
        for _ in range(count):
            for W, P in zip(weights, (Q, K, V), strict=True):
                np.matmul(rows, W.T, out=P.reshape(B * T, d))
            np.matmul(Q, K.swapaxes(1, 2), out=A)
            np.matmul(A, V, out=o)
            np.matmul(A.swapaxes(1, 2), o, out=V)
            np.matmul(o, V.swapaxes(1, 2), out=dA)
            np.matmul(dA, K, out=o)
            np.matmul(dA.swapaxes(1, 2), Q, out=K)
            for P, dW in zip((o, K, V), partials, strict=True):
                np.matmul(P.reshape(B * T, d).T, rows, out=dW)
        return ()

    return steps
