"""PyTorch without compiling, as one writes it who knows it: its own backward pass."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear, scaled_dot_product_attention

from bench.contest import Work
from bench.problems import Attention, Dense

Error = Callable[[Sequence[Tensor]], Tensor]


def moving(start: Sequence[Any], error: Error, t: float, threads: int) -> Work:
    """All weights moved in one call, and no gradient held between steps."""

    def steps(count: int) -> Sequence[Any]:
        torch.set_num_threads(threads)
        weights = _leaves(start)
        for _ in range(count):
            partials = torch.autograd.grad(error(weights), weights)
            with torch.no_grad():
                torch._foreach_add_(weights, partials, alpha=-t)
        return [w.detach() for w in weights]

    return steps


def dense(problem: Dense) -> tuple[Sequence[Any], Error, float]:
    """The weights to start from, the error, the step size; a class is told by its number."""
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels)

    def error(weights: Sequence[Tensor]) -> Tensor:
        a = x
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            a = torch.tanh(linear(a, W, b))
        return cross_entropy(linear(a, weights[-2], weights[-1]), labels)

    return problem.start, error, problem.t


def attention(problem: Attention) -> tuple[Sequence[Any], Error, float]:
    """Matrices multiplied, and a softmax."""
    X, y = map(torch.from_numpy, problem.data)
    scale, B = problem.scale, problem.B

    def error(weights: Sequence[Tensor]) -> Tensor:
        Q, K, V = (linear(X, W) for W in weights)
        A = torch.softmax(scale * (Q @ K.transpose(1, 2)), 2)
        return (A @ V - y).square().sum() / (2 * B)

    return problem.start, error, problem.t


def fused_attention(problem: Attention) -> tuple[Sequence[Any], Error, float]:
    """The library's own function, of one head."""
    X, y = (torch.from_numpy(array)[:, None] for array in problem.data)
    scale, B = problem.scale, problem.B

    def error(weights: Sequence[Tensor]) -> Tensor:
        Q, K, V = (linear(X, W) for W in weights)
        o = scaled_dot_product_attention(Q, K, V, scale=scale)
        return (o - y).square().sum() / (2 * B)

    return problem.start, error, problem.t


def _leaves(start: Sequence[Any]) -> list[Tensor]:
    return [torch.from_numpy(array.copy()).requires_grad_() for array in start]
