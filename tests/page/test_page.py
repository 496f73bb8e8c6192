"""The page: what it says, its formulas read back one by one, laid out to fit."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

import derive
from derive.derivation.simplify import simplify
from derive.functions.table import TABLE
from derive.page.blocks import Display, Document, Page, Phrase, Sentence
from derive.page.check import check_latex
from derive.page.column import JOURNAL, Column
from derive.page.document import document
from derive.page.layout import fits, lay_out
from derive.page.material import MOST_ROWS
from derive.page.words import WRITTEN, language
from derive.printing.macros import LAYOUT, macros, plain
from tests.conftest import UNIT, displays, document_of, model_of, page_of, write_text

# --- sentences -------------------------------------------------------------------------------


def test_every_reference_of_the_pages_has_its_formula(files: dict[str, str]) -> None:
    for code in WRITTEN:
        text = files[f"derivation.{code}.tex"]
        labels = set(re.findall(r"\\label\{([^}]*)\}", text))
        references = set(re.findall(r"\\eqref\{([^}]*)\}", text))
        assert references
        assert references <= labels
        assert all(label.startswith(f"eq:pelogia2019:{code}:") for label in labels)
        _, summary, *derivation = files[f"derivation.{code}.md"].split("\n## ")
        numbers = re.findall(r"\\tag\{(\d+)\}", "".join(derivation))
        assert numbers == [str(n + 1) for n in range(len(numbers))]
        used = re.findall(r"(?:[Bb]y|[Pp]or) \((\d+)\)", files[f"derivation.{code}.md"])
        assert used
        assert set(used) <= set(numbers)
        assert set(re.findall(r"\\tag\{(\d+)\}", summary)) < set(numbers)


def sentences(page: Document) -> list[str]:
    blocks = [block for section in page.sections for block in section.blocks]
    return [block.text for block in blocks if isinstance(block, Sentence)]


def test_a_weight_leads_wherever_an_equation_takes_it(gallery: dict[str, Page]) -> None:
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


SAID = {  # a sign of matrix equations, and what is said of it
    r"\drvodot": "the product entry by entry",
    r"\drvoslash": "the quotient entry by entry",
    r"\mathbf{1}": "an array of ones",
    r"\mathbf{1}_T": "the column of $T$ ones",
    r"\operatorname{softmax}": "over their sum",
    r"_F": "the Frobenius norm",
}


def test_every_sign_of_matrix_equations_is_told_of_once_where_it_is_first_used(
    gallery: dict[str, Page],
) -> None:
    found = set()
    for page in gallery.values():
        told = ""
        for section in page.sections:
            for said, shown in pairwise(section.blocks):
                if not (isinstance(said, Sentence) and isinstance(shown, Display)):
                    continue
                if not all(f.id.startswith("matrix-") for f in shown.formulas):
                    continue
                text = " ".join(formula.whole for formula in shown.formulas)
                for sign, words in SAID.items():
                    used = re.search(re.escape(sign) + r"(?!_\{|_[a-zA-Z])", text) is not None
                    assert (words in said.text) == (used and words not in told), (page.model, sign)
                    found.add((sign, used))
                told += said.text
        assert told.count("vectors as columns") == ("matrix form" in " ".join(titles(page)))
    assert {sign for sign, used in found if used} >= SAID.keys() - {r"\drvoslash"}


@pytest.mark.parametrize("name", ["pelogia2019", "residual", "attention", "layer_norm"])
def test_functions_of_arrays_are_told_of_once_where_there_are_any(
    name: str, gallery: dict[str, Page]
) -> None:
    said = " ".join(sentences(gallery[name])).count("functions acting on every entry")
    assert said == (name in ("pelogia2019", "residual"))  # the others have them of scalars alone


def titles(page: Page) -> list[str]:
    return [section.title for section in page.sections]


def test_a_comparison_in_brackets_is_explained_where_it_is_first_used(
    gallery: dict[str, Page],
) -> None:
    for name, page in gallery.items():
        blocks = [block for section in page.sections for block in section.blocks]
        brackets = [place for place, block in enumerate(blocks) if holds_brackets(block)]
        said = [
            place
            for place, block in enumerate(blocks)
            if isinstance(block, Sentence) and "around a comparison is 1 where" in block.text
        ]
        assert said == [place + 1 for place in brackets[:1]], name
    assert any(holds_brackets(b) for s in gallery["residual"].sections for b in s.blocks)


def holds_brackets(block: object) -> bool:
    return isinstance(block, Display) and any(
        re.search(r"\[[^\]]*(>|\\le)[^\]]*\]", formula.whole) for formula in block.formulas
    )


def test_what_is_about_scalars_alone_is_said_once(gallery: dict[str, Page]) -> None:
    ids = {formula.id for formula in gallery["layer_norm"].formulas}
    assert "q" in ids
    assert not {"matrix-q", "entries-q"} & ids
    assert r"\frac{1}{2} (a_1 + a_2)" in {
        f.sides[-1] for f in gallery["layer_norm"].formulas if f.id == "entries-mu"
    }


def test_the_summary_is_what_a_program_computes_in_its_order(page: Document) -> None:
    assert [formula.id for formula in page.summary] == [
        "H-in", "H", "O-in", "O", "E", "EQ", "dEQ-dO-in", "dEQ-dH-in", "dEQ-dW", "dEQ-dV",
        "update-W", "update-V",
    ]  # fmt: skip


def test_what_a_summary_shows_the_derivation_shows_with_its_steps(
    gallery: dict[str, Page],
) -> None:
    for page in gallery.values():
        shown = {formula.id: formula for formula in page.formulas}
        for formula in page.summary:
            assert formula.left == shown[formula.id].left
            assert formula.sides == shown[formula.id].sides[-1:]


def test_what_is_as_long_as_the_page_is_no_summary(tmp_path: Path) -> None:
    layers = range(1, 10)
    model = UNIT.replace('["w"]', str([f"w{n}" for n in layers])).replace(
        "a = w * x", "\n".join(["a0 = x", *(f"a{n} = tanh(w{n} * a{n - 1})" for n in layers)])
    )
    deep = derive.load(write_text(tmp_path, model.replace("(a, y)", "(a9, y)")))
    assert not page_of(derive.differentiate(deep)).summary


def test_a_chain_starts_where_so_much_cancels(gallery: dict[str, Page]) -> None:
    (found,) = (f for f in gallery["cs231n"].formulas if f.id == "dL-db2-1")
    assert found.sides[-1] == "p_1 - y_1"
    assert any("it starts from" in text for text in sentences(gallery["cs231n"]))


def test_no_partial_is_longer_than_can_be_read(gallery: dict[str, Page]) -> None:
    sections = [section for page in gallery.values() for section in page.sections]
    partials = [s for s in sections if s.title == language("en").headings["partials"]]
    assert len(partials) > 3
    for section in partials:
        shown = next((block for block in section.blocks[::-1] if isinstance(block, Display)), None)
        if shown is None:  # and then it says so
            assert section.blocks
            continue
        assert all(len(lay_out([f], JOURNAL)) <= MOST_ROWS for f in shown.formulas)


def test_what_a_column_has_no_room_for_is_said(gallery: dict[str, Page]) -> None:
    said = sentences(gallery["elman"])
    assert any("the partial derivatives written out as chains take more rows" in s for s in said)
    assert any(
        "there is no room for the entries of $Q_{ad}$" in s for s in sentences(gallery["attention"])
    )
    assert not any("no room" in text for text in sentences(gallery["mazur2015"]))
    wide = document(simplify(derive.differentiate(derive.load("elman"))), Column(600))
    assert "partials_too_long" not in {
        block.key
        for section in wide.sections
        for block in section.blocks
        if isinstance(block, Phrase)
    }


def test_every_row_of_the_gallery_fits_the_column(gallery: dict[str, Page]) -> None:
    for page in gallery.values():
        shown = displays(page)
        assert len(shown) > 3
        for block in shown:
            entries = all(f.id.startswith("entries-") for f in block.formulas)
            column = page.column.unnumbered if entries else page.column
            assert fits(block.formulas, column), page.model


def test_the_block_matrix_of_the_document(files: dict[str, str]) -> None:
    text = files["equations/stacked-dEQ-dW.tex"]
    rows = [r"v_{11} f'_h(H_{in,1}) & 0", r"v_{21} f'_h(H_{in,2}) & 0",
            r"0 & v_{11} f'_h(H_{in,1})", r"0 & v_{21} f'_h(H_{in,2})"]  # fmt: skip
    assert rf"= \delta_o \begin{{pmatrix}} {rows[0]} \\ {rows[1]} \\ {rows[2]} \\ {rows[3]}" in text
    identity = files["equations/block-dEQ-dW.tex"]
    assert identity.rstrip().endswith(r"= \mathrm{Id}_n \otimes \delta_h")


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
        used = {macro.name for macro in macros(files[name])}
        provided = set(re.findall(r"\\providecommand\{(\\drv\w+)\}", files[name]))
        assert used
        assert used == provided - {macro.name for macro in LAYOUT}


def test_the_dictionary_holds_every_formula(files: dict[str, str], pelogia: derive.Model) -> None:
    ids = re.findall(r"\\derivedformula\{pelogia2019\}\{([^}]*)\}", files["derived.tex"])
    assert ids == [formula.id for formula in document_of(pelogia).formulas]


def test_the_dictionary_breaks_what_does_not_fit_and_leaves_nothing_out(
    files: dict[str, str], page: Document
) -> None:
    found = re.findall(r"\\derivedrows\{pelogia2019\}\{(.*?)\}\{(.*)\}\n", files["derived.tex"])
    assert {"whole-O", "stacked-dEQ-dW"} <= {id_ for id_, _ in found}
    bodies = {formula.id: formula.body for formula in page.formulas}
    for id_, rows in found:
        shown, whole = (re.sub(r"\\\\|\\quad|[&\s]", "", text) for text in (rows, bodies[id_]))
        assert shown == whole


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
