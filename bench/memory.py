"""What training holds: at its peak, and from step to step (`python -m bench.memory STEPS`)."""

import resource
import sys
import tracemalloc
from collections.abc import Iterator

from bench import ours
from bench.contest import Work
from bench.contests import attention, dense
from bench.figures import Figure
from bench.problems import Attention, Dense
from bench.processes import printed

AT_MOST = 1.25

STEPS = 1_000, 10_000, 25_000, 50_000, 75_000, 100_000

A_PASS = 100
"""Batches of a pass; for each pass one error is held."""


def peaks() -> Iterator[Figure]:
    """The most that training holds at once, over what back-propagation has to."""
    for name, problem in (
        ("784-128-10, B 64", Dense((784, 128, 10), 64)),
        ("1024-1024-1024-1024, B 256", Dense((1024,) * 4, 256)),
    ):
        yield _peak(name, dense.train_on(problem), needed(problem))
    sequences = Attention(64, 64, 16)
    work = attention.train_on(sequences)
    yield _peak("attention, T 64, d 64, B 16", work, needed_by_attention(sequences))


def needed(problem: Dense) -> int:
    """Bytes of the weights and their gradient, of what each layer puts out, of as many adjoints."""
    return 2 * _weights(problem) + 2 * 4 * problem.B * sum(problem.layers[1:])


def needed_by_attention(problem: Attention) -> int:
    """The same, for Q, K, V, the softmax A, and the output."""
    T, d, B = problem.sizes
    return 2 * _weights(problem) + 2 * 4 * B * (4 * T * d + T * T)


def _weights(problem: Dense | Attention) -> int:
    return sum(array.nbytes for array in problem.start)


def _peak(name: str, work: Work, needed: int) -> Figure:
    """Beyond what was there before: the weights that are given, the data, the modules."""
    work(2)
    tracemalloc.start()
    work(3)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ratio = most / needed
    return Figure(f"peak of memory, {name}", "of what is needed", ratio, ratio, ratio, AT_MOST)


# --- from step to step ------------------------------------------------------------------------


def held(quick: bool) -> dict[int, float]:
    """Megabytes that a process has held at most after so many steps of 64-32-10, B 32."""
    steps = STEPS[:2] if quick else STEPS
    lines = printed("-m", "bench.memory", *map(str, steps)).split()
    return dict(zip(steps, map(float, lines), strict=True))


def main() -> None:
    """Train on, as if in one run: the peak of the process so far."""
    problem = Dense((64, 32, 10), 32)
    trainer = ours.trainer(ours.dense(problem.layers))
    batches = [(problem.x, problem.y)] * A_PASS
    wanted = [int(steps) // A_PASS for steps in sys.argv[1:]]

    def told(r: int, error: float, parameters: object) -> None:
        if r + 1 in wanted:
            print(_megabytes(), flush=True)

    start = trainer.Parameters(*problem.start)
    trainer.train_on(start, batches, problem.t, wanted[-1], callback=told)


def _megabytes() -> float:
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    main()
