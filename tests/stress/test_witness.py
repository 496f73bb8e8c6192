"""A witness says nothing that it does not know."""

from types import SimpleNamespace
from typing import Any

import autograd.numpy as np
import pytest

from tests.stress.witness import knowing


def test_a_witness_whose_digits_are_gone_is_asked_nearer_to_zero() -> None:
    """1 - 1/(1 + exp(-36)) has four digits in floats."""

    def error(values: dict[str, Any]) -> Any:
        return np.log(1 - 1 / (1 + np.exp(-values["w"])))

    model: Any = SimpleNamespace(weights=[SimpleNamespace(name="w")], data=[], hyperparameters=())
    (w,), value, (slope,) = knowing(error, model, [np.array(36.0)], [])
    assert 1 < w < 36
    assert value == pytest.approx(-np.logaddexp(0, w), rel=1e-10)
    assert slope == pytest.approx(-1 / (1 + np.exp(-w)), rel=1e-9)
