"""A notation may have vectors as rows: x W + b, xᵀ δ, δ Wᵀ; what is written so reads back."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import derive
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.page.blocks import Display, Document, Formula, Section
from derive.page.check import check_batched, check_latex
from derive.page.column import JOURNAL, Column
from derive.page.document import document
from derive.page.speech import say
from derive.page.words import language
from derive.printing.macros import TRANSPOSE, plain
from derive.proof.certificate import Certificate
from derive.readback.setting import MeaningError
from derive.reading.noted import noted
from derive.reading.preset import preset
from tests.conftest import write_text
from tests.reading.test_preset import holds

ROWS = 'title = "Mine"\nvectors = "rows"\n'
"""Rows, and nothing else: a model's own names and the order of its indices."""


DELTAS = f"""{ROWS}
[hidden]
weight = "w^{{(l)}}_{{kj}}"
matrix = "W"
bias = "b^{{(l)}}_j"
net = "z^{{(l)}}_j"
unit = "h^{{(l)}}_j"
delta = "\\\\delta^{{(l)}}_j"
"""
"""Rows, with weights whose entries have the index of the input first, and deltas."""


SMALL = derive.dense([3, 2, 4], ["logistic", "logistic"])
DEEP = derive.dense([3, 4, 5, 4, 3, 2], ["tanh", "relu", "logistic", "tanh", "identity"])
CLASSES = derive.dense([3, 4, 2], ["tanh", "softmax"], "cross_entropy")


class Written:
    """A model in a notation, with the document of its page."""

    def __init__(self, model: derive.Model, notation: str | Path, column: Column = JOURNAL) -> None:
        model = noted(model, preset(notation))
        self.derivation, self.batched = (
            derive.differentiate(model),
            derive.differentiate(batch(model)),
        )
        one = simplify(self.derivation)
        self.page = document(one, column, simplify(self.batched, one))

    def says(self, id_: str) -> str:
        """A formula of the page."""
        return next(plain(f.whole) for f in self.page.formulas if f.id == id_)

    def certificates(self, page: Document | None = None) -> tuple[Certificate, ...]:
        """What comes of reading a page back."""
        shown = page or self.page
        return check_latex(shown, self.derivation), *check_batched(shown, self.batched)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write_text(tmp_path, ROWS)


@pytest.fixture
def deltas(tmp_path: Path) -> Path:
    return write_text(tmp_path, DELTAS)


# --- published lines --------------------------------------------------------------------------

D2L = (
    r"\boldsymbol{h}^{(1)} = \sigma(\boldsymbol{x} \boldsymbol{W}^{(1)} + \boldsymbol{b}^{(1)})",
    r"\boldsymbol{o} = \boldsymbol{h}^{(1)} \boldsymbol{W}^{(2)} + \boldsymbol{b}^{(2)}",
)
"""H = σ(X W⁽¹⁾ + b⁽¹⁾) and O = H W⁽²⁾ + b⁽²⁾ of one sample, which is a row."""


@pytest.mark.parametrize("text", D2L)
def test_the_lines_of_dive_into_deep_learning_hold_in_its_letters(text: str) -> None:
    assert holds(text, Written(SMALL, "d2l").derivation)


NOTES = (
    r"z^{(1)} = x W^{(1)} + b^{(1)}",
    r"\frac{\partial L}{\partial W^{(1)}} = x^\top \delta^{(1)}",
    r"\frac{\partial L}{\partial W^{(2)}} = (h^{(1)})^\top \delta^{(2)}",
    r"\delta^{(1)} = (\delta^{(2)} (W^{(2)})^\top) \odot \sigma'(z^{(1)})",
    r"\frac{\partial L}{\partial b^{(1)}} = \delta^{(1)}",
)


@pytest.mark.parametrize("text", NOTES)
def test_the_lines_of_notes_with_rows_hold(text: str, deltas: Path) -> None:
    assert holds(text, Written(SMALL, deltas).derivation)


@pytest.mark.parametrize(
    "text",
    [
        r"z^{(1)} = W^{(1)} x + b^{(1)}",
        r"\frac{\partial L}{\partial W^{(1)}} = \delta^{(1)} x^\top",
        r"\frac{\partial L}{\partial W^{(1)}} = (\delta^{(1)})^\top x",
        r"\delta^{(1)} = (\delta^{(2)} W^{(2)}) \odot \sigma'(z^{(1)})",
    ],
)
def test_what_holds_of_columns_or_lacks_a_transpose_does_not(text: str, deltas: Path) -> None:
    assert not holds_at_all(text, Written(SMALL, deltas).derivation)


def holds_at_all(text: str, derivation: derive.Derivation) -> bool:
    """Whether a formula holds; one of shapes that do not fit does not."""
    try:
        return holds(text, derivation)
    except MeaningError:
        return False


# --- pages ------------------------------------------------------------------------------------


def test_a_page_writes_them_so(deltas: Path) -> None:
    page = Written(SMALL, deltas)
    assert page.says("matrix-z1") == "z^{(1)} = x W^{(1)} + b^{(1)}"
    assert page.says("matrix-dL-dW2") == (
        r"\frac{\partial L}{\partial W^{(2)}} = (h^{(1)})^\top \delta^{(2)}"
    )
    assert r"(\delta^{(2)} (W^{(2)})^\top) \odot" in page.says("matrix-dL-dz1")
    assert page.says("batch-z1") == r"z^{(1)} = x W^{(1)} + \mathbf{1}_N b^{(1)}"
    said = str(say(page.page, language("en")))
    assert "vectors as rows" in said
    assert "in one row" in said
    assert not re.search("as columns|in one column", said)


@pytest.mark.parametrize("model", [SMALL, CLASSES, DEEP], ids=["small", "classes", "deep"])
@pytest.mark.parametrize("text", [ROWS, DELTAS], ids=["outputs first", "inputs first"])
def test_every_formula_reads_back_and_none_lacks_a_transpose(
    model: derive.Model, text: str, tmp_path: Path
) -> None:
    page = Written(model, write_text(tmp_path, text))
    for certificate in page.certificates():
        assert certificate, certificate.failures
    turned = [f for f in page.page.formulas if f"^{TRANSPOSE}" in f.sides[-1]]
    assert turned
    for formula in turned:
        *others, last = formula.sides
        lie = replace(formula, sides=(*others, last.replace(f"^{TRANSPOSE}", "", 1)))
        assert not all(page.certificates(only(page.page, lie))), lie.id


def only(page: Document, *formulas: Formula) -> Document:
    return replace(page, sections=(Section("matrix", (Display(formulas),)),))


@pytest.mark.parametrize(
    "name", ["layer_norm", "logistic_regression", "attention", "residual", "elman", "hmkcode"]
)
def test_any_model_may_have_rows(name: str, mine: Path) -> None:
    for certificate in Written(derive.load(name), mine).certificates():
        assert certificate, certificate.failures


def test_weights_whose_entries_have_the_output_first_stand_transposed(mine: Path) -> None:
    page = Written(derive.load("elman"), mine)
    assert page.says("matrix-a2") == r"a_2 = x_2 W^\top + h_1 U^\top + b"
    assert page.says("matrix-dL-dV") == (
        r"\frac{\partial L}{\partial V} = \Bigl( \frac{\partial L}{\partial o} \Bigr)^\top h_3"
    )


ARRAYS = {
    "array-H": r"H = \begin{pmatrix} H_1 & H_2 \end{pmatrix}",
    "array-W": r"W = \begin{pmatrix} w_{11} & w_{12} \\ w_{21} & w_{22} \end{pmatrix}",
    "array-V": r"V = \begin{pmatrix} v_{11} \\ v_{21} \end{pmatrix}",
    "entries-O-in": r"O_{in} = \begin{pmatrix} H_1 & H_2 \end{pmatrix}"
    r" \begin{pmatrix} v_{11} \\ v_{21} \end{pmatrix} = v_{11} H_1 + v_{21} H_2",
    "stacked-dEQ-dV": r"\begin{pmatrix} \frac{\partial EQ}{\partial v_{11}} &"
    r" \frac{\partial EQ}{\partial v_{21}} \end{pmatrix} = E f'_o(O_{in}) \, H",
    "block-dEQ-dW": r"\delta_o \begin{pmatrix} v_{11} f'_h(H_{in,1}) & v_{21} f'_h(H_{in,2}) & 0 & 0"
    r" \\ 0 & 0 & v_{11} f'_h(H_{in,1}) & v_{21} f'_h(H_{in,2}) \end{pmatrix} = \delta_o"
    r" \bigl( \mathrm{Id}_n \otimes (V^\top \odot f'_h(H_{in})) \bigr) = \mathrm{Id}_n \otimes \delta_h",
    "entries-update-V": r"\begin{pmatrix} v_{11} & v_{21} \end{pmatrix} \leftarrow"
    r" \begin{pmatrix} v_{11} & v_{21} \end{pmatrix} - t \,"
    r" \begin{pmatrix} \delta_o H_1 & \delta_o H_2 \end{pmatrix}",
    "arguments-E": r"E\begin{pmatrix} w_{11} & \dots & v_{21} \end{pmatrix} ="
    r" O\begin{pmatrix} I_1 & \dots & v_{21} \end{pmatrix} - y",
}


def test_arrays_on_their_own_are_rows_where_they_are_vectors(
    pelogia: derive.Model, mine: Path
) -> None:
    page = Written(pelogia, mine, Column(600))
    assert {id_: page.says(id_) for id_ in ARRAYS} == ARRAYS
    assert page.says("nabla").count("&") == 10
    for certificate in page.certificates():
        assert certificate, certificate.failures


def test_of_numbers_of_which_each_sample_has_one_each_is_a_row(mine: Path) -> None:
    page = Written(derive.load("logistic_regression"), mine)
    assert page.says("matrix-z") == r"z = w x^\top + b"
    assert page.says("batch-z") == r"z = x w^\top + b \mathbf{1}"
    assert page.says("batch-dL-dw") == (
        r"\frac{\partial L}{\partial w} = \Bigl( \frac{\partial L}{\partial z} \Bigr)^\top x"
    )


def test_columns_or_rows_is_all_that_vectors_may_be(tmp_path: Path) -> None:
    with pytest.raises(derive.ModelError, match="'columns' or 'rows'"):
        preset(write_text(tmp_path, 'title = "Mine"\nvectors = "lists"'))
