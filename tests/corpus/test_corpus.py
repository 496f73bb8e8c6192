"""Networks of papers and textbooks, as their authors write them: each has its right gradient."""

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from tests.corpus.networks import HERE, NETWORKS, path, witness


def test_every_model_file_is_written_a_second_time() -> None:
    assert {file.stem for file in HERE.glob("*.toml")} == set(NETWORKS)
    assert len(NETWORKS) >= 60


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_the_gradient_is_that_of_the_work(name: str) -> None:
    model = derive.load(path(name))
    trainer = load(trainer_text(model, simplify(differentiate(batch(model)))), name)
    weights, data, error, partials = witness(model)
    value, got = trainer.gradient(trainer.Parameters(*weights), *data)
    assert abs(value - error) <= 1e-10 * max(1, abs(error))
    for weight, one, other in zip(model.weights, got, partials, strict=True):
        largest = max(1, np.max(np.abs(other)))
        assert np.max(np.abs(one - other)) <= 1e-10 * largest, weight.name
