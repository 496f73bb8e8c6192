"""A text of the language -> its pieces, each with its place."""

import re
from dataclasses import dataclass
from typing import NoReturn

from derive.reading.source import Passage

MAX_DIGITS = 30


@dataclass(frozen=True)
class Token:
    """A piece of the text: kind is "name", "number", "end" or the character itself."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"(?P<space>[ \t]+|\#[^\n]*)|(?P<newline>\n)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>\*\*|>=|<=|[-+*/^=()\[\]{},<>])"
)


_BRACKETS = "brackets are ( ) around terms and [ ] around indices"


FOREIGN = {
    ".": "an attribute has no place in an equation; decimals are written 0.5",
    "'": "the equations hold no strings; a derivative f' is found, not written",
    '"': "the equations hold no strings",
    "_": "a name starts with a letter",
    "{": _BRACKETS,
    "}": _BRACKETS,
    "**": "write ^ for a power",
}
"""What has no place in an equation, and what to write; the braces have one in an assumption."""


def fail_foreign(passage: Passage, at: int, sign: str) -> NoReturn:
    """Raise the ModelError for a sign that has no place there."""
    cure = "an equation holds + - * / ^, sum(i, ...), functions and indexed names"
    passage.fail(at, f"{sign!r} is not part of the language", FOREIGN.get(sign, cure))


def tokenise(passage: Passage) -> list[Token]:
    """Cut the text; an "end" token closes each equation. Offsets are into the text."""
    tokens: list[Token] = []
    text, at, open_brackets = passage.text, 0, 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            fail_foreign(passage, at, text[at])
        kind, piece = str(found.lastgroup), found.group()
        if kind == "newline" and open_brackets == 0:
            tokens.append(Token("end", "the end of the line", at))
        elif kind == "number" and len(piece) > MAX_DIGITS:
            passage.fail(at, f"a number of {len(piece)} digits", f"use at most {MAX_DIGITS} digits")
        elif kind in ("name", "number"):
            tokens.append(Token(kind, piece, at))
        elif kind == "sign":
            open_brackets += (piece in "([") - (piece in ")]" and open_brackets > 0)
            tokens.append(Token(piece, piece, at))
        at = found.end()
    tokens.append(Token("end", "the end of the equations", len(text)))
    return tokens
