"""The width of a formula in Computer Modern at 10 pt, estimated from its source."""

import re
from functools import cache

from derive.printing.macros import plain

TOKEN = re.compile(r"\\(?:begin|end)\{(?:pmatrix|cases)\}|\\[A-Za-z]+|\\.|[{}^_&]|\d|\s+|.")


OPENERS = ("{", r"\begin{pmatrix}", r"\begin{cases}", r"\lvert", "[")


CLOSERS = ("}", r"\end{pmatrix}", r"\end{cases}", r"\rvert", "]")


_LETTERS = (
    "a5.3 b4.3 c4.3 d5.2 e4.7 f6.0 g5.2 h5.8 i3.4 j4.7 k5.5 l3.2 m8.8 "
    "n6.0 o4.8 p5.0 q4.9 r4.8 s4.7 t3.6 u5.7 v5.2 w7.5 x5.7 y5.3 z5.1 "
    "A7.5 B8.1 C7.9 D8.3 E8.0 F7.8 G7.9 H9.1 I5.2 J6.5 K9.2 L6.8 M10.8 "
    "N9.1 O7.9 P7.8 Q7.9 R7.6 S6.7 T7.2 U7.9 V8.0 W10.8 X9.1 Y8.0 Z7.5"
)


_WIDTHS = {
    **{each[0]: float(each[1:]) for each in _LETTERS.split()},
    "=": 13.3, ">": 13.3, "<": 13.3, r"\le": 13.3, r"\ge": 13.3, r"\leftarrow": 15.5,
    "+": 12.2, "-": 12.2, r"\odot": 12.2, r"\oslash": 12.2, r"\otimes": 12.2, r"\cdot": 7.2,
    "(": 3.9, ")": 3.9, "[": 2.8, "]": 2.8, r"\lvert": 2.8, r"\rvert": 2.8,
    r"\lVert": 5.0, r"\rVert": 5.0, r"\Bigl": 2.0, r"\Bigr": 2.0, r"\bigl": 0.7, r"\bigr": 0.7,
    ",": 4.4, "'": 2.8, r"\,": 1.7, r"\quad": 10.0, r"\dots": 13.0, r"\\": 0.0,
    r"\partial": 5.8, r"\nabla": 8.3, r"\top": 7.8,
    r"\exp": 17.0, r"\ln": 10.0, r"\tanh": 21.8, r"\sin": 14.0, r"\cos": 15.1,
    r"\max": 20.3, r"\min": 18.4, r"\operatorname": 1.7,
    r"\sqrt": 10.0, r"\mathbin": 0.0,
    r"\mathit": 0.0, r"\mathrm": 0.0, r"\mathbf": 0.0, r"\boldsymbol": 0.0,
    r"\hat": 0.0, r"\bar": 0.0, r"\tilde": 0.0,
}  # fmt: skip


_SUM, _SMALL_SUM, _THIN = 14.4, 10.6, 1.7


QUAD = _WIDTHS[r"\quad"]
"""How far a row hangs under the one before it."""


_GAP = 10.0
"""Between the columns of a matrix."""


_SCRIPT = 0.8
"""The size of a script beside its letter."""


@cache
def width(text: str, scale: float = 1.0) -> float:
    """The estimated width in pt of a formula's source, before it is scaled; then the space between
    the columns of its matrices is not.
    """
    found, _ = _width(TOKEN.findall(_boxed(plain(text), _GAP / scale)), 0, True)
    return found


INNERMOST = re.compile(
    r"\\begin\{(pmatrix|cases)\}((?:(?!\\begin\{(?:pmatrix|cases)\}).)*?)\\end\{\1\}",
    re.DOTALL,
)


def _boxed(text: str, gap: float) -> str:
    r"""Every matrix, and all cases, as \box{width}: columns, the space between, brackets."""

    def box(found: re.Match[str]) -> str:
        # Inside a matrix a fraction is set small.
        inside = found[2].replace(r"\frac", r"\tfrac")
        rows = [row.split("&") for row in re.split(r"\\\\(?:\[\d+pt\])?", inside)]
        columns = zip(*rows, strict=False)
        inner = sum(
            max(_width(TOKEN.findall(x), 0, False)[0] for x in column) for column in columns
        )
        tall = len(rows) > 2 or r"\frac" in TOKEN.findall(found[2])
        brackets = 18 if tall else 14
        return rf"\box{{{inner + gap * (len(rows[0]) - 1) + brackets:.1f}}}"

    while INNERMOST.search(text):
        text = INNERMOST.sub(box, text)
    return text


def _width(tokens: list[str], at: int, display: bool) -> tuple[float, int]:
    """The width up to the closing brace, and the place after it."""
    total = 0.0
    while at < len(tokens):
        token = tokens[at]
        if token == "}":
            return total, at + 1
        if token in ("^", "_"):
            scripts, at = _scripts(tokens, at)
            total += max(scripts) + 0.5
        elif token == r"\sum":
            scripts, at = _scripts(tokens, at + 1)
            # In a display its limits stand under and over it, in a line beside it.
            total += _THIN + (max(_SUM, *scripts) if display else _SMALL_SUM + max(scripts))
        elif token == r"\box":
            end = tokens.index("}", at)
            total += float("".join(tokens[at + 2 : end]))
            at = end + 1
        elif token in (r"\frac", r"\tfrac"):
            scale = 1.0 if display and token == r"\frac" else _SCRIPT
            above, at = _group(tokens, at + 1)
            below, at = _group(tokens, at)
            total += scale * max(above, below) + 2.4
        elif token == "{":
            inner, at = _width(tokens, at + 1, display)
            total += inner
        else:
            total += 0.0 if token.isspace() else _WIDTHS.get(token, 5.0 if token.isdigit() else 5.8)
            at += 1
    return total, at


def _scripts(tokens: list[str], at: int) -> tuple[list[float], int]:
    """The widths of the scripts that stand here, one over the other, and the place after them."""
    found = [0.0]
    while at < len(tokens) and tokens[at] in ("^", "_"):
        inner, at = _group(tokens, at + 1)
        found.append(_SCRIPT * inner)
    return found, at


def _group(tokens: list[str], at: int) -> tuple[float, int]:
    while tokens[at].isspace():
        at += 1
    if tokens[at] == "{":
        return _width(tokens, at + 1, False)
    return _width([tokens[at]], 0, False)[0], at + 1
