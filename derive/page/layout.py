r"""Formula -> rows of an align: broken by structure to the width of a column.

Sides stand on one row where they fit, else each on its own, and a side that is still too
wide is broken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from derive.page.blocks import Formula
from derive.page.breaking import PARTED, Place, broken
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
    aligned with it: its formula is aligned with none then, and stands on one row, or its right
    sides hang under the left. Those that do are the widest ones, as many as make the rows narrow
    enough, and then few. They are broken at no worse places than the last.
    """
    good = [_fewest(formulas, column, place) for place in (Place.OUTSIDE, Place.BETWEEN_FACTORS)]
    fitting = [rows for rows in good if overflow(rows, column) == 0]
    if fitting:
        return min(fitting, key=lambda rows: _length(rows, column.scale))
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
    over = (width(row.right, column.scale) - _room(row.ends, column) for row in rows)
    return max(0.0, left + max(over))


def _room(ends: bool, column: Column) -> float:
    """What a row may take: beside the last of a formula stands its number."""
    return column.room if ends else column.whole


def _fewest(formulas: Sequence[Formula], column: Column, last: Place) -> tuple[Row, ...]:
    """The best rows that are broken at no worse places than the last."""
    lefts = sorted({width(formula.left, column.scale) for formula in formulas}, reverse=True)
    ways = (_aligned(formulas, widest, column, last) for widest in (*lefts, 0.0))

    def cost(rows: tuple[Row, ...]) -> tuple[float, int, int]:
        inside = sum(_opened([row.right for row in rows]))
        return overflow(rows, column), _length(rows, column.scale), inside

    return min(ways, key=cost)


def _length(rows: Sequence[Row], scale: float) -> int:
    """How many rows there are, those twice that part a product, which is better read whole, and
    those as four that part it within brackets, or that leave little behind an opening bracket.
    """
    inside = [False, *_opened([row.right for row in rows])]
    length = 0
    for place, row in enumerate(rows):
        parts = row.right.replace(r"\quad ", "").startswith(PARTED)
        torn = inside[place] and (parts or _is_stub(rows[place - 1].right, scale))
        length += 4 if torn else 2 if parts else 1
    return length


def _is_stub(text: str, scale: float) -> bool:
    """Whether less stands behind the last bracket that a row leaves open than before it."""
    opened: list[int] = []
    for place, sign in enumerate(text):
        if sign == "(":
            opened.append(place)
        elif sign == ")" and opened:
            opened.pop()
    if not opened:
        return False
    before, after = text[: opened[-1]], text[opened[-1] + 1 :]
    return width(after, scale) < width(before, scale)


def _opened(pieces: Sequence[str]) -> list[bool]:
    """Of each piece whether it ends within brackets."""
    opened = (piece.count("(") - piece.count(")") for piece in pieces)
    return [depth > 0 for depth in accumulate(opened)]


def _aligned(
    formulas: Sequence[Formula], widest: float, column: Column, last: Place
) -> tuple[Row, ...]:
    """Rows in which the left sides up to a width are aligned, and the others stand alone."""
    hang = [width(each.left, column.scale) > widest for each in formulas]
    pairs = zip(formulas, hang, strict=True)
    return tuple(row for each, hangs in pairs for row in _rows(each, widest, hangs, column, last))


def _rows(formula: Formula, widest: float, hangs: bool, column: Column, last: Place) -> list[Row]:
    taken = widest + QUAD if hangs else widest
    sides = [f"{formula.relation} {side}" for side in formula.sides]
    whole = " ".join(sides)
    if width(whole, column.scale) <= column.room - taken:
        pieces = [whole]
    else:
        ends = [False] * (len(sides) - 1) + [True]
        pairs = zip(sides, ends, strict=True)
        pieces = [piece for each in pairs for piece in _pieces(*each, taken, column, last)]
    if hangs:
        in_one = f"{formula.left} {whole}"
        alone = [formula.left, *(rf"\quad {piece}" for piece in pieces)]
        fits_in_one = width(in_one, column.scale) <= column.room - widest
        pieces = [in_one] if fits_in_one else alone
    end = len(pieces) - 1
    return [
        Row(formula.left if place == 0 and not hangs else "", piece, formula, place == end)
        for place, piece in enumerate(pieces)
    ]


def _pieces(side: str, ends: bool, taken: float, column: Column, last: Place) -> list[str]:
    """A side in rows that leave room for a number, or where these are wider, more, or broken
    within brackets, in rows of which only the last does, if its formula ends there.
    """

    def over(pieces: list[str]) -> float:
        *others, end = (width(each, column.scale) + taken for each in pieces)
        return max(0.0, end - _room(ends, column), *(each - column.whole for each in others))

    rooms = dict.fromkeys((column.room - taken, column.whole - taken))
    ways = [broken(side, room, last, column.scale) for room in rooms]
    return min(ways, key=lambda pieces: (over(pieces), len(pieces), sum(_opened(pieces))))
