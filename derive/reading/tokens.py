"""A text of the language -> its pieces, each with its place."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from derive.reading.characters import FRACTIONS, NAME, RAISED, SIGNS, named
from derive.reading.source import Passage

MAX_DIGITS = 30


MODULES = r"(?:(?:np|numpy|math|jnp|torch|tf|nn|F|functional)\.)+(?=\w+\()"
"""Where other people's functions lie, before the name of one that is called."""


@dataclass(frozen=True)
class Token:
    """A piece of the text: kind is "name", "number", "end", "foreign" or the sign itself."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    rf"(?P<space>[^\S\n]+|\#[^\n]*)|(?P<newline>\n)"
    rf"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?P<fraction>[{''.join(FRACTIONS)}])"
    rf"|(?P<raised>[{''.join(RAISED)}]+)|(?P<name>(?:{MODULES})?(?:{NAME}))"
    r"|(?P<sign>\*\*|>=|<=|==|!=|:=|&&|\|\||[^\n])"
)
_EQUATION = re.compile(rf"\s*(?:{NAME})[^\S\n]*(?:\[[^\]\n]*\])?[^\S\n]*=(?!=)")
"""How a line begins that is an equation of its own, whatever bracket is still open above."""


_KNOWN = frozenset({*"+-*/^=()[]{},<>@", ">=", "<="})
_BRACKETS = "brackets are ( ) around terms and [ ] around indices"
_COMPARISONS = "the comparisons are >, <, >= and <=, as in where(a > b, x, y)"
_BOTH = "a where has one comparison; put one where into another"


FOREIGN = {
    ".": "an attribute has no place in an equation; a product is sum(j, V[k,j] * h[j])",
    "'": "the equations hold no strings; a derivative f' is found, not written",
    '"': "the equations hold no strings",
    "_": "a name starts with a letter",
    "{": _BRACKETS,
    "}": _BRACKETS,
    "==": _COMPARISONS,
    "!=": _COMPARISONS,
    "\N{NOT EQUAL TO}": _COMPARISONS,
    "&&": _BOTH,
    "||": "write norm(j, h[j]) for a length, abs(z) for an absolute value",
    "|": "write abs(z) for an absolute value",
    ":=": "write = between the two sides of an equation",
    ";": "an equation ends with its line; write nothing behind it",
    "\\": "an equation holds no LaTeX: write sum(i, W[j,i] * x[i]), sigma, h_in",
    "$": "an equation holds no LaTeX: write sum(i, W[j,i] * x[i]), sigma, h_in",
    "!": "a factorial has no place here",
    "%": "write a / 100",
    "\N{INFINITY}": "write a large number, such as 1e9",
    "\N{NABLA}": "derivatives are found, not written",
    "\N{PARTIAL DIFFERENTIAL}": "derivatives are found, not written",
    "\N{MODIFIER LETTER CAPITAL T}": "a transpose is an order of indices: sum(k, V[k,j] * d[k])",
}
"""What has no place in an equation, and what to write; the braces have one in an assumption."""


def fail_foreign(passage: Passage, at: int, sign: str) -> NoReturn:
    """Raise the ModelError for a sign that has no place there."""
    cure = "an equation holds + - * / ^, sum(i, ...), functions and indexed names"
    if sign.isalpha():
        cure = "names are of Latin and Greek letters, digits and _, such as y_hat or h_in"
    passage.fail(at, f"{sign!r} is not part of the language", FOREIGN.get(sign, cure))


def tokenise(passage: Passage) -> list[Token]:
    """Cut the text; an "end" token closes each equation. Offsets are into the text.

    What has no place in the language is a token of kind "foreign", for whoever meets it.
    """
    tokens: list[Token] = []
    text, at, open_brackets = passage.text, 0, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None  # any character but a new line is a sign
        kind, piece = str(found.lastgroup), found.group()
        if kind == "newline" and (open_brackets == 0 or _EQUATION.match(text, at)):
            tokens.append(Token("end", "the end of the line", at))
            open_brackets = 0
        elif kind == "name":
            module, _, name = piece.rpartition(".")
            tokens.append(Token("name", f"{module}.{name}" if module else named(name), at))
        elif kind == "number":
            tokens.append(Token("number", piece, at))
        elif kind == "fraction":
            beside = "*" if re.match(rf"\s*(?:{NAME}|[\d(])", text[found.end() :]) else ""
            tokens += _written(at, "(", *re.split("(/)", FRACTIONS[piece]), ")", beside)
        elif kind == "raised":
            digits = "".join(RAISED[sign] for sign in piece)
            tokens += _written(at, "^", "(", *re.split("(-)", digits), ")")
        elif kind == "sign":
            sign = SIGNS.get(piece, piece)
            open_brackets += (sign in "([") - (sign in ")]" and open_brackets > 0)
            tokens.append(Token(sign if sign in _KNOWN else "foreign", sign, at))
        at = found.end()
    tokens.append(Token("end", "the end of the equations", len(text)))
    return tokens


def _written(at: int, *pieces: str) -> list[Token]:
    """The tokens of a character that stands for several."""
    return [Token("number" if p.isdigit() else p, p, at) for p in pieces if p]


def number(passage: Passage, token: Token) -> Fraction:
    """The exact value of a number, of at most MAX_DIGITS digits and an exponent of two."""
    digits, _, exponent = token.text.lower().partition("e")
    if len(digits) > MAX_DIGITS:
        cure = f"use at most {MAX_DIGITS} digits"
        passage.fail(token.at, f"a number of {len(digits)} digits", cure)
    if len(exponent.lstrip("+-").lstrip("0")) > 2:
        cure = "use an exponent of at most two digits, 1e-12"
        passage.fail(token.at, f"the number {token.text[:40]}", cure)
    return Fraction(f"0{token.text}" if digits.startswith(".") else token.text)
