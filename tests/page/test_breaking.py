"""What is too wide even between factors is broken within fractions, roots, choices and matrices."""

import pytest

import derive
from derive.auditing.page import audit_text
from derive.derivation.simplify import simplify
from derive.page.blocks import Display, Document, Formula, Section
from derive.page.breaking import Place, broken
from derive.page.check import check_pages
from derive.page.column import SIZES, Column
from derive.page.document import document
from derive.page.latex_page import latex_files
from derive.page.layout import lay_out, overflow, sized
from derive.page.speech import say
from derive.page.width import width
from derive.page.words import language
from tests.page.test_hostile import HOSTILE

LONG = " + ".join(f"a_{n}" for n in range(12))

INSIDE = {
    "above a line": rf"\frac{{{LONG}}}{{b}}",
    "below a line": rf"\frac{{b}}{{{LONG}}}",
    "in a fraction above a line": rf"\frac{{1 - \frac{{{LONG}}}{{c}}}}{{b}}",
    "in a root": rf"\sqrt{{{LONG}}}",
    "in the entry of a matrix": rf"\begin{{pmatrix}} {LONG} & b \\ c & d \end{{pmatrix}}",
    "in a matrix in a matrix": (
        rf"\begin{{pmatrix}} \begin{{pmatrix}} {LONG} \\ b \end{{pmatrix}} \\ c \end{{pmatrix}}"
    ),
    "in a branch": rf"\begin{{cases}} {LONG} & b > 0 \\ c & b \le 0 \end{{cases}}",
    "in a condition": rf"\begin{{cases}} b & {LONG} > 0 \\ c & {LONG} \le 0 \end{{cases}}",
    "in a choice in a choice": (
        rf"\begin{{cases}} \begin{{cases}} {LONG} & b > 0 \\ c & b \le 0 \end{{cases}} & d > 0 \\"
        r" e & d \le 0 \end{cases}"
    ),
    "in Iverson's bracket": rf"\sqrt{{[{LONG} > 0]}}",
    "among what a maximum is of": r"\sqrt{\max(aaaaaaaaaaaa, bbbbbbbbbbbb, cccccccccccc)}",
}


@pytest.mark.parametrize("side", INSIDE.values(), ids=INSIDE)
def test_what_is_too_wide_is_broken_inside(side: str) -> None:
    formula, column = Formula("x", "f", (side,)), Column(150)
    assert overflow(lay_out([formula], column.unnumbered), column.unnumbered) > 0
    rows = lay_out([formula], column.unnumbered, Place.WITHIN)
    assert overflow(rows, column.unnumbered) == 0
    shown = "".join(rf"{row.left} &{row.right} \notag \\*" for row in rows)
    page = Document("unit", column, (Section("chain", (Display((formula,)),)),))
    text = f"\\begin{{align}}\n{shown}\n\\end{{align}}"
    assert check_pages({"page.tex": text}, page, "pages")
    assert not check_pages({"page.tex": text.replace("b", "e")}, page, "pages")


def test_a_size_that_holds_a_formula_whole_is_better_than_a_break_inside() -> None:
    side = r"\frac{" + " + ".join(f"a_{n}" for n in range(9)) + "}{b}"
    size, rows = sized([Formula("x", "f", (side,))], Column(180))
    assert size in (r"\footnotesize", r"\scriptsize")
    assert rows[0].right == f"= {side}"


def test_what_stands_beside_a_wide_entry_stays_whole() -> None:
    side = rf"\begin{{cases}} {LONG} & b_1 > b_2 \\ c & b_1 \le b_2 \end{{cases}}"
    (row,) = broken(side, 150, Place.WITHIN, 1.0)
    assert r"& b_1 > b_2 \\ c & b_1 \le b_2 \end{cases}" in row


def test_no_row_begins_between_a_maximum_and_what_it_is_of() -> None:
    side = r"u_{11} v_{11} w_{11} \max \Bigl( \frac{a}{b}, c \Bigr) x_{11}"
    for room in range(40, 180, 10):
        lines = broken(side, room, Place.WITHIN, 1.0)
        assert not any(line.endswith((r"\max", r"\min")) for line in lines), lines


def test_a_product_is_parted_before_a_sum_rather_than_in_what_is_summed() -> None:
    side = r"u_{11} v_{11} w_{11} \sum_{i=1}^{n} w_i x_i"
    lines = broken(side, width(side) - 5, Place.IN_BRACKETS, 1.0)
    assert lines == [r"u_{11} v_{11} w_{11}", r"\quad \mathbin{\cdot} \sum_{i=1}^{n} w_i x_i"]


def test_factors_are_parted_before_brackets_are_broken() -> None:
    side = r"u_{11} v_{11} w_{11} (a_{11} + b_{11}) \operatorname{sgn}\Bigl( z - \frac{1}{2} \Bigr)"
    lines = broken(side, width(side) - 5, Place.IN_BRACKETS, 1.0)
    assert lines[1] == r"\quad \mathbin{\cdot} \operatorname{sgn}\Bigl( z - \frac{1}{2} \Bigr)"


def test_brackets_that_close_on_another_line_are_larger() -> None:
    """And the package physics, which takes what stands in brackets behind exp, leaves them."""
    side = rf"c_1 f(b_1) \exp(f(b_2) + {LONG})"
    lines = broken(side, 150, Place.IN_BRACKETS, 1.0)
    assert lines[0].startswith(r"c_1 f(b_1) \exp\bigl(f(b_2) + a_0")
    assert lines[-1].endswith(r"a_11\bigr)")
    whole = broken(side, 500, Place.IN_BRACKETS, 1.0)
    assert whole == [side]
    root = r"\sqrt{" + side + "}"
    (stacked,) = broken(root, 150, Place.WITHIN, 1.0)
    assert r"\exp\bigl(f(b_2)" in stacked


def test_what_tex_makes_as_high_as_what_it_holds_is_not_parted() -> None:
    side = rf"c_1 \left( {LONG} \right)"
    for line in broken(side, 150, Place.WITHIN, 1.0):
        assert line.count(r"\left") == line.count(r"\right")


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_page_that_is_broken_inside_still_shows_every_formula_whole(path: str) -> None:
    derivation = simplify(derive.differentiate(derive.load(path)))
    page = document(derivation, Column(219.0))
    files = latex_files(derivation.model, [say(page, language("en"))])
    texts = {"derivation.en.tex": files["derivation.en.tex"]}
    assert check_pages(texts, page, "the pages in LaTeX")


@pytest.mark.parametrize("column", [219.0, 246.0, 345.0])
def test_an_audit_fits_its_column(column: float) -> None:
    report = derive.audit(derive.load("pelogia2019"))
    text = audit_text(report, language("en"), Column(column))
    blocks = [entry.rows for entry in text.entries]
    blocks += [reading.rows for entry in text.entries for reading in entry.readings]
    shown = [block for block in blocks if block.rows]
    assert len(shown) > 20
    for block in shown:
        scale = SIZES[block.size]
        left, right = zip(*(_aligned(row) for row in block.rows), strict=True)
        wide = max(width(each, scale) for each in left) + max(width(each, scale) for each in right)
        assert wide * scale <= column


def _aligned(row: str) -> tuple[str, str]:
    """What stands left and right of the first & that stands in no matrix."""
    depth = 0
    for place in range(len(row)):
        depth += row.startswith(r"\begin", place) - row.startswith(r"\end", place)
        if row[place] == "&" and depth == 0:
            return row[:place], row[place + 1 :]
    raise AssertionError(row)


def test_a_product_is_parted_before_a_bracket_in_which_little_would_be_left() -> None:
    side = r"a_{11} b_{11} c_{11} d_{11} \Bigl( 1 - \tanh(x_{11} + y_{11})^2 \Bigr)"
    column = Column(width(f"L = {side}") + 20)
    rows = lay_out([Formula("x", "L", (side,))], column)
    assert [row.right for row in rows] == [
        r"= a_{11} b_{11} c_{11} d_{11}",
        r"\quad \mathbin{\cdot} \Bigl( 1 - \tanh(x_{11} + y_{11})^2 \Bigr)",
    ]


def test_a_half_is_not_parted_from_the_sum_that_it_multiplies() -> None:
    square = r"(a_1 + b_1 + c_1 + d_1 + e_1)^2"
    side = rf"\frac{{1}}{{2}} \Bigl( {square} + {square} \Bigr)"
    rows = lay_out([Formula("x", "L", (side,))], Column(220))
    first, second = (row.right for row in rows)
    assert first == rf"= \frac{{1}}{{2}} \Bigl( {square}"
    assert second == rf"\quad + {square} \Bigr)"


def test_a_list_in_tall_brackets_is_parted_behind_a_comma() -> None:
    side = r"\min\Bigl( \frac{a}{b} + c, 1 + d \Bigr)"
    lines = broken(side, width(side) - 5, Place.OUTSIDE, 1.0)
    assert lines == [r"\min\Bigl( \frac{a}{b} + c,", r"\quad 1 + d \Bigr)"]


def test_what_is_too_wide_begins_on_the_line_before_where_that_saves_one() -> None:
    first, second = r"\cos(d_{11} h_{11} p_{11})", r"- e \sin(d h) p_{11} h_{11}"
    side = rf"a_{{11}} b_{{11}} c_{{11}} d_{{11}} ({first} {second}) x"
    assert broken(side, 130, Place.IN_BRACKETS, 1.0) == [
        rf"a_{{11}} b_{{11}} c_{{11}} d_{{11}} \bigl({first}",
        rf"\quad {second}\bigr) x",
    ]
    assert broken(side, 110, Place.IN_BRACKETS, 1.0) == [
        r"a_{11} b_{11} c_{11} d_{11}",
        rf"\quad \mathbin{{\cdot}} \bigl({first}",
        rf"\quad {second}\bigr) x",
    ]
