"""What a model file assumes of its data, one form for each sentence: text -> Assumption.

sum(k, y[k]) = 1        y[k] in [0, 1]        y[k] in {-1, 1}
one_hot(k, y[k])        y[k] >= 0             y[k] > 0
"""

import re
from collections.abc import Callable
from fractions import Fraction

from derive.model.assumptions import Assumption, OneOf, SumsTo, Within

_NUMBER = r"-?\d+(?:\.\d+)?"


_ENTRY = r"(?P<name>[A-Za-z]\w*)\s*(?:\[(?P<indices>[\w\s,]*)\])?"


_FORMS = {
    "sums": rf"sum\(\s*(?P<over>[\w\s,]*?)\s*,\s*{_ENTRY}\s*\)\s*=\s*(?P<total>{_NUMBER})",
    "hot": rf"one_hot\(\s*(?P<over>[\w\s,]*?)\s*,\s*{_ENTRY}\s*\)",
    "within": rf"{_ENTRY}\s+in\s*\[\s*(?P<low>{_NUMBER})\s*,\s*(?P<high>{_NUMBER})\s*\]",
    "one of": rf"{_ENTRY}\s+in\s*\{{\s*(?P<values>{_NUMBER}(?:\s*,\s*{_NUMBER})*)\s*\}}",
    "from": rf"{_ENTRY}\s*(?P<sign>>=|>)\s*(?P<low>{_NUMBER})",
}


SHAPES = "sum(k, y[k]) = 1, one_hot(k, y[k]), y[k] in [0, 1], y[k] in {0, 1}, y[k] >= 0, y[k] > 0"


def read_assumption(
    text: str, indices_of: Callable[[str, tuple[str, ...] | None], tuple[str, ...]]
) -> tuple[Assumption, ...]:
    """The assumptions that a text states; one_hot states two.

    `indices_of` returns the letters of the array of that name, and fails where it is not
    the name of data or does not have the given letters. Raises ValueError with what is
    wrong where the text has no known form.
    """
    for form, pattern in _FORMS.items():
        found = re.fullmatch(pattern, text.strip())
        if found:
            return _assumption(form, found, indices_of)
    raise ValueError(f"{text!r} is no assumption that can be checked")


def _assumption(
    form: str,
    found: re.Match[str],
    indices_of: Callable[[str, tuple[str, ...] | None], tuple[str, ...]],
) -> tuple[Assumption, ...]:
    name, group = found["name"], found.groupdict()
    given = None if group["indices"] is None else _letters(group["indices"])
    letters = indices_of(name, given)
    if form in ("sums", "hot"):
        over = _letters(group["over"])
        if not over or not set(over) <= set(letters) or len(set(over)) < len(over):
            raise ValueError(f"{name} has the indices {', '.join(letters)}")
    if form == "sums":
        return (SumsTo(name, over, Fraction(group["total"])),)
    if form == "hot":
        return (OneOf(name, (Fraction(0), Fraction(1))), SumsTo(name, over, Fraction(1)))
    if form == "one of":
        values = [Fraction(value) for value in re.findall(_NUMBER, group["values"])]
        return (OneOf(name, tuple(dict.fromkeys(values))),)
    low = Fraction(group["low"])
    if form == "from":
        return (Within(name, low, open=group["sign"] == ">"),)
    high = Fraction(group["high"])
    if high < low:
        raise ValueError(f"no number lies between {low} and {high}")
    return (Within(name, low, high),)


def _letters(text: str) -> tuple[str, ...]:
    return tuple(letter.strip() for letter in text.split(",") if letter.strip())
