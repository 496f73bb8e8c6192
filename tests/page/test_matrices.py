"""Whole arrays: what papers write has a matrix form, which reads back, and a false one does not."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import derive
from derive.expressions.expression import Adjoint, Entry
from derive.page.blocks import Display, Formula, Page, Section, Sentence
from derive.page.check import check_latex
from derive.printing.macros import plain
from derive.printing.names_latex import array_latex, entry_latex
from derive.printing.symbols import Symbols
from derive.readback.reader import read_formula
from derive.readback.setting import functions, heads
from derive.readback.tree import Tree, parts
from tests.conftest import page_of, write_text

MATRICES = """
title = "What matrix notation has"
source = "tests"
weights = ["A[i,k]", "T[i,k,l]", "C[i,k]", "v[i]", "W[i,l]"]
inputs = ["u[l]", "X[i,l]"]
targets = ["y[i]"]
equations = '''
p[i] = sqrt(v[i]^2 + 1)
B[i,k] = p[i] * A[i,k]^3
d[i] = B[i,i] / p[i]
h[i] = where(d[i] > 1, d[i], d[i]^2)
M[i,l] = softmax(l, X[i,l] + u[l])
N[i,l] = softmax(i, X[i,l] * W[i,l])
m[l] = mean(i, (W[i,l] - M[i,l])^2)
t[i,k,l] = C[i,k] * u[l]
r = sum(i, l, M[i,l] * W[i,l])
q = r^2
f = sum(i, l, (N[i,l] + W[i,l])^2)
n = sqrt(sum(i, v[i]^2))
s = sum(i, k, l, T[i,k,l] * t[i,k,l]) + sum(l, m[l])
L = sum(i, (h[i] - y[i])^2) + q * n + f + s + sum(i, A[i,i]) + sum(i, k, B[i,k])
'''
[sizes]
i = "Omega"
k = "Omega"
l = "n_2"
[example]
Omega = 2
n_2 = 2
"""


@pytest.fixture(scope="module")
def derivation(tmp_path_factory: pytest.TempPathFactory) -> derive.Derivation:
    folder = tmp_path_factory.mktemp("matrices")
    return derive.differentiate(derive.load(write_text(folder, MATRICES)))


@pytest.fixture(scope="module")
def page(derivation: derive.Derivation) -> Page:
    return page_of(derivation)


def in_matrices(page: Page) -> dict[str, Formula]:
    return {f.id: f for f in page.formulas if f.id.startswith("matrix-")}


# --- the forms --------------------------------------------------------------------------------

FORMS = {
    "p": r"\sqrt{v \odot v + \mathbf{1}}",
    "B": r"\operatorname{diag}(p) A^{\circ 3}",
    "d": r"\operatorname{diag}(B) \oslash p",
    "h": r"[d > 1] \odot d + [d \le 1] \odot d \odot d",
    "M": r"\operatorname{softmax}(X + \mathbf{1}_{\Omega} u^\top)",
    "N": r"\operatorname{softmax}((X \odot W)^\top)^\top",
    "m": r"\frac{1}{\Omega} ((W - M)^{\circ 2})^\top \mathbf{1}_{\Omega}",
    "r": r"\operatorname{tr}(M^\top W)",
    "f": r"\lVert N + W \rVert_F^2",
    "n": r"\lVert v \rVert",
    "dL-dm": r"\mathbf{1}_{n_2}",
    "dL-dA": r"3 \operatorname{diag}(p) \Bigl( \frac{\partial L}{\partial B} \odot A \odot A \Bigr)"
    r" + \mathrm{Id}_{\Omega}",
    "dL-dp": r"A^{\circ 3} \mathbf{1}_{\Omega}",
}


def test_what_papers_write_of_whole_arrays_is_written_and_reads_back(
    page: Page, derivation: derive.Derivation
) -> None:
    found = in_matrices(page)
    assert {name: plain(found[f"matrix-{name}"].sides[-1]) for name in FORMS} == FORMS
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures


SPREAD = """
title = "Vectors that fill matrices"
source = "tests"
weights = ["v[i]", "c[i]", "W[i,l]"]
inputs = ["X[i,l]"]
targets = ["y[i]"]
equations = '''
Z[i,l] = where(v[i] > 1, where(v[i] > 2, c[i], X[i,l]), v[i]^2)
L = sum(i, (sum(l, W[i,l] * Z[i,l]) - y[i])^2)
'''
[sizes]
i = "n"
l = "m"
[example]
n = 2
m = 2
"""


def test_vectors_in_branches_fill_the_matrix_that_they_are_chosen_for(tmp_path: Path) -> None:
    derivation = derive.differentiate(derive.load(write_text(tmp_path, SPREAD)))
    page = page_of(derivation)
    chosen = r"([v > 2] \odot c) \mathbf{1}_m^\top + \operatorname{diag}([v \le 2]) X"
    squares = r"([v \le 1] \odot v \odot v) \mathbf{1}_m^\top"
    written = rf"\operatorname{{diag}}([v > 1]) ({chosen}) + {squares}"
    assert plain(in_matrices(page)["matrix-Z"].sides[-1]) == written
    assert check_latex(page, derivation)


def only(page: Page, *formulas: Formula) -> Page:
    return replace(page, sections=(Section("matrix", (Display(formulas),)),))


def test_softmax_by_rows_has_a_matrix_form_that_reads_back(gallery: dict[str, Page]) -> None:
    page = gallery["attention"]
    found = in_matrices(page)
    assert plain(found["matrix-A"].whole) == r"A = \operatorname{softmax}(S)"
    by_s = plain(found["matrix-dL-dS"].sides[-1])
    by_a = r"\frac{\partial L}{\partial A}"
    ones = r"\mathbf{1}_T \mathbf{1}_T^\top"
    assert by_s == rf"A \odot \Bigl( {by_a} - \Bigl( {by_a} \odot A \Bigr) \, {ones} \Bigr)"
    derivation = derive.differentiate(derive.load("attention"))
    assert check_latex(only(page, found["matrix-A"], found["matrix-dL-dS"]), derivation)


LIES = {
    "a root of the whole": ("p", r"\sqrt{", r"{"),
    "rows for columns": ("B", r"\operatorname{diag}(\drvvector{p}) \drvmatrix{A}^{\circ 3}",
                         r"\drvmatrix{A}^{\circ 3} \operatorname{diag}(\drvvector{p})"),
    "a power of a matrix": ("B", r"\circ 3", "3"),
    "a lost diagonal": ("B", r"\operatorname{diag}", ""),
    "a product for a quotient": ("d", r"\drvoslash", r"\drvodot"),
    "the other branch": ("h", r"\le", ">"),
    "a number too many": ("dL-dm", "{n_2}", r"\Omega"),
    "columns for rows": ("M", r"_{\Omega} \drvvector{u}^\drvT", r"_{n_2} \drvvector{u}^\drvT"),
    "a softmax of rows": ("N", r"\drvT)^\drvT", "T)"),
    "a sum of columns": ("m", r"\mathbf{1}_{\Omega}", r"\mathbf{1}_{n_2}"),
    "a mean that is none": ("m", r"\frac{1}{\Omega} ", ""),
    "a norm of a vector": ("f", "_F", ""),
    "the square of a norm": ("n", r"\rVert", r"\rVert^2"),
    "a trace that is none": ("r", r"\operatorname{tr}", ""),
    "a lost transpose in a trace": ("r", r"^\drvT", ""),
    "ones for the identity": ("dL-dA", r"\mathrm{Id}_{\Omega}", r"\mathbf{1}"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_a_false_matrix_equation_does_not_read_back(
    name: str, page: Page, derivation: derive.Derivation
) -> None:
    shown, old, new = LIES[name]
    formula = in_matrices(page)[f"matrix-{shown}"]
    side = formula.sides[-1].replace(old, new)
    assert side != formula.sides[-1]
    assert check_latex(only(page, formula), derivation)
    assert not check_latex(only(page, replace(formula, sides=(side,))), derivation)


# --- what is said of them ---------------------------------------------------------------------


def adjoints(model: derive.Model) -> dict[Tree, str]:
    """What is printed for every quantity and derivative as a whole, and for its general entry."""
    computed = [d.name for d in (*model.equations, *model.definitions) if d.name != model.error]
    names = [*computed, *(Adjoint(model.error, array.name) for array in model.arrays)]
    symbols = Symbols(model)
    entries = [Entry(name, symbols.indices(name)) for name in names]
    return {
        tree_of(array_latex(name, symbols), model): f"${entry_latex(entry, symbols)}$"
        for name, entry in zip(names, entries, strict=True)
    }


def tree_of(text: str, model: derive.Model) -> Tree:
    return read_formula(plain(text), functions(model), heads(model)).sides[0]


def test_matrix_equations_use_what_is_given_in_them_or_said_to_stand_elsewhere(
    gallery: dict[str, Page], page: Page, derivation: derive.Derivation
) -> None:
    pages = [(derive.load(name), told) for name, told in gallery.items()]
    used = 0
    for model, told in [*pages, (derivation.model, page)]:
        equations, known = in_matrices(told).values(), adjoints(model)
        given = {tree_of(formula.left, model) for formula in equations}
        said = " ".join(text for text in sentences(told) if re.search("by entries|Numbers", text))
        for formula in equations:
            for part in parts(tree_of(formula.sides[-1], model)):
                if part in known:
                    used += 1
                    assert part in given or known[part] in said, (model.name, formula.id, part)
    assert used > 200


def sentences(page: Page) -> list[str]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block.text for block in blocks if isinstance(block, Sentence)]


def test_what_has_no_matrix_form_is_named_with_where_it_stands(page: Page) -> None:
    said = [text for text in sentences(page) if "by entries" in text]
    by_t = r"\frac{\partial L}{\partial T_{ikl}}"
    assert (
        said[0] == "What has no matrix form stands by entries: $t_{ikl}$ and $s$, by @{t} and @{s}."
    )
    assert f"${by_t}$" in said[1]
    assert "@{dL-dT}" in said[1]
    assert not {"matrix-t", "matrix-dL-dT"} & in_matrices(page).keys()
