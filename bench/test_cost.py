"""What things cost: `make bench`. Figures, not tests; compare ratios within one run."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive.batch import batch
from derive.check_code import load
from derive.pipeline import make


def test_derivation(benchmark: Any) -> None:
    """Deriving pelogia2019 with SymPy imported; to stay under 0.3 s."""
    benchmark(derive.differentiate, derive.load("pelogia2019"))


def test_batch_derivation(benchmark: Any) -> None:
    benchmark(lambda: derive.differentiate(batch(derive.load("pelogia2019"))))


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
