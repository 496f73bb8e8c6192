"""Rows that fit a column: where formulas are broken, and how wide they are."""

import re

import pytest

from derive.page.blocks import Display, Document, Formula, Section
from derive.page.check import check_pages
from derive.page.column import JOURNAL, SIZES, Column
from derive.page.latex_page import broken
from derive.page.layout import lay_out
from derive.page.width import width
from tests.conftest import displays


def test_rows_hold_the_whole_formula(page: Document) -> None:
    assert displays(page)
    for block in displays(page):
        for formula in block.formulas:
            rows = [r for r in lay_out(block.formulas, page.column) if r.formula == formula]
            joined = " ".join(f"{row.left} {row.right}" for row in rows)
            squeezed = re.sub(r"\\quad|\s", "", joined)
            assert squeezed == re.sub(r"\s", "", formula.whole)
            assert [row.ends for row in rows] == [False] * (len(rows) - 1) + [True]


def test_no_row_is_estimated_wider_than_the_column(page: Document) -> None:
    assert displays(page)
    for block in displays(page):
        rows = lay_out(block.formulas, page.column)
        left = max(width(row.left) for row in rows)
        assert left + max(width(row.right) for row in rows) <= page.column.room


def test_a_long_chain_is_broken_before_a_dot() -> None:
    formula = Formula("x", "a", (r" \cdot ".join(f"f_h(H_{{in,{n}}})" for n in range(12)),))
    rows = lay_out([formula], JOURNAL)
    assert len(rows) > 1
    assert all(row.right.startswith(r"\quad \cdot") for row in rows[1:])


def test_a_sum_is_broken_between_its_terms_before_a_term_is() -> None:
    term = r"\frac{\partial L}{\partial a_%d} \cdot \frac{\partial a_%d}{\partial W}"
    terms = [term % (n, n) for n in range(4)]
    rows = lay_out(
        [Formula("x", r"\frac{\partial L}{\partial W}", (" + ".join(terms),))], Column(200)
    )
    assert len(rows) > 1
    assert all(row.right.startswith(r"\quad +") for row in rows[1:])


def test_a_bracket_is_broken_only_where_the_factors_around_it_are_too_wide() -> None:
    inner = r"\Bigl( \sum_{k=1}^K a_k \cdot b_k + c_k \Bigr)"
    (_, second) = lay_out(
        [Formula("x", "a", (rf"{inner} \cdot \tanh(z_1) \cdot x_1",))], Column(160)
    )
    assert second.right == r"\quad \cdot \tanh(z_1) \cdot x_1"


def test_a_left_side_stands_alone_only_where_that_makes_room() -> None:
    wide = rf"\frac{{{' '.join(['W_{11}'] * 20)}}}{{2}}"
    assert lay_out([Formula("x", "Q", (wide,))], JOURNAL)[0].left == "Q"
    assert lay_out([Formula("x", r"\mathit{scores}_k", (wide,))], JOURNAL)[0].left == ""


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


SMALL = {
    r"\begin{pmatrix} a_{11} & a_{12} \\ a_{21} & a_{22} \\ 0 & 1 \end{pmatrix}": (
        55.0,
        51.3,
        50.5,
        48.0,
    ),
    r"\sum_{k=1}^{K} \Bigl( \sum_{j=1}^{m} W_{kj} x_j \Bigr)": (70.6, 68.3, 67.0, 62.8),
    r"w_{k_{11}} + w_{k_{22}}^{2 n + 1}": (58.4, 54.6, 52.6, 50.0),
    r"\frac{1 + \frac{a + b}{c_1 + d_1}}{\sqrt{2}}": (43.7, 41.4, 40.1, 38.5),
    r"\Psi \varepsilon \Omega - \frac{\partial \varepsilon}{\partial \Phi}": (
        47.4,
        44.0,
        40.6,
        38.3,
    ),
}
"""Formulas, and how wide TeX sets them in each size, in the order of SIZES."""


@pytest.mark.parametrize("text", SMALL)
def test_scripts_and_brackets_do_not_shrink_as_letters_do(text: str) -> None:
    for scale, typeset in zip(SIZES.values(), SMALL[text], strict=True):
        assert 0.99 * typeset <= scale * width(text, scale) <= 1.15 * typeset


def test_one_wide_left_side_stands_alone_and_the_others_stay_aligned() -> None:
    wide = r"\frac{\partial \mathit{regularised}}{\partial \mathit{connections}_{kj}}"
    sides = (r"\cdot".join(["x_1 y_1 "] * 9),)
    formulas = [Formula(name, name, sides) for name in "ab"]
    rows = lay_out([*formulas, Formula("wide", wide, sides)], JOURNAL)
    assert [row.left for row in rows if row.left] == ["a", "b"]
    assert rows[-2].right.startswith(wide)
    assert rows[-1].right.startswith(r"\quad =")
    assert len(rows) == 4


def test_brackets_and_products_without_a_sign_are_broken_where_nothing_else_helps() -> None:
    inner = " + ".join(rf"W_{{1,{n}}} x_{n}" for n in range(1, 9))
    rows = lay_out([Formula("z", "z", (rf"\tanh({inner}) V_1",))], JOURNAL)
    assert len(rows) == 2
    assert rows[1].right.startswith(r"\quad +")
    wide = r" \, ".join(["W_{11}"] * 8)
    fraction = rf"\frac{{{wide}}}{{b}}"
    formula = Formula("z", "z", (f"{fraction} {fraction}",))
    rows = lay_out([formula], JOURNAL)
    assert [row.right for row in rows] == [f"= {fraction}", rf"\quad \mathbin{{\cdot}} {fraction}"]
    shown = "".join(rf"{row.left} &{row.right} \notag \\*" for row in rows)
    text = f"\\begin{{align}}\n{shown}\n\\end{{align}}"
    page = Document("unit", JOURNAL, (Section("chain", (Display((formula,)),)),))
    assert check_pages({"page.tex": text}, page, "pages")
    assert not check_pages({"page.tex": text.replace("= ", r"= \mathbin{\cdot} ")}, page, "pages")


def product(count: int) -> str:
    return r" \cdot ".join([r"\frac{\partial L}{\partial a_1}"] * count)


def test_only_the_row_with_the_number_leaves_room_for_it() -> None:
    column = Column(width(f"L = {product(7)}") + 11)
    rows = lay_out([Formula("x", "L", (product(7), "a"))], column)
    assert [row.right for row in rows] == [f"= {product(7)}", "= a"]
    whole, *others = lay_out([Formula("x", "L", ("a", product(7)))], column)
    assert whole.right == "= a"
    assert all(width(f"L {row.right}") <= column.room for row in others)
    assert len(others) > 1


def test_all_rows_of_a_formula_that_stands_alone_leave_room_for_a_number() -> None:
    formula = Formula("x", "L", (" + ".join([product(7)] * 2),))
    column = Column(width(rf"L = {product(7)}") + 11)
    assert any(width(f"L {row.right}") > column.room for row in lay_out([formula], column))
    rows = broken(formula, column)
    assert len(rows) > 2
    assert all(width(row.replace("&", "")) <= column.room for row in rows)


def test_behind_a_parted_product_the_next_term_begins_a_row() -> None:
    formula = Formula("x", "L", (rf"{product(9)} + a \cdot b",))
    _, second, third = lay_out([formula], Column(200))
    assert second.right.startswith(r"\quad \cdot")
    assert third.right == r"\quad + a \cdot b"


def test_a_bracket_is_whole_where_a_row_without_a_number_holds_it() -> None:
    inner = rf"\Bigl( {product(6)} \Bigr)"
    column = Column(width(f"L = {inner}") + 11)
    rows = lay_out([Formula("x", "L", (rf"{inner} \cdot x",))], column)
    assert [row.right for row in rows] == [f"= {inner}", r"\quad \cdot x"]


def test_a_left_side_stands_alone_rather_than_a_factor() -> None:
    left = r"\frac{\partial L}{\partial \mathit{weight}_{11}}"
    column = Column(width(rf"\quad = {product(9)}") + 31)
    rows = lay_out([Formula("x", left, (product(9), product(9)))], column)
    assert [row.right for row in rows] == [left, *[rf"\quad = {product(9)}"] * 2]


def test_a_formula_whose_left_side_is_too_wide_for_the_others_stands_on_one_row_if_it_can() -> None:
    wide = r"\frac{\partial L}{\partial \mathit{scores}_k}"
    column = Column(width(f"a = {product(8)}") + 31)
    rows = lay_out([Formula("x", wide, ("p - y",)), Formula("y", "a", (product(8),))], column)
    assert [(row.left, row.right) for row in rows] == [
        ("", f"{wide} = p - y"),
        ("a", f"= {product(8)}"),
    ]
    text = "".join(rf"{row.left} &{row.right} \notag \\*" for row in rows)
    shown = Display(tuple(row.formula for row in rows))
    page = Document("unit", column, (Section("chain", (shown,)),))
    assert check_pages({"page.tex": f"\\begin{{align}}\n{text}\n\\end{{align}}"}, page, "pages")


def test_a_left_side_stands_alone_rather_than_a_bracket_is_parted() -> None:
    inner = rf"\Bigl( \sum_{{k=1}}^{{2}} {product(6)} \Bigr)"
    left = r"\frac{\partial L}{\partial a_1}"
    column = Column(width(rf"\quad = {inner}") + 11)
    rows = lay_out([Formula("x", left, (rf"{inner} \cdot x \cdot y",))], column)
    assert [row.right for row in rows] == [
        left,
        rf"\quad = {inner}",
        r"\quad \quad \cdot x \cdot y",
    ]


def test_behind_a_broken_bracket_a_term_goes_on_where_there_is_room() -> None:
    formula = Formula(
        "x", "L", (rf"\frac{{1}}{{2}} \Bigl( {product(5)} + {product(5)} \Bigr) + e",)
    )
    rows = lay_out([formula], Column(220))
    assert len(rows) == 2
    assert rows[1].right.endswith(r"\Bigr) + e")


def test_a_left_side_stands_alone_rather_than_a_bracket_is_parted_for_a_row_as_good() -> None:
    left, side = rf"L({product(2)})", rf"\frac{{1}}{{2}} \Bigl( {product(6)} - y \Bigr)^2"
    rows = lay_out([Formula("x", left, (side,))], Column(width(rf"\quad = {side}") + 31))
    assert [row.right for row in rows] == [left, rf"\quad = {side}"]
