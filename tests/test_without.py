"""Models that are given nothing, or put nothing out before the error: all but `forward` is there."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.errors import DeriveError
from derive.pipeline import make
from derive.tables.read import read_table
from derive.training.choice import Wanted
from derive.training.data import Plan, prepare
from tests.conftest import write_text

HEAD = 'title = "A test"\nsource = "tests"\n'
SIZES = '[sizes]\nd = "D"\n[example]\nD = 2\n'

UNFED = f"""{HEAD}weights = ["u[d]", "v[d]"]
inputs = []
targets = []
equations = '''
z = sum(d, v[d]*u[d])
E = -log(logistic(z))
'''
{SIZES}"""
"""Pairs of words, sampled before: no data."""

CRITIC = f"""{HEAD}weights = ["v[d]"]
inputs = ["x[d]", "g[d]"]
targets = []
equations = 'L = tanh(sum(d, v[d]*g[d])) - tanh(sum(d, v[d]*x[d]))'
{SIZES}"""
"""An error in one equation, in which two sums are named."""

TARGETS_ALONE = f"""{HEAD}weights = ["v[d]"]
inputs = []
targets = ["y[d]"]
equations = 'E = sum(d, (v[d] - y[d])^2)'
{SIZES}"""


def built(text: str, folder: Path) -> ModuleType:
    made = make(derive.load(write_text(folder, text)))
    made.require()
    assert (
        "the network computes" in made.files["derivation.en.md"]
        or "in one equation" in made.files["derivation.en.md"]
    )
    return load(made.files["trainer.py"], "example")


def test_a_model_without_data_is_built_and_trained(tmp_path: Path) -> None:
    trainer: Any = built(UNFED, tmp_path)
    start = trainer.Parameters([0.1, 0.2], [0.3, -0.4])
    value, gradient = trainer.gradient(start)
    assert value == pytest.approx(0.718459648013, abs=1e-12)
    assert gradient.u == pytest.approx([-0.153749218945, 0.204998958594], abs=1e-12)
    _, errors = trainer.train(start, t=0.5, iterations=50)
    assert errors[-1] < 0.01
    assert not hasattr(trainer, "forward")
    assert not hasattr(trainer, "in_batches")


def test_an_error_of_one_equation_is_built(tmp_path: Path) -> None:
    trainer: Any = built(CRITIC, tmp_path)
    x, g = np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([[-1.0, 0.2], [0.3, 0.4]])
    v = np.array([0.3, -0.7])
    value, (gradient,) = trainer.gradient(trainer.Parameters(v), x, g)
    assert value == pytest.approx(np.mean(np.tanh(g @ v) - np.tanh(x @ v)))
    slopes = (1 - np.tanh(g @ v) ** 2) @ g - (1 - np.tanh(x @ v) ** 2) @ x
    assert gradient == pytest.approx(slopes / 2)
    assert not hasattr(trainer, "forward")


def test_a_model_of_targets_alone_is_built(tmp_path: Path) -> None:
    trainer: Any = built(TARGETS_ALONE, tmp_path)
    _, (gradient,) = trainer.gradient(trainer.Parameters([1.0, 2.0]), [[0.0, 0.0], [1.0, 1.0]])
    assert gradient == pytest.approx([1.0, 3.0])


def test_training_from_a_table_needs_an_output(tmp_path: Path) -> None:
    text = f"""{HEAD}weights = ["w[d]"]
inputs = ["x[d]"]
targets = ["y"]
equations = 'E = (y - sum(d, w[d]*x[d]))^2'
{SIZES}"""
    (tmp_path / "data.csv").write_text("a,b,y\n1,2,3\n2,3,4\n", encoding="utf-8")
    model, table = derive.load(write_text(tmp_path, text)), read_table(tmp_path / "data.csv")
    with pytest.raises(DeriveError, match="puts nothing out"):
        prepare(model, table, Wanted(("y",)), Plan((), 1, 0.01, "adam", 2, 0.2, 0))
