"""0 ln 0 is 0: a divergence from labels that are zero and one is the cross-entropy of these."""

import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from derive.arrays.vanishing import vanishing
from derive.expressions.building import add, multiply, where
from derive.expressions.expression import ZERO, Apply, Entry, Expression
from tests.conftest import model_of, proven_trainer

NETWORK = "z[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\np[k] = softmax(k, z[k])\n"

DIVERGENCE = "EQ = sum(k, y[k] * log(y[k] / p[k]))"
OF_A_SUM = "EQ = sum(k, y[k] * log(y[k])) - sum(k, y[k] * log(p[k]))"
OF_A_DIFFERENCE = "EQ = sum(k, y[k] * (log(y[k]) - log(p[k])))"
TURNED = "EQ = -sum(k, y[k] * log(p[k] / y[k]))"
UNDER_A_NAME = "d[k] = log(y[k] / p[k])\nEQ = sum(k, y[k] * d[k])"
JENSEN_SHANNON = (
    "u[k] = (p[k] + y[k]) / 2\nEQ = sum(k, p[k] * log(p[k] / u[k]) + y[k] * log(y[k] / u[k])) / 2"
)
"""Kullback and Leibler 1951; Lin 1991."""


def at_labels(folder: Path, loss: str) -> tuple[float, np.ndarray]:
    """The error and its derivative by V for labels (0, 1), without a warning."""
    trainer = proven_trainer(model_of(folder, NETWORK + loss))
    V, W = np.array([[0.5, -0.3], [0.2, 0.4]]), np.array([[0.1, 0.7], [-0.6, 0.2]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, slopes = trainer.gradient(
            trainer.Parameters(**{"W": W, "V": V}), np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
        )
    return value, slopes.V


@pytest.mark.parametrize("loss", [DIVERGENCE, OF_A_SUM, OF_A_DIFFERENCE, TURNED, UNDER_A_NAME])
def test_a_divergence_from_labels_is_their_cross_entropy(loss: str, tmp_path: Path) -> None:
    value, slope = at_labels(tmp_path, loss)
    folder = tmp_path / "cross"
    folder.mkdir()
    wanted, right = at_labels(folder, "EQ = cross_entropy(k, p[k], y[k])")
    np.testing.assert_allclose(value, wanted, rtol=1e-14)
    np.testing.assert_allclose(slope, right, rtol=1e-14)


def test_a_quantity_that_is_used_often_is_looked_into_once() -> None:
    """Fifty layers, each a(n) = a(n-1) + y a(n-1), are 2^50 ways to the first one."""
    y, layers = Entry("y"), [Entry(f"a{n}") for n in range(51)]
    behind: dict[Expression, Expression] = {
        layer: add(before, multiply(y, before)) for before, layer in pairwise(layers)
    }
    behind[layers[0]] = Apply("log", y)
    asked: list[Expression] = []

    def opened(node: Expression) -> Expression:
        asked.append(node)
        return behind.get(node, node)

    product = multiply(y, layers[-1])
    assert vanishing(product, frozenset({"y"}), opened) == where(
        Apply("abs", y), ZERO, product, ZERO
    )
    assert len(asked) == len(set(asked)) == 52


def test_a_divergence_is_bounded_where_labels_are_zero_and_one(tmp_path: Path) -> None:
    value, slope = at_labels(tmp_path, JENSEN_SHANNON)
    assert 0 < value < np.log(2)
    assert np.all(np.isfinite(slope))
