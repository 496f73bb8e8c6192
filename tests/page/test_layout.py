"""Rows that fit a column: where formulas are broken, and how wide they are."""

import re

import pytest

from derive.page.blocks import Document, Formula
from derive.page.layout import COLUMN, NUMBER, lay_out, width
from tests.conftest import displays


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
