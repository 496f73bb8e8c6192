"""The certificate proves what is averaged, too: mutants of `model.batch` must fail it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import derive
from derive.derivation.differentiate import differentiate
from derive.expressions.building import multiply, power
from derive.expressions.expression import Expression, Size
from derive.locate import shipped
from derive.model import batch as batching
from derive.model.batch import batch, batch_weighted
from derive.model.model import SAMPLE
from derive.pipeline import make
from derive.proof.batch import check_samples
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import model_of
from tests.stress.models import made

BATCHES = (batch, batch_weighted)


def holds(model: derive.Model, batched: derive.Model) -> bool:
    checks = list(check_samples(differentiate(model), differentiate(batched)))
    assert len(checks) == 4
    return all(check.holds for check in checks)


@pytest.mark.parametrize("gather", ["mean", "sum"])
@pytest.mark.parametrize("name", shipped())
def test_every_batch_is_one_of_its_samples(name: str, gather: str) -> None:
    model = replace(derive.load(name), gather=gather)  # type: ignore[arg-type]
    assert all(holds(model, way(model)) for way in BATCHES)


PENALTIES = {
    "beside": "EQ = sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2)",
    "within a multiple": "EQ = (sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2)) / 2",
    "within a sum": "EQ = sum(k, (z[k] - y[k])^2 + sum(j, V[k,j]^2))",
    "with a name": "R[k] = (z[k] - y[k])^2 + sum(j, V[k,j]^2)\nT = sum(k, R[k])\nEQ = 3 * T - 1",
    "with two names": "R = sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2)\nT = R / 2\nEQ = T",
    "with a name, and used twice": "R = sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2)\n"
    "EQ = R + exp(R)",
    "times a weight": "EQ = V[1,1]^2 * (sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2))",
    "within a square": "EQ = (sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2))^2",
    "within a function": "EQ = exp(sum(k, (z[k] - y[k])^2) + sum(k, j, V[k,j]^2))",
    "within a choice": "T = sum(k, z[k] * y[k])\nEQ = max(T + sum(k, j, V[k,j]^2), 0)",
    "a division that a tie has not": "EQ = sum(k, q, where(y[k] > y[q], z[k] / (y[k] - y[q]), z[k]))",
    "a choice by the weights": "S = sum(k, j, V[k,j])\n"
    "EQ = sum(k, where(S > 1, z[k] * y[k], S^2)) + where(S > 2, S, S^3)",
    "two quotients": "R = sum(k, j, V[k,j]^2)\nS = sum(j, i, W[j,i]^2)\n"
    "EQ = sum(k, z[k] * y[k]) / R + R / S",
    "a choice of its own": "EQ = sum(k, (z[k] - y[k])^2) + max(sum(k, j, V[k,j]), 1)",
}
"""Errors with a penalty in the weights V, wherever one may stand; z is the output."""

NET = "z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i]))\n"


@pytest.mark.parametrize("gather", ["mean", "sum"])
@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_counts_once_wherever_it_stands(name: str, gather: str, tmp_path: Path) -> None:
    text = PENALTIES[name].replace("V[1,1]", "sum(k, j, V[k,j])")
    model = replace(model_of(tmp_path, NET + text), gather=gather)  # type: ignore[arg-type]
    assert all(holds(model, way(model)) for way in BATCHES)


@pytest.mark.parametrize("gather", ["mean", "sum"])
@pytest.mark.parametrize("seed", [7, 14, 15, 16, 18, 24])
def test_random_models_are_batches_of_their_samples(seed: int, gather: str) -> None:
    read = resolve("random", Source("random.toml", made(seed).text))
    model = replace(read, gather=gather)  # type: ignore[arg-type]
    assert all(holds(model, way(model)) for way in BATCHES)


# --- mutants ----------------------------------------------------------------------------------

Gather = Callable[..., Expression]


def divided_again(gather: Gather) -> Gather:
    def mutant(*given: object) -> Expression:
        return multiply(power(Size(SAMPLE.size), -1), gather(*given))

    return mutant


MUTATED = ["autoencoder", "elman", "attention", "pelogia2019", "cs231n"]


@pytest.mark.parametrize("gather", ["mean", "sum"])
@pytest.mark.parametrize("way", BATCHES, ids=["batch", "weighted"])
@pytest.mark.parametrize("name", MUTATED)
def test_dividing_by_N_once_more_is_caught(
    name: str,
    way: Callable[[derive.Model], derive.Model],
    gather: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batching, "_over_samples", divided_again(batching._over_samples))
    model = replace(derive.load(name), gather=gather)  # type: ignore[arg-type]
    assert not holds(model, way(model))


@pytest.mark.parametrize("name", ["autoencoder", "elman"])
def test_the_certificates_of_a_build_catch_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "_over_samples", divided_again(batching._over_samples))
    failed = {c.title for c in make(derive.load(name)).certificates if not c}
    assert failed == {"the derivation, N samples"}


@pytest.mark.parametrize("way", BATCHES, ids=["batch", "weighted"])
def test_a_penalty_for_each_sample_is_caught(
    way: Callable[[derive.Model], derive.Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = replace(derive.load("cs231n"), gather="sum")
    assert holds(model, way(model))
    monkeypatch.setattr(batching, "_is_mixed", lambda *_: False)
    assert not holds(model, way(model))


def test_the_mean_for_the_sum_is_caught() -> None:
    model = derive.load("trask2015")
    assert model.gather == "sum"
    other = replace(batch(replace(model, gather="mean")), gather="sum")
    assert not holds(model, other)


def test_a_quantity_that_is_none_of_one_sample_is_caught() -> None:
    model = derive.load("pelogia2019")
    batched = batch(model)
    first, *others = batched.equations
    changed = replace(first, value=multiply(first.value, power(Size(SAMPLE.size), -1)))
    assert not holds(model, replace(batched, equations=(changed, *others)))
