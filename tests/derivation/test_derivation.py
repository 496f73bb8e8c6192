"""The chain rule: shared adjoints, the document's partials, and no formula typed in."""

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy

import derive
from derive.derivation import local
from derive.derivation.derivation import ChainRule
from derive.derivation.partials import Link, Total, partial, partials
from derive.derivation.simplify import simplify
from derive.evaluation.evaluate import Arithmetic, array_cells, evaluate, evaluate_expression
from derive.expressions.contents import entries
from derive.expressions.expression import Adjoint
from derive.printing.symbols import Symbols
from derive.printing.text import (
    as_model_file,
    equation_text,
    expression_text,
    paper,
    partial_lines,
)
from tests.conftest import NETWORK, declarations, model_of, write_text


def texts(derivation: derive.Derivation) -> list[str]:
    style = as_model_file(derivation.model)
    return [equation_text(equation, style) for equation in derivation.backward]


def test_the_backward_pass_of_the_document(derivation: derive.Derivation) -> None:
    assert texts(derivation) == [
        "E[k] = O[k] - y[k]",
        "∂EQ/∂O[k] = E[k]",
        "δ_o[k] = ∂EQ/∂O[k] * f'_o(O_in[k])",
        "∂EQ/∂H[j] = sum(k, δ_o[k] * V[k,j])",
        "δ_h[j] = ∂EQ/∂H[j] * f'_h(H_in[j])",
        "∂EQ/∂W[j,i] = δ_h[j] * I[i]",
        "∂EQ/∂V[k,j] = δ_o[k] * H[j]",
    ]


def test_the_mean_over_samples_is_derived(batched: derive.Derivation) -> None:
    assert texts(batched)[1] == "∂EQ/∂O[s,k] = E[s,k] / N"
    assert texts(batched)[-2:] == [
        "∂EQ/∂W[j,i] = sum(s, δ_h[s,j] * I[s,i])",
        "∂EQ/∂V[k,j] = sum(s, δ_o[s,k] * H[s,j])",
    ]


def test_nothing_comes_out_without_sympy_diff(
    pelogia: derive.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*arguments: Any) -> Any:
        raise AssertionError("sympy.diff is away")

    monkeypatch.setattr(local.sympy, "diff", gone)
    local.local_derivatives.cache_clear()
    local.slope_by.cache_clear()
    with pytest.raises(derive.InternalError, match="sympy.diff is away"):
        derive.differentiate(pelogia)


def test_every_step_carries_its_rule(derivation: derive.Derivation) -> None:
    for equation in derivation.backward[1:]:
        assert isinstance(equation.rule, ChainRule)
        for term in equation.rule.terms:
            assert equation.target.name == Adjoint("EQ", str(term.local.by.name))


# --- the six partials of the document, from its text, with H_in where it prints H -------------

F = {"f_h": lambda z: z**3 - 2 * z, "f_o": lambda z: z**2 / 3 + z}
PRIME = {"f_h": lambda z: 3 * z**2 - 2, "f_o": lambda z: 2 * z / 3 + 1}


def document_partials(w: Any, v: Any, I: Any, y: Any) -> dict[str, Any]:
    """∂EQ/∂w_11 = E · f'_o(O_in) · v_11 · f'_h(H_in1) · I_1, and so on, as the text has them."""
    H_in1 = w["11"] * I[1] + w["21"] * I[2]
    H_in2 = w["12"] * I[1] + w["22"] * I[2]
    O_in = v["11"] * F["f_h"](H_in1) + v["21"] * F["f_h"](H_in2)
    E = F["f_o"](O_in) - y
    d = E * PRIME["f_o"](O_in)
    return {
        "dEQ-dw11": d * v["11"] * PRIME["f_h"](H_in1) * I[1],
        "dEQ-dw12": d * v["21"] * PRIME["f_h"](H_in2) * I[1],
        "dEQ-dw21": d * v["11"] * PRIME["f_h"](H_in1) * I[2],
        "dEQ-dw22": d * v["21"] * PRIME["f_h"](H_in2) * I[2],
        "dEQ-dv11": d * F["f_h"](H_in1),
        "dEQ-dv21": d * F["f_h"](H_in2),
    }


EXACT = Arithmetic(lambda value: value, lambda name, order, z: (PRIME if order else F)[name](z))


@pytest.mark.parametrize("seed", range(5))
def test_the_six_partials_are_the_documents(derivation: derive.Derivation, seed: int) -> None:
    chance, sizes = random.Random(seed), {"n": 2, "m": 2, "K": 1}
    leaves = (*derivation.model.weights, *derivation.model.data)
    given = {
        cell: Fraction(chance.randint(-9, 9), chance.randint(1, 9))
        for array in leaves
        for cell in array_cells(array, sizes)
    }
    named = [e for e in derivation.backward if not isinstance(e.rule, ChainRule)]
    values = evaluate((*derivation.forward, *named), sizes, given, EXACT)
    # w_ij goes from input i to hidden unit j: the model's W[j,i].
    w = {f"{i}{j}": given["W", (j, i)] for i in (1, 2) for j in (1, 2)}
    v = {f"{j}1": given["V", (1, j)] for j in (1, 2)}
    wanted = document_partials(w, v, {i: given["I", (i,)] for i in (1, 2)}, given["y", (1,)])
    found = partials(derivation, sizes)
    assert [p.id for p in found] == list(wanted)
    for each in found:
        assert evaluate_expression(each.value, {}, sizes, values, EXACT) == wanted[each.id]


def spelled(derivation: derive.Derivation, weight: str) -> list[tuple[str, str]]:
    sizes = dict(derivation.model.example)
    style = paper(Symbols(derivation.model, sizes))
    (found,) = (p for p in partials(derivation, sizes) if style.entry(p.weight) == weight)
    links = [part for part in found.chain if isinstance(part, Link)]
    assert len(links) == len(found.chain)
    return [
        (f"∂{style.entry(link.of)}/∂{style.entry(link.by)}", expression_text(link.value, style))
        for link in links
    ]


def test_partial_of_w11_is_the_chain(derivation: derive.Derivation) -> None:
    assert spelled(derivation, "w_11") == [
        ("∂EQ/∂O", "E"),
        ("∂O/∂O_in", "f'_o(O_in)"),
        ("∂O_in/∂H_1", "v_11"),
        ("∂H_1/∂H_in,1", "f'_h(H_in,1)"),
        ("∂H_in,1/∂w_11", "I_1"),
    ]


def test_partial_of_v21_is_the_chain(derivation: derive.Derivation) -> None:
    assert spelled(derivation, "v_21") == [
        ("∂EQ/∂O", "E"),
        ("∂O/∂O_in", "f'_o(O_in)"),
        ("∂O_in/∂v_21", "H_2"),
    ]


def test_for_several_outputs_the_sum_over_k_closes_at_the_hidden_unit(
    derivation: derive.Derivation,
) -> None:
    sizes = {"n": 2, "m": 2, "K": 3}
    found = {p.id: p for p in partials(derivation, sizes)}
    (total, *rest) = found["dEQ-dw21"].chain
    assert isinstance(total, Total)
    assert [index.name for index in total.over] == ["k"]
    assert len(total.chains[0]) == 3
    assert len(rest) == 2
    lines = partial_lines(found["dEQ-dw21"], Symbols(derivation.model, sizes))
    assert lines[1].strip() == "= (Σ_k E_k · f'_o(O_in,k) · v_1k) · f'_h(H_in,1) · I_2"


def test_a_partial_outside_the_sizes_is_refused(derivation: derive.Derivation) -> None:
    from derive.expressions.expression import Entry

    with pytest.raises(derive.DeriveError, match="W has no entry 3"):
        partial(derivation, Entry("W", (3, 1)), {"n": 2, "m": 2, "K": 1})


# --- beyond the document ----------------------------------------------------------------------

MODELS = {
    "one line": "EQ = sum(k, (f_o(sum(j, V[k,j]*f_h(sum(i, W[j,i]*I[i])))) - y[k])^2) / 2",
    "weight twice": """
        A[j] = f_h(sum(i, W[j,i] * I[i]))
        B[j] = sum(i, W[j,i] * I[i]^2)
        O[k] = f_o(sum(j, V[k,j] * A[j] * B[j]))
        EQ = sum(k, (O[k] - y[k])^2) / 2""",
    "softmax by hand": """
        z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i]))
        p[k] = f_h(z[k]) / sum(q, f_h(z[q]))
        EQ = sum(k, (p[k] - y[k])^2)""",
    "a square of a sum and a penalty": """
        H[j] = sum(i, W[j,i] * I[i])
        A = (sum(j, H[j]))^2
        EQ = mean(k, A * sum(j, V[k,j] * H[j]) - y[k]) + sum(j, i, W[j,i]^2) / 10""",
    "one array with two letters": """
        H[j] = f_h(sum(i, W[j,i] * I[i]))
        G[j] = sum(l, H[j] * H[l]^2)
        F[l] = sum(j, G[j] * H[l])
        EQ = sum(k, (sum(l, V[k,l] * F[l]) - y[k])^2)""",
}


@pytest.mark.parametrize("name", MODELS)
def test_any_equations_of_the_language_are_proven(name: str, tmp_path: Path) -> None:
    certificate = derive.prove(derive.differentiate(model_of(tmp_path, MODELS[name])))
    assert certificate, certificate.failures


def test_an_adjoint_with_two_consumers_adds_them_up(tmp_path: Path) -> None:
    model = model_of(tmp_path, MODELS["weight twice"])
    rule = derive.differentiate(model).gradient("W").rule
    assert isinstance(rule, ChainRule)
    assert [str(term.local.of.name) for term in rule.terms] == ["net_A", "B"]


def test_the_derivation_is_the_same_in_every_run(pelogia: derive.Model) -> None:
    assert derive.differentiate(pelogia) == derive.differentiate(derive.load("pelogia2019"))


def test_the_derivative_of_an_undefined_function_has_no_subs() -> None:
    from derive.functions.free import undefined

    z = sympy.Symbol("z")
    assert sympy.diff(undefined("f", 0)(2 * z), z) == 2 * undefined("f", 1)(2 * z)


FOURTH_POWER = """H[j] = f_h(sum(i, W[j,i] * I[i]))
O[k] = sum(j, V[k,j] * H[j])
EQ = sum(k, (O[k] - y[k])^4) / 4"""


def with_definitions(folder: Path, *lines: str) -> derive.Model:
    text = declarations(FOURTH_POWER)
    return derive.load(
        write_text(
            folder, text.replace("[sizes]", "\n".join(["[definitions]", *lines, "[sizes]"]), 1)
        )
    )


def test_every_name_for_an_expression_is_used_where_it_stands(tmp_path: Path) -> None:
    derivation = derive.differentiate(
        with_definitions(tmp_path, '"E[k]" = "O[k] - y[k]"', '"G[j,k]" = "V[k,j]"')
    )
    assert [equation.id for equation in derivation.named] == ["E", "G"]
    held = {e.name for equation in derivation.adjoints for e in entries(equation.value)}
    assert held >= {"E", "G"}
    assert derive.prove(derivation)


def test_a_name_that_no_derivative_holds_is_refused_by_its_own_name(tmp_path: Path) -> None:
    model = with_definitions(tmp_path, '"E[k]" = "O[k] - y[k]"', '"G[k]" = "O[k] + y[k]"')
    with pytest.raises(derive.DeriveError, match="G occurs in no derivative of the error"):
        simplify(derive.differentiate(model))


def test_a_quotient_by_what_comes_out_as_zero_is_named(tmp_path: Path) -> None:
    below = "O[k]*(y[k] + 1) - O[k]*y[k] - O[k]"
    model = model_of(tmp_path, NETWORK.replace("- y[k])^2", f"- y[k])^2/({below})"))
    with pytest.raises(derive.DeriveError, match="example, EQ: division by what is 0 everywhere"):
        derive.differentiate(model)
