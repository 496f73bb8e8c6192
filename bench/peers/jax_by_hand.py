"""Gradients of a network of two layers in JAX: a backward pass by hand, and the library's."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from bench.contest import Work
from bench.problems import Dense


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
    return (d1.T @ x, d1.sum(0), d2.T @ h, d2.sum(0)), None, None


def work(gradient: Callable[..., Any], start: Any, problem: Dense) -> Work:
    """A function that returns the error and its partial derivatives, compiled."""
    compiled = jax.jit(gradient)
    parameters = jax.tree.map(jnp.array, start)
    x, y = jnp.array(problem.x), jnp.array(problem.y)

    def gradients(count: int) -> Sequence[Any]:
        for _ in range(count):
            _, partials = jax.block_until_ready(compiled(parameters, x, y))
        return partials

    return gradients


def by_hand(problem: Dense) -> Work:
    """`ahead` and `back`."""
    error = jax.custom_vjp(plain)
    error.defvjp(ahead, back)
    return work(jax.value_and_grad(error), problem.start, problem)


def by_autodiff(problem: Dense) -> Work:
    """The library's own."""
    return work(jax.value_and_grad(plain), problem.start, problem)
