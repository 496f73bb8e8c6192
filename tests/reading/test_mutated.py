"""Model files that are broken by chance: each is a model, or its mistakes are told in their places."""

import re
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive import locate
from derive.reading.resolve import resolve
from derive.reading.source import Source

PIECES = r"\w+|'''|\s+|."


@cache
def pieces(name: str) -> tuple[str, ...]:
    """The words, signs and spaces of a model that comes with derive."""
    text = locate.model_file(name).read_text("utf-8")
    return tuple(re.findall(PIECES, text, re.DOTALL))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A model's file with up to six pieces deleted, doubled, swapped, or put for another one."""
    found = list(pieces(draw(st.sampled_from(locate.shipped()))))
    for _ in range(draw(st.integers(1, 6))):
        at, other = (draw(st.integers(0, len(found) - 1)) for _ in range(2))
        match draw(st.sampled_from(["delete", "double", "swap", "put"])):
            case "delete" if len(found) > 1:
                del found[at]
            case "double":
                found.insert(at, found[at])
            case "swap":
                found[at], found[other] = found[other], found[at]
            case "put":
                found[at] = found[other]
    return "".join(found)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_a_mutated_model_is_one_or_every_mistake_has_its_place(text: str) -> None:
    source = Source("mutated.toml", text)
    try:
        resolve("mutated", source)
    except derive.ModelError as error:
        for fault in error.all:
            number, column = fault.at
            lines = text.split("\n")
            assert 1 <= number <= len(lines) + 1
            assert 1 <= column <= len(fault.position.line) + 1
            assert fault.problem
            assert fault.cure
