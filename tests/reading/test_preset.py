"""A notation renames: dense networks in the books' letters, whose formulas hold as published."""

import re
from itertools import product
from pathlib import Path

import mpmath
import pytest
from click.testing import CliRunner

import derive
from derive import locate
from derive.commands.main import main
from derive.evaluation.evaluate import DIGITS, evaluate, high_precision
from derive.evaluation.random_points import random_point
from derive.model.batch import batch
from derive.page.check import agree, check_latex, setting
from derive.printing.macros import plain
from derive.printing.names_latex import array_latex, entry_latex, name_latex
from derive.printing.symbols import Symbols, step_letter
from derive.readback.value import value
from derive.reading.noted import noted
from derive.reading.preset import preset
from tests.conftest import page_of, write_text

SIZES = {"n0": 3, "n1": 2, "n2": 4}
SIGMOID = derive.dense([3, 2, 4], ["logistic", "logistic"])
LINEAR = derive.dense([3, 2, 4], ["tanh", "identity"])


def derived(model: derive.Model, name: str) -> derive.Derivation:
    return derive.differentiate(noted(model, preset(name)))


def holds(text: str, derivation: derive.Derivation, **letters: str) -> bool:
    """Whether all sides of a formula agree, for every value of its free letters."""
    ranges = [range(1, SIZES[size] + 1) for size in letters.values()]
    with mpmath.workdps(DIGITS):
        where = setting(derivation, SIZES)
        read = where.read(text)
        for numbers in product(*ranges):
            place = dict(zip(letters, numbers, strict=True))
            first, *others = (value(side, where, place) for side in read.sides)
            if not all(agree(first, other) for other in others):
                return False
    return bool(read.sides[1:])


NIELSEN = {
    "BP1": (r"\delta^3_j = \frac{\partial C}{\partial a^3_j} \sigma'(z^3_j)", {"j": "n2"}),
    "BP1a": (r"\delta^3 = \frac{\partial C}{\partial a^3} \odot \sigma'(z^3)", {}),
    "BP2": (r"\delta^2 = ((w^3)^T \delta^3) \odot \sigma'(z^2)", {}),
    "BP3": (r"\frac{\partial C}{\partial b^3_j} = \delta^3_j", {"j": "n2"}),
    "BP4": (r"\frac{\partial C}{\partial w^3_{jk}} = a^2_k \delta^3_j", {"j": "n2", "k": "n1"}),
    "25": (r"z^3_j = \sum_{k=1}^{n_1} w^3_{jk} a^2_k + b^3_j", {"j": "n2"}),
    "30": (r"\frac{\partial C}{\partial a^3_j} = a^3_j - y_j", {"j": "n2"}),
}


@pytest.mark.parametrize("number", NIELSEN)
def test_nielsens_equations_hold_in_his_letters(number: str) -> None:
    text, letters = NIELSEN[number]
    assert holds(text, derived(SIGMOID, "nielsen"), **letters)


def test_a_wrong_equation_in_his_letters_does_not_hold() -> None:
    text = r"\frac{\partial C}{\partial w^3_{jk}} = a^2_k \delta^3_j \sigma'(z^3_j)"
    assert not holds(text, derived(SIGMOID, "nielsen"), j="n2", k="n1")


BISHOP = {
    "5.53": (
        r"\frac{\partial E}{\partial w^{(2)}_{kj}} = \delta^{(2)}_k z^{(1)}_j",
        {"k": "n2", "j": "n1"},
    ),
    "5.54": (r"\delta^{(2)}_k = y_k - t_k", {"k": "n2"}),
    "5.55": (
        r"\delta^{(1)}_j = \frac{\partial E}{\partial a^{(1)}_j} = \sum_{k=1}^{n_2}"
        r" \frac{\partial E}{\partial a^{(2)}_k} \frac{\partial a^{(2)}_k}{\partial z^{(1)}_j}"
        r" \frac{\partial z^{(1)}_j}{\partial a^{(1)}_j}",
        {"j": "n1"},
    ),
    "5.56": (
        r"\delta^{(1)}_j = \tanh'(a^{(1)}_j) \sum_{k=1}^{n_2} w^{(2)}_{kj} \delta^{(2)}_k",
        {"j": "n1"},
    ),
}


@pytest.mark.parametrize("number", BISHOP)
def test_bishops_equations_hold_in_his_letters(number: str) -> None:
    text, letters = BISHOP[number]
    assert holds(text, derived(LINEAR, "bishop"), **letters)


GOODFELLOW = (
    r"\boldsymbol{a}^{(2)} = \boldsymbol{b}^{(2)} + \boldsymbol{W}^{(2)} \boldsymbol{h}^{(1)}",
    r"\boldsymbol{g}^{(2)} = \nabla_{\boldsymbol{a}^{(2)}} J"
    r" = (\nabla_{\hat{\boldsymbol{y}}} J) \odot \sigma'(\boldsymbol{a}^{(2)})",
    r"\nabla_{\boldsymbol{b}^{(2)}} J = \boldsymbol{g}^{(2)}",
    r"\nabla_{\boldsymbol{W}^{(2)}} J = \boldsymbol{g}^{(2)} (\boldsymbol{h}^{(1)})^\top",
    r"\nabla_{\boldsymbol{h}^{(1)}} J = (\boldsymbol{W}^{(2)})^\top \boldsymbol{g}^{(2)}",
    r"\nabla_{\boldsymbol{W}^{(1)}} J = \boldsymbol{g}^{(1)} \boldsymbol{x}^\top",
    r"\frac{\partial J}{\partial \boldsymbol{b}^{(2)}} = \nabla_{\boldsymbol{b}^{(2)}} J",
)


@pytest.mark.parametrize("text", GOODFELLOW)
def test_the_lines_of_goodfellows_algorithms_hold_in_his_letters(text: str) -> None:
    assert holds(text, derived(SIGMOID, "goodfellow"))


@pytest.mark.parametrize(
    "text",
    [
        r"\nabla_{\boldsymbol{W}^{(2)}} J = \boldsymbol{h}^{(1)} (\boldsymbol{g}^{(2)})^\top",
        r"\nabla_{\boldsymbol{b}^{(1)}} J = \nabla_{\boldsymbol{h}^{(1)}} J",
    ],
)
def test_a_wrong_gradient_with_a_nabla_does_not_hold(text: str) -> None:
    assert not holds(text, derived(SIGMOID, "goodfellow"))


def test_a_page_writes_derivatives_by_arrays_as_the_notation_does_and_by_numbers_as_fractions() -> (
    None
):
    derivation = derived(derive.load("layer_norm"), "goodfellow")
    page = page_of(derivation)
    found = {formula.id: plain(formula.whole) for formula in page.formulas}
    assert found["matrix-dL-dW"] == (
        r"\nabla_{\boldsymbol{W}} J = (\nabla_{\boldsymbol{a}} J) \boldsymbol{x}^\top"
    )
    assert found["matrix-dL-dmu"] == (
        r"\frac{\partial J}{\partial \mu} = -q (\nabla_{\boldsymbol{o}} J)^\top \boldsymbol{g}"
    )
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures


def test_every_page_in_a_notation_reads_back_and_its_numbers_are_the_models() -> None:
    model = derive.dense([2, 2, 1], ["logistic", "identity"], bias=False)
    plain = derive.differentiate(model)
    given = random_point(plain, SIZES, 3)
    known = evaluate(plain.equations, SIZES, given, high_precision(model))
    for name in locate.notations():
        derivation = derived(model, name)
        certificate = check_latex(page_of(derivation), derivation)
        assert certificate, (name, certificate.failures)
        found = evaluate(derivation.equations, SIZES, given, high_precision(model))
        assert known.items() <= found.items()


def test_what_the_model_calls_h_is_no_entry_of_what_the_notation_does() -> None:
    derivation = derive.differentiate(noted(derive.load("digits"), preset("cs231n")))
    certificate = check_latex(page_of(derivation), derivation)
    assert certificate, certificate.failures


def test_the_document_s_own_letters_are_the_notation_pelogia(pelogia: derive.Model) -> None:
    dense = noted(derive.dense([2, 2, 1], ["logistic"] * 2, bias=False), preset("pelogia"))
    alike = {"W": "W1", "V": "W2", "H_in": "z1", "H": "a1", "O_in": "z2", "O": "a2", "I": "x"}
    for name, other in alike.items():
        one = entry_latex(pelogia.array(name).entry, Symbols(pelogia))
        assert entry_latex(dense.array(other).entry, Symbols(dense)) == one
        assert array_latex(other, Symbols(dense)) == array_latex(name, Symbols(pelogia))


@pytest.mark.parametrize(
    ("sign", "printed"), [("output - target", r"\drvE_k"), ("target - output", r"-\drvE_k")]
)
def test_the_sign_of_what_is_missed_is_the_notations(
    sign: str, printed: str, tmp_path: Path
) -> None:
    text = 'title = "Mine"\nindices = "kji"\n[hidden]\nnet = "a^{(l)}_j"\n'
    path = write_text(tmp_path, text.replace("[", f'difference = "E_j = {sign}"\n[', 1))
    for loss, named in (("squared_error", True), ("cross_entropy", False)):
        model = noted(derive.dense([2, 1, 2], ["tanh", "identity"], loss), preset(path))
        derivation = derive.differentiate(model)
        page = page_of(derivation)
        certificate = check_latex(page, derivation)
        assert certificate, certificate.failures
        last = [f.sides[-1] for f in page.formulas if f.id.startswith("dL-da2")][-1]
        assert (last == printed) == named


def test_layers_are_numbered_in_the_superscript_at_any_depth() -> None:
    model = noted(derive.dense([2, 3, 3, 2], ["tanh"] * 3), preset("nielsen"))
    shown = [entry_latex(array.entry, Symbols(model)) for array in model.weights]
    assert shown == ["w^2_{im}", "b^2_i", "w^3_{ki}", "b^3_k", "w^4_{jk}", "b^4_j"]
    assert step_letter(model) == "eta"


def test_of_a_batch_each_sample_has_its_index_in_a_notation_too() -> None:
    batched = batch(noted(SIGMOID, preset("goodfellow")))
    assert entry_latex(batched.array("a1").entry, Symbols(batched)) == "h^{(1)}_{sj}"
    assert entry_latex(batched.array("W1").entry, Symbols(batched)) == "W^{(1)}_{jk}"


# --- what is asked for --------------------------------------------------------------------------


def test_the_file_of_the_docs_is_a_notation(tmp_path: Path) -> None:
    docs = (Path(derive.__file__).parents[1] / "docs" / "latex.md").read_text()
    (text,) = re.findall(r"```toml\n(title.*?)```", docs, re.DOTALL)
    model = noted(SIGMOID, preset(write_text(tmp_path, text)))
    assert entry_latex(model.array("W2").entry, Symbols(model)) == "u^{[2]}_{ij}"
    assert name_latex("L", model) == "Q"
    assert entry_latex(model.array("x").entry, Symbols(model)) == "x_k"


REFUSED = {
    'error = "\\\\end"': (2, "is no letter"),
    'errors = "C"': (2, "errors"),
    '[hidden]\nweight = "w_j"': (3, "the index k is missing"),
    '[hidden]\nweigth = "w_{jk}"': (3, "hidden.weigth"),
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_wrong_with_a_notation_is_told_at_its_line(text: str, tmp_path: Path) -> None:
    path = write_text(tmp_path, f'title = "Mine"\n{text}')
    with pytest.raises(derive.ModelError) as caught:
        preset(path)
    line, said = REFUSED[text]
    assert caught.value.position.number == line
    assert said in caught.value.problem


def test_a_notation_that_would_write_two_things_alike_is_refused(tmp_path: Path) -> None:
    path = write_text(tmp_path, 'title = "Mine"\n[hidden]\nunit = "x_j"')
    with pytest.raises(derive.DeriveError, match="in the notation example the pattern of a1"):
        noted(SIGMOID, preset(path))


def test_a_letter_that_the_model_has_for_something_else_is_refused(pelogia: derive.Model) -> None:
    with pytest.raises(derive.DeriveError, match="pattern of EQ prints as a whole like E"):
        noted(pelogia, preset("bishop"))


def test_a_notation_that_there_is_not_is_answered_with_those_there_are() -> None:
    result = CliRunner().invoke(main, ["build", "hmkcode", "--notation", "nielson"])
    assert result.exit_code == 2
    assert "did you mean nielsen?" in result.output
