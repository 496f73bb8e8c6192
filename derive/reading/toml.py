"""The text of a model file -> its table, and what is no TOML: told at its line, and mended.

A line that can be mended is read as it was meant, so that what else is wrong is told as well.
"""

import re
import tomllib
from typing import Any

from derive.errors import ModelError, Position, together
from derive.reading.source import Source
from derive.reading.toml_lines import LIST, NO_QUOTE, QUOTES, Failure, Told, wrong_line

Table = dict[str, Any]


MOST_MENDED = 20
"""Lines of one file."""


def read_table(source: Source) -> tuple[Table, tuple[ModelError, ...]]:
    """The table of a file, and a fault for each line of it that is mended.

    Raises ModelError where one cannot be.
    """
    lines = source.text.split("\n")
    faults: list[ModelError] = []
    while len(faults) <= MOST_MENDED:
        try:
            return tomllib.loads("\n".join(lines)), tuple(faults)
        except tomllib.TOMLDecodeError as error:
            failure = _failure(str(error), lines)
        except ValueError:  # Python's, for a number of more digits than it converts
            digits = re.search(r"[\d_]{1000,}", source.text)
            at = digits.start() if digits else 0
            source.fail(at, "a number of thousands of digits", "write it with an exponent, 1e30")
        except RecursionError:
            source.fail(0, "brackets nested too deeply to be a model file", "see docs/language.md")
        found = _open_text(failure, lines) or _open_list(failure, lines) or wrong_line(failure)
        if found.number in {fault.position.number - 1 for fault in faults}:
            break  # what is wrong with it is told, and this may only follow
        faults.append(_fault(source, found))
        if found.mended is None:
            break
        if found.problem.endswith(NO_QUOTE):  # its other end may stand in another line
            lines = [line.translate(QUOTES) for line in lines]
        else:
            lines[found.number] = found.mended
    raise together(faults)


def _failure(message: str, lines: list[str]) -> Failure:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if not place:
        said = message.removesuffix(" (at end of document)")
        return Failure(len(lines) - 1, 0, lines[-1], said, "")
    number, column = int(place[1]) - 1, int(place[2]) - 1
    headers = re.findall(r"^\s*\[+\s*(\w+)", "\n".join(lines[:number]), re.MULTILINE)
    section = headers[-1] if headers else ""
    return Failure(number, column, lines[number], message[: place.start()], section)


def _fault(source: Source, told: Told) -> ModelError:
    written = source.text.split("\n")[told.number]
    position = Position(told.number + 1, told.at + 1, written)
    return ModelError(source.file, position, told.problem, told.cure)


def _open_text(failure: Failure, lines: list[str]) -> Told | None:
    """A text between ''' and ''' that has no end."""
    if failure.column or failure.number < len(lines) - 1:
        return None
    for mark in ("'''", '"""'):
        holding = [number for number, line in enumerate(lines) if mark in line]
        if sum(line.count(mark) for line in lines) % 2:
            number = holding[-1]
            cure = f"write {mark} on a line of its own where the text ends"
            problem = f"a text begins here with {mark} and has no end"
            return Told(number, lines[number].rindex(mark), problem, cure, None)
    return None


def _open_list(failure: Failure, lines: list[str]) -> Told | None:
    """A list without its end, where the line below it is none of its parts."""
    below = re.match(r"\s*(\w+\s*=|\[)", failure.line)
    kinds = ("Unclosed array", "Invalid value")
    begins = not failure.line[: failure.column].strip() and failure.number > 0
    if not failure.message.startswith(kinds) or not (begins and below):
        return None
    number = failure.number - 1
    line = lines[number].rstrip()
    problem = "a list has no ] at its end"
    return Told(number, max(len(line) - 1, 0), problem, LIST, line.rstrip(",") + "]")
