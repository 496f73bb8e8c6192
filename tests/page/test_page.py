"""The page: what it says, its formulas read back one by one, laid out to fit."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

import derive
from derive import locate
from derive.functions.table import TABLE
from derive.page.blocks import Display, Document, Formula, Sentence
from derive.page.check import check_latex, check_pages, setting
from derive.page.layout import COLUMN, NUMBER, fits, lay_out, width
from derive.page.material import MOST_ROWS
from derive.page.network_figure import network
from derive.page.path_figure import path
from derive.page.picture import Picture
from derive.page.words import WRITTEN, language
from derive.pipeline import make
from derive.printing.macros import macros, plain
from derive.readback.reader import read_formula
from derive.readback.setting import MeaningError, heads
from derive.readback.tokens import LatexError
from derive.readback.value import value
from tests.conftest import ROOT, files_of, model_of, page_of, write_model, write_text


@pytest.fixture(scope="module")
def page(derivation: derive.Derivation) -> Document:
    return page_of(derivation)


@pytest.fixture(scope="module")
def files(pelogia: derive.Model) -> dict[str, str]:
    return files_of(pelogia)


# --- read back --------------------------------------------------------------------------------


def test_every_formula_of_the_page_reads_back(
    page: Document, derivation: derive.Derivation
) -> None:
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    assert len(certificate.checks) == len(page.formulas) > 30


NEGATIVE_TERMS = """
    p[k] = exp(sum(j, i, V[k,j] * W[j,i] * I[i]))
    T = sum(k, p[k]^2)
    EQ = mean(k, -sum(q, y[q] * log(p[k]))) + 3 * T
"""


def test_a_minus_after_a_sum_or_a_plus_reads_back(tmp_path: Path) -> None:
    derivation = derive.differentiate(model_of(tmp_path, NEGATIVE_TERMS))
    page = page_of(derivation)
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    assert all("+ -" not in plain(formula.whole) for formula in page.formulas)


@pytest.mark.parametrize("name", ["derivation.en.tex", "derivation.pt.md"])
def test_a_formula_lost_or_cut_on_its_way_to_a_page_is_found(
    name: str, files: dict[str, str], derivation: derive.Derivation
) -> None:
    told = page_of(derivation)
    assert check_pages({name: files[name]}, told, "pages")
    row = next(row for row in files[name].splitlines() if row.strip().startswith("H_{in,j}"))
    for wrong in ("", row.replace("I_i", "I")):
        assert wrong != row
        assert not check_pages({name: files[name].replace(row, wrong, 1)}, told, "pages")


def test_a_scalar_numbered_zero_is_no_entry(tmp_path: Path) -> None:
    text = (ROOT / "derive/models/poisson_regression.toml").read_text(encoding="utf-8")
    declared = re.search(r'weights = \["(\w+)\[i\]", "(\w+)"\]', text)
    assert declared
    renamed = re.sub(rf"\b{declared[2]}\b", f"{declared[1]}_0", text)
    derivation = derive.differentiate(derive.load(write_text(tmp_path, renamed)))
    certificate = check_latex(page_of(derivation), derivation)
    assert certificate, certificate.failures


def with_formula(page: Document, formula: Formula) -> Document:
    sections = []
    for section in page.sections:
        blocks = [
            Display(tuple(formula if f.id == formula.id else f for f in block.formulas))
            if isinstance(block, Display)
            else block
            for block in section.blocks
        ]
        sections.append(replace(section, blocks=tuple(blocks)))
    return replace(page, sections=tuple(sections))


Mutation = Callable[[str], str]

MUTATIONS: dict[str, tuple[str, str, str]] = {
    "a lost bracket": ("EQ", r"(O_k - y_k)^2", r"O_k - y_k^2"),
    "a lost prime": ("dEQ-dw11", r"\drvprime{f}_h", "f_h"),
    "a wrong index": ("dEQ-dw12", "I_1", "I_2"),
    "a transposed index": ("H-in", "w_{ij}", "w_{ji}"),
    "a lost transpose": ("matrix-dEQ-dW", r"I}^\drvT", "I}"),
    "a plain product for an entrywise one": ("matrix-dEQ-dH-in", r"\drvodot ", ""),
    "a flipped sign": ("update-W", "W} - t", "W} + t"),
    "a wrong entry of a matrix": ("entries-H-in", r"w_{21} I_2", r"w_{12} I_2"),
    "a misplaced zero": ("stacked-dEQ-dW", r"& 0", r"& 1"),
    "a wrong factor of a chain": ("dEQ-dv11", r"\frac{\partial O_{in}}{\partial v_{11}}",
                                  r"\frac{\partial O_{in}}{\partial v_{21}}"),
    "a sum that ends early": ("H-in", "^{n}", "^{m}"),
    "a Kronecker product reversed": ("block-dEQ-dW", r"\mathrm{Id}_n \otimes \drvvector{\drvdelta}_h",
                                     r"\drvvector{\drvdelta}_h \otimes \mathrm{Id}_n"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_misprint_is_caught(name: str, page: Document, derivation: derive.Derivation) -> None:
    id_, old, new = MUTATIONS[name]
    (formula,) = (f for f in page.formulas if f.id == id_)
    sides = tuple(side.replace(old, new) for side in formula.sides)
    assert sides != formula.sides
    certificate = check_latex(with_formula(page, replace(formula, sides=sides)), derivation)
    assert [check.claim.split(" ")[0] for check in certificate.failures] == [id_]


THREE_AXES = """
title = "A weight that is no matrix"
source = "tests"
weights = ["T[a,b,c]", "W[a,b]"]
inputs = ["x[b]", "u[c]"]
targets = ["y[a]"]
equations = '''
o[a] = sum(b, c, T[a,b,c] * x[b] * u[c]) + sum(b, W[a,b] * x[b])
L = sum(a, (o[a] - y[a])^2) / 2
'''
[sizes]
a = "n"
b = "m"
c = "k"
[example]
n = 2
m = 2
k = 2
"""


@pytest.mark.parametrize("weight", ["T", "W"])
def test_an_update_goes_against_the_gradient_for_matrices_and_for_entries(
    weight: str, tmp_path: Path
) -> None:
    derivation = derive.differentiate(derive.load(write_text(tmp_path, THREE_AXES)))
    page = page_of(derivation)
    assert not check_latex(page, derivation).failures
    (update,) = (f for f in page.formulas if f.id == f"update-{weight}")
    assert bool(update.letters) == (weight == "T")
    uphill = replace(update, sides=tuple(side.replace("- t", "+ t") for side in update.sides))
    failures = check_latex(with_formula(page, uphill), derivation).failures
    assert [check.claim.split(" ")[0] for check in failures] == [update.id]


def test_nothing_is_written_where_a_formula_lies(
    pelogia: derive.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive.page import function_formulas as module

    monkeypatch.setattr(module, "values_latex", lambda chain, symbols: "E")
    with pytest.raises(derive.ProofError, match="dEQ-dw11 reads back"):
        derive.build(pelogia, tmp_path)
    assert not list(tmp_path.iterdir())


FUNCTIONS = {"f_h", "f_o"}


@pytest.mark.parametrize(
    "text", ["a +", "(a", "a)", r"\frac{a}", r"\foo{a} @", r"\begin{pmatrix} a & b \\ c \end{pmatrix}",
             r"\sum_{k=2}^{3} k", "a^b", ""],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(LatexError):
        read_formula(text, FUNCTIONS)


@pytest.mark.parametrize(
    "text", ["Q", "H_{in,9}", "W W", "W + H", r"W \odot H", r"\frac{\partial H}{\partial W}", "H^2"]
)
def test_what_means_nothing_is_refused(text: str, derivation: derive.Derivation) -> None:
    where = setting(derivation, {"n": 3, "m": 2, "K": 2})
    (side,) = read_formula(text, FUNCTIONS, heads(derivation.model)).sides
    with pytest.raises(MeaningError):
        value(side, where)


def test_models_of_other_shapes_read_back(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        A[j] = f_h(sum(i, W[j,i] * I[i]))
        B[j] = sum(i, W[j,i] * I[i]^2) - A[j] / 3
        O[k] = f_o(sum(j, V[k,j] * A[j] * B[j])) / (1 + sum(j, A[j]^2))
        EQ = mean(k, (O[k] - y[k])^2) + sum(k, j, V[k,j]^2) / 10""",
    )
    made = make(model)
    made.require()
    assert len(made.certificates) == 9


# --- sentences -------------------------------------------------------------------------------


def test_every_reference_of_the_pages_has_its_formula(files: dict[str, str]) -> None:
    for code in WRITTEN:
        text = files[f"derivation.{code}.tex"]
        labels = set(re.findall(r"\\label\{([^}]*)\}", text))
        references = set(re.findall(r"\\eqref\{([^}]*)\}", text))
        assert references
        assert references <= labels
        assert all(label.startswith(f"eq:pelogia2019:{code}:") for label in labels)
        numbers = re.findall(r"\\tag\{(\d+)\}", files[f"derivation.{code}.md"])
        assert numbers == [str(n + 1) for n in range(len(numbers))]
        used = re.findall(r"(?:[Bb]y|[Pp]or) \((\d+)\)", files[f"derivation.{code}.md"])
        assert used
        assert set(used) <= set(numbers)


@pytest.fixture(scope="module")
def gallery() -> dict[str, Document]:
    found = {name: derive.differentiate(derive.load(name)) for name in locate.shipped()}
    return {name: page_of(each) for name, each in found.items()}


def sentences(page: Document) -> list[str]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block.text for block in blocks if isinstance(block, Sentence)]


def displays(page: Document) -> list[Display]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block for block in blocks if isinstance(block, Display)]


def test_a_weight_leads_wherever_an_equation_takes_it(gallery: dict[str, Document]) -> None:
    said = sentences(gallery["elman"])
    ways = "from $h_{1,l}$ to $a_{2,j}$ and from $h_{2,l}$ to $a_{3,j}$"
    assert f"The weights $U_{{jl}}$ lead {ways}." in said
    assert "The weight $b$ enters $z$ by itself." in sentences(gallery["logistic_regression"])


def test_a_weight_leads_from_what_it_multiplies(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        H[j] = tanh(sum(i, W[j,i] * I[i]))
        O[k] = tanh(sum(j, V[k,j] * H[j])) * (1 + sum(i, I[i]))
        EQ = sum(k, (O[k] - y[k])^2)""",
    )
    said = sentences(page_of(derive.differentiate(model)))
    assert r"The weights $V_{kj}$ lead from $H_j$ to $\mathit{net}_{O,k}$." in said


def test_conventions_are_said_where_they_are_used(gallery: dict[str, Document]) -> None:
    found = set()
    for page in gallery.values():
        for section in page.sections:
            for said, shown in pairwise(section.blocks):
                if isinstance(said, Sentence) and isinstance(shown, Display):
                    matrix = all(f.id.startswith("matrix-") for f in shown.formulas)
                    text = " ".join(formula.whole for formula in shown.formulas)
                    for sign in (r"\drvodot", r"\mathbf{1}") if matrix else ():
                        assert (sign in text) == (sign in said.text), page.model
                        found.add((sign, sign in text))
    assert len(found) == 4


APPLIED = {  # after "for all indices at once": whether a function of an array stands there
    "pelogia2019": True,
    "residual": True,
    "planar": False,  # derivatives in the functions' own values
    "attention": False,  # brackets, and no function
    "layer_norm": False,  # functions of scalars alone
}


@pytest.mark.parametrize("name", APPLIED)
def test_functions_of_arrays_are_told_of_where_there_are_any(
    name: str, gallery: dict[str, Document]
) -> None:
    (section,) = (s for s in gallery[name].sections if s.title == "The gradient in matrix form")
    said = section.blocks[0]
    assert isinstance(said, Sentence)
    assert ("acting on every entry" in said.text) == APPLIED[name]


def test_what_is_about_scalars_alone_is_said_once(gallery: dict[str, Document]) -> None:
    ids = {formula.id for formula in gallery["layer_norm"].formulas}
    assert "q" in ids
    assert not {"matrix-q", "entries-q"} & ids
    assert r"\frac{1}{2} (a_1 + a_2)" in {
        f.sides[-1] for f in gallery["layer_norm"].formulas if f.id == "entries-mu"
    }


def test_a_chain_starts_where_so_much_cancels(gallery: dict[str, Document]) -> None:
    (found,) = (f for f in gallery["cs231n"].formulas if f.id == "dL-db2-1")
    assert found.sides[-1] == r"(p_1 - y_1) \cdot 1"
    assert any("it starts from" in text for text in sentences(gallery["cs231n"]))


def test_no_partial_is_longer_than_can_be_read(gallery: dict[str, Document]) -> None:
    sections = [section for page in gallery.values() for section in page.sections]
    partials = [s for s in sections if s.title == language("en").headings["partials"]]
    assert len(partials) > 3
    for section in partials:
        (shown,) = (block for block in section.blocks if isinstance(block, Display))
        assert shown.formulas
        assert all(len(lay_out([f])) <= MOST_ROWS for f in shown.formulas)


def test_every_row_of_the_gallery_fits_the_column(gallery: dict[str, Document]) -> None:
    for page in gallery.values():
        shown = displays(page)
        assert len(shown) > 3
        for block in shown:
            entries = all(f.id.startswith("entries-") for f in block.formulas)
            assert fits(block.formulas, COLUMN + NUMBER * entries), page.model


def test_the_block_matrix_of_the_document(files: dict[str, str]) -> None:
    text = files["equations/stacked-dEQ-dW.tex"]
    rows = [r"v_{11} f'_h(H_{in,1}) & 0", r"v_{21} f'_h(H_{in,2}) & 0",
            r"0 & v_{11} f'_h(H_{in,1})", r"0 & v_{21} f'_h(H_{in,2})"]  # fmt: skip
    assert rf"= \delta_o \begin{{pmatrix}} {rows[0]} \\ {rows[1]} \\ {rows[2]} \\ {rows[3]}" in text
    identity = files["equations/block-dEQ-dW.tex"]
    assert identity.rstrip().endswith(r"= \mathrm{Id}_n \otimes \delta_h")


# --- layout and notation ----------------------------------------------------------------------


def test_rows_hold_the_whole_formula(page: Document) -> None:
    assert displays(page)
    for block in displays(page):
        for formula in block.formulas:
            rows = [r for r in lay_out(block.formulas) if r.formula == formula]
            joined = " ".join(f"{row.left} {row.right}" for row in rows)
            squeezed = re.sub(r"\\quad|\s", "", joined)
            assert squeezed == re.sub(r"\s", "", formula.whole)
            assert [row.ends for row in rows] == [False] * (len(rows) - 1) + [True]


def test_no_row_is_estimated_wider_than_the_column(page: Document) -> None:
    assert displays(page)
    for block in displays(page):
        rows = lay_out(block.formulas)
        left = max(width(row.left) for row in rows)
        assert left + max(width(row.right) for row in rows) <= COLUMN - NUMBER


def test_a_long_chain_is_broken_before_a_dot() -> None:
    formula = Formula("x", "a", (r" \cdot ".join(f"f_h(H_{{in,{n}}})" for n in range(12)),))
    rows = lay_out([formula])
    assert len(rows) > 1
    assert all(row.right.startswith(r"\quad \cdot") for row in rows[1:])


def test_a_sum_is_broken_between_its_terms_before_a_term_is() -> None:
    term = r"\frac{\partial L}{\partial a_%d} \cdot \frac{\partial a_%d}{\partial W}"
    terms = [term % (n, n) for n in range(4)]
    rows = lay_out([Formula("x", r"\frac{\partial L}{\partial W}", (" + ".join(terms),))], 200)
    assert len(rows) > 1
    assert all(row.right.startswith(r"\quad +") for row in rows[1:])


def test_a_bracket_is_broken_only_where_the_factors_around_it_are_too_wide() -> None:
    inner = r"\Bigl( \sum_{k=1}^K a_k \cdot b_k + c_k \Bigr)"
    (_, second) = lay_out([Formula("x", "a", (rf"{inner} \cdot \tanh(z_1) \cdot x_1",))], 160)
    assert second.right == r"\quad \cdot \tanh(z_1) \cdot x_1"


def test_a_left_side_stands_alone_only_where_that_makes_room() -> None:
    wide = r" \, ".join("W_{11}" for _ in range(20))
    assert lay_out([Formula("x", "Q", (wide,))])[0].left == "Q"
    assert lay_out([Formula("x", r"\mathit{scores}_k", (wide,))])[0].left == ""


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        (r"\sum_{j''=1}^2 x", 26.2),
        (r"\tanh(a)", 33.1),
        (r"W_{1,11} x_1 + W_{1,12} x_2", 81.2),
        (r"\frac{\exp(z)}{\sum_{k=1}^K \exp(z_k)}", 62.3),
    ],
)
def test_a_width_is_no_less_than_tex_makes_it(text: str, typeset: float) -> None:
    assert typeset <= width(text) <= 1.2 * typeset


def test_plain_formulas_hold_no_macro(files: dict[str, str]) -> None:
    plain_ones = {n: t for n, t in files.items() if n.startswith("equations/") or n.endswith(".md")}
    assert len(plain_ones) > 20
    for name, text in plain_ones.items():
        assert r"\drv" not in text, name
    assert (
        plain(r"\drvprime{f}_h + \drvprime{\operatorname{id}}(z)")
        == r"f'_h + \operatorname{id}'(z)"
    )
    assert plain(r"\drvprime{\drvprime{f}}_h \drvodot x^\drvT \drvdelta_o") == (
        r"f''_h \odot x^\top \delta_o"
    )


def test_a_page_provides_every_macro_that_it_uses(files: dict[str, str]) -> None:
    for name in ("derivation.en.tex", "derivation.pt.tex", "derived.tex"):
        used = {macro.name for macro in macros(files[name])} - {r"\drvheading"}
        provided = set(re.findall(r"\\providecommand\{(\\drv\w+)\}", files[name]))
        assert used
        assert used == provided - {r"\drvheading"}


def test_the_dictionary_holds_every_formula(files: dict[str, str], page: Document) -> None:
    ids = re.findall(r"\\derivedformula\{pelogia2019\}\{([^}]*)\}", files["derived.tex"])
    assert ids == [formula.id for formula in page.formulas]


# --- figures ----------------------------------------------------------------------------------


def heights(picture: Picture) -> list[float]:
    """Where the labels of edges stand over the base, at their places along the lines."""
    places = {node.name: node for node in picture.nodes}
    found = []
    for edge in picture.edges:
        if edge.label:
            along = float(edge.style.removeprefix("pos="))
            start, end = places[edge.start].y, places[edge.end].y
            found.append(start + along * (end - start))
    return sorted(found)


@pytest.mark.parametrize("sizes", [(2, 2), (2, 3), (3, 2), (3, 3), (4, 2), (2, 4), (1, 4)])
def test_no_label_of_a_weight_covers_another(sizes: tuple[int, int], tmp_path: Path) -> None:
    text = write_model(tmp_path, LAYER).read_text()
    text = re.sub(r"(?m)^n = \d+", f"n = {sizes[0]}", text)
    model = derive.load(write_text(tmp_path, re.sub(r"(?m)^m = \d+", f"m = {sizes[1]}", text)))
    assert dict(model.example)["n"] == sizes[0]
    picture = network(model)
    first = [edge for edge in picture.edges if edge.start.startswith("I-")]
    apart = [b - a for a, b in pairwise(heights(replace(picture, edges=tuple(first))))]
    assert apart
    assert all(gap > 0.2 for gap in apart), apart


LAYER = """
    H[j] = tanh(sum(i, W[j,i] * I[i]))
    O[k] = sum(j, V[k,j] * H[j])
    EQ = sum(k, (O[k] - y[k])^2)"""


def test_weights_between_the_same_units_share_a_line(tmp_path: Path) -> None:
    both = LAYER.replace("H[j] = tanh(", "H[j] = max(sum(i, W[j,i] * I[i]), 2 * ")
    picture = network(model_of(tmp_path, both))
    ends = [(edge.start, edge.end) for edge in picture.edges]
    assert len(set(ends)) == len(ends) == 8


def test_a_layer_that_no_weight_joins_is_not_drawn() -> None:
    assert network(derive.load("layer_norm")) is None
    assert network(derive.load("hmkcode")) is not None


def test_a_path_whose_factors_are_wider_than_its_edges_is_not_drawn(tmp_path: Path) -> None:
    forward = ["H[j] = sum(i, W[j,i] * I[i])", "O[j] = tanh(H[j] * H[j] * H[j] + H[j] * H[j])"]
    wide = model_of(tmp_path, "\n".join([*forward, "EQ = sum(k, j, V[k,j] * O[j] * y[k])"]))
    assert path(derive.differentiate(wide)) is None
    assert path(derive.differentiate(derive.load("hmkcode"))) is not None


# --- notebooks --------------------------------------------------------------------------------


def test_a_derivation_shows_itself_in_a_notebook(derivation: derive.Derivation) -> None:
    latex = derivation._repr_latex_()
    assert latex.startswith("$$")
    assert latex.endswith("$$")
    assert r"\frac{\partial EQ}{\partial w_{ij}} &= \delta_{h,j} I_i" in latex
    markdown = derivation._repr_markdown_()
    assert "$$" in markdown
    assert "## The chain rule" in markdown


# --- functions --------------------------------------------------------------------------------


def test_what_is_known_of_a_function_is_said_and_no_more(page: Document, tmp_path: Path) -> None:
    """pelogia2019's functions may be any: f' = f(1 - f) is said of those of the code alone."""
    free = [
        shown
        for section in page.sections
        for said, shown in pairwise(section.blocks)
        if isinstance(said, Sentence) and "any differentiable functions" in said.text
    ]
    (shown,) = free
    assert isinstance(shown, Display)
    ids = ["function-f-h", "function-f-o", "prime-f-h", "prime-f-o"]
    assert [formula.id for formula in shown.formulas] == ids
    assert not [f for f in page.formulas if f.id.startswith("prime-") and f.id not in ids]
    known = page_of(derive.differentiate(derive.load("planar")))
    shown = {formula.id: plain(formula.whole) for formula in known.formulas}
    assert shown["function-logistic"] == r"\sigma(u) = \frac{1}{1 + \exp(-u)}"
    assert "function-tanh" not in shown


@pytest.mark.parametrize("name", [n for n in TABLE if n not in ("abs", "sgn", "log", "gelu")])
def test_the_definition_of_every_function_can_be_printed(name: str, tmp_path: Path) -> None:
    text = (
        f"H[j] = sum(i, W[j,i] * I[i])\nO[j] = {name}(H[j])\nEQ = sum(k, j, V[k,j] * O[j] * y[k])"
    )
    derivation = derive.differentiate(model_of(tmp_path, text))
    certificate = check_latex(page_of(derivation), derivation)
    assert certificate, certificate.failures


@pytest.mark.parametrize(
    ("name", "slope"),
    [
        ("relu", "[z > 0]"),
        ("leaky_relu", r"\begin{cases} 1 & z > 0 \\ \frac{1}{100} & z \le 0 \end{cases}"),
    ],
)
def test_the_derivative_at_a_kink_stands_on_the_page(name: str, slope: str, tmp_path: Path) -> None:
    text = f"H[j] = {name}(sum(i, W[j,i] * I[i]))\nEQ = sum(k, j, V[k,j] * H[j] * y[k])"
    page = page_of(derive.differentiate(model_of(tmp_path, text)))
    (formula,) = [f for f in page.formulas if f.id == f"prime-{name.replace('_', '-')}"]
    assert plain(formula.whole).endswith(f"= {slope}")
