"""Dense networks of several layers, on one batch, in float32."""

from collections.abc import Mapping
from dataclasses import replace

from bench import ours
from bench.contest import Bar, Contest, Make, Side, Work
from bench.peers import numpy_dense
from bench.problems import Dense

FLOOR = "its matmuls"


def contest(problem: Dense, bars: tuple[Bar, ...] = ()) -> Contest:
    """A step of the gradient method."""
    name = f"{'-'.join(map(str, problem.layers))}, B {problem.B}, float32"
    mine = (
        Side("train_on", {"": lambda: train_on(problem)}),
        Side("train", {"": lambda: train(problem)}),
        floor(problem),
    )
    return Contest(name, mine, peers(problem), bars)


def train_on(problem: Dense) -> Work:
    """One batch after the other, which are all the same."""
    trainer = ours.trainer(ours.dense(problem.layers))
    start, batch = trainer.Parameters(*problem.start), (problem.x, problem.y)
    return lambda count: trainer.train_on(start, [batch] * count, problem.t, 1)[0]


def train(problem: Dense) -> Work:
    """All samples at once."""
    trainer = ours.trainer(ours.dense(problem.layers))
    start = trainer.Parameters(*problem.start)
    return lambda count: trainer.train(start, problem.x, problem.y, problem.t, count)[0]


def floor(problem: Dense) -> Side:
    """Of ours and of all in NumPy; beside others it shows what NumPy can reach."""
    return Side(FLOOR, {"": lambda: numpy_dense.matmuls(problem)}, alike=False)


def peers(problem: Dense) -> tuple[Side, ...]:
    """NumPy by hand, PyTorch, JAX."""
    return (
        floor(problem),
        Side("in-place NumPy", {"": lambda: numpy_dense.in_place(problem)}),
        Side("in-place NumPy, error too", {"": lambda: numpy_dense.with_error(problem)}),
        Side("textbook NumPy", {"": lambda: numpy_dense.textbook(problem)}),
        Side("PyTorch", _torch(problem), ("torch",)),
        Side("JAX, step", {"": lambda: _jax("step", problem)}, ("jax",)),
        Side("JAX, loop", {"": lambda: _jax("loop", problem)}, ("jax",)),
    )


def _torch(problem: Dense) -> Mapping[str, Make]:
    def work(threads: int) -> Work:
        from bench.peers import torch_eager

        return torch_eager.moving(*torch_eager.dense(problem), threads)

    return {"1 thread": lambda: work(1), "2 threads": lambda: work(2)}


def _jax(way: str, problem: Dense) -> Work:
    from bench.peers import jax_compiled

    make = {"step": jax_compiled.step, "loop": jax_compiled.loop}[way]
    return make(*jax_compiled.dense(problem))


def only(whole: Contest, ours: tuple[str, ...], peers: tuple[str, ...]) -> Contest:
    """Some of ours beside some of the peers."""
    return replace(
        whole,
        ours=tuple(side for side in whole.ours if side.name in ours),
        peers=tuple(side for side in whole.peers if side.name in peers),
    )


SMALL = contest(
    Dense((64, 32, 10), 32),
    (Bar("train_on", "in-place NumPy", 1.05), Bar("train_on", "JAX, step", 1 / 1.5, FLOOR)),
)
MIDDLE = contest(
    Dense((784, 128, 10), 64),
    (
        Bar("train_on", FLOOR, 1.30),
        Bar("train_on", "PyTorch", 1 / 2, FLOOR),
        Bar("train_on", "JAX, step", 1 / 2, FLOOR),
    ),
)
LARGE = only(
    contest(Dense((1024, 1024, 1024, 1024), 256), (Bar("train_on", FLOOR, 1.10),)),
    ("train_on", FLOOR),
    (FLOOR, "in-place NumPy", "PyTorch", "JAX, step"),
)
LARGE = replace(LARGE, seconds=1.0, rounds=7)
CONTESTS = SMALL, MIDDLE, LARGE
