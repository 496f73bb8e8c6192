"""The source document whole: each formula of its text stands on the page, by its id, and is right.

Frederico José Ribeiro Pelogia, Backpropagation e o método do gradiente, 2019. Where its audit
finds a formula wrong, the page has it corrected: f'_h is taken at H_in, and the w are in the order
of the gradient.
"""

from dataclasses import replace

import pytest

import derive
from derive.page.blocks import Document
from derive.page.check import check_latex
from derive.printing.macros import plain
from tests.conftest import with_formula

COLUMN_OF_W = r"w_{11} \\ w_{12} \\ w_{21} \\ w_{22}"
OF_WEIGHTS = r"\begin{pmatrix} w_{11} \\ \vdots \\ v_{21} \end{pmatrix}"
OF_ALL = r"\begin{pmatrix} I_1 \\ \vdots \\ v_{21} \end{pmatrix}"
HIDDEN = (r"f_h(w_{11} I_1 + w_{21} I_2)", r"f_h(w_{12} I_1 + w_{22} I_2)")
O_IN = rf"v_{{11}} {HIDDEN[0]} + v_{{21}} {HIDDEN[1]}"

FORMULAS = {
    # section 1
    "method": r"x^{k+1} = x^k - t^k \nabla f(x^k)",
    # section 1.1: the network
    "array-I": r"I = \begin{pmatrix} I_1 \\ I_2 \end{pmatrix}",
    "array-H": r"H = \begin{pmatrix} H_1 \\ H_2 \end{pmatrix}",
    "array-O": r"O = \begin{pmatrix} O_1 \end{pmatrix}",
    "array-W": r"W = \begin{pmatrix} w_{11} & w_{21} \\ w_{12} & w_{22} \end{pmatrix}",
    "array-V": r"V = \begin{pmatrix} v_{11} & v_{21} \end{pmatrix}",
    "matrix-H-in": "H_{in} = W I",
    "entries-H-in": r"H_{in} = \begin{pmatrix} w_{11} & w_{21} \\ w_{12} & w_{22} \end{pmatrix} "
    r"\begin{pmatrix} I_1 \\ I_2 \end{pmatrix} = "
    r"\begin{pmatrix} w_{11} I_1 + w_{21} I_2 \\ w_{12} I_1 + w_{22} I_2 \end{pmatrix}",
    "matrix-H": "H = f_h(H_{in})",
    "whole-H": rf"H = \begin{{pmatrix}} {HIDDEN[0]} \\ {HIDDEN[1]} \end{{pmatrix}}",
    "matrix-O-in": "O_{in} = V H",
    "whole-O-in": f"O_{{in}} = {O_IN}",
    "matrix-O": "O = f_o(O_{in})",
    "whole-O": rf"O = f_o\Bigl( {O_IN} \Bigr)",
    # the error and its partial derivatives
    "arguments-EQ": rf"EQ{OF_WEIGHTS} = \frac{{1}}{{2}} \Biggl( O{OF_ALL} - y \Biggr)^2",
    "arguments-E": rf"E{OF_WEIGHTS} = O{OF_ALL} - y",
    "dEQ-dw11": r"E \cdot f'_o(O_{in}) \cdot v_{11} \cdot f'_h(H_{in,1}) \cdot I_1",
    "dEQ-dw12": r"E \cdot f'_o(O_{in}) \cdot v_{21} \cdot f'_h(H_{in,2}) \cdot I_1",
    "dEQ-dw21": r"E \cdot f'_o(O_{in}) \cdot v_{11} \cdot f'_h(H_{in,1}) \cdot I_2",
    "dEQ-dw22": r"E \cdot f'_o(O_{in}) \cdot v_{21} \cdot f'_h(H_{in,2}) \cdot I_2",
    "dEQ-dv11": r"E \cdot f'_o(O_{in}) \cdot H_1",
    "dEQ-dv21": r"E \cdot f'_o(O_{in}) \cdot H_2",
    # the gradient
    "stacked-dEQ-dV": r"\begin{pmatrix} \frac{\partial EQ}{\partial v_{11}} \\[6pt] "
    r"\frac{\partial EQ}{\partial v_{21}} \end{pmatrix} = E f'_o(O_{in}) \, H",
    "stacked-dEQ-dW": r"\begin{pmatrix} v_{11} f'_h(H_{in,1}) & 0 \\ v_{21} f'_h(H_{in,2}) & 0 \\ "
    r"0 & v_{11} f'_h(H_{in,1}) \\ 0 & v_{21} f'_h(H_{in,2}) \end{pmatrix} "
    r"\begin{pmatrix} I_1 \\ I_2 \end{pmatrix}",
    "nabla": r"\nabla EQ = ",
    # the update
    "dEQ-dO-in": r"\delta_{o,k} = ",
    "entries-update-V": r"\begin{pmatrix} v_{11} \\ v_{21} \end{pmatrix} \leftarrow "
    r"\begin{pmatrix} v_{11} \\ v_{21} \end{pmatrix} - t \, "
    r"\begin{pmatrix} \delta_o H_1 \\ \delta_o H_2 \end{pmatrix}",
    "entries-update-W": rf"\begin{{pmatrix}} {COLUMN_OF_W} \end{{pmatrix}} \leftarrow "
    rf"\begin{{pmatrix}} {COLUMN_OF_W} \end{{pmatrix}} - t \, "
    r"\begin{pmatrix} \delta_o v_{11} f'_h(H_{in,1}) I_1 \\ \delta_o v_{21} f'_h(H_{in,2}) I_1 \\ "
    r"\delta_o v_{11} f'_h(H_{in,1}) I_2 \\ \delta_o v_{21} f'_h(H_{in,2}) I_2 \end{pmatrix}",
    # section 2: three factors, and what follows from them
    "factor-EQ-O": r"\frac{\partial EQ}{\partial O} = E",
    "factor-O-O-in": r"\frac{\partial O}{\partial O_{in}} = f'_o(O_{in})",
    "factor-O-in-V": r"\frac{\partial O_{in}}{\partial v_{11}} = H_1",
}


@pytest.mark.parametrize("id_", FORMULAS)
def test_a_formula_of_the_document_is_on_the_page(id_: str, page: Document) -> None:
    (found,) = (formula for formula in page.formulas if formula.id == id_)
    assert FORMULAS[id_] in plain(found.whole)


def test_all_of_them_read_back_to_their_values(
    page: Document, derivation: derive.Derivation
) -> None:
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    assert {check.claim.split(" reads")[0] for check in certificate.checks} >= set(FORMULAS)


LIES = {
    "whole-O": ("w_{21} I_2) + v_{21}", "w_{21} I_1) + v_{21}"),
    "nabla": (r"\delta_o H_1 \\", r"\delta_o H_2 \\"),
    "entries-update-V": (r"- t \, \begin", r"+ t \, \begin"),
    "method": ("x^k - t^k", "x^k + t^k"),
    "factor-O-in-V": ("H_1", "H_2"),
}


@pytest.mark.parametrize("id_", LIES)
def test_a_wrong_one_does_not_read_back(
    id_: str, page: Document, derivation: derive.Derivation
) -> None:
    (found,) = (formula for formula in page.formulas if formula.id == id_)
    right, wrong = LIES[id_]
    sides = tuple(plain(side).replace(right, wrong) for side in found.sides)
    assert sides != tuple(map(plain, found.sides))
    lying = with_formula(page, replace(found, sides=sides))
    (failure,) = check_latex(lying, derivation).failures
    assert failure.claim.startswith(f"{id_} reads back")
