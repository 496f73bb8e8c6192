"""Where weights begin, by what the equations do with them."""

from pathlib import Path

import numpy as np
import pytest

import derive
from derive.code.initial import initial_code
from derive.model.initial import Initial, initial
from tests.conftest import write_text

MODEL = """
title = "Weights of every kind"
source = "a test"
weights = ["W[j,i]", "T[j,i,l]", "v[j]", "g[j]", "b[j]", "c", "r"]
inputs = ["x[i]", "u[i,l]"]
targets = ["y"]

equations = '''
a[j] = sum(i, W[j,i] * x[i]) + sum(i, sum(l, T[j,i,l] * u[i,l])) + penalty * b[j]
h[j] = tanh(g[j] * a[j] + b[j])
o    = r * sum(j, v[j] * h[j]) + 2 * c
L    = squared_error(o, y)
'''

[sizes]
i = "n"
j = "m"
l = "p"

[example]
n = 2
m = 2
p = 2

[hyperparameters]
penalty = 0.5
"""


def begins(folder: Path, name: str) -> np.ndarray:
    model = derive.load(write_text(folder, MODEL))
    code = initial_code(model, next(array for array in model.weights if array.name == name))
    sizes = {"n": 300, "m": 200, "p": 10}
    return np.asarray(eval(code, {"np": np, "random": np.random.default_rng(0), **sizes}))


@pytest.mark.parametrize(
    ("name", "shape", "inputs", "outputs"),
    [("W", (200, 300), 300, 200), ("T", (200, 300, 10), 3000, 200), ("v", (200,), 200, 1)],
)
def test_what_is_summed_has_variance_two_over_inputs_and_outputs(
    tmp_path: Path, name: str, shape: tuple[int, ...], inputs: int, outputs: int
) -> None:
    begin = begins(tmp_path, name)
    assert begin.shape == shape
    assert begin.var() * (inputs + outputs) == pytest.approx(2, rel=5 / begin.size**0.5)
    assert abs(begin).max() <= (6 / (inputs + outputs)) ** 0.5


@pytest.mark.parametrize(("name", "shape"), [("g", (200,)), ("r", ())])
def test_a_factor_begins_as_one(tmp_path: Path, name: str, shape: tuple[int, ...]) -> None:
    np.testing.assert_array_equal(begins(tmp_path, name), np.ones(shape), strict=True)


@pytest.mark.parametrize(("name", "shape"), [("b", (200,)), ("c", ())])
def test_a_term_begins_as_zero(tmp_path: Path, name: str, shape: tuple[int, ...]) -> None:
    np.testing.assert_array_equal(begins(tmp_path, name), np.zeros(shape), strict=True)


@pytest.mark.parametrize(
    "right", ["x[i] / s_", "x[i] / (2 * s_^2)", "x[i] + log(s_)", "1 / s_ + x[i]"]
)
def test_a_weight_that_may_not_be_zero_begins_as_one(tmp_path: Path, right: str) -> None:
    text = f"""title = "Widths"
source = "a test"
weights = ["s_"]
inputs = ["x[i]"]
equations = '''
o[i] = {right}
L = sum(i, o[i]^2)
'''
[sizes]
i = "n"
[example]
n = 2
"""
    model = derive.load(write_text(tmp_path, text))
    assert initial(model, model.weights[0]) == Initial("ones")
    assert initial_code(model, model.weights[0]) == "np.ones(())"
