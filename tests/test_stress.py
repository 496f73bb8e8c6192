"""A few of the models that `make stress` writes: built, proven, and with autograd's gradient."""

import pytest

from tests.stress.__main__ import random_trial
from tests.stress.trial import attempt

LIMIT = 60.0
"""Seconds of processor time: `make stress` holds each to ten, on a machine that does no more."""


@pytest.mark.parametrize(
    "seed",
    [7, 14, 15, 16, 141, 18, 24, 357, 398, 981, 1217, 1273, 1438, 1561, 1839, 2016, 1138, 1385],
)
def test_a_random_model_is_built_and_its_gradient_is_that_of_autograd(seed: int) -> None:
    outcome = attempt(random_trial(seed), LIMIT)
    assert not outcome.fault, f"{outcome.fault}: {outcome.words}"
