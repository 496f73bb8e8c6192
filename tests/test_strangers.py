"""Models that people brought, from public questions, bug reports and papers, at their right values.

The values were computed without derive, to 12 digits; many stand where floating point is lost
easily: saturated probabilities, masks, ties, zeros.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.reading.resolve import resolve
from derive.reading.source import Source

FOLDER = Path(__file__).parent / "strangers"
VALUES = json.loads((FOLDER / "values.json").read_text())


@cache
def trainer_of(name: str) -> Any:
    model = resolve(name, Source(f"{name}.toml", (FOLDER / f"{name}.toml").read_text()))
    return load(trainer_text(model, simplify(differentiate(batch(model)))), f"{name}/trainer.py")


@pytest.mark.parametrize("case", VALUES, ids=lambda case: case["id"])
def test_a_strangers_model_has_its_right_error_and_gradient(case: dict[str, Any]) -> None:
    trainer = trainer_of(case["model"])
    given = {n: np.array(x, case["dtype"]) for n, x in case["parameters"].items()}
    parameters = trainer.Parameters(**given)
    data = [np.array([x], case["dtype"]) for x in case["data"].values()]
    value, gradient = trainer.gradient(parameters, *data)
    within = {"rtol": case["rtol"], "atol": case["atol"], "strict": False}
    np.testing.assert_allclose(value, case["error"], **within)
    for name, wanted in case["gradient"].items():
        np.testing.assert_allclose(getattr(gradient, name), wanted, err_msg=name, **within)
