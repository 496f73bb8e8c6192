r"""Formula -> rows of an align: broken by structure to the width of a column.

Sides stand on one row where they fit, else each on its own, and a side that is still too
wide is broken before a product dot or a sign at the top, or within \Bigl( ... \Bigr).
Widths are those of Computer Modern at 10 pt, estimated from the source.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from derive.document import Formula
from derive.notation import plain

COLUMN = 252.0
"""The column of a two-column journal, in pt."""
NUMBER = 30.0
"""The equation number and the space before it."""

_TOKEN = re.compile(r"\\(?:begin|end)\{(?:pmatrix|cases)\}|\\[A-Za-z]+|\\.|[{}^_&]|\d|\s+|.")
OPENERS = ("{", r"\begin{pmatrix}", r"\begin{cases}", r"\lvert", "[")
CLOSERS = ("}", r"\end{pmatrix}", r"\end{cases}", r"\rvert", "]")
_WIDTHS = {
    "=": 13.3, "+": 12.2, "-": 12.2, "(": 3.9, ")": 3.9, ",": 4.4, "'": 2.8, "I": 4.6,
    r"\cdot": 7.2, r"\odot": 12.2, r"\otimes": 12.2, r"\leftarrow": 15.5, r"\sum": 16.1,
    r"\partial": 5.8, r"\lVert": 5.0, r"\rVert": 5.0, r"\,": 1.7, r"\top": 7.8, r"\quad": 10.0,
    r"\Bigl": 2.0, r"\Bigr": 2.0, r"\dots": 13.0, r"\\": 0.0, r"\mathit": 0.0,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row: what stands left and right of the alignment, and whether its formula ends here."""

    left: str
    right: str
    formula: Formula
    ends: bool


def lay_out(formulas: Sequence[Formula], column: float = COLUMN) -> tuple[Row, ...]:
    """The rows of formulas that are aligned with one another.

    Where a left side is too wide for what follows it, all of them stand alone, and their
    right sides hang under them.
    """
    left = max(width(formula.left) for formula in formulas)
    pieces = [piece for f in formulas for side in f.sides for piece in _pieces(side)]
    hangs = left + max(map(width, pieces)) + _WIDTHS["="] > column - NUMBER
    room = column - NUMBER - (_WIDTHS[r"\quad"] if hangs else left)
    return tuple(row for formula in formulas for row in _rows(formula, room, hangs))


def _rows(formula: Formula, room: float, hangs: bool) -> list[Row]:
    sides = [f"{formula.relation} {side}" for side in formula.sides]
    whole = " ".join(sides)
    pieces = [whole] if width(whole) <= room else [p for side in sides for p in _broken(side, room)]
    if hangs:
        pieces = [formula.left, *(rf"\quad {piece}" for piece in pieces)]
    last = len(pieces) - 1
    return [
        Row(formula.left if place == 0 and not hangs else "", piece, formula, place == last)
        for place, piece in enumerate(pieces)
    ]


def _broken(side: str, room: float) -> list[str]:
    """A side in pieces, each as wide as fits; a later piece starts with its operator."""
    lines = [""]
    for piece in _pieces(side):
        candidate = f"{lines[-1]} {piece}".strip()
        if lines[-1] and width(candidate) > room:
            lines.append(rf"\quad {piece}")
        else:
            lines[-1] = candidate
    return lines


def _pieces(side: str) -> list[str]:
    r"""Cut before \cdot, + and - that stand in no braces and in no round brackets but \Bigl(."""
    pieces, depth, brackets, current = [], 0, 0, ""
    tokens = _TOKEN.findall(side)
    for place, token in enumerate(tokens):
        tall = place > 0 and tokens[place - 1] in (r"\Bigl", r"\Bigr")
        depth += (token in OPENERS) - (token in CLOSERS)
        if not tall:
            brackets += (token == "(") - (token == ")")
        breaks = token in (r"\cdot", "+", "-") and depth == 0 and brackets == 0
        if breaks and not _starts(current):
            pieces.append(current.strip())
            current = ""
        current += token
    return [*pieces, current.strip()]


def _starts(text: str) -> bool:
    """Whether an operator after the text is a sign, and binds nothing before it."""
    return text.strip() in ("", "=") or re.search(r"[({=]\s*$", text) is not None


@cache
def width(text: str) -> float:
    """The estimated width in pt of a formula's source."""
    found, _ = _width(_TOKEN.findall(_boxed(plain(text))), 0)
    return found


INNERMOST = re.compile(
    r"\\begin\{(pmatrix|cases)\}((?:(?!\\begin\{(?:pmatrix|cases)\}).)*?)\\end\{\1\}",
    re.DOTALL,
)


def _boxed(text: str) -> str:
    r"""Every matrix, and all cases, as \box{width}: columns, the space between, brackets."""

    def box(found: re.Match[str]) -> str:
        # Inside a matrix a fraction is set small.
        inside = found[2].replace(r"\frac", r"\tfrac")
        rows = [row.split("&") for row in re.split(r"\\\\(?:\[\d+pt\])?", inside)]
        columns = zip(*rows, strict=False)
        inner = sum(max(_width(_TOKEN.findall(x), 0)[0] for x in column) for column in columns)
        return rf"\box{{{inner + 10 * (len(rows[0]) - 1) + 14:.1f}}}"

    while INNERMOST.search(text):
        text = INNERMOST.sub(box, text)
    return text


def _width(tokens: list[str], at: int) -> tuple[float, int]:
    """The width up to the closing brace, and the place after it."""
    total = 0.0
    while at < len(tokens):
        token = tokens[at]
        if token == "}":
            return total, at + 1
        if token in ("^", "_"):
            inner, at = _group(tokens, at + 1)
            # The limits of a sum stand under and over it.
            total += 0.0 if _after_sum(tokens, at) else 0.7 * inner + 0.5
            continue
        if token == r"\box":
            end = tokens.index("}", at)
            total += float("".join(tokens[at + 2 : end]))
            at = end + 1
            continue
        if token in (r"\frac", r"\tfrac"):
            scale = 1.0 if token == r"\frac" else 0.7
            above, at = _group(tokens, at + 1)
            below, at = _group(tokens, at)
            total += scale * max(above, below) + 2.4
            continue
        if token == "{":
            inner, at = _width(tokens, at + 1)
            total += inner
            continue
        total += 0.0 if token.isspace() else _WIDTHS.get(token, 5.0 if token.isdigit() else 5.8)
        at += 1
    return total, at


def _group(tokens: list[str], at: int) -> tuple[float, int]:
    while tokens[at].isspace():
        at += 1
    if tokens[at] == "{":
        return _width(tokens, at + 1)
    return _width([tokens[at]], 0)[0], at + 1


def _after_sum(tokens: list[str], end: int) -> bool:
    """Whether the script that ended before `end` belongs to a sum sign."""
    text = "".join(tokens[:end])
    return re.search(r"\\sum(_\{[^{}]*\}|_.)?(\^\{[^{}]*\}|\^.)?$", text) is not None
