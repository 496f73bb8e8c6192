"""The gallery's attention, on one batch of sequences, in float32."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import derive
from bench import ours
from bench.contest import Bar, Contest, Make, Side, Work
from bench.peers import numpy_attention
from bench.problems import Attention

FLOOR = "its matmuls"


def contest(problem: Attention, bars: tuple[Bar, ...] = ()) -> Contest:
    """A step of the gradient method."""
    name = f"attention, T {problem.T}, d {problem.d}, B {problem.B}, float32"
    floor = Side(FLOOR, {"": lambda: numpy_attention.matmuls(problem)}, alike=False)
    peers = (
        floor,
        Side("textbook NumPy", {"": lambda: numpy_attention.textbook(problem)}),
        Side("PyTorch", _torch(problem), ("torch",)),
        Side("JAX, step", {"": lambda: _jax("step", problem)}, ("jax",)),
        Side("JAX, loop", {"": lambda: _jax("loop", problem)}, ("jax",)),
    )
    mine = Side("train_on", {"": lambda: train_on(problem)}), floor
    return Contest(name, mine, peers, bars)


def train_on(problem: Attention) -> Work:
    """One batch after the other, which are all the same."""
    model = derive.load("attention")
    (name, _), *others = model.hyperparameters
    scaled = replace(model, hyperparameters=((name, Fraction(problem.scale)), *others))
    trainer = ours.trainer(scaled)
    start, batch = trainer.Parameters(*problem.start), tuple(problem.data)
    return lambda count: trainer.train_on(start, [batch] * count, problem.t, 1)[0]


def _torch(problem: Attention) -> Mapping[str, Make]:
    def work(function: str, threads: int) -> Work:
        from bench.peers import torch_eager

        given = getattr(torch_eager, function)(problem)
        return torch_eager.moving(*given, threads)

    return {
        "a softmax, 1 thread": lambda: work("attention", 1),
        "a softmax, 2 threads": lambda: work("attention", 2),
        "its own attention, 1 thread": lambda: work("fused_attention", 1),
        "its own attention, 2 threads": lambda: work("fused_attention", 2),
    }


def _jax(way: str, problem: Attention) -> Work:
    from bench.peers import jax_compiled

    make = {"step": jax_compiled.step, "loop": jax_compiled.loop}[way]
    return make(*jax_compiled.attention(problem))


CONTESTS = (
    contest(
        Attention(T=64, d=64, B=16),
        (Bar("train_on", "PyTorch", 1.0, FLOOR), Bar("train_on", "JAX, step", 1.0, FLOOR)),
    ),
)
