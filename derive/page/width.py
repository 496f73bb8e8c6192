"""The width of a formula in Computer Modern at 10 pt, estimated from its source."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from derive.printing.macros import plain

_BLOCK = "pmatrix|cases|aligned|subarray"
"""The environments that stand in formulas."""


TOKEN = re.compile(rf"\\(?:begin|end)\{{(?:{_BLOCK})\}}|\\[A-Za-z]+|\\.|[{{}}^_&]|\d|\s+|.")


OPENERS = ("{", *(rf"\begin{{{each}}}" for each in _BLOCK.split("|")), r"\lvert", r"\left")


CLOSERS = ("}", *(rf"\end{{{each}}}" for each in _BLOCK.split("|")), r"\rvert", r"\right")


class Style(IntEnum):
    """How a formula is set: on its own, in a line, as a script, or as a script of one."""

    DISPLAY = 0
    TEXT = 1
    SCRIPT = 2
    SMALLEST = 3

    @property
    def smaller(self) -> "Style":
        """That of what stands over or under the line of a fraction."""
        return Style(min(self + 1, Style.SMALLEST))

    @property
    def script(self) -> "Style":
        """That of an index, or an exponent."""
        return Style.SCRIPT if self < Style.SCRIPT else Style.SMALLEST


_LETTERS = (
    "a5.3 b4.3 c4.3 d5.2 e4.7 f6.0 g5.2 h5.8 i3.4 j4.7 k5.5 l3.2 m8.8 "
    "n6.0 o4.8 p5.0 q4.9 r4.8 s4.7 t3.6 u5.7 v5.2 w7.5 x5.7 y5.3 z5.1 "
    "A7.5 B8.1 C7.9 D8.3 E8.0 F7.8 G7.9 H9.1 I5.2 J6.5 K9.2 L6.8 M10.8 "
    "N9.1 O7.9 P7.8 Q7.9 R7.6 S6.7 T7.2 U7.9 V8.0 W10.8 X9.1 Y8.0 Z7.5"
)


_GREEK = (
    "alpha6.4 beta6.2 gamma5.7 delta4.8 epsilon4.1 varepsilon4.7 zeta5.1 eta5.3 theta5.0 "
    "vartheta5.9 iota3.5 kappa5.8 lambda5.8 mu6.0 nu5.6 xi4.8 pi6.1 varpi8.6 rho5.2 varrho5.2 "
    "sigma6.1 varsigma4.4 tau5.5 upsilon5.8 phi6.0 varphi6.5 chi6.3 psi6.9 omega6.6 Gamma6.3 "
    "Delta8.3 Theta7.8 Lambda6.9 Xi6.7 Pi7.5 Sigma7.2 Upsilon7.8 Phi7.2 Psi7.8 Omega7.2"
)


_WIDTHS = {
    **{rf"\{each[:-3]}": float(each[-3:]) for each in _GREEK.split()},
    **{each[0]: float(each[1:]) for each in _LETTERS.split()},
    "=": 13.3, ">": 13.3, "<": 13.3, r"\le": 13.3, r"\ge": 13.3, r"\leftarrow": 15.5,
    "+": 12.2, "-": 12.2, r"\odot": 12.2, r"\oslash": 12.2, r"\otimes": 12.2, r"\cdot": 7.2,
    "(": 3.9, ")": 3.9, "[": 2.8, "]": 2.8, r"\lvert": 2.8, r"\rvert": 2.8,
    r"\lVert": 5.0, r"\rVert": 5.0, r"\bigl": 0.7, r"\bigr": 0.7,
    r"\left": 2.0, r"\right": 2.0, r"\quad": 10.0, r"\enspace": 5.0, r"\,": 1.7, r"\\": 0.0,
    ",": 4.4, "'": 2.8, r"\dots": 13.0,
    r"\partial": 5.8, r"\nabla": 8.3, r"\top": 7.8,
    r"\exp": 17.0, r"\ln": 10.0, r"\tanh": 21.8, r"\sin": 14.0, r"\cos": 15.1,
    r"\max": 20.3, r"\min": 18.4, r"\operatorname": 1.7,
    r"\mathbin": 0.0, r"\textstyle": 0.0,
    r"\mathit": 0.0, r"\mathrm": 0.0, r"\mathbf": 0.0, r"\boldsymbol": 0.0,
    r"\hat": 0.0, r"\bar": 0.0, r"\tilde": 0.0,
}  # fmt: skip


_SUM, _SMALL_SUM, _THIN = 14.4, 10.6, 1.7


QUAD = _WIDTHS[r"\quad"]
"""How far a row hangs under the one before it."""


_BESIDE = 0.5
"""Behind a script."""


_TALL = 5.9
"""A tall bracket."""


_TALLER = dict.fromkeys((r"\Bigl", r"\Bigr"), 2.0) | dict.fromkeys((r"\Biggl", r"\Biggr"), 4.0)
"""How much wider a tall bracket is than a low one."""


_GAP = 10.0
"""Between the columns of a matrix."""


_TIGHT = dict.fromkeys(("=", ">", "<", r"\le", r"\ge", "+", "-", r"\odot", r"\oslash"), 7.8) | {
    r"\cdot": 2.8, ",": 2.8, r"\,": 0.0, "'": 3.4,
}  # fmt: skip
"""In scripts signs have no space around them, and a prime is not smaller."""


_SCRIPTS = {1.0: (1.0, 0.8, 0.68), 0.925: (1.0, 0.8, 0.74), 0.85: (1.0, 0.865, 0.8),
            0.8: (1.0, 0.855, 0.855)}  # fmt: skip
"""How wide letters, scripts and scripts of these are beside one another, in letters of a scale:
TeX has none that are smaller than 5 pt.
"""


RULE = 2.4
"""How much wider a fraction is than what stands over and under its line."""


ROOT = 10.0
"""How much wider a root is than what stands in it."""


@cache
def width(text: str, scale: float = 1.0, style: Style = Style.DISPLAY) -> float:
    """The estimated width in pt of a formula's source, before it is scaled; the brackets of
    its matrices, the space between their columns and what a fraction is wider are not.
    """
    return _Letters(scale, _scripts(scale)).width(plain(text), style)


def _scripts(scale: float) -> tuple[float, float, float]:
    return _SCRIPTS[min(_SCRIPTS, key=lambda each: abs(each - scale))]


INNERMOST = re.compile(
    rf"\\begin\{{({_BLOCK})\}}((?:(?!\\begin\{{(?:{_BLOCK})\}}).)*?)\\end\{{\1\}}", re.DOTALL
)


BLOCK = 2.0
"""How much wider lines one under the other are than the widest."""


_BRACKETS = {"pmatrix": (15.0, 18.0), "cases": (14.0, 18.0), "aligned": (BLOCK, BLOCK)}
"""What stands around the entries of an environment, where it is low, and where it is tall."""


@dataclass(frozen=True)
class _Letters:
    """Letters of a scale, and how wide they are as letters, as scripts and as scripts of these."""

    scale: float
    relative: tuple[float, float, float]

    def width(self, text: str, style: Style) -> float:
        """The width of a text in them."""
        while INNERMOST.search(text):
            text = INNERMOST.sub(self.box, text)
        found, _ = self.until(TOKEN.findall(text), 0, style)
        return found

    def box(self, found: re.Match[str]) -> str:
        r"""An environment as \box{width}: columns, the space between, brackets."""
        kind, inside = found[1], found[2].removeprefix("{l}")
        style = Style.SCRIPT if kind == "subarray" else Style.TEXT
        rows = [row.split("&") for row in re.split(r"\\\\(?:\[\d+pt\])?", inside)]
        columns = zip(*rows, strict=False)
        inner = sum(
            max(self.until(TOKEN.findall(each), 0, style)[0] for each in column)
            for column in columns
        )
        tall = len(rows) > 2 or r"\frac" in TOKEN.findall(inside)
        brackets = _BRACKETS.get(kind, (0.0, 0.0))[tall]
        between = _GAP * (len(rows[0]) - 1) if kind in ("pmatrix", "cases") else 0.0
        return rf"\box{{{inner + (between + brackets) / self.scale:.1f}}}"

    def until(self, tokens: list[str], at: int, style: Style) -> tuple[float, int]:
        """The width up to the closing brace, and the place after it."""
        total = 0.0
        while at < len(tokens):
            token = tokens[at]
            if token == "}":
                return total, at + 1
            if token in ("^", "_"):
                scripts, at = self.scripts(tokens, at, style)
                total += max(scripts) + _BESIDE / self.scale
            elif token == r"\sum":
                scripts, at = self.scripts(tokens, at + 1, style)
                # In a display its limits stand under and over it, in a line beside it.
                if style is Style.DISPLAY:
                    total += 2 * _THIN + max(_SUM / self.scale, *scripts)
                else:
                    total += 2 * _THIN + _SMALL_SUM / self.scale + max(scripts)
            elif token == r"\box":
                end = tokens.index("}", at)
                total += float("".join(tokens[at + 2 : end]))
                at = end + 1
            elif token in (r"\frac", r"\tfrac"):
                inner = (style if token == r"\frac" else Style.TEXT).smaller
                above, at = self.group(tokens, at + 1, inner)
                below, at = self.group(tokens, at, inner)
                total += max(above, below) + RULE / self.scale
            elif token == "{":
                found, at = self.until(tokens, at + 1, style)
                total += found
            elif token == r"\sqrt":
                total += ROOT / self.scale
                at += 1
            elif token in _TALLER:
                total += _TALLER[token] + _TALL * (1 / self.scale - 1)
                at += 1
            else:
                total += self.of(style) * _glyph(token, style)
                at += 1
        return total, at

    def of(self, style: Style) -> float:
        """How wide letters of a style are beside those of a line."""
        return self.relative[max(style - Style.TEXT, 0)]

    def scripts(self, tokens: list[str], at: int, style: Style) -> tuple[list[float], int]:
        """The widths of the scripts that stand here, one over the other, and the place after."""
        found = [0.0]
        while at < len(tokens) and tokens[at] in ("^", "_"):
            inner, at = self.group(tokens, at + 1, style.script)
            found.append(inner)
        return found, at

    def group(self, tokens: list[str], at: int, style: Style) -> tuple[float, int]:
        """The width of what stands in braces, or of a token alone, and the place after it."""
        while tokens[at].isspace():
            at += 1
        if tokens[at] == "{":
            return self.until(tokens, at + 1, style)
        return self.until([tokens[at]], 0, style)[0], at + 1


def _glyph(token: str, style: Style) -> float:
    """The width of a sign, in letters of a line."""
    if token.isspace():
        return 0.0
    if style >= Style.SCRIPT and token in _TIGHT:
        return _TIGHT[token]
    return _WIDTHS.get(token, 5.0 if token.isdigit() else 5.8)
