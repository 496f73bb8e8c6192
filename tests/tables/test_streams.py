"""A table that is not held is trained on in constant memory, and as well."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import derive
from derive.tables.read import read_table
from derive.training import data
from derive.training.choice import Wanted
from derive.training.data import Plan, Start, prepare
from derive.training.run import train_run
from derive.training.scores import ClassScores
from tests.conftest import ROOT

PLAN = Plan((("m", 4),), 3, 0.05, "adam", 64, 0.2, 0)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    X = random.standard_normal((20000, 3))
    words = np.where(X[:, 0] + X[:, 1] > 0, "up", "down")
    colours = random.choice(["red", "blue"], len(X))
    rows = [
        f"{a:.4f},{b:.4f},{c:.4f},{d},{w}"
        for (a, b, c), d, w in zip(X, colours, words, strict=True)
    ]
    (tmp_path / "data.csv").write_text("\n".join(["a,b,c,colour,way", *rows]))
    return tmp_path / "data.csv"


def started(table: Path) -> Start:
    return prepare(derive.load("digits"), read_table(table), Wanted(("way",)), PLAN)


def accuracy(start: Start) -> float:
    _, course = train_run(start, PLAN)
    assert isinstance(course.scores, ClassScores)
    return course.scores.accuracy


def test_rows_that_are_read_in_every_pass_train_as_well(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = started(table)
    monkeypatch.setattr(data, "HELD", 1000)
    streamed = started(table)
    assert held.run.encoding == streamed.run.encoding
    batches = [len(batch[0]) for batch in streamed.batches()]
    assert sum(batches) + len(streamed.outside) == 20000
    assert abs(len(streamed.outside) / 20000 - 0.2) < 0.02
    assert min(accuracy(held), accuracy(streamed)) > 0.95


def test_rows_with_an_empty_cell_are_counted_though_rows_are_not_held(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = table.read_text().splitlines()
    lines[7] = "," + lines[7].partition(",")[2]
    table.write_text("\n".join(lines))
    monkeypatch.setattr(data, "HELD", 1000)
    start = prepare(
        derive.load("digits"), read_table(table), Wanted(("way",), missing="drop"), PLAN
    )
    assert start.rows == 19999
    assert "1 of 20000 rows have an empty cell: left out" in start.remarks
    for _ in range(PLAN.passes + 3):
        assert sum(len(batch[0]) for batch in start.batches()) + len(start.outside) == 19999


def test_no_row_both_trains_and_validates(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "HELD", 1000)
    start = started(table)
    outside = {tuple(row) for row in start.outside.X}
    for _ in range(2):
        inside = {tuple(row) for X, _ in start.batches() for row in X}
        assert not inside & outside


SCRIPT = """
import resource, sys
from pathlib import Path
import derive
from derive.tables.read import read_table
from derive.training import data
from derive.training.choice import Wanted
from derive.training.data import Plan, prepare
from derive.training.run import train_run

data.HELD = 1000
start = prepare(derive.load("regression"), read_table(Path(sys.argv[1])), Wanted(("y",)),
                Plan((), 1, 0.01, "adam", 256, 0.2, 0))
train_run(start, Plan((), 1, 0.01, "adam", 256, 0.2, 0))
print(start.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def most(path: Path) -> tuple[int, int]:
    """The rows of a table, and the kilobytes at most of a process that trains on it."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(path)], cwd=ROOT, capture_output=True, text=True,
        check=True, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    rows, kilobytes = map(int, done.stdout.split())
    return rows, kilobytes


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    text = "".join(f"{a:.5f},{b:.5f},{a - b:.5f}\n" for a, b in random.standard_normal((20000, 2)))
    (tmp_path / "small.csv").write_text("a,b,y\n" + text)
    with (tmp_path / "large.csv").open("w") as file:
        file.write("a,b,y\n")
        for _ in range(12):
            file.write(text)
    (few, small), (many, large) = most(tmp_path / "small.csv"), most(tmp_path / "large.csv")
    assert (few, many) == (20000, 240000)
    assert large - small < 20000, f"{small} kB for {few} rows, {large} kB for {many}"
