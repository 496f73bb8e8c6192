"""Pieces of an equation where they do not fit -> what is said of them, and what to write.

`before` are the tokens of the equation up to there, `ahead` those from there on.
"""

from collections.abc import Sequence

from derive.functions.table import TABLE
from derive.reading.instead import PROGRAM, TRANSPOSE, what_instead
from derive.reading.synonyms import BINDERS, ROOTS, SYNONYMS
from derive.reading.tokens import Token

Tokens = Sequence[Token]


_SIDES = "write = between the two sides of an equation"
_NAMES = "a name is a letter, then letters, digits and _: h_1, y_hat"
_FORM = "an equation is written name[indices] = expression"
_CONDITION = "a comparison stands only in a where: where(a > b, x, y)"
_SUM = "write sum(i, W[j,i] * x[i])"


def no_equals(before: Tokens, ahead: Tokens) -> str:
    """What to write where a left-hand side does not go on with =."""
    name, found = before[0].text, ahead[0]
    if name in PROGRAM:
        return PROGRAM[name]
    if found.text in ("==", "<", ":", "~", "\N{LEFTWARDS ARROW}"):
        return _SIDES
    if found.kind in "+-*/^" and [token.kind for token in ahead[1:2]] == ["="]:
        return f"{_SIDES}; a quantity is defined once, by all that it is"
    if found.kind in ("(", "{") and len(before) == 1:
        return _indexed(name, inside(ahead)) or _FORM
    if len(before) == 1 and (found.kind in ("+", "-", "*", "^", "number") or found.text in "'."):
        return _NAMES
    return what_instead(found.text) or _FORM


def _indexed(name: str, letters: list[str]) -> str | None:
    """What to write for h(j), W_{ji} and h_{in}."""
    if not letters:
        return None
    head, text = name.rstrip("_"), "".join(letters)
    if head == name or len(letters) > 1 or len(text) == 1:
        return f"write {head}[{','.join(letters)}]"
    return f"write {head}[{','.join(text)}] for indices, {head}_{text} for a name"


def inside(ahead: Tokens) -> list[str]:
    """The names within a bracket that opens there, if there are only names."""
    letters: list[str] = []
    for token in ahead[1:]:
        if token.kind in (")", "}", "]"):
            return letters
        if token.kind == "name":
            letters.append(token.text)
        elif token.kind != ",":
            break
    return []


def beside(before: Tokens, ahead: Tokens) -> str:
    """What to write where something stands behind a factor without a sign between them."""
    last, found = before[-1], ahead[0]
    if last.text in TRANSPOSE and [token.kind for token in before[-2:-1]] == ["^"]:
        return TRANSPOSE[last.text]
    if found.text in PROGRAM or last.text in PROGRAM:
        return PROGRAM[found.text if found.text in PROGRAM else last.text]
    if _is_sum(before):
        return _SUM
    if last.kind == "name" and last.text in (*TABLE, *SYNONYMS, *ROOTS):
        return f"write its argument in brackets: {last.text}(...)"
    if found.kind == "{":
        return _indexed(last.text, inside(ahead)) or str(what_instead("{"))
    if found.kind == "[":
        return "indices stand right behind a name: a[j], a_1[j]"
    if last.kind == found.kind == "number":
        return "a number is written in one piece, 1000; write * between two for a product"
    product = "write * between them for a product"
    if [token.kind for token in ahead[:4]] == ["(", "number", ")", "end"]:
        return f"{product}; the number of an equation is left out"
    if last.kind == found.kind == "name" and not (ahead[1:] and ahead[1].kind in "(["):
        return f"{product}; of arrays with their indices, sum(j, V[k,j] * h[j])"
    return product


def _is_sum(before: Tokens) -> bool:
    """Whether a sum ends there that has no bracket: sum_i, sum[i], sum."""
    names = [token.text for token in before if token.kind == "name"]
    if before[-1].kind == "]":
        kinds = [token.kind for token in before]
        names = [before[len(kinds) - kinds[::-1].index("[") - 2].text]
    elif before[-1].kind != "name":
        return False
    head = names[-1].partition("_")[0] if names else ""
    return SYNONYMS.get(head, head) in BINDERS


def behind(before: Tokens, ahead: Tokens) -> str:
    """What to do where an equation should end and goes on."""
    found = ahead[0]
    if found.kind in (")", "]"):
        return "no such bracket is open: remove it"
    if found.kind == "=":
        return "an equation has one =, behind the name that it defines"
    if found.kind in (">", "<", ">=", "<="):
        return _CONDITION
    if found.kind == "," and before[-1].kind == "number" and ahead[1].kind == "number":
        return f"a decimal has a point: {before[-1].text}.{ahead[1].text}"
    if found.kind == ",":
        return "an equation ends with its line; write nothing behind it"
    return "write one equation on each line"


def open_arguments(found: Token) -> str:
    """What to do where the arguments of a function should end."""
    if found.kind == "=":
        return (
            "an argument holds no =: an index runs from 1 to its size by itself, sum(i, ...); "
            "the comparisons are >, <, >= and <="
        )
    if found.kind in (">", "<", ">=", "<="):
        return "a where has one comparison; put one where into another"
    return "close the bracket of the arguments"


def open_bracket(found: Token) -> str:
    """What to do where a bracket around terms should end."""
    if found.kind == ",":
        return "index letters stand in no bracket of their own: sum(i, j, ...)"
    if found.kind in (">", "<", ">=", "<="):
        return _CONDITION
    return "close the bracket opened before"


def in_brackets(found: Token) -> str:
    """What to write between [ and ]."""
    if found.kind == "number":
        return (
            "index letters stand for all numbers: W[j,i]; "
            "how far they run is said under [sizes] and [example]"
        )
    if found.kind in ("+", "-", "*"):
        return "the language has no index arithmetic yet: give windows as an input, x[i,a]"
    if found.kind in (")", "end"):
        return "close the bracket of the indices: ]"
    if found.kind == "]":
        return "write an index letter, or no brackets where there is none"
    if found.kind == "name":
        return "write commas between index letters: [j,i]"
    return "between [ ] stand index letters, such as [j,i]"
