"""What things cost: `make bench`. Figures, not tests; compare ratios within one run."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.page.document import document
from derive.pipeline import make


def test_derivation(benchmark: Any) -> None:
    """Deriving pelogia2019 with SymPy imported; to stay under 0.3 s."""
    benchmark(derive.differentiate, derive.load("pelogia2019"))


def test_batch_derivation(benchmark: Any) -> None:
    benchmark(lambda: derive.differentiate(batch(derive.load("pelogia2019"))))


def deep(layers: int, width: int = 10) -> derive.Model:
    return derive.dense([width] * (layers + 1), ["tanh"] * layers)


@pytest.mark.parametrize("layers", [2, 5, 12, 50, 100])
def test_derivation_of_a_deep_network(benchmark: Any, layers: int) -> None:
    """Linear in the layers: 12 to stay under 0.1 s, 100 under 1 s."""
    benchmark(derive.differentiate, deep(layers))


@pytest.mark.parametrize("width", [2, 1000])
def test_derivation_does_not_depend_on_width(benchmark: Any, width: int) -> None:
    benchmark(derive.differentiate, deep(12, width))


@pytest.mark.parametrize("layers", [12, 50])
def test_page_of_a_deep_network(benchmark: Any, layers: int) -> None:
    """The recursion, not its expansion: linear too."""
    derivation = derive.differentiate(deep(layers))
    benchmark.pedantic(lambda: document(simplify(derivation)), rounds=3)


def test_proof(benchmark: Any) -> None:
    benchmark(derive.prove, derive.differentiate(derive.load("pelogia2019")))


def test_whole_build(benchmark: Any, tmp_path: Path) -> None:
    """The command from start to end, Python's start included; to stay under 3 s."""
    command = [sys.executable, "-m", "derive", "build", "pelogia2019", "--out", str(tmp_path)]
    benchmark.pedantic(
        subprocess.run, (command,), {"check": True, "capture_output": True}, rounds=5
    )


@pytest.mark.parametrize(("n", "m", "K", "N"), [(2, 2, 1, 1), (64, 32, 10, 32)])
def test_gradient_kernel(benchmark: Any, n: int, m: int, K: int, N: int) -> None:
    trainer: Any = load(make(derive.load("pelogia2019")).files["trainer.py"], "trainer")
    parameters = trainer.initialise(n, m, K, seed=0)
    random = np.random.default_rng(0)
    data = random.standard_normal((N, n)), random.random((N, K))
    benchmark(trainer._gradient, parameters, *data)
