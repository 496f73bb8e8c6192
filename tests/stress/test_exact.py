"""Balls know an error and its derivatives where floats have lost them, and say where there is none."""

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import autograd.numpy as np
import pytest

from tests.stress.__main__ import random_trial
from tests.stress.exact import Known, beside
from tests.stress.extremes import differing
from tests.stress.trial import built


def at(error: Callable[[Any], Any], w: int) -> Known | None:
    """The error of one weight and its derivative."""
    array = SimpleNamespace(name="w", shape=())
    model: Any = SimpleNamespace(weights=[array], data=[], hyperparameters=())
    return beside(lambda values: error(values["w"]), model, {}, {("w", ()): Fraction(w)}, 1)


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


@pytest.mark.parametrize("w", [40, 1000, 10000])
def test_a_saturated_probability_is_known(w: int) -> None:
    """log(1 - σ(w)) is -w where w is large, and its derivative -1."""
    known = at(lambda w: np.log(1 - sigma(w)), w)
    assert known is not None
    assert [float(part) for part in known] == pytest.approx([-w, -1])


def test_what_no_digits_tell_is_not_known() -> None:
    assert at(lambda w: np.log(1 - sigma(w)), 100000) is None


def test_on_a_kink_there_is_no_derivative_but_where_kinks_cancel() -> None:
    assert at(lambda w: np.maximum(w, 0), 0) is None
    assert at(abs, 0) is None
    known = at(lambda w: np.maximum(w, 0) - np.maximum(-w, 0), 0)
    assert known is not None
    assert float(known[1]) == 1


@pytest.mark.parametrize("seed", [2, 7])
def test_another_error_is_told_from_that_of_the_model(seed: int) -> None:
    trial = random_trial(seed)
    made = built(trial)
    assert made is not None
    assert differing(made, trial.error) == ""

    def another(sizes: Any) -> Any:
        right = trial.error(sizes)
        return lambda values: right(values) * (1 + Fraction(1, 10**8))

    assert "by autograd" in differing(made, another)


def test_what_is_less_than_any_float_is_told_from_nothing_by_none() -> None:
    """exp(-10^6) is above 0, and 0 in every format: which side of 0 it lies on is not known."""
    assert at(lambda w: np.where(np.exp(-w) > 0, w, 2 * w), 10**6) is None
    known = at(lambda w: np.where(np.exp(-w) > 0, w, 2 * w), 100)
    assert known is not None
    assert float(known[1]) == 1
