"""docs/scale.md is true: its programs and commands run, one after the other, and its sums are right."""

import os
import re
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from subprocess import run

import numpy as np
import pytest

from bench import scale
from tests.conftest import ROOT
from tests.test_docs import PRINTED

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")

UNITS = {"µs": 1e-6, "ms": 1e-3, "s": 1.0}


def examples() -> Iterator[tuple[str, str]]:
    """What is run, in the order of the page: the kind, and the text."""
    found = re.findall(r"^```(python|sh)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for kind, text in found:
        yield from [(kind, text)] if kind == "python" else [("sh", x) for x in text.splitlines()]


def command(kind: str, text: str) -> list[str]:
    if kind == "python":
        return [sys.executable, "-c", text]
    program, *words = text.split()
    module = {"derive": "derive", "torchrun": "torch.distributed.run"}[program]
    return [sys.executable, "-m", module, *words]


def test_the_page_runs_as_it_stands(tmp_path: Path) -> None:
    for package in ("torch", "jax", "dask", "distributed"):
        pytest.importorskip(package)
    here = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    kinds = []
    for kind, text in examples():
        given = command(kind, text)
        done = run(given, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert [line for line in re.findall(PRINTED, text) if line not in done.stdout] == []
        kinds.append(kind)
        if "torchrun" in text:
            last = text.partition("--passes ")[2][0]
            assert f"pass {last}: L = " in done.stdout
    assert kinds == ["python", "sh", "sh", "sh", "python", "python"]


def tables() -> list[list[str]]:
    """The lines of each table of numbers."""
    found = re.findall(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE)
    return [table.splitlines() for table in found[1:]]


def seconds(text: str) -> float:
    number, unit = text.split()
    return float(number) * UNITS[unit]


def test_the_steps_are_reckoned_from_what_was_measured() -> None:
    gradients, _, steps = tables()
    measured = {}
    for line in gradients[2:]:
        name, _, *times = (cell.strip() for cell in line.strip("|").split("|"))
        layers = tuple(map(int, name.split("-")))
        measured[layers] = dict(zip(scale.BATCHES, map(seconds, times), strict=True))
    assert tuple(measured) == scale.NETWORKS
    assert list(scale.of_gradients(measured)) == gradients
    assert list(scale.of_steps(measured)) == steps


def test_each_machine_sends_two_halves_of_a_ring() -> None:
    for machines in (2, 3, 1000):
        # In each of 2(p - 1) rounds everyone sends one of p parts on.
        assert scale.moved(machines * 100, machines) == pytest.approx(2 * (machines - 1) * 100)
    assert scale.moved(100, 1) == 0


def test_more_machines_than_the_best_take_longer() -> None:
    line = scale.Gradient(1000, 1e-5, 1e-6)
    found = scale.best(line, scale.ASSUMED, 8192)
    steps = [scale.step(line, scale.ASSUMED, 8192, machines) for machines in range(1, 1001)]
    assert 1 < found < 1000
    assert all(one > other for one, other in pairwise(steps[:found]))
    assert all(one < other for one, other in pairwise(steps[found - 1 :]))
    assert scale.parameters((64, 32, 10)) == 2410


def test_a_line_goes_through_the_smallest_and_the_largest_batch() -> None:
    line = scale.fitted((64, 32, 10), {10: 3e-3, 50: 5e-3, 110: 8e-3})
    np.testing.assert_allclose([line.start, line.sample], [2.5e-3, 5e-5])
