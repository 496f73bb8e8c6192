"""How names print: gates with their letter below, hats over letters, Greek as such."""

from pathlib import Path

import pytest

import derive
from derive.page.check import check_latex
from derive.printing.names_latex import name_latex
from tests.conftest import model_of, page_of, write_text

PRINTED = {
    "W": "W",
    "W1": "W_1",
    "W12b": "W_{12b}",
    "Wf": "W_f",
    "bf": "b_f",
    "Wf1": "W_{f,1}",
    "EQ": "EQ",
    "Pi": r"\Pi",
    "mu": r"\mu",
    "yhat": r"\hat{y}",
    "y_hat": r"\hat{y}",
    "xbar_in": r"\bar{x}_{in}",
    "rhohat": r"\hat{\rho}",
    "scale": r"\mathit{scale}",
    "that": r"\hat{t}",
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_name_prints_as_a_paper_has_it(name: str, pelogia: derive.Model) -> None:
    assert name_latex(name, pelogia) == PRINTED[name]


MODEL = """
title = "Gates"
source = "tests"
weights = ["Wf[j,i]", "bf[j]", "W[j,i]", "rhohat"]
inputs = ["x[i]"]
targets = ["y[j]"]
equations = '''
f[j] = logistic(sum(i, Wf[j,i]*x[i]) + bf[j])
abar[j] = tanh(sum(i, W[j,i]*x[i]))
yhat[j] = f[j]*abar[j] + rhohat
L = sum(j, (yhat[j] - y[j])^2)/2
'''
[sizes]
i = "n"
j = "m"
[example]
n = 2
m = 2
"""


def test_gates_and_hats_read_back_from_the_page(tmp_path: Path) -> None:
    derivation = derive.differentiate(derive.load(write_text(tmp_path, MODEL)))
    page = page_of(derivation)
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    formulas = {formula.id: formula.whole for formula in page.formulas}
    assert formulas["yhat"] == r"\hat{y}_j = f_j \bar{a}_j + \hat{\rho}"
    assert formulas["dL-dWf"].startswith(r"\frac{\partial L}{\partial W_{f,ji}} =")


def test_a_gate_that_would_read_as_an_entry_stands_in_brackets(tmp_path: Path) -> None:
    text = MODEL.replace('"W[j,i]"', '"W[f]"').replace("f[j]", "g[j]").replace("bg[j]", "bf[j]")
    text = text.replace("sum(i, W[j,i]*x[i])", "sum(f, W[f]*x[f]) + bf[j]")
    text = text.replace('i = "n"', 'i = "n"\nf = "n"')
    model = derive.load(write_text(tmp_path, text))
    assert name_latex("Wf", model) == "W_{(f)}"


def test_two_names_that_print_alike_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(derive.ModelError, match="yhat"):
        model_of(
            tmp_path,
            "y_hat[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\nyhat[k] = y_hat[k]^2\n"
            "EQ = squared_error(k, yhat[k], y[k])",
        )
