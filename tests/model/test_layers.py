"""Dense layers are found by their structure: an example of each row, and a mutant that is none."""

import re
from pathlib import Path

import pytest

import derive
from derive.model.layers import ACTIVATIONS, SUMS, Layer, dense_layers
from tests.conftest import write_text

TEXT = '''
title   = "A test"
source  = "tests"
weights = [{weights}]
inputs  = ["x[i]"]
targets = ["y[k]"]

equations = """
{equations}
L    = squared_error(k, o[k], y[k])
"""

[sizes]
i = "n"
k = "K"
{letters}

[example]
n = 3
m = 2
K = 2

[functions]
f = "tanh"
'''

SUM = "sum(i, W[j,i] * x[i]) + b[j]"
OUTPUT = "o[k] = f(sum(j, V[k,j] * h[j]) + c[k])"


def layers(folder: Path, *equations: str) -> tuple[Layer, ...]:
    """The layers of a network of one hidden layer h[j], given by some equations."""
    written = "\n".join((*equations, OUTPUT))
    weights = [f'"{x}"' for x in ("W[j,i]", "b[j]", "V[k,j]", "c[k]") if f"{x[0]}[" in written]
    letters = [f'{x} = "m"' for x in ("j", "l") if re.search(rf"\b{x}\b", written)]
    text = TEXT.format(equations=written, weights=", ".join(weights), letters="\n".join(letters))
    return dense_layers(derive.load(write_text(folder, text)))


def last(activation: str) -> Layer:
    return Layer("V", "c", activation)


@pytest.mark.parametrize(("text", "name"), ACTIVATIONS)
def test_each_activation_is_found(text: str, name: str, tmp_path: Path) -> None:
    shown = text.replace("k", "j").replace("z[j]", "z").replace("f(", "logistic(")
    value = shown.replace("z", "a[j]")
    found = layers(tmp_path, f"a[j] = {SUM}", f"h[j] = {value}")
    activation = "logistic" if name == "f" else name
    assert found == (Layer("W", "b", activation), last("tanh"))
    twice = layers(tmp_path, f"a[j] = {SUM}", f"h[j] = 2 * ({value})")
    assert twice == ()


@pytest.mark.parametrize("text", SUMS)
def test_each_sum_is_found(text: str, tmp_path: Path) -> None:
    value = text.replace("h[i]", "x[i]")
    bias = "b" if "b[" in text else None
    assert layers(tmp_path, f"h[j] = silu({value})") == (Layer("W", bias, "silu"), last("tanh"))


@pytest.mark.parametrize(
    "value",
    [
        "b[j] + sum(i, x[i] * W[j,i])",
        "sum(i, W[j,i] * x[i]) + b[j]",
    ],
)
def test_terms_and_factors_stand_in_any_order(value: str, tmp_path: Path) -> None:
    assert layers(tmp_path, f"h[j] = tanh({value})")[0] == Layer("W", "b", "tanh")


@pytest.mark.parametrize(
    "value",
    [
        f"{SUM} + 1",
        "2 * sum(i, W[j,i] * x[i]) + b[j]",
        "sum(i, W[j,i] * x[i]^2) + b[j]",
        "sum(i, W[j,i] * x[i]) * (1 + b[j])",
        "sum(i, W[j,i] * x[i]) + b[j]^2",
        "sum(l, i, W[l,i] * x[i]) + b[j]",
        "sum(i, W[j,i] * x[i]) + sum(l, b[l])",
    ],
)
def test_what_is_no_such_sum_is_no_layer(value: str, tmp_path: Path) -> None:
    assert layers(tmp_path, f"h[j] = tanh({value})") == ()
