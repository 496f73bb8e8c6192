"""What may leave the format is followed through sums: no number is lost where there is one.

The reference is the derivation itself, evaluated with as many digits as its exponentials need.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import mpmath
import numpy as np
import pytest

import derive
from derive.arrays.exponentials import exponentials
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.evaluation.evaluate import array_cells, evaluate, high_precision
from derive.expressions.expression import Adjoint
from derive.functions.table import TABLE
from derive.model.batch import batch
from tests.conftest import declarations, proven_trainer, write_text

SIZES = {"i": "n", "k": "K", "l": "K"}
BOUND = {np.dtype("float64"): 1e-12, np.dtype("float32"): 1e-6}
DIGITS = 900
"""exp(1000) and exp(-1000) beside 1, to 30 digits."""

LOGITS = "z[k] = sum(i, W[k,i] * x[i])\n"
SCALAR = "z = sum(i, w[i] * x[i])\n"

MODELS = {
    "entropy of a softmax": LOGITS
    + "p[k] = softmax(k, z[k])\nH = -sum(k, p[k] * log(p[k]))\n"
    + "L = -sum(k, y[k] * log(p[k])) - H / 8",
    "policy gradient over a mask": LOGITS
    + "Z = sum(k, m[k] * exp(z[k]))\np[k] = m[k] * exp(z[k]) / Z\n"
    + "L = sum(k, (p[k] - y[k])^2)",
    "mixture": LOGITS
    + "u[k] = softmax(k, z[k])\nG[k] = exp(-(z[k] - 3)^2 / 2)\n"
    + "L = -log(sum(k, u[k] * G[k])) + sum(k, y[k]) + sum(k, m[k])",
    "partial likelihood": LOGITS + "L = sum(k, y[k] * (log(sum(l, m[l] * exp(z[l]))) - z[k]))",
    "product of experts": LOGITS
    + "u[k] = exp(z[k])\nq[k] = u[k] * u[k]\np[k] = q[k] / sum(l, q[l])\n"
    + "L = sum(k, m[k] * (p[k] - y[k])^2)",
    "Jensen and Shannon": LOGITS
    + "p[k] = softmax(k, z[k])\nq[k] = softmax(k, -z[k])\nc[k] = (p[k] + q[k]) / 2\n"
    + "L = sum(k, p[k] * log(p[k] / c[k])) + sum(k, m[k] * y[k])",
    "diagonal": LOGITS
    + "e[k,l] = exp(z[k])*m[l] + 1\n"
    + "L = sum(k, (e[k,k] / sum(l, e[k,l]) - y[k])^2)",
    "ratio of sums": LOGITS
    + "e[k] = exp(z[k])\no = sum(k, e[k] * m[k]) / sum(k, e[k])\nL = sum(k, (o - y[k])^2)",
}
ONE = {
    "log cosh": SCALAR + "o = z - y\nL = log((exp(o) + exp(-o)) / 2)",
    "two exponentials": SCALAR + "o = 2 * z\nL = log(exp(z) + exp(-z)) + y * o",
    "focal": SCALAR + "p = logistic(z)\nL = -y * (1 - p)^2 * log(p) - (1 - y) * p^2 * log(1 - p)",
    "logistic, written out": SCALAR
    + "p = 1 / (1 + exp(-z))\nL = -(y * log(p) + (1 - y) * log(1 - p))",
    "logistic, written from the other side": SCALAR
    + "p = exp(z) / (1 + exp(z))\nL = -(y * log(p) + (1 - y) * log(1 - p))",
    "complementary log-log": SCALAR
    + "p = 1 - exp(-exp(z / 2))\nL = -y * log(p) - (1 - y) / 4 * log(1 - p / 2)",
    "logarithm of softplus": SCALAR + "v = log(1 + exp(z))\nL = log(v) + (y - 1)^2",
    "tanh at its ends": SCALAR + "o = tanh(z)\nL = (o - y)^2 / 2 - log(1 - o^2)",
    "an exponential that a function hides": SCALAR + "o = tanh(exp(z))\nL = (o - y)^2 / 2",
}


def text_of(equations: str, *, one: bool) -> str:
    weights, data = ('"w[i]"', '"y"') if one else ('"W[k,i]"', '"y[k]"')
    inputs = '"x[i]"' if one or "m[" not in equations else '"x[i]", "m[k]"'
    used = [x for x in SIZES if re.search(rf"\b{x}\b", equations)]
    letters = "\n".join(f'{x} = "{SIZES[x]}"' for x in used)
    example = "n = 2" if one else "n = 2\nK = 3"
    return (
        f"weights = [{weights}]\ninputs = [{inputs}]\ntargets = [{data}]\n"
        f'title = "t"\nsource = "s"\nequations = """\n{equations}\n"""\n'
        f"[sizes]\n{letters}\n[example]\n{example}\n"
    )


def made(folder: Path, equations: str, *, one: bool) -> tuple[Simplified, str]:
    model = derive.load(write_text(folder, text_of(equations, one=one)))
    batched = simplify(differentiate(batch(model)))
    return batched, trainer_text(model, batched)


def wanted(batched: Simplified, arrays: Mapping[str, Any]) -> tuple[Any, list[Any]]:
    """The error and the derivatives by the first weight."""
    model = batched.model
    sizes = {
        size: count
        for array in (*model.weights, *model.data)
        for size, count in zip(array.shape, arrays[array.name].shape, strict=True)
    }
    with mpmath.workdps(DIGITS):
        given = {
            cell: mpmath.mpf(float(value))
            for array in (*model.weights, *model.data)
            for cell, value in zip(
                array_cells(array, sizes), arrays[array.name].ravel(), strict=True
            )
        }
        values = evaluate(batched.derivation.equations, sizes, given, high_precision(model))
        (weight,) = model.weights
        cells = array_cells(weight, sizes)
        return values[model.error, ()], [
            values[Adjoint(model.error, weight.name), at] for _, at in cells
        ]


def require_right(module: ModuleType, batched: Simplified, arrays: Mapping[str, Any]) -> None:
    error, slopes = wanted(batched, arrays)
    (weight,) = batched.model.weights
    parameters = module.Parameters(arrays[weight.name])
    value, (partial,) = module._gradient(
        parameters, *(arrays[array.name] for array in batched.model.data)
    )
    bound = BOUND[partial.dtype]
    assert partial.dtype == arrays[weight.name].dtype
    assert abs(float(value) - error) <= bound * max(1, abs(error))
    largest = max(1, *map(abs, slopes))
    for got, want in zip(partial.ravel().tolist(), slopes, strict=True):
        assert abs(got - want) <= bound * largest, (got, mpmath.nstr(want, 15))


@pytest.mark.parametrize("name", MODELS)
def test_a_gradient_is_right_wherever_the_error_is_a_number(name: str, tmp_path: Path) -> None:
    batched, text = made(tmp_path, MODELS[name], one=False)
    module = load(text, "m")
    for dtype, scale in (("float64", 1), ("float64", 600), ("float32", 96), ("float64", 0)):
        arrays = {
            "W": np.array([[1, 0.5], [-1, 0.25], [0.5, -1]], dtype) * scale,
            "x": np.array([[1, 0.5], [-0.5, 1]], dtype),
            "y": np.array([[0, 1, 0], [0, 0, 1]], dtype),
            "m": np.array([[0, 1, 1], [1, 0, 1]], dtype),
        }
        require_right(module, batched, arrays)


@pytest.mark.parametrize("name", ONE)
def test_so_is_that_of_a_function_of_one_number(name: str, tmp_path: Path) -> None:
    batched, text = made(tmp_path, ONE[name], one=True)
    module = load(text, "m")
    for dtype, scale in (("float64", 1), ("float64", 600), ("float32", 96), ("float64", 0)):
        for y in (0, 1):
            arrays = {
                "w": np.array([0.5, -1], dtype) * scale,
                "x": np.array([[1, 0.25], [-0.5, 1]], dtype),
                "y": np.array([y, 1 - y], dtype),
            }
            require_right(module, batched, arrays)


def test_what_its_exponentials_are_divided_by_is_scaled_and_the_rest_is_not(
    tmp_path: Path,
) -> None:
    _, text = made(tmp_path, MODELS["policy gradient over a mask"], one=False)
    assert "    Z = np.sum(m * Scaled.exp(z), axis=1)" in text
    assert "    p = (m * Scaled.exp(z) / Z[:, None]).plain()" in text
    assert "    dL_dW = dL_dz.T @ x" in text


def test_a_loss_that_is_stable_as_it_is_needs_none_of_it(tmp_path: Path) -> None:
    equations = LOGITS + "p[k] = softmax(k, z[k])\nL = cross_entropy(k, p[k], y[k])"
    _, text = made(tmp_path, equations, one=False)
    assert "Scaled" not in text
    assert "    p = softmax(z, 1)" in text


def test_a_function_whose_numbers_are_no_fractions_stays_itself() -> None:
    """The slope of gelu has √π in it, which no equation holds."""
    assert exponentials(TABLE["gelu"].derivative()) is None


def test_a_derivative_that_is_made_of_plain_numbers_is_plain(tmp_path: Path) -> None:
    """z holds a quotient of exponentials, and ∂L/∂z is ∂L/∂D · f'(z) of two plain ones."""
    text = """title = "t"
source = "s"
weights = ["W[k,i]", "P[k]", "V[k]"]
inputs = ["x[i]"]
targets = ["y[k]"]
functions = { f = "z / (1 + abs(z))" }
sizes = { k = "K", i = "n" }
example = { K = 2, n = 2 }
equations = '''
z[k] = V[k] / (3 + exp(-P[k]^2)) + sum(i, W[k,i]*x[i])
D[k] = f(z[k])
c[k] = exp(tanh(tanh(D[k])))
L = poisson(k, c[k], y[k]) + sum(k, D[k]^2)
'''
"""
    proven_trainer(derive.load(write_text(tmp_path, text)))


def test_one_condition_is_one_comparison_wherever_it_stands(tmp_path: Path) -> None:
    """p² + (1 - p) elu(p) is p: of floats a unit apart both branches must not be taken, or none."""
    text = declarations(
        "a[j] = sum(i, W[j,i] * I[i])\np[j] = logistic(a[j])\n"
        "h[j] = p[j] * p[j] + (1 - p[j]) * elu(p[j])\n"
        "EQ = sum(k, j, V[k,j] * max(p[j], h[j])) + sum(k, y[k]^2) + sum(j, sqrt(sum(i, (W[j,i] * p[j])^2)))"
    )
    model = derive.load(write_text(tmp_path, text))
    text = trainer_text(model, simplify(differentiate(batch(model))))
    trainer = load(text, "trainer")
    random = np.random.default_rng(0)
    for _ in range(100):
        w, v, x = (random.normal(size=size) for size in ((2, 2), (2, 2), (1, 2)))
        p = 1 / (1 + np.exp(-w @ x[0]))
        long = np.sqrt((w**2).sum(axis=1))
        _, partials = trainer.gradient(trainer.Parameters(w, v), x, np.zeros((1, 2)))
        wanted = np.outer((v.sum(axis=0) + long) * p * (1 - p), x[0]) + w * (p / long)[:, None]
        assert np.allclose(partials.W, wanted, rtol=1e-12)
