"""What is given for the keys of a model file in Python: taken as it is, or refused by its key."""

import re
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import NoReturn

from derive.errors import DeriveError, described

PLACE = "derive.model"


def refuse(problem: str, cure: str) -> NoReturn:
    """Raise the DeriveError for an argument."""
    raise DeriveError(problem, cure, PLACE)


def text(key: str, given: object) -> str:
    """A text."""
    if not isinstance(given, str):
        refuse(f"{key} is {described(given)}", f'give a text: {key}="..."')
    return given


def texts(key: str, given: object, example: str) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        refuse(f"{key} is {described(given)}", f"give a list of texts: {key}={example}")
    for each in given:
        if not isinstance(each, str) or not each.strip():
            refuse(f"{key} holds {described(each)}", f"give a list of texts: {key}={example}")
    return tuple(given)


def arrays(key: str, given: object) -> tuple[str, ...]:
    """Names of arrays, with their indices or without: a list, or a text, "W b" or "W[j,i], b"."""
    if isinstance(given, str):
        return tuple(re.findall(r"[^\s,\[]+(?:\s*\[[^\]]*\]?)?", given))
    return texts(key, given, '["x"]' if key == "inputs" else '["W", "b"]')


def named_texts(key: str, given: object, example: str) -> dict[str, str]:
    """Names, and a text for each."""
    found = {}
    for name, value in _items(key, given, example):
        if not isinstance(value, str):
            refuse(f"{key}: {name} is {described(value)}", f"give a text: {key}={example}")
        found[name] = value
    return found


def named_numbers(key: str, given: object, example: str) -> dict[str, float]:
    """Names, and a number for each."""
    found: dict[str, float] = {}
    for name, value in _items(key, given, example):
        if not isinstance(value, Real) or isinstance(value, bool):
            refuse(f"{key}: {name} is {described(value)}", f"give a number: {key}={example}")
        found[name] = int(value) if isinstance(value, Integral) else float(value)
    return found


def sizes(given: object) -> dict[str, int | str]:
    """What each index letter runs to, a symbol or a number; or the number of a symbol."""
    found: dict[str, int | str] = {}
    for name, value in _items("sizes", given, SIZES):
        whole = isinstance(value, Integral) and not isinstance(value, bool) and int(value) > 0
        if not whole and not isinstance(value, str):
            cure = f"give a whole number from 1 on, or a symbol: sizes={SIZES}"
            refuse(f"sizes: {name} is {described(value)}", cure)
        found[name] = int(value) if isinstance(value, Integral) else str(value)
    return found


SIZES = '{"i": 3, "j": 4}'


def _items(key: str, given: object, example: str) -> list[tuple[str, object]]:
    if not isinstance(given, Mapping):
        refuse(f"{key} is {described(given)}", f"give a dictionary: {key}={example}")
    for name in given:
        if not isinstance(name, str) or not name.strip():
            refuse(f"{key} holds the name {described(name)}", f"give texts: {key}={example}")
    return list(given.items())
