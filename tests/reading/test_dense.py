"""derive.dense: the Model that a model file would give, at any size."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import derive
from derive.functions.table import TABLE
from derive.reading.dense import dense_text
from derive.reading.losses import LOSSES, Loss
from tests.conftest import proven_trainer


def test_the_weights_are_in_order_and_of_shape_units_by_inputs() -> None:
    model = derive.dense([784, 128, 10], activations=["tanh", "softmax"], loss="cross_entropy")
    assert [w.name for w in model.weights] == ["W1", "b1", "W2", "b2"]
    sizes = dict(model.example)
    shapes = [tuple(sizes[size] for size in w.shape) for w in model.weights]
    assert shapes == [(128, 784), (128,), (10, 128), (10,)]


def test_a_large_network_is_proven_and_its_trainer_runs() -> None:
    model = derive.dense([784, 128, 10], ["tanh", "softmax"], "cross_entropy")
    trainer: Any = proven_trainer(model)
    parameters = trainer.initialise(784, 128, 10, seed=0)
    random = np.random.default_rng(0)
    X, y = random.random((64, 784)), np.eye(10)[random.integers(0, 10, 64)]
    _, errors = trainer.train(parameters, X, y, 0.02, 20)
    assert errors[-1] < errors[0]


@pytest.mark.parametrize("activation", sorted(set(TABLE) - {"log", "sgn"}))
def test_every_activation_of_the_table_makes_a_network(activation: str) -> None:
    assert proven_trainer(derive.dense([2, 3, 1], [activation, "identity"])).Parameters


LAST = {
    "cross_entropy": "softmax",
    "binary_cross_entropy": "logistic",
    "poisson": "exp",
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("bias", [True, False])
def test_every_loss_makes_a_network(loss: str, bias: bool) -> None:
    model = derive.dense([3, 2, 2], ["tanh", LAST.get(loss, "identity")], loss, bias=bias)
    assert len(model.weights) == (4 if bias else 2)
    assert proven_trainer(model).Parameters


def test_softmax_may_stand_in_any_layer() -> None:
    assert proven_trainer(derive.dense([2, 3, 2], ["softmax", "identity"])).Parameters


def test_a_function_of_derivative_zero_leaves_nothing_to_train() -> None:
    with pytest.raises(derive.DeriveError, match="is zero everywhere"):
        derive.differentiate(derive.dense([2, 3, 1], ["sgn", "identity"]))


def test_its_text_is_a_model_file(tmp_path: Any) -> None:
    (tmp_path / "dense.toml").write_text(dense_text([3, 2], ["tanh"]))
    assert derive.load(tmp_path / "dense.toml") == derive.dense([3, 2], ["tanh"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([2], []), "1 sizes and 0 activations"),
        (([2, 3], ["tanh", "tanh"]), "2 sizes and 2 activations"),
        (([2, 0], ["tanh"]), "the size 0"),
        (([2, True], ["tanh"]), "the size True"),
        (([2, 2.0], ["tanh"]), r"the size 2\.0"),
        (([2, 3], ["tangent"]), "'tangent' is no known activation"),
        (([2, 3], ["tanh"], "mse"), "'mse' is no known loss"),
    ],
)
def test_what_does_not_fit_is_named(arguments: Any, words: str) -> None:
    with pytest.raises(derive.DeriveError, match=words):
        derive.dense(*arguments)


def test_a_loss_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a parameter of its own, by name in a model file and by name in `dense`."""
    pinball = "max(tau * (y - o), (tau - 1) * (y - o))"  # Koenker and Bassett, 1978
    row = Loss("quantile", "the quantile loss", ("o", "y", "tau"), pinball, (("tau", "0.25"),))
    monkeypatch.setitem(LOSSES, row.name, row)
    model = derive.dense([2, 3, 1], ["tanh", "identity"], "quantile")
    assert dict(model.hyperparameters) == {"tau": Fraction(1, 4)}
    trainer: Any = proven_trainer(model)
    weights = trainer.initialise(2, 3, 1, seed=0)
    X, y = np.ones((4, 2)), np.array([[-9.0], [-9.0], [-9.0], [9.0]])
    output = trainer.forward(weights, X)
    assert trainer.error(weights, X, y) == pytest.approx(
        np.mean(np.maximum(0.25 * (y - output), -0.75 * (y - output)))
    )
