"""One id, one thing: with one sample, every line of the code is the page's equation of its id."""

from dataclasses import replace
from pathlib import Path
from random import Random

import mpmath
import pytest

import derive
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.evaluation.evaluate import Values, evaluate, high_precision
from derive.evaluation.random_points import draw
from derive.locate import shipped
from derive.model.batch import batch
from derive.model.model import SAMPLE
from derive.proof.certificate import proof_sizes
from tests.conftest import declarations, write_text

Z = "z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i])) + c[k]\n"

ERRORS = {
    "a bias in what the error adds": Z + "EQ = sum(k, z[k] - y[k])",
    "a bias in what the error multiplies": Z + "EQ = 2 * sum(k, z[k]) - sum(k, z[k]^2 * y[k])",
    "a bias two names away": Z + "u = sum(k, z[k] - y[k])\nEQ = u + exp(u)",
    "a penalty with a name": Z + "R = sum(k, (z[k] - y[k])^2) + sum(k, c[k]^2)\nEQ = R / 2",
    "a penalty used twice": Z + "R = sum(k, (z[k] - y[k])^2) + sum(k, c[k]^2)\nEQ = R + exp(-R)",
    "a penalty of the error": Z + "EQ = sum(k, (z[k] - y[k])^2) + sum(k, c[k]^2)",
    "a layer of weights alone, with a number": "h[k] = sum(j, V[k,j] * c[k] * 0.5)\n"
    "EQ = sum(k, (sum(j, i, V[k,j] * W[j,i] * I[i]) + h[k] - y[k])^2)",
    "no output but the error": "EQ = sum(k, c[k] + y[k] * sum(i, j, V[k,j] * W[j,i] * I[i]))",
}
"""Errors with a weight c that stands beside what holds data."""


def at_one_sample(model: derive.Model, batched: derive.Model) -> tuple[Values, Values]:
    """What every id is on the page, and what it is in the code for one sample."""
    one, many = simplify(differentiate(model)), simplify(differentiate(batched))
    sizes = {**proof_sizes(model)[1], SAMPLE.size: 1}
    how, chance = high_precision(model), Random(1)
    alone = {
        cell: how.number(number)
        for array in (*model.weights, *model.data)
        for cell, number in draw(model, array, sizes, chance).items()
    } | {(name, ()): how.number(number) for name, number in model.hyperparameters}
    data = {array.name for array in model.data}
    together = {
        ((name, (1, *place)) if name in data else (name, place)): number
        for (name, place), number in alone.items()
    }
    steps = (*many.forward, *many.backward)
    page = evaluate((*one.forward, *one.derivation.adjoints), sizes, alone, how)
    code = evaluate(steps, sizes, together, how)
    sampled = {e.target.name for e in steps if SAMPLE in e.target.indices} | data
    return page, {
        ((name, place[1:]) if name in sampled else (name, place)): number
        for (name, place), number in code.items()
    }


def differing(model: derive.Model, batched: derive.Model) -> list[object]:
    page, code = at_one_sample(model, batched)
    shared = page.keys() & code.keys()
    assert len(shared) > len(model.leaves)
    return [cell for cell in shared if not mpmath.almosteq(page[cell], code[cell])]


@pytest.mark.parametrize("name", shipped())
def test_every_line_of_a_shipped_trainer_is_the_equation_of_its_id(name: str) -> None:
    model = derive.load(name)
    assert differing(model, batch(model)) == []


@pytest.mark.parametrize("gather", ["mean", "sum"])
@pytest.mark.parametrize("name", ERRORS)
def test_every_line_is_the_equation_of_its_id(name: str, gather: str, tmp_path: Path) -> None:
    text = declarations(ERRORS[name]).replace('"V[k,j]"', '"V[k,j]", "c[k]"')
    model = derive.load(write_text(tmp_path, text))
    model = replace(model, gather=gather)  # type: ignore[arg-type]
    assert differing(model, batch(model)) == []
