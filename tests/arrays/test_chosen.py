"""What is not taken is not multiplied: 0 times what is infinite is no number."""

import warnings
from pathlib import Path

import numpy as np
import pytest

from derive.arrays.chosen import chosen
from derive.expressions.building import multiply, where
from derive.expressions.expression import ONE, ZERO, Apply, Entry, Expression
from tests.conftest import model_of, proven_trainer

CLIPPED = """
z[j] = sum(i, W[j,i] * I[i])
H[k] = sum(j, V[k,j] * z[j])
r[k] = exp(H[k])
EQ = sum(k, min(r[k], 1 + y[k]^2))
"""
"""The ratio of two policies, clipped (Schulman et al. 2017)."""


def test_a_clipped_ratio_has_the_derivative_0_where_it_is_infinite(tmp_path: Path) -> None:
    trainer = proven_trainer(model_of(tmp_path, CLIPPED))
    V, W = np.full((2, 2), 40.0), np.full((2, 2), 40.0)
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="invalid")
        value, slopes = trainer.gradient(
            trainer.Parameters(**{"W": W, "V": V}), np.array([[1.0, 2.0]]), np.array([[0.0, 1.0]])
        )
    assert value == pytest.approx(3)
    assert not slopes.V.any()
    assert not slopes.W.any()


def at(text: str) -> Expression:
    return Entry(text)


def test_only_what_grows_is_multiplied_inside(tmp_path: Path) -> None:
    model = model_of(tmp_path, CLIPPED)
    z, x, r = at("z"), at("x"), at("r")
    behind = {r: Apply("exp", z), x: Apply("tanh", z)}

    def made(node: Expression) -> Expression:
        return chosen(node, model, lambda part: behind.get(part, part))

    choice = where(z, ONE, x, ZERO)
    assert made(multiply(choice, r)) == where(z, ONE, multiply(x, r), ZERO)
    assert made(multiply(choice, r, z)) == where(z, ONE, multiply(x, r, z), ZERO) or made(
        multiply(choice, r, z)
    ) == multiply(where(z, ONE, multiply(x, r), ZERO), z)
    for left in (multiply(choice, x), multiply(where(z, ONE, x, z), r), multiply(x, r)):
        assert made(left) == left
