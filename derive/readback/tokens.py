"""LaTeX formulas -> tokens."""

import re

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
