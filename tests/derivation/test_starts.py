"""Chains of partial derivatives: from the error, and from near the weight where that is too far."""

from pathlib import Path

import pytest
from flint import arb, ctx

import derive
from derive import locate
from derive.derivation.differentiate import differentiate
from derive.derivation.partials import links, scalar_weights
from derive.derivation.simplify import simplify
from derive.derivation.starts import MOST_LINKS, Started, started
from derive.evaluation.balls import balls
from derive.evaluation.evaluate import evaluate, evaluate_expression
from derive.evaluation.random_points import random_rationals
from derive.expressions.expression import Adjoint
from derive.printing.symbols import Symbols
from derive.printing.text import partial_lines
from tests.conftest import declarations, write_text

GRU = Path(__file__).parent.parent / "strangers" / "gru.toml"


def chains(model: derive.Model) -> tuple[Started, ...]:
    """The chains of all its scalar weights, each of them of the right value at a random point."""
    simplified, sizes = simplify(differentiate(model)), dict(model.example)
    derivation = simplified.derivation
    found = started(simplified, scalar_weights(derivation.model, sizes), sizes)
    how = balls(derivation.model)
    given = random_rationals(derivation, sizes, seed=5)
    with ctx.workprec(200):
        values = {cell: how.number(number) for cell, number in given.items()}
        values = evaluate(derivation.equations, sizes, values, how)
        for each in found:
            weight, place = each.partial.weight, {}
            slope = values[Adjoint(model.error, str(weight.name)), weight.indices]
            value = evaluate_expression(each.partial.value, place, sizes, values, how)
            assert abs(value - slope) <= arb("1e-40"), each.partial.id
    return found


@pytest.mark.parametrize("name", ["pelogia2019", "attention", "cs231n", "layer_norm"])
def test_every_chain_has_the_value_of_its_partial_derivative(name: str) -> None:
    assert name in locate.shipped()
    assert chains(derive.load(name))


def test_a_chain_through_gates_starts_at_the_gates_of_its_weight() -> None:
    found = chains(derive.load(GRU))
    near = [each for each in found if str(each.partial.weight.name) == "Wg"]
    assert all(sum(1 for _ in links(each.partial.chain)) <= MOST_LINKS for each in near)
    assert set(near[0].starts) == {Adjoint("E", "net_g1"), Adjoint("E", "net_g2")}


def test_a_chain_holds_the_names_of_what_its_equations_compute(tmp_path: Path) -> None:
    text = declarations(
        "a[j] = sum(i, W[j,i] * I[i])\nphi[j] = exp(-a[j]^2 / 2)\nz[k] = sum(j, V[k,j] * phi[j])\n"
        "EQ = squared_error(k, z[k], y[k])"
    )
    model = derive.load(write_text(tmp_path, text))
    first = chains(model)[0].partial
    lines = partial_lines(first, Symbols(model, dict(model.example)))
    assert lines[-1].strip() == "= -(Σ_k (z_k - y_k) · V_k1) · a_1 · φ_1 · I_1"
