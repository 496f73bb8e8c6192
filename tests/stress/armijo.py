"""The error never rises under Armijo's rule: a million steps over the gallery (`make stress`)."""

import numpy as np
import pytest

from derive import locate
from tests.code.test_training import start, trainer

STEPS = 1_000_000 // len(locate.shipped()) + 1


@pytest.mark.parametrize("name", locate.shipped())
def test_a_million_steps_never_rise(name: str) -> None:
    taken, seed = 0, 0
    while taken < STEPS:
        parameters, data = start(name, seed)
        _, errors = trainer(name).train(parameters, *data, 1.0, STEPS - taken, step="armijo")
        assert np.all(np.diff(errors) <= 0)
        taken, seed = taken + max(len(errors) - 1, 1), seed + 1
