r"""Formula -> rows of an align: broken by structure to the width of a column.

Sides stand on one row where they fit, else each on its own, and a side that is still too
wide is broken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from derive.page.blocks import Formula
from derive.page.breaking import Place, broken
from derive.page.column import SIZES, Column
from derive.page.width import QUAD, width


@dataclass(frozen=True)
class Row:
    """One row: what stands left and right of the alignment, and whether its formula ends here."""

    left: str
    right: str
    formula: Formula
    ends: bool


def lay_out(
    formulas: Sequence[Formula], column: Column, last: Place = Place.IN_BRACKETS
) -> tuple[Row, ...]:
    """The rows of formulas that are aligned with one another.

    A left side may be too wide for what follows it, or for what follows the others, if they are
    aligned with it: it stands alone then, and its right sides hang under it. Those that do are
    the widest ones, as many as make the rows narrow enough, and then few. They are broken at no
    worse places than the last.
    """
    rows = _fewest(formulas, column, Place.OUTSIDE)
    if overflow(rows, column) == 0:
        return rows
    return _fewest(formulas, column, last)


def sized(formulas: Sequence[Formula], column: Column) -> tuple[str, tuple[Row, ...]]:
    """The size in which a column holds formulas, if it does in any, and their rows in it.

    Where no size leaves room for a number beside them, it stands under them; they are broken
    within fractions, choices and matrices only where that does not help either.
    """
    for last in (Place.IN_BRACKETS, Place.WITHIN):
        for wide in (column, column.unnumbered):
            for size, scale in SIZES.items():
                rows = lay_out(formulas, wide.scaled(scale), last)
                if overflow(rows, wide.scaled(scale)) == 0:
                    return size, rows
    return size, rows


def fits(formulas: Sequence[Formula], column: Column) -> bool:
    """Whether a column holds formulas that are broken at good places alone."""
    return overflow(_fewest(formulas, column, Place.OUTSIDE), column) == 0


def overflow(rows: Sequence[Row], column: Column) -> float:
    """By how much rows are wider than the column, in pt."""
    left = max(width(row.left, column.scale) for row in rows)
    return max(0.0, left + max(width(row.right, column.scale) for row in rows) - column.room)


def _fewest(formulas: Sequence[Formula], column: Column, last: Place) -> tuple[Row, ...]:
    """The best rows that are broken at no worse places than the last."""
    lefts = sorted({width(formula.left, column.scale) for formula in formulas}, reverse=True)
    ways = (_aligned(formulas, widest, column, last) for widest in (*lefts, 0.0))
    return min(ways, key=lambda rows: (overflow(rows, column), len(rows)))


def _aligned(
    formulas: Sequence[Formula], widest: float, column: Column, last: Place
) -> tuple[Row, ...]:
    """Rows in which the left sides up to a width are aligned, and the others stand alone."""
    room, scale = column.room - widest, column.scale
    hang = [width(each.left, scale) > widest for each in formulas]
    pairs = zip(formulas, hang, strict=True)
    return tuple(row for each, hangs in pairs for row in _rows(each, room, hangs, last, scale))


def _rows(formula: Formula, room: float, hangs: bool, last: Place, scale: float) -> list[Row]:
    sides = [f"{formula.relation} {side}" for side in formula.sides]
    whole = " ".join(sides)
    inner = room - QUAD if hangs else room
    if width(whole, scale) <= inner:
        pieces = [whole]
    else:
        pieces = [piece for side in sides for piece in broken(side, inner, last, scale)]
    if hangs:
        pieces = [formula.left, *(rf"\quad {piece}" for piece in pieces)]
    end = len(pieces) - 1
    return [
        Row(formula.left if place == 0 and not hangs else "", piece, formula, place == end)
        for place, piece in enumerate(pieces)
    ]
