"""[notation]: how a paper writes an entry, on the page and read back, or refused at its place."""

import re
from pathlib import Path

import pytest

import derive
from derive.page.check import check_latex
from derive.printing.names_latex import array_latex, entry_latex, name_latex
from derive.printing.symbols import Symbols
from derive.printing.text import paper
from tests.conftest import page_of, write_text

MODEL = r"""
weights = ["W1[j,i]", "W2[k,j]"]
inputs = ["x[i]"]
targets = ["t[k]"]
equations = '''
z1[j] = sum(i, W1[j,i] * x[i])
h[j] = tanh(z1[j])
z2[k] = sum(j, W2[k,j] * h[j])
L = sum(k, (z2[k] - t[k])^2)/2 + sum(j, i, W1[j,i]^2)
'''
[sizes]
i = "D"
j = "M"
k = "K"
[example]
D = 3
M = 2
K = 2
[adjoints]
z1 = "d1"
z2 = "d2"
[notation]
"""


def said(tmp_path: Path, **notation: str) -> derive.Model:
    """The model with some patterns."""
    rows = "".join(f"{name} = {quoted(text)}\n" for name, text in notation.items())
    return derive.load(write_text(tmp_path, MODEL + rows))


def quoted(text: str) -> str:
    return f'"{text}"'.replace("\\", "\\\\")


def shown(model: derive.Model, name: str) -> tuple[str, str]:
    """The general entry, and the whole array without its macro."""
    symbols = Symbols(model)
    whole = array_latex(name, symbols).partition("{")[2].replace("}", "", 1)
    return entry_latex(model.array(name).entry, symbols), whole


WRITTEN = {
    "w_{ij}": ("w_{ij}", "W_1"),
    "w^{(1)}_{ij}": ("w^{(1)}_{ij}", "W^{(1)}"),
    "w_{ij}^{(1)}": ("w^{(1)}_{ij}", "W^{(1)}"),
    "w^{[1]}_{j,i}": ("w^{[1]}_{ji}", "W^{[1]}"),
    "w⁽¹⁾ᵢⱼ": ("w^{(1)}_{ij}", "W^{(1)}"),
    r"\theta_{hid,ji}": (r"\theta_{\mathit{hid},ji}", r"\theta_{\mathit{hid}}"),
    "θ_{1,ji}": (r"\theta_{1,ji}", r"\theta_1"),
    r"\hat{w}_{ji}": (r"\hat{w}_{ji}", r"\hat{w}"),
    "ŵ_{ji}": (r"\hat{w}_{ji}", r"\hat{w}"),
    r"\mathbf{w}_{ji}": (r"\boldsymbol{w}_{ji}", r"\boldsymbol{W}"),
    "𝐰_{ji}": (r"\boldsymbol{w}_{ji}", r"\boldsymbol{W}"),
    r"\hat{\bm{\theta}}_{ji}": (r"\hat{\boldsymbol{\theta}}_{ji}", r"\hat{\boldsymbol{\theta}}"),
    "w''_{ji}": ("w''_{ji}", "W''"),
    "Θ^j_i": (r"\Theta^j_i", r"\Theta"),
    "net_{ji}": (r"\mathit{net}_{ji}", r"\mathit{net}"),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_pattern_prints_as_it_is_written(text: str, tmp_path: Path) -> None:
    assert shown(said(tmp_path, W1=text), "W1") == WRITTEN[text]


def test_a_page_in_a_published_notation_reads_back(tmp_path: Path) -> None:
    model = said(
        tmp_path,
        W1="w^{(1)}_{ji}",
        W2="w^{(2)}_{kj}",
        z1="a_j",
        h=r"\tilde{\mathbf{x}}_j",
        z2=r"ŷ_k",
        d1="δ^1_j",
        d2="δ^2_k",
        L="E",
    )
    derivation = derive.differentiate(model)
    page = page_of(derivation)
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    formulas = {formula.id: formula.whole for formula in page.formulas}
    assert formulas["matrix-dL-dz1"].startswith(
        r"\drvvector{\drvdelta}^1 = ((\drvmatrix{W}^{(2)})^\drvT \drvvector{\drvdelta}^2) \drvodot"
    )
    assert r"\sum_{i=1}^{D} (w^{(1)}_{ji})^2" in formulas["L"]
    assert formulas["dL-dW2"].startswith(r"\frac{\partial E}{\partial w^{(2)}_{kj}} = ")
    assert formulas["z2"].startswith(r"\hat{y}_k = \sum_{j=1}^{M} w^{(2)}_{kj} ")


def test_a_terminal_writes_the_superscript_too(tmp_path: Path) -> None:
    model = said(tmp_path, W1="w^{(1)}_{ij}", h="δ'_j")
    spell = paper(Symbols(model)).entry
    assert spell(model.array("W1").entry) == "w^(1)_ij"
    assert spell(model.array("h").entry) == "δ'_j"


REFUSED = {
    (("z1", r"\end_j"), r"\end is no letter"),
    (("z1", r"\omicron_j"), "TeX has no omicron"),
    (("z1", r"\input{x}_j"), r"\input is no letter"),
    (("z1", "$z_j$"), "$ is no letter"),
    (("z1", "é_j"), "is no letter"),
    (("z1", "z"), "the index j is missing"),
    (("z1", "z_{jj}"), "the index j stands twice"),
    (("z1", "z_j_1"), "a second _"),
    (("z1", "z_{j"), "} is expected"),
    (("z1", "z_{j+1}"), "+ has no place in a script"),
    (("z1", "z_{j,net}"), "net stands behind the indices"),
    (("z1", r"\hat{net}_j"), "a hat stands over one letter"),
    (("W1", "w_ij"), "ij is more than one sign"),
    (("W1", "z^T_{ij}"), "reads as a transpose"),
    (("W1", "h^{(1)}_{ij}", "W2", "h^{(1)}_{jk}"), "prints as a whole like W2"),
    (("W1", "w_{ij}", "W2", "w_{jk}"), "reads as an entry of W2"),
    (("z1", "x_j"), "prints as a whole like x"),
    (("z1", "t_j"), "prints as a whole like t"),
    (("z1", "x^2_j"), "cannot be told from a power beside x"),
    (("L", "x_2"), "reads as an entry of x"),
    (("L", "D"), "prints as a whole like D"),
    (("t", "t_k", "q", "q_k"), "q is not defined"),
}


@pytest.mark.parametrize(("given", "problem"), sorted(REFUSED))
def test_what_cannot_be_printed_or_read_is_refused_at_its_line(
    given: tuple[str, ...], problem: str, tmp_path: Path
) -> None:
    rows = dict(zip(given[::2], given[1::2], strict=True))
    with pytest.raises(derive.ModelError) as caught:
        said(tmp_path, **rows)
    assert problem in caught.value.problem
    lines = {f"{name} = {quoted(text)}" for name, text in rows.items()}
    assert caught.value.position.line in lines


def test_every_pattern_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(derive.ModelError) as caught:
        said(tmp_path, z1=r"\end_j", h=r"\omicron_j", z2="z")
    assert all(word in str(caught.value) for word in ("end", "omicron", "k is missing"))


def test_the_notation_of_the_docs_is_taken_and_prints_so(tmp_path: Path) -> None:
    docs = (Path(derive.__file__).parents[1] / "docs" / "language.md").read_text()
    (rows,) = re.findall(r"```toml\n\[notation\]\n(.*?)```", docs, re.DOTALL)
    text = MODEL.replace('"W2[k,j]"]', '"W2[k,j]", "b1[j]"]').replace(
        "x[i])\nh", "x[i]) + b1[j]\nh"
    )
    model = derive.load(write_text(tmp_path, text + rows))
    assert shown(model, "W1") == ("w^{(1)}_{ij}", "W^{(1)}")
    assert shown(model, "z1") == (r"\hat{z}_j", r"\hat{z}")
    assert shown(model, "h") == (r"\boldsymbol{h}_j", r"\boldsymbol{h}")
    assert shown(model, "b1") == (r"\theta'_{\mathit{hid},j}", r"\theta'_{\mathit{hid}}")
    assert name_latex("L", model) == "J"
    derivation = derive.differentiate(model)
    assert check_latex(page_of(derivation), derivation)


def test_a_name_of_more_than_forty_letters_is_refused_at_its_place(tmp_path: Path) -> None:
    long = "a" + 40 * "b"
    with pytest.raises(derive.ModelError, match=r"example.toml:8:.*has 41 letters"):
        derive.load(write_text(tmp_path, MODEL.replace("z2", long)))
