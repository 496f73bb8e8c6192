r"""Formula -> rows of an align: broken by structure to the width of a column.

Sides stand on one row where they fit, else each on its own, and a side that is still too
wide is broken between its terms, a term that is too wide between its factors, and then
within \Bigl( ... \Bigr); where none of this helps between factors that no sign stands between,
and within any brackets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from derive.page.blocks import Formula
from derive.page.column import SIZES, Column
from derive.page.width import CLOSERS, OPENERS, QUAD, TOKEN, width
from derive.printing.macros import DIVIDED, HADAMARD

_TERMS, _FACTORS, _NO_SIGN = range(3)
"""What a line is broken between: terms, factors, and factors that no sign stands between."""


_SIGNS = {"+": _TERMS, "-": _TERMS} | dict.fromkeys(
    (r"\cdot", r"\otimes", r"\odot", HADAMARD, r"\oslash", DIVIDED), _FACTORS
)
"""The signs before which a line may break, and what they stand between."""


_BEFORE_A_FIRST = ("", "=", "(", ",", ">", "<", r"\ge", r"\le", r"\leftarrow", r"\sum", r"\nabla",
                   r"\partial", r"\mathbin", r"\quad", *_SIGNS)  # fmt: skip
"""What stands before a first factor, if anything does."""


_NO_FACTOR = (")", "=", ",", ">", "<", r"\ge", r"\le", r"\leftarrow", r"\,", r"\quad", r"\Bigr",
              r"\bigr", *CLOSERS)  # fmt: skip
"""What no factor begins with."""


DOT = r"\mathbin{\cdot} "
"""What a row starts with that is broken where no sign stands between factors."""


class Place(IntEnum):
    """Where a line is broken, the best first: before a sign that stands in no brackets but tall
    ones, before a factor that multiplies without a sign, and before a sign in any brackets.
    """

    OUTSIDE = 0
    BETWEEN_FACTORS = 1
    IN_BRACKETS = 2


@dataclass(frozen=True)
class Row:
    """One row: what stands left and right of the alignment, and whether its formula ends here."""

    left: str
    right: str
    formula: Formula
    ends: bool


def lay_out(formulas: Sequence[Formula], column: Column) -> tuple[Row, ...]:
    """The rows of formulas that are aligned with one another.

    A left side may be too wide for what follows it, or for what follows the others, if they are
    aligned with it: it stands alone then, and its right sides hang under it. Those that do are
    the widest ones, as many as make the rows narrow enough, and then few.
    """
    rows = _fewest(formulas, column, Place.OUTSIDE)
    if overflow(rows, column) == 0:
        return rows
    return _fewest(formulas, column, Place.IN_BRACKETS)


def sized(formulas: Sequence[Formula], column: Column) -> tuple[str, tuple[Row, ...]]:
    """The size in which a column holds formulas, if it does in any, and their rows in it."""
    *larger, smallest = SIZES
    for size in larger:
        scaled = column.scaled(SIZES[size])
        rows = lay_out(formulas, scaled)
        if overflow(rows, scaled) == 0:
            return size, rows
    return smallest, lay_out(formulas, column.scaled(SIZES[smallest]))


def fits(formulas: Sequence[Formula], column: Column) -> bool:
    """Whether a column holds formulas that are broken at good places alone."""
    return overflow(_fewest(formulas, column, Place.OUTSIDE), column) == 0


def overflow(rows: Sequence[Row], column: Column) -> float:
    """By how much rows are wider than the column, in pt."""
    left = max(width(row.left, column.scale) for row in rows)
    return max(0.0, left + max(width(row.right, column.scale) for row in rows) - column.room)


def _fewest(formulas: Sequence[Formula], column: Column, last: Place) -> tuple[Row, ...]:
    """The best rows that are broken at no worse places than the last."""
    lefts = sorted({width(formula.left) for formula in formulas}, reverse=True)
    ways = (_aligned(formulas, widest, column, last) for widest in (*lefts, 0.0))
    return min(ways, key=lambda rows: (overflow(rows, column), len(rows)))


def _aligned(
    formulas: Sequence[Formula], widest: float, column: Column, last: Place
) -> tuple[Row, ...]:
    """Rows in which the left sides up to a width are aligned, and the others stand alone."""
    room = column.room - widest
    hang = [width(each.left) > widest for each in formulas]
    pairs = zip(formulas, hang, strict=True)
    return tuple(row for each, hangs in pairs for row in _rows(each, room, hangs, last))


def _rows(formula: Formula, room: float, hangs: bool, last: Place) -> list[Row]:
    sides = [f"{formula.relation} {side}" for side in formula.sides]
    whole = " ".join(sides)
    inner = room - QUAD if hangs else room
    if width(whole) <= inner:
        pieces = [whole]
    else:
        pieces = [piece for side in sides for piece in _broken(side, inner, last)]
    if hangs:
        pieces = [formula.left, *(rf"\quad {piece}" for piece in pieces)]
    end = len(pieces) - 1
    return [
        Row(formula.left if place == 0 and not hangs else "", piece, formula, place == end)
        for place, piece in enumerate(pieces)
    ]


def _broken(side: str, room: float, last: Place) -> list[str]:
    """A side in pieces, each as wide as fits; a later piece starts with its operator."""
    first, *others = _filled(side, room, room - QUAD, last)
    return [first, *(rf"\quad {piece}" for piece in others)]


def _filled(text: str, first: float, later: float, last: Place) -> list[str]:
    """Pieces of the outermost kind, as many on a line as fit, and what is wider broken again;
    `first` and `later` are the room on the first line and on the others.
    """
    if width(text) <= first:
        return [text]
    mark, pieces = _pieces(text, last)
    if len(pieces) == 1:
        return [text]
    lines: list[str] = []
    for piece in pieces:
        room = later if len(lines) > 1 else first
        candidate = f"{lines[-1]} {piece}" if lines else piece
        if lines and width(candidate) <= room:
            lines[-1] = candidate
        elif lines and mark and width(piece) > later:  # begun on this line, if it can be
            begun, *others = _filled(piece, room - width(f"{lines[-1]} "), later, last)
            if width(f"{lines[-1]} {begun}") <= room:
                lines[-1:] = [f"{lines[-1]} {begun}", *others]
            else:
                lines += _filled(mark + piece, later, later, last)
        else:
            start = mark + piece if lines else piece
            lines += _filled(start, later if lines else first, later, last)
    return lines


@lru_cache(2**12)  # a formula is laid out in several ways, and in each language
def _pieces(side: str, last: Place) -> tuple[str, tuple[str, ...]]:
    """Cut at the best of the places where a line may break, none worse than the last; and what a
    line has to begin with that is broken there.
    """
    tokens = TOKEN.findall(side)
    places = {at: level for at, level in _breaks(tokens).items() if level[0] <= last}
    first = min(places.values(), default=None)
    cuts = [place for place, level in places.items() if level == first]
    bounds = zip([0, *cuts], [*cuts, len(tokens)], strict=True)
    found = tuple("".join(tokens[start:end]).strip() for start, end in bounds)
    return DOT if first and first[2] == _NO_SIGN else "", found


_Level = tuple[Place, int, int]
"""A place, in how many brackets it stands, and between what."""


def _breaks(tokens: list[str]) -> dict[int, _Level]:
    """The places where a line may break, before a sign or a factor that stands in no braces."""
    places: dict[int, _Level] = {}
    depth, brackets, tall_ones, start, head = 0, 0, 0, 0, ""
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        depth += (token in OPENERS) - (token in CLOSERS)
        if before in (r"\Bigl", r"\Bigr"):
            tall_ones += (before == r"\Bigl") - (before == r"\Bigr")
        else:
            brackets += (token == "(") - (token == ")")
        within = depth > (token in OPENERS)
        if within or token.isspace() or token in "{}^_" or before in ("^", "_"):
            continue
        if token in _SIGNS:
            if not _starts(tokens[start:place]):
                where = Place.IN_BRACKETS if brackets else Place.OUTSIDE
                places[place] = (where, brackets + tall_ones, _SIGNS[token])
                start = place
        elif before.isspace() and head not in _BEFORE_A_FIRST and token not in _NO_FACTOR:
            where = Place.IN_BRACKETS if brackets + tall_ones else Place.BETWEEN_FACTORS
            places[place] = (where, brackets + tall_ones, _NO_SIGN)
        head = token
    return places


def _starts(tokens: list[str]) -> bool:
    """Whether an operator after the tokens is a sign, and binds nothing before it."""
    seen = [token for token in tokens if not token.isspace()]
    return not seen or seen[-1] in ("(", "{", "=")
