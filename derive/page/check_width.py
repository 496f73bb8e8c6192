"""Whether the formulas of a page fit the column that it is for."""

from collections.abc import Iterator

from derive.page.blocks import Display, Document
from derive.page.column import SIZES
from derive.page.layout import overflow, sized
from derive.proof.certificate import Certificate, Check


def check_width(page: Document, title: str) -> Certificate:
    """Whether a document's formulas fit its column, in some size; those that do not are the limit
    of it, for a formula is not wrong where it is wide.
    """
    wide = ", ".join(_too_wide(page))
    cure = "name parts of what it is derived from in equations of their own, or widen the column"
    claim = f"its formulas fit a column of {page.column.width:g} pt"
    check = Check(claim, holds=True, limit=f"not {wide}: {cure}" if wide else "")
    return Certificate(title, page.model, (check,))


def _too_wide(page: Document) -> Iterator[str]:
    """The ids of formulas that are too wide even in the smallest size."""
    smallest = page.column.unnumbered.scaled(min(SIZES.values()))
    blocks = (block for section in page.sections for block in section.blocks)
    for formulas in (block.formulas for block in blocks if isinstance(block, Display)):
        for formula in formulas:
            _, rows = sized([formula], page.column)
            if overflow(rows, smallest) > 0:
                yield formula.id
