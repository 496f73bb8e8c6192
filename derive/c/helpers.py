"""The functions of templates/c/helpers.c that a text needs."""

import re
from collections.abc import Iterable
from functools import cache

from derive.environment import environment


@cache
def every() -> dict[str, str]:
    """The text of each function by its name, in the order of the file."""
    text = environment().get_template("c/helpers.c").render()
    parts = re.split(r"\n\n(?=static |/\*)", text.strip())
    return {_name(part): part for part in parts}


def _name(part: str) -> str:
    found = re.search(r"^static \w+ (\w+)\(", part, re.MULTILINE)
    assert found, part
    return found.group(1)


def needed(wanted: Iterable[str]) -> tuple[str, ...]:
    """The texts of some functions and of those that they call, in the order of the file."""
    found, waiting = set[str](), list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += set(_called(every()[name])) & every().keys()
    return tuple(text for name, text in every().items() if name in found)


def libraries(texts: Iterable[str]) -> set[str]:
    """What of <math.h> they call."""
    return {name for text in texts for name in re.findall(r"\breal_(\w+)\(", text)}


def _called(text: str) -> list[str]:
    return re.findall(r"\b(\w+)\(", text)
