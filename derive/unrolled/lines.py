"""Code -> lines of Python that are no longer than a line may be."""

from collections.abc import Iterator, Sequence
from textwrap import fill

WIDTH = 96
"""Of a line in the body of a function."""


def _filled(text: str, indent: int) -> list[str]:
    """The text in lines, broken between its words."""
    space = " " * indent
    return fill(
        text,
        WIDTH,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    ).splitlines()


def comment(text: str) -> Iterator[str]:
    """A comment."""
    lines = _filled(text, 0)
    yield from (f"# {line}" for line in lines)


def assignment(name: str, value: str) -> Iterator[str]:
    """The lines of name = value."""
    line = f"{name} = {value}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield f"{name} = ("
        yield from _filled(value, 4)
        yield ")"


def returned(value: str) -> Iterator[str]:
    """The lines that return a value."""
    line = f"return {value}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield "return ("
        yield from _filled(value, 4)
        yield ")"


def returned_tuple(values: Sequence[str], before: str = "") -> Iterator[str]:
    """The lines that return some values, each on its own where they are long."""
    inside = ", ".join(values) + "," * (len(values) == 1)
    line = f"return {before}({inside})"
    if len(line) <= WIDTH:
        yield line
    else:
        yield f"return {before}("
        for value in values:
            yield from _filled(f"{value},", 4)
        yield ")"


def unpack(names: tuple[str, ...], given: str) -> Iterator[str]:
    """The lines that give the numbers of a sequence their names."""
    inside = ", ".join(names)
    line = f"{inside} = {given}" if len(names) > 1 else f"({inside},) = {given}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield "("
        yield from _filled(f"{inside},", 4)
        yield f") = {given}"
