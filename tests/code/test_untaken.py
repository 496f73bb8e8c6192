"""Nothing is said of a number that a choice leaves aside, and all else is."""

from pathlib import Path

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from tests.conftest import write_text

TEXT = """
title = "t"
source = "s"
weights = ["w"]
inputs = ["x"]
targets = ["y"]
equations = '''
z = w * x
{equations}
L = (f - y)^2 / 2
'''
"""
QUIET = "@np.errstate("


def trainer(folder: Path, equations: str) -> str:
    model = derive.load(write_text(folder, TEXT.format(equations=equations)))
    return trainer_text(model, simplify(differentiate(batch(model))))


@pytest.mark.parametrize(
    "equations",
    [
        "f = where(z > 0, log(z), 0)",
        "u = log(z)\nf = where(z > 0, u, 0)",
        "f = where(abs(z) > 0.001, (exp(z) - 1) / z, 1 + z / 2)",
        "u = sqrt(z)\nv = u + 1\nf = where(z <= 0, z, v)",
    ],
)
def test_the_untaken_side_of_a_choice_is_silent(equations: str, tmp_path: Path) -> None:
    module = load(trainer(tmp_path, equations), "m")
    for w in (-3.0, 0.0):  # a warning is an error
        value, partials = module.gradient(module.Parameters(w=np.array(w)), [1.0], [1.0])
        assert np.isfinite([value, *partials]).all()


@pytest.mark.parametrize(
    "equations",
    ["f = log(z)", "f = max(z, 1)", "f = where(z > 0, z / 2, z^2)"],
)
def test_where_both_sides_are_numbers_a_warning_stays(equations: str, tmp_path: Path) -> None:
    assert QUIET not in trainer(tmp_path, equations)
