"""What deriving costs, along layers and width: `python -m bench.deriving LAYERS WIDTH`."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

import derive
from bench.processes import printed
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch

LAYERS = 1, 2, 5, 12, 25, 50, 100
WIDTHS = 10, 100, 1_000, 10_000
OF_WIDTH = 12
"""Layers of the networks that differ in width."""

STAGES = "derivation", "proof", "code"

Seconds = Mapping[str, list[float]]
"""By stage, one for each network."""


def along_layers(quick: bool) -> tuple[tuple[int, ...], Seconds]:
    """Networks of ten units in each layer."""
    layers = LAYERS[:3] if quick else LAYERS
    return layers, _medians([(n, 10) for n in layers], quick)


def along_width(quick: bool) -> tuple[tuple[int, ...], Seconds]:
    """Networks of so many units in each of twelve layers."""
    widths = WIDTHS[:2] if quick else WIDTHS
    return widths, _medians([(OF_WIDTH, width) for width in widths], quick)


def _medians(networks: list[tuple[int, int]], quick: bool) -> Seconds:
    """Of processes that derive a network once: what another one has left would make it faster."""
    rows = []
    for layers, width in networks:
        command = "-m", "bench.deriving", str(layers), str(width)
        runs = [json.loads(printed(*command)) for _ in range(1 if quick else 3)]
        rows.append(np.median(runs, axis=0))
    return dict(zip(STAGES, np.transpose(rows).tolist(), strict=True))


def main() -> None:
    layers, width = map(int, sys.argv[1:])
    _stages(3, 7)  # what the first derivation pays for all
    print(json.dumps(_stages(layers, width)))


def _stages(layers: int, width: int) -> list[float]:
    model = derive.dense([width] * (layers + 1), ["tanh"] * layers)
    derivation, derived = _timed(lambda: derive.differentiate(model))
    _, proven = _timed(lambda: derive.prove(derivation).require())
    _, coded = _timed(lambda: trainer_text(model, simplify(differentiate(batch(model)))))
    return [derived, proven, coded]


def _timed(made: Callable[[], Any]) -> tuple[Any, float]:
    began = time.perf_counter()
    found = made()
    return found, time.perf_counter() - began


if __name__ == "__main__":
    main()
