"""JAX, compiled: a step that is called from Python, and a loop of its own. Buffers are donated."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from bench.contest import Work
from bench.problems import Attention, Dense

Error = Callable[..., Any]
"""Of the weights and the data."""


def step(start: Sequence[Any], data: Sequence[Any], error: Error, t: float) -> Work:
    """One call a step."""
    move = jax.jit(_move(error, t), donate_argnums=0)
    given = tuple(map(jnp.array, data))

    def steps(count: int) -> Sequence[Any]:
        weights = tuple(map(jnp.array, start))
        for _ in range(count):
            weights = move(weights, *given)
        return jax.block_until_ready(weights)

    return steps


def loop(start: Sequence[Any], data: Sequence[Any], error: Error, t: float) -> Work:
    """One call for all steps."""
    move, given = _move(error, t), tuple(map(jnp.array, data))

    def all_steps(weights: Any, count: Any, *given: Any) -> Any:
        return jax.lax.fori_loop(0, count, lambda _, w: move(w, *given), weights)

    compiled = jax.jit(all_steps, donate_argnums=0)

    def steps(count: int) -> Sequence[Any]:
        weights = tuple(map(jnp.array, start))
        return jax.block_until_ready(compiled(weights, count, *given))

    return steps


def dense(problem: Dense) -> tuple[Sequence[Any], Sequence[Any], Error, float]:
    """The weights to start from, the data, the error, the step size."""

    def error(weights: Any, x: Any, y: Any) -> Any:
        a = x
        for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
            a = jnp.tanh(a @ W.T + b)
        log_p = jax.nn.log_softmax(a @ weights[-2].T + weights[-1])
        return -jnp.sum(y * log_p) / len(x)

    return problem.start, (problem.x, problem.y), error, problem.t


def attention(problem: Attention) -> tuple[Sequence[Any], Sequence[Any], Error, float]:
    """Matrices multiplied, and a softmax."""
    scale = problem.scale

    def error(weights: Any, X: Any, y: Any) -> Any:
        Q, K, V = (X @ W.T for W in weights)
        A = jax.nn.softmax(scale * (Q @ K.swapaxes(1, 2)))
        return jnp.sum((A @ V - y) ** 2) / (2 * len(X))

    return problem.start, problem.data, error, problem.t


def _move(error: Error, t: float) -> Callable[..., Any]:
    gradient = jax.grad(error)

    def move(weights: Any, *data: Any) -> Any:
        partials = gradient(weights, *data)
        return tuple(w - t * g for w, g in zip(weights, partials, strict=True))

    return move
