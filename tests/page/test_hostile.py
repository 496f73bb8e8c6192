"""Models that try a page, each in one way: all of it fits, and what does not is said."""

from pathlib import Path

import pytest

import derive
from derive.page.blocks import Display, Document, Formula, Section
from derive.page.check_width import check_width
from derive.page.column import SIZES, Column
from derive.page.layout import overflow, sized
from derive.pipeline import Edition, stages

HOSTILE = sorted(Path(__file__).parent.glob("hostile/*.toml"))


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
@pytest.mark.parametrize("width", [219.0, 252.0])
def test_a_hostile_page_fits(path: Path, width: float) -> None:
    page = stages(derive.load(path), Edition(column=Column(width))).document
    assert len(page.formulas) > 5
    (check,) = check_width(page, "the pages in LaTeX").checks
    assert check.holds
    assert not check.limit
    assert not too_wide(page)


def test_what_nobody_can_break_is_named() -> None:
    long = Formula("long", "a", (rf"\mathit{{{'x' * 60}}}",))
    page = Document("unit", Column(252.0), (Section("chain", (Display((long,)),)),))
    (check,) = check_width(page, "the pages in LaTeX").checks
    assert check.holds
    assert check.limit.startswith("not long: ")


def test_there_are_twenty() -> None:
    assert len(HOSTILE) == 20
