"""The forms of N samples, taken from those of one."""

from collections.abc import Callable
from pathlib import Path

import pytest

import derive
from derive.derivation import simplify as stage
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch, batch_weighted
from derive.proof.prove import prove_simplified
from tests.conftest import declarations, write_text
from tests.corpus.networks import path


@pytest.mark.parametrize("of_samples", [batch, batch_weighted])
@pytest.mark.parametrize("name", ["attention", "cs231n", "layer_norm", "trask2015"])
def test_the_forms_of_one_sample_are_those_that_are_found_for_many(
    name: str, of_samples: Callable[[derive.Model], derive.Model]
) -> None:
    model = derive.load(name)
    one, many = simplify(differentiate(model)), differentiate(of_samples(model))
    lifted, found = simplify(many, one), simplify(many)
    assert [x.value for x in lifted.adjoints] == [x.value for x in found.adjoints]


def test_nothing_is_sought_where_they_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    model = derive.load("deep_tanh")
    one, many = simplify(differentiate(model)), differentiate(batch(model))
    monkeypatch.setattr(stage, "rewritings", lambda *_: pytest.fail("sought"))
    assert simplify(many, one).adjoints


@pytest.mark.parametrize("of_samples", [batch, batch_weighted])
def test_a_share_of_the_mean_is_found_in_the_terms_of_a_sum(
    of_samples: Callable[[derive.Model], derive.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each term, and within a softmax's sum: forms of wang2019 are those of one sample."""
    model = derive.load(path("wang2019"))
    one, many = simplify(differentiate(model)), differentiate(of_samples(model))
    monkeypatch.setattr(stage, "rewritings", lambda *_: pytest.fail("sought"))
    assert prove_simplified(simplify(many, one), "N samples")


def test_forms_of_another_error_are_not_taken(tmp_path: Path) -> None:
    net = "o[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\nEQ = sum(k, (o[k] - y[k])^{})"
    two, four = (
        derive.load(write_text(tmp_path, declarations(net.format(power)))) for power in (2, 4)
    )
    one, many = simplify(differentiate(two)), differentiate(batch(four))
    values = [[x.value for x in made.adjoints] for made in (simplify(many, one), simplify(many))]
    assert values[0] == values[1]


@pytest.mark.parametrize("name", ["freund1997", "salehi2017"])
def test_an_error_by_its_own_name_is_not_that_of_each_sample(name: str) -> None:
    """exp(-y F) is the error L of one sample, and of N samples it is none of their mean."""
    model = derive.load(path(name))
    one, many = simplify(differentiate(model)), differentiate(batch(model))
    assert prove_simplified(simplify(many, one), name)


def test_an_adjoint_that_is_zero_divides_none(tmp_path: Path) -> None:
    """√(y - y) leaves nothing of the error of one sample, which would be found in that of N."""
    net = "o[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\nEQ = sum(k, o[k]*sqrt(y[k] - y[k]))"
    model = derive.load(write_text(tmp_path, declarations(net)))
    one, many = simplify(differentiate(model)), differentiate(batch(model))
    assert simplify(many, one).adjoints
