"""What is written for PyTorch and JAX beside backward passes by hand and those of the library.

`python -m bench.engines`, after `make test-engines`: gradients of 64-32-10 on 32 samples in
float32, one thread; ratios of times in one process.
"""

from importlib.metadata import version
from typing import Any

import jax
import jax.numpy as jnp
import torch
from torch import Tensor, nn

import derive
from bench.ratios.measure import Work, timed
from derive.code.module import load
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.jax.text import jax_text
from derive.model.batch import batch
from derive.torch.text import torch_text

N, SIZES = 32, (64, 32, 10)


class ByHand(torch.autograd.Function):
    """The shortest that one can write: log p is kept, and p is its exponential."""

    @staticmethod
    def forward(ctx: Any, W1: Tensor, b1: Tensor, W2: Tensor, b2: Tensor, *data: Tensor) -> Tensor:
        x, y = data
        h = torch.tanh(nn.functional.linear(x, W1, b1))
        log_p = torch.log_softmax(nn.functional.linear(h, W2, b2), 1)
        ctx.save_for_backward(W2, x, y, h, log_p)
        return -(y * log_p).sum() / len(x)

    @staticmethod
    def backward(ctx: Any, above: Tensor) -> Any:
        W2, x, y, h, log_p = ctx.saved_tensors
        d2 = (log_p.exp() - y) * (above / len(x))
        d1 = (d2 @ W2) * (1 - h * h)
        return d1.t() @ x, d1.sum(0), d2.t() @ h, d2.sum(0), None, None


class Hand(nn.Module):
    def __init__(self, weights: Any) -> None:
        super().__init__()
        self.W1, self.b1, self.W2, self.b2 = (nn.Parameter(w.detach().clone()) for w in weights)

    def error(self, x: Tensor, y: Tensor) -> Tensor:
        return ByHand.apply(self.W1, self.b1, self.W2, self.b2, x, y)

    def by_autograd(self, x: Tensor, y: Tensor) -> Tensor:
        h = torch.tanh(nn.functional.linear(x, self.W1, self.b1))
        return nn.functional.cross_entropy(nn.functional.linear(h, self.W2, self.b2), y)


def of_torch(text: str) -> dict[str, Work]:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    network = load(text, "network").Network(*SIZES)
    hand = Hand(network.parameters())
    x, y = torch.randn(N, SIZES[0]), torch.eye(SIZES[-1])[torch.randint(SIZES[-1], (N,))]

    def work(module: nn.Module, error: Any) -> Work:
        def steps(count: int) -> None:
            for _ in range(count):
                module.zero_grad()
                error(x, y).backward()

        return steps

    return {
        "ours": work(network, network.error),
        "by hand": work(hand, hand.error),
        "the library's own": work(hand, hand.by_autograd),
    }


def of_jax(text: str) -> dict[str, Work]:
    module = load(text, "functions")
    parameters = module.initialise(jax.random.key(0), *SIZES)
    x = jax.random.normal(jax.random.key(1), (N, SIZES[0]))
    y = jnp.eye(SIZES[-1])[jax.random.randint(jax.random.key(2), (N,), 0, SIZES[-1])]

    def plain(parameters: Any, x: Any, y: Any) -> Any:
        W1, b1, W2, b2 = parameters
        return -(y * jax.nn.log_softmax(jnp.tanh(x @ W1.T + b1) @ W2.T + b2)).sum() / len(x)

    def ahead(parameters: Any, x: Any, y: Any) -> Any:
        W1, b1, W2, b2 = parameters
        h = jnp.tanh(x @ W1.T + b1)
        log_p = jax.nn.log_softmax(h @ W2.T + b2)
        return -(y * log_p).sum() / len(x), (W2, x, y, h, log_p)

    def back(kept: Any, above: Any) -> Any:
        W2, x, y, h, log_p = kept
        d2 = (jnp.exp(log_p) - y) * (above / len(x))
        d1 = (d2 @ W2) * (1 - h * h)
        return module.Parameters(d1.T @ x, d1.sum(0), d2.T @ h, d2.sum(0)), None, None

    by_hand = jax.custom_vjp(plain)
    by_hand.defvjp(ahead, back)

    def work(gradient: Any) -> Work:
        compiled = jax.jit(gradient)

        def steps(count: int) -> None:
            for _ in range(count):
                jax.block_until_ready(compiled(parameters, x, y))

        return steps

    return {
        "ours": work(module.gradient),
        "by hand": work(jax.value_and_grad(by_hand)),
        "the library's own": work(jax.value_and_grad(plain)),
    }


def main() -> None:
    model = derive.load("digits")
    batched = simplify(differentiate(batch(model)))
    torch_works, jax_works = of_torch(torch_text(model, batched)), of_jax(jax_text(model, batched))
    print("| gradient of 64-32-10, N 32, float32 | µs, ours | beside | ratio, median (quartiles) |")
    print("|---|---|---|---|")
    for name, works in (("torch", torch_works), ("jax", jax_works)):
        times = timed(works)
        for other in list(works)[1:]:
            middle, low, high = times.ratio("ours", other)
            least = f"{times.least('ours'):.1f} | {other}, {times.least(other):.1f}"
            spread = f"{middle:.2f} ({low:.2f} to {high:.2f})"
            print(f"| {name} {version(name)} | {least} | {spread} |")


if __name__ == "__main__":
    main()
