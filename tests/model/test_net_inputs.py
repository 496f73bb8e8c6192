"""Sums that functions are applied to: named once, computed once, differentiated once."""

from pathlib import Path

import pytest

import derive
from derive.locate import shipped
from derive.model.net_inputs import name_net_inputs
from derive.pipeline import make
from derive.printing.text import as_model_file, expression_text
from tests.conftest import files_of, model_of

READY = "EQ = squared_error(k, o[k], y[k])"


def equations(model: derive.Model) -> list[str]:
    words = as_model_file(model)
    return [
        f"{words.entry(e.target)} = {expression_text(e.value, words)}" for e in model.equations[:-1]
    ]


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (
            ["h[j] = tanh(sum(i, W[j,i] * I[i]) + 1)", "o[k] = sum(j, V[k,j] * h[j])"],
            [
                "net_h[j] = sum(i, W[j,i] * I[i]) + 1",
                "h[j] = tanh(net_h[j])",
                "o[k] = sum(j, V[k,j] * h[j])",
            ],
        ),
        (
            ["o[k] = sum(j, V[k,j] * tanh(sum(i, W[j,i] * I[i])))"],
            [
                "net_o[j] = sum(i, W[j,i] * I[i])",
                "out_o[j] = tanh(net_o[j])",
                "o[k] = sum(j, V[k,j] * out_o[j])",
            ],
        ),
        (
            ["H[j] = sum(i, W[j,i] * I[i])", "o[k] = max(sum(j, V[k,j] * H[j]), 0)"],
            [
                "H[j] = sum(i, W[j,i] * I[i])",
                "net_o[k] = sum(j, V[k,j] * H[j])",
                "o[k] = max(net_o[k], 0)",
            ],
        ),
        (
            ["H[j] = sum(i, W[j,i] * I[i])", "o[k] = softmax(k, sum(j, V[k,j] * H[j]))"],
            [
                "H[j] = sum(i, W[j,i] * I[i])",
                "net_o[k] = sum(j, V[k,j] * H[j])",
                "o[k] = exp(net_o[k]) / sum(k', exp(net_o[k']))",
            ],
        ),
        (  # a number within the sum stays where it is, and the sum is one at k and at k'
            ["H[j] = sum(i, W[j,i] * I[i])", "o[k] = softmax(k, sum(j, V[k,j] * H[j] / 8))"],
            [
                "H[j] = sum(i, W[j,i] * I[i])",
                "net_o[k] = sum(j, V[k,j] * H[j] / 8)",
                "o[k] = exp(net_o[k]) / sum(k', exp(net_o[k']))",
            ],
        ),
        (
            ["net_o[j] = sum(i, W[j,i] * I[i])", "o[k] = tanh(sum(j, V[k,j] * net_o[j]))"],
            [
                "net_o[j] = sum(i, W[j,i] * I[i])",
                "netb_o[k] = sum(j, V[k,j] * net_o[j])",
                "o[k] = tanh(netb_o[k])",
            ],
        ),
    ],
)
def test_a_sum_within_a_function_gets_a_name(
    written: list[str], named: list[str], tmp_path: Path
) -> None:
    model = model_of(tmp_path, "\n".join([*written, READY]))
    assert equations(name_net_inputs(model)) == named


@pytest.mark.parametrize("name", shipped(), ids=lambda path: Path(path).stem)
def test_what_a_paper_has_named_stays_as_it_is(name: str | Path) -> None:
    model = derive.load(name)
    if model.name == "trask2015":  # l1 = logistic(sum(...)), in one equation
        assert len(name_net_inputs(model).equations) == len(model.equations) + 2
    else:
        assert name_net_inputs(model) == model


def test_no_product_of_matrices_is_computed_twice(tmp_path: Path) -> None:
    """Two layers: two products forward, and three backward, for two weights and one adjoint."""
    text = "H[j] = relu(sum(i, W[j,i] * I[i]))\no[k] = softmax(k, sum(j, V[k,j] * H[j]))"
    model = model_of(tmp_path, f"{text}\nEQ = cross_entropy(k, o[k], y[k])")
    made = make(model)
    made.require()
    body = made.files["trainer.py"].split("def _gradient(")[1].split("\ndef ")[0]
    code = "\n".join(line.partition("  # ")[0] for line in body.splitlines() if "    #" not in line)
    assert code.count("@") == 5, code


def test_the_trainer_shows_the_equations_as_they_were_written(tmp_path: Path) -> None:
    text = "o[k] = sum(j, V[k,j] * tanh(sum(i, W[j,i] * I[i])))"
    model = model_of(tmp_path, f"{text}\n{READY}")
    head = files_of(model)["trainer.py"].split("import numpy")[0]
    assert text in head
    assert "net_o" not in head


def test_there_is_a_name_for_every_sum_of_a_long_equation(tmp_path: Path) -> None:
    terms = " + ".join(f"tanh(sum(j, V[k,j] * (H[j] + {n})))" for n in range(1, 41))
    text = f"H[j] = sum(i, W[j,i] * I[i])\no[k] = {terms}\n{READY}"
    names = [e.name for e in name_net_inputs(model_of(tmp_path, text)).equations]
    assert len(set(names)) == len(names) == 40 + 3


def test_a_number_in_the_body_of_a_sum_leaves_the_parts_the_whole(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        o[k] = sum(j, V[k,j] * tanh(sum(i, W[j,i] * I[i]))) + sum(i, I[i] * 2)
        EQ = squared_error(k, o[k], y[k])""",
    )
    assert derive.prove(derive.differentiate(model))
