"""LaTeX formulas -> tokens, and a cursor that goes through them."""

import re
from typing import NoReturn

from derive.errors import DeriveError


class LatexError(DeriveError):
    """A formula outside the grammar."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, "write it as the pages of derive do")
        self.args = (problem,)


_SKIPPED = re.compile(
    r"\\(?:[,;:! ]|quad\b|qquad\b|[bB]ig+[lr]?\b|left\b|right\b|displaystyle\b|notag\b)"
    r"|\\label\{[^}]*\}|(?<=\\\\)\[\d+pt\]|[\s~]+"
)


_TOKEN = re.compile(
    r"\\(?:begin|end)\{(?:pmatrix|cases)\}|\\(?:mathit|mathrm|operatorname)\{[A-Za-z]+\}"
    r"|\\mathbf\{1\}|\\\\|\\[A-Za-z]+|\d+(?:\.\d+)?|[A-Za-z]|[-+=<>()\[\]^_{},'/|&]"
)


def tokenise(text: str, names: tuple[str, ...]) -> tuple[list[str], list[int]]:
    """The tokens of a formula and where each begins; `names` are heads of several letters.

    What only sets a formula, spaces and sizes of brackets, is none. Raises LatexError.
    """
    tokens, places, at = [], [], 0
    while at < len(text):
        skipped = _SKIPPED.match(text, at)
        if skipped:
            at = skipped.end()
            continue
        name = next((n for n in names if len(n) > 1 and text.startswith(n, at)), None)
        found = _TOKEN.match(text, at)
        if name is None and found is None:
            raise LatexError(f"no part of a formula: {text[at : at + 20]!r} in {text!r}")
        token = name or (found.group() if found else "")
        tokens.append(token)
        places.append(at)
        at += len(token)
    return tokens, places


class Cursor:
    """A place in the tokens of a formula, from which they are taken one by one."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self.text = text
        self.tokens, self.places = tokenise(text, names)
        self.position = 0

    @property
    def next(self) -> str:
        """The token that is next; an empty text at the end."""
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        """The token that is next, which has to be one of those expected, if any are named."""
        token = self.next
        if expected and token not in expected:
            self.fail(f"expected {' or '.join(expected)}")
        self.position += 1
        return token

    def fail(self, problem: str) -> NoReturn:
        """Raise LatexError at the token that is next."""
        done = self.position >= len(self.tokens)
        at = len(self.text) if done else self.places[self.position]
        raise LatexError(f"{problem} at {self.text[at : at + 25]!r} in {self.text!r}")

    def group(self) -> list[str]:
        """The tokens of {...}, or the one token that stands for a group."""
        if self.next != "{":
            return [self.take()]
        self.take("{")
        found: list[str] = []
        depth = 1
        while depth:
            if not self.next:
                self.fail("expected }")
            depth += (self.next == "{") - (self.next == "}")
            found.append(self.take())
        return found[:-1]
