"""Where algebra is given no room, numbers decide: what is right is proven, no mutant lives."""

import re
from pathlib import Path

import pytest

import derive
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.proof import fractions, steps, whole
from tests.conftest import declarations, write_text
from tests.proof.test_certificate import MUTANTS, mutate
from tests.proof.test_identity import EQUAL, SLOWLY, UNEQUAL, identical


@pytest.fixture(params=["no algebra", "no symbols"])
def bounded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no algebra":
        monkeypatch.setattr(fractions, "LONGEST", 0)
    else:
        monkeypatch.setattr(steps, "LARGEST_STEPS", 0)
        monkeypatch.setattr(whole, "LARGEST_WHOLE", 0)


@pytest.mark.usefixtures("bounded")
def test_what_is_right_is_proven(derivation: Derivation, batched: Derivation) -> None:
    for each in (derivation, batched):
        derive.prove(each).require()


@pytest.mark.usefixtures("bounded")
@pytest.mark.parametrize("name", MUTANTS)
def test_no_mutant_lives(name: str, derivation: Derivation, batched: Derivation) -> None:
    target, change, weight, samples = MUTANTS[name]
    wrong = derive.prove(mutate(derivation if samples == "one" else batched, target, change))
    failed = {check.claim.split(" ")[1]: check for check in wrong.failures}
    assert {"follows", "agrees", "is"} <= failed.keys()
    assert any(f"∂EQ/∂{weight[0].upper()}" in check.detail for check in wrong.failures)
    assert all(re.search("came out as|not exist", check.detail) for check in wrong.failures)


def test_a_jump_that_stands_at_all_weights_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where a mask is 0, so is what it hides, and a difference goes across the jump there."""
    monkeypatch.setattr(steps, "LARGEST_STEPS", 0)
    text = declarations("mu[j] = sum(i, W[j,i] * I[i]) * mask[j]\nh[j] = where(mu[j] >= 0, mu[j] + 1, mu[j])"
                        "\nEQ = sum(k, (sum(j, V[k,j] * h[j]) - y[k])^2)")  # fmt: skip
    text = text.replace(
        'inputs  = ["I[i]"', 'assumptions = ["mask[j] in {0, 1}"]\ninputs = ["mask[j]", "I[i]"'
    )
    derive.prove(derive.differentiate(derive.load(write_text(tmp_path, text)))).require()


@pytest.mark.parametrize("name", [*EQUAL, *SLOWLY])
def test_equal_functions_are_equal_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fractions, "LONGEST", 0)
    assert identical(*{**EQUAL, **SLOWLY}[name])


@pytest.mark.parametrize("name", UNEQUAL)
def test_different_functions_differ_in_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fractions, "LONGEST", 0)
    assert not identical(*UNEQUAL[name])


SCALARS = """
title = "Two scalar weights"
source = "tests"
weights = ["w", "v"]
inputs = ["x"]
targets = ["y"]
equations = '''
{equations}
'''
"""


def product(count: int, scale: int) -> str:
    factors = " * ".join(f"({scale} * w + {n} * v + x)" for n in range(count))
    return f"p = {factors}\nE = (p - y)^2"


LONG = {
    "the root of a square": "u = abs(w * x)\nE = (u - v * y)^2 / u",
    "a name for an exponential": "u = w * x + v\nr = exp(u)\nE = (r - y)^2 / r",
    "a product of ten sums": product(10, 1),
    "an error of 1e90": product(8, 10**6),
    "a chain of twelve functions": "h0 = w * x + v\n"
    + "\n".join(f"h{n + 1} = tanh(h{n} + w)" for n in range(12))
    + "\nE = (h12 - y)^2",
}


@pytest.mark.parametrize("name", LONG)
def test_every_model_is_decided(name: str, tmp_path: Path) -> None:
    path = write_text(tmp_path, SCALARS.format(equations=LONG[name]))
    derive.prove(differentiate(derive.load(path))).require()
