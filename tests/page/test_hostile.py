"""Models that try a page, each in one way: all of it fits, or it is said what does not."""

from pathlib import Path

import pytest

import derive
from derive.derivation.simplify import simplify
from derive.page.blocks import Display, Document
from derive.page.check_width import check_width
from derive.page.column import SIZES, Column
from derive.page.document import document
from derive.page.layout import overflow, sized

HOSTILE = sorted(Path(__file__).parent.glob("hostile/*.toml"))

TOO_WIDE = {"conditionals", "nested_fractions"}
"""Cases within cases and fractions within fractions, which nothing can break."""


def too_wide(page: Document) -> list[str]:
    """The ids of what does not fit in the size it is set in, matrices beside whose number aside."""
    found = []
    blocks = [block for section in page.sections for block in section.blocks]
    for formulas in (block.formulas for block in blocks if isinstance(block, Display)):
        size, rows = sized(formulas, page.column)
        if overflow(rows, page.column.unnumbered.scaled(SIZES[size])) > 0:
            found += [formula.id for formula in formulas]
    return found


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.stem)
def test_a_hostile_page_fits_or_says_what_does_not(path: Path) -> None:
    page = document(simplify(derive.differentiate(derive.load(path))), Column(252.0))
    assert len(page.formulas) > 5
    (check,) = check_width(page, "the pages in LaTeX").checks
    assert check.holds
    assert bool(too_wide(page)) == bool(check.limit) == (path.stem in TOO_WIDE)


def test_there_are_twenty() -> None:
    assert len(HOSTILE) == 20
