"""A text of the language -> its pieces, each with its place."""

import re
from dataclasses import dataclass
from fractions import Fraction

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
    r"|(?P<sign>\*\*|>=|<=|==|!=|:=|&&|\|\||//|\\[A-Za-z]+|\.[A-Za-z_]\w*|[^\n])"
)
_EQUATION = re.compile(rf"\s*(?:{NAME})[^\S\n]*(?:\[[^\]\n]*\])?[^\S\n]*=(?!=)")
"""How a line begins that is an equation of its own, whatever is still open above."""


_GOES_ON = re.compile(r"\s*(?:[+*^·×]|[-−](?!-)|/(?!/))")
"""How a line begins that goes on with the one above."""


_KNOWN = frozenset({*"+-*/^=()[]{},<>@", ">=", "<="})
_OPEN = frozenset("+-*/^=,@")
"""Behind which a line goes on."""


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
        if kind == "newline":
            hangs = (tokens and tokens[-1].kind in _OPEN) or _GOES_ON.match(text, at)
            if not (open_brackets or hangs) or _EQUATION.match(text, at):
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
    tokens.append(Token("end", "the end of the text", len(text)))
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
