"""How high formulas are, and where a page may break within one."""

import pytest

from derive.model.model import Model
from derive.page.blocks import Display, Document, Formula, Section
from derive.page.column import Column
from derive.page.height import lines
from derive.page.latex_page import _together, latex_files
from derive.page.speech import say
from derive.page.words import language


@pytest.mark.parametrize(
    ("text", "high"),
    [
        ("a + b", 1),
        (r"\frac{a}{b}", 2),
        (r"\sum_{i=1}^{n} x_i", 2),
        (r"\begin{pmatrix} a \\ b \\ c \end{pmatrix} \begin{pmatrix} d & e \end{pmatrix}", 3),
        (r"\begin{pmatrix} \frac{a}{b} \\[6pt] c \end{pmatrix}", 3),
        (r"\begin{cases} \begin{cases} a & b \\ c & d \end{cases} & e \\ f & g \end{cases}", 3),
    ],
)
def test_a_formula_is_as_high_as_its_rows(text: str, high: int) -> None:
    assert lines(text) == high


def endings(rows: int, pelogia: Model) -> list[str]:
    """What stands at the end of each row of a formula of so many."""
    side = " + ".join(rf"\mathit{{{'m' * 20}}}_{{{n}}}" for n in range(rows))
    formula = Formula("long", "a", (side,))
    page = Document("unit", Column(252.0), (Section("chain", (Display((formula,)),)),))
    text = latex_files(pelogia, [say(page, language("en"))])["derivation.en.tex"]
    (display,) = (part.split(r"\end{align}")[0] for part in text.split(r"\begin{align}")[1:])
    return [line.rpartition(" ")[2] for line in display.strip().splitlines()[:-1]]


def test_a_page_breaks_within_no_formula_but_a_high_one(pelogia: Model) -> None:
    assert endings(12, pelogia) == [r"\\*"] * 11


def test_what_is_left_of_a_high_formula_on_a_page_is_more_than_a_row(pelogia: Model) -> None:
    found = endings(20, pelogia)
    assert found == [r"\\*"] * 2 + [r"\\"] * 15 + [r"\\*"] * 2


def test_five_rows_of_matrices_are_more_than_a_frame_holds() -> None:
    assert _together([3, 3, 3, 3], 2)
    assert not _together([3, 3, 3, 3, 3], 2)
    assert _together([3, 3, 3, 3, 3], 0)
