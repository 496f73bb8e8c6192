r"""One side of a formula -> lines of a width, each a text that begins with its operator.

A side is broken between its terms, a term that is too wide between its factors, and then
within \Bigl( ... \Bigr); where none of this helps between factors that no sign stands between,
and within any brackets. What is too wide even then is broken in what it consists of: a fraction
above and below its line, a choice or a matrix in its entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from derive.errors import InternalError
from derive.page.width import BLOCK, CLOSERS, OPENERS, QUAD, ROOT, RULE, TOKEN, Style, width
from derive.printing.macros import DIVIDED, HADAMARD

_ITEMS, _TERMS, _FACTORS, _NO_SIGN, _SUMMED = range(5)
"""What a line is broken between: what brackets list or a condition compares, terms, factors,
factors that no sign stands between, and such factors of what is summed.
"""


_SIGNS = {"+": _TERMS, "-": _TERMS} | dict.fromkeys(
    (r"\cdot", r"\otimes", r"\odot", HADAMARD, r"\oslash", DIVIDED), _FACTORS
)
"""The signs before which a line may break, and what they stand between."""


_COMPARED = (">", "<", r"\ge", r"\le")
"""The signs of a condition, before which a line may break, too."""


_BEFORE_A_FIRST = ("", "=", "(", "[", ",", r"\leftarrow", r"\sum", r"\nabla", r"\partial",
                   r"\mathbin", r"\quad", r"\max", r"\min", *_COMPARED, *_SIGNS)  # fmt: skip
"""What stands before a first factor, if anything does."""


_NO_FACTOR = (")", "]", "=", ",", r"\leftarrow", r"\,", r"\quad", r"\Bigr", r"\bigr",
              r"\Biggr", *_COMPARED, *CLOSERS)  # fmt: skip
"""What no factor begins with."""


_TALL_OPENER, _TALL_CLOSER = (r"\Bigl", r"\Biggl"), (r"\Bigr", r"\Biggr")


_SIZED = (r"\left", r"\right", r"\bigl", r"\bigr", *_TALL_OPENER, *_TALL_CLOSER)
"""What says how large a bracket is."""


DOT = r"\mathbin{\cdot} "
"""What a row starts with that is broken where no sign stands between factors."""


PARTED = (DOT, r"\cdot")
"""What a row begins with that is within a product."""


class Place(IntEnum):
    """Where a line may be broken, the best first: before a sign that stands in no brackets but tall
    ones, before a factor that multiplies without a sign, before a sign in any brackets, and in
    what no bracket holds but a fraction, a choice or a matrix. Where several of them may be,
    what stands in no brackets at all comes first.
    """

    OUTSIDE = 0
    BETWEEN_FACTORS = 1
    IN_BRACKETS = 2
    WITHIN = 3


@dataclass(frozen=True)
class Letters:
    """The style and the scale that something is set in."""

    style: Style
    scale: float

    def width(self, text: str) -> float:
        """How wide a formula's source is in them, before it is scaled."""
        return width(text, self.scale, self.style)

    @property
    def smaller(self) -> "Letters":
        """Those of what stands over or under the line of a fraction."""
        return replace(self, style=self.style.smaller)


def broken(side: str, room: float, last: Place, scale: float) -> list[str]:
    """A side in pieces, each as wide as fits; a later piece starts with its operator, and hangs."""
    lines = _filled(side, room, room - QUAD, last, Letters(Style.DISPLAY, scale))
    return _hanging(lines, r"\quad")


def _hanging(lines: list[str], space: str) -> list[str]:
    first, *others = _with_large_brackets(lines)
    return [first, *(f"{space} {line}" for line in others)]


def _with_large_brackets(lines: list[str]) -> list[str]:
    """The lines, brackets that close on another line than they open on larger than the others:
    a reader finds them, and no package takes what stands in them for its own.
    """
    cut = [TOKEN.findall(line) for line in lines]
    opened: list[tuple[int, int]] = []
    for line, tokens in enumerate(cut):
        for place, token in enumerate(tokens):
            plain = not (place and tokens[place - 1] in _SIZED)
            if token in ("(", "["):
                opened.append((line, place))
            elif token in (")", "]") and opened:
                start, at = opened.pop()
                if start != line and plain:
                    cut[start][at] = rf"\bigl{cut[start][at]}"
                    tokens[place] = rf"\bigr{token}"
    return ["".join(tokens) for tokens in cut]


def _filled(text: str, first: float, later: float, last: Place, letters: Letters) -> list[str]:
    """Pieces of the outermost kind, as many on a line as fit, and what is wider broken again;
    `first` and `later` are the room on the first line and on the others.
    """
    if letters.width(text) <= first:
        return [text]
    mark, pieces = _pieces(text, last)
    if len(pieces) == 1:
        return [_narrowed(text, first, letters) if last is Place.WITHIN else text]
    lines: list[str] = []
    parted = False
    for piece in pieces:
        room = later if len(lines) > 1 else first
        candidate = f"{lines[-1]} {piece}" if lines else piece
        # Behind a product on several lines a term begins on its own: it is no factor of that one.
        joins, before = lines and not (parted and piece.startswith(("+", "-"))), len(lines)
        if joins and letters.width(candidate) <= room:
            lines[-1] = candidate
        elif joins and mark and letters.width(piece) > later:  # begun here, where that saves a line
            rest = room - letters.width(f"{lines[-1]} ")
            begun, *others = _filled(piece, rest, later, min(last, Place.IN_BRACKETS), letters)
            below = _filled(mark + piece, later, later, last, letters)
            if letters.width(f"{lines[-1]} {begun}") <= room and len(others) < len(below):
                lines[-1:] = [f"{lines[-1]} {begun}", *others]
            else:
                lines += below
        else:
            start = mark + piece if lines else piece
            lines += _filled(start, later if lines else first, later, last, letters)
        parted = len(lines) > before + 1 and lines[-1].startswith(PARTED)
    return lines


@lru_cache(2**12)  # a formula is laid out in several ways, and in each language
def _pieces(side: str, last: Place) -> tuple[str, tuple[str, ...]]:
    """Cut at the best of the places where a line may break, none worse than the last; and what a
    line has to begin with that is broken there.
    """
    tokens = TOKEN.findall(side)
    places = {at: level for at, level in _breaks(tokens).items() if level[0] <= last}
    first = min(places.values(), key=lambda level: (level[1] > 0, *level), default=None)
    cuts = [place for place, level in places.items() if level == first]
    bounds = zip([0, *cuts], [*cuts, len(tokens)], strict=True)
    found = tuple("".join(tokens[start:end]).strip() for start, end in bounds)
    return DOT if first and first[2] >= _NO_SIGN else "", found


_Level = tuple[Place, int, int]
"""A place, in how many brackets it stands, and between what."""


def _breaks(tokens: list[str]) -> dict[int, _Level]:
    """The places where a line may break, before a sign or a factor that stands in no braces, and
    behind a comma.
    """
    places: dict[int, _Level] = {}
    depth, brackets, tall_ones, start, head = 0, 0, 0, 0, ""
    summed: int | None = None  # in how many brackets stands the sum that goes on here
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        depth += (token in OPENERS) - (token in CLOSERS)
        if before in (*_TALL_OPENER, *_TALL_CLOSER) and token in "()":
            tall_ones += (before in _TALL_OPENER) - (before in _TALL_CLOSER)
        else:
            brackets += (token in "([") - (token in ")]")
        within = depth > (token in OPENERS)
        if within or token.isspace() or token in "{}^_" or before in ("^", "_"):
            continue
        around = brackets + tall_ones - (token in "([")  # a line breaks before it
        if summed is not None and around < summed:
            summed = None
        if token in _COMPARED and head:
            where = Place.IN_BRACKETS if around else Place.OUTSIDE
            places[place] = (where, around, _ITEMS)
            start = place
        elif token == "," and around and place + 1 < len(tokens):
            where = Place.IN_BRACKETS if brackets else Place.OUTSIDE
            places[place + 1] = (where, around, _ITEMS)
            start = place
        elif token in _SIGNS:
            if not _starts(tokens[start:place]):
                where = Place.IN_BRACKETS if brackets else Place.OUTSIDE
                places[place] = (where, around, _SIGNS[token])
                start = place
                if summed == around and _SIGNS[token] == _TERMS:
                    summed = None
        elif before.isspace() and head not in _BEFORE_A_FIRST and token not in _NO_FACTOR:
            where = Place.IN_BRACKETS if around else Place.BETWEEN_FACTORS
            places[place] = (where, around, _NO_SIGN if summed is None else _SUMMED)
        if token == r"\sum" and summed is None:
            summed = around
        head = token
    return places


def _starts(tokens: list[str]) -> bool:
    """Whether an operator after the tokens is a sign, and binds nothing before it."""
    seen = [token for token in tokens if not token.isspace()]
    return not seen or seen[-1] in ("(", "[", "{", "=", ",", *_COMPARED)


# --- within fractions, roots, choices and matrices --------------------------------------------


def _narrowed(text: str, room: float, letters: Letters) -> str:
    """A text whose fractions, roots, choices and matrices are broken in what they consist of, the
    widest first, until it is no wider than the room, if that helps.
    """
    parts = _parts(text)
    wide = {at: letters.width(part) for at, part in enumerate(parts) if _consists(part)}
    for at in sorted(wide, key=lambda each: -wide[each]):
        over = letters.width("".join(parts)) - room
        if over <= 0:
            break
        parts[at] = _squeezed(parts[at], wide[at] - over, letters)
    return "".join(parts)


def _consists(part: str) -> bool:
    return part.startswith((r"\frac{", r"\sqrt{", r"\begin{"))


def _parts(text: str) -> list[str]:
    """A text cut into what can be broken within, of all that stands in no braces, and the rest."""
    tokens = TOKEN.findall(text)
    parts, at = [""], 0
    while at < len(tokens):
        token, end = tokens[at], at + 1
        if token in (r"\frac", r"\sqrt") and tokens[at + 1] == "{":
            end = _end(tokens, at + 1)
            if token == r"\frac":
                end = _end(tokens, end)
        elif token == "{" or token.startswith(r"\begin"):
            end = _end(tokens, at)
        found = "".join(tokens[at:end])
        if _consists(found):
            parts += [found, ""]
        else:
            parts[-1] += found
        at = end
    return parts


def _end(tokens: Sequence[str], at: int) -> int:
    """The place after the group or the environment that starts there."""
    depth = 0
    for place in range(at, len(tokens)):
        token = tokens[place]
        depth += token == "{" or token.startswith(r"\begin")
        depth -= token == "}" or token.startswith(r"\end")
        if depth == 0:
            return place + 1
    raise InternalError("braces that do not close", "".join(tokens))


def _squeezed(part: str, room: float, letters: Letters) -> str:
    """What consists of others, each of them broken to a width."""
    if part.startswith(r"\frac"):
        upper = _end(tokens := TOKEN.findall(part), 1)
        halves = ("".join(tokens[2 : upper - 1]), "".join(tokens[upper + 1 : -1]))
        above, below = (_stacked(half, room - RULE, letters.smaller) for half in halves)
        return rf"\frac{{{above}}}{{{below}}}"
    if part.startswith(r"\sqrt"):
        return rf"\sqrt{{{_stacked(part[6:-1], room - ROOT, letters)}}}"
    return _squeezed_entries(part, room, replace(letters, style=Style.TEXT))


def _squeezed_entries(part: str, room: float, letters: Letters) -> str:
    """A choice or a matrix whose entries are broken: the widest columns give way to the others."""
    opened, *inside, closed = TOKEN.findall(part)
    rows = _split_rows(inside)
    columns = [list(column) for column in zip(*rows, strict=True)]
    wide = [max(letters.width(each) for each in column) for column in columns]
    around = letters.width(part) - sum(wide)
    left, shown = room - around, list(columns)
    # A column that cannot be as narrow as is its share takes of the others'.
    fixed: dict[int, float] = {}
    while len(fixed) < len(columns):
        share = _share(
            [w for at, w in enumerate(wide) if at not in fixed], left - sum(fixed.values())
        )
        for at, column in enumerate(columns):
            if at not in fixed:
                shown[at] = [_stacked(each, share, letters) for each in column]
        found = [max(letters.width(each) for each in column) for column in shown]
        over = {
            at: found[at] for at in range(len(columns)) if at not in fixed and found[at] > share
        }
        if not over:
            break
        fixed |= over
    body = r" \\ ".join(" & ".join(row) for row in zip(*shown, strict=True))
    return f"{opened} {body} {closed}"


def _share(wide: Sequence[float], room: float) -> float:
    """How wide columns may be that fit a room together, where those that are narrower stay so."""
    share = 0.0
    for taken, each in enumerate(sorted(wide)):
        share = room / (len(wide) - taken)
        if each > share:
            break
        room -= each
    return share


def _split_rows(tokens: Sequence[str]) -> list[list[str]]:
    """The entries of the rows that stand between the tokens of an environment."""
    rows, depth = [[""]], 0
    for token in tokens:
        depth += token == "{" or token.startswith(r"\begin")
        depth -= token == "}" or token.startswith(r"\end")
        if depth == 0 and token == r"\\":
            rows.append([""])
        elif depth == 0 and token == "&":
            rows[-1].append("")
        else:
            rows[-1][-1] += token
    return [[entry.strip() for entry in row] for row in rows]


def _stacked(text: str, room: float, letters: Letters) -> str:
    """What is wider than a room as lines one under the other."""
    if letters.width(text) <= room:
        return text
    room -= BLOCK / letters.scale
    lines = _hanging(_filled(text, room, room - QUAD / 2, Place.WITHIN, letters), r"\enspace")
    if len(lines) == 1:
        return lines[0]
    if letters.style >= Style.SCRIPT:
        small = r" \\ ".join(lines)
        return rf"\begin{{subarray}}{{l}} {small} \end{{subarray}}"
    shown = r" \\ ".join(rf"&\textstyle {line}" for line in lines)
    return rf"\begin{{aligned}} {shown} \end{{aligned}}"
