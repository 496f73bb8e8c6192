"""Backward passes of a network of two layers in PyTorch: the shortest by hand, and autograd."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, linear

from bench.contest import Work
from bench.problems import Dense


class ByHand(torch.autograd.Function):
    """log p is kept, and p is its exponential."""

    @staticmethod
    def forward(ctx: Any, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, *data: Tensor) -> Tensor:
        x, y = data
        h = torch.tanh(linear(x, W1, b1))
        log_p = torch.log_softmax(linear(h, W2, b2), 1)
        ctx.save_for_backward(W2, x, y, h, log_p)
        return -(y * log_p).sum() / len(x)

    @staticmethod
    def backward(ctx: Any, above: Tensor) -> Any:
        W2, x, y, h, log_p = ctx.saved_tensors
        d2 = (log_p.exp() - y) * (above / len(x))
        d1 = (d2 @ W2) * (1 - h * h)
        return d1.t() @ x, d1.sum(0), d2.t() @ h, d2.sum(0), None, None


class Network(nn.Module):
    def __init__(self, start: Sequence[Any]) -> None:
        super().__init__()
        weights = (nn.Parameter(torch.from_numpy(array.copy())) for array in start)
        self.W1, self.b1, self.W2, self.b2 = weights

    def by_hand(self, x: Tensor, y: Tensor) -> Tensor:
        return ByHand.apply(self.W1, self.b1, self.W2, self.b2, x, y)

    def by_autograd(self, x: Tensor, y: Tensor) -> Tensor:
        h = torch.tanh(linear(x, self.W1, self.b1))
        return cross_entropy(linear(h, self.W2, self.b2), y)


def work(module: nn.Module, error: Callable[[Tensor, Tensor], Tensor], problem: Dense) -> Work:
    """The gradient of an error by a module's parameters, in one thread."""
    x, y = torch.from_numpy(problem.x), torch.from_numpy(problem.y)

    def gradients(count: int) -> Sequence[Any]:
        torch.set_num_threads(1)
        for _ in range(count):
            module.zero_grad()
            error(x, y).backward()
        return [weight.grad for weight in module.parameters()]

    return gradients


def by_hand(problem: Dense) -> Work:
    """`ByHand`."""
    network = Network(problem.start)
    return work(network, network.by_hand, problem)


def by_autograd(problem: Dense) -> Work:
    """The library's own."""
    network = Network(problem.start)
    return work(network, network.by_autograd, problem)
