"""The loops of generated trainers beside NumPy by hand, and beside scikit-learn."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bench.ratios.by_hand import Classifier, textbook_update
from bench.ratios.measure import Times, timed
from derive.code.module import load

GENERATED = Path(__file__).parents[2] / "generated"

NETWORKS = {"64-32-10, B 32": (64, 32, 10, 32), "784-128-10, B 64": (784, 128, 10, 64)}


def module(model: str, name: str = "trainer", **beside: Any) -> Any:
    """A generated module of the repository."""
    text = (GENERATED / model / f"{name}.py").read_text("utf-8")
    return load(text, f"{model}.{name}", **beside)


def lines() -> Iterator[str]:
    """A line of the report for each ratio."""
    for name, sizes in NETWORKS.items():
        yield from _said(f"{name}, float32", network(*sizes), ("train", "train_on"))
    yield from _said("2-2-1, one sample, float64", update(), ("update",))
    if find_spec("sklearn") is None:
        yield "scikit-learn is not installed: its row is left out"
    else:
        yield from _said("digits, 5 epochs, minibatch 32", epochs(), ("train_on", "estimator"))


def _said(work: str, times: Times, ours: tuple[str, ...]) -> Iterator[str]:
    others = [name for name in times.rounds if name not in ours]
    for one in ours:
        for other in others:
            middle, low, high = times.ratio(one, other)
            us = f"{times.least(one):.1f} µs to {times.least(other):.1f} µs"
            yield f"| {work} | {one} | {other} | {middle:.2f} ({low:.2f} to {high:.2f}) | {us} |"


def network(n: int, m: int, K: int, B: int) -> Times:
    """A step of the gallery's `digits` at other sizes."""
    trainer, random = module("digits"), np.random.default_rng(0)
    x = random.standard_normal((B, n)).astype(np.float32)
    y = np.eye(K, dtype=np.float32)[random.integers(K, size=B)]
    start = trainer.Parameters(*(w.astype(np.float32) for w in trainer.initialise(n, m, K, 0)))
    hand = Classifier(start, x, y, 0.1)
    return timed(
        {
            "train": lambda steps: trainer.train(start, x, y, 0.1, steps),
            "train_on": lambda steps: trainer.train_on(start, [(x, y)] * steps, 0.1, 1),
            "textbook": hand.textbook,
            "in place by hand": hand.in_place,
            "its matmuls": hand.matmuls,
        }
    )


def update() -> Times:
    """`update` of pelogia2019, checks and all."""
    trainer = module("pelogia2019")
    I, y = np.array([1.0, 0.5]), np.array([1.0])
    W, V = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[0.5, 0.6]])

    def ours(steps: int) -> None:
        parameters = trainer.Parameters(W=W, V=V)
        for _ in range(steps):
            parameters = trainer.update(parameters, I, y, 0.1)

    return timed({"update": ours, "textbook, no checks": textbook_update})


def epochs() -> Times:
    """Five epochs over the digits of scikit-learn; a step of the measurement is one fit."""
    sklearn = {name: import_module(f"sklearn.{name}") for name in ("datasets", "neural_network")}
    X, labels = sklearn["datasets"].load_digits(return_X_y=True)
    X, Y = X / 16, np.eye(10)[labels]
    trainer = module("digits")
    estimator = module("digits", "estimator", trainer=trainer)
    start = trainer.initialise(64, 32, 10, 0)

    def train_on(steps: int) -> None:
        for _ in range(steps):
            batches = trainer.in_batches(32, X, Y, seed=0)
            trainer.train_on(start, batches, 0.001, 5, method="adam")

    def fitted(make: Any) -> Any:
        def fit(steps: int) -> None:
            for _ in range(steps):
                make().fit(X, labels)

        return fit

    def ours() -> Any:
        return estimator.Classifier(32, t=0.001, batch_size=32, max_iter=5, random_state=0)

    def theirs() -> Any:
        return sklearn["neural_network"].MLPClassifier(
            (32,), activation="tanh", alpha=0, batch_size=32, max_iter=5, random_state=0
        )

    works = {"train_on": train_on, "estimator": fitted(ours), "scikit-learn": fitted(theirs)}
    return timed(works, rounds=5)
