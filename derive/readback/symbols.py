"""The symbols of a LaTeX formula: a letter with its primes, its subscript and its superscript."""

import re

from derive.readback.tokens import Cursor
from derive.readback.tree import Symbol

BOLD, ACCENTS = r"\boldsymbol", (r"\hat", r"\bar", r"\tilde")


def read_symbol(at: Cursor, raised: frozenset[tuple[str, str]]) -> Symbol:
    """The symbol that the cursor is at; `raised` as for `reader.read_formula`."""
    head = _head(at)
    primes, subscript, superscript = 0, "", ""
    while at.next in ("'", "_") or (at.next == "^" and _in_name(at, head, subscript, raised)):
        match at.take():
            case "'":
                primes += 1
            case "_":
                subscript += "".join(at.group())
            case _:
                superscript = _script("".join(at.group()))
    return Symbol(head, primes, _script(subscript), superscript)


def _head(at: Cursor) -> str:
    r"""A letter, a word or a command; \hat{y} is yhat."""
    token = at.take()
    if token not in (BOLD, *ACCENTS):
        return re.sub(r"\\(?:mathit|mathrm|operatorname)\{(\w+)\}", r"\1", token)
    at.take("{")
    inside = _head(at)
    at.take("}")
    if token == BOLD:
        return f"{BOLD}{{{inside}}}"
    bold = inside.removeprefix(f"{BOLD}{{").removesuffix("}")
    marked = bold.lstrip("\\") + token[1:]
    return marked if bold == inside else f"{BOLD}{{{marked}}}"


def _in_name(at: Cursor, head: str, subscript: str, raised: frozenset[tuple[str, str]]) -> bool:
    """Whether the superscript that follows belongs to a name, and is no exponent."""
    first, *_ = at.tokens[at.position + 1 :] or [""]
    if first == "{":
        first = at.tokens[at.position + 2]
    if first in ("(", "["):
        return (head, first) in raised
    return not subscript and (head, "") in raised


def _script(text: str) -> str:
    r"""What stands below or above, in letters alone: \hat{y} is yhat, \mathit{net} is net."""
    text = re.sub(r"\\(hat|bar|tilde)\{\\?(\w+)\}", r"\2\1", text)
    return re.sub(r"\\mathit\{(\w+)\}", r"\1", text).replace("\\", "")
