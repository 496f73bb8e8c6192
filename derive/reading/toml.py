"""The text of a model file -> its table, and what is no TOML: told at its line, and mended.

A line that can be mended is read as it was meant, so that what else is wrong is told as well.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from derive.errors import ModelError, Position, together
from derive.reading.characters import NAME, is_unseen, named, unseen
from derive.reading.source import Source

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
        found = _open_text(failure, lines) or _line(failure)
        faults.append(_fault(source, found))
        if found.mended is None:
            break
        if found.problem.endswith(_NO_QUOTE):  # its other end may stand in another line
            lines = [line.translate(_QUOTES) for line in lines]
        else:
            lines[found.number] = found.mended
    raise together(faults)


@dataclass(frozen=True)
class _Failure:
    """Where tomllib fails, from 0, and what it says; `found` are the parts of key = value."""

    number: int
    column: int
    line: str
    message: str
    section: str

    @property
    def found(self) -> re.Match[str] | None:
        """The parts of the line, if it is key = value and fails behind the =."""
        parts = re.match(r"\s*(?P<key>[^=]*?)\s*=\s*(?P<value>[^#]*?)\s*(?:#.*)?$", self.line)
        return parts if parts and self.column >= parts.start("value") else None

    def told(self, at: int, problem: str, cure: str, mended: str | None = None) -> "_Told":
        return _Told(self.number, at, problem, cure, mended)

    def valued(self, problem: str, cure: str, value: str | None = None) -> "_Told":
        """What is wrong with the value, and with which one the line would be right."""
        parts = self.found
        assert parts is not None
        start, end = parts.span("value")
        mended = None if value is None else self.line[:start] + value + self.line[end:]
        return self.told(start, problem, cure, mended)


@dataclass(frozen=True)
class _Told:
    """What is wrong with a line, and the line as it was meant, where that is known."""

    number: int
    at: int
    problem: str
    cure: str
    mended: str | None


def _failure(message: str, lines: list[str]) -> _Failure:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if not place:
        said = message.removesuffix(" (at end of document)")
        return _Failure(len(lines) - 1, 0, lines[-1], said, "")
    number, column = int(place[1]) - 1, int(place[2]) - 1
    headers = re.findall(r"^\s*\[+\s*(\w+)", "\n".join(lines[:number]), re.MULTILINE)
    section = headers[-1] if headers else ""
    return _Failure(number, column, lines[number], message[: place.start()], section)


def _fault(source: Source, told: _Told) -> ModelError:
    written = source.text.split("\n")[told.number]
    position = Position(told.number + 1, told.at + 1, written)
    return ModelError(source.file, position, told.problem, told.cure)


def _open_text(failure: _Failure, lines: list[str]) -> _Told | None:
    """A text between ''' and ''' that has no end."""
    if failure.column or failure.number < len(lines) - 1:
        return None
    for mark in ("'''", '"""'):
        holding = [number for number, line in enumerate(lines) if mark in line]
        if sum(line.count(mark) for line in lines) % 2:
            number = holding[-1]
            cure = f"write {mark} on a line of its own where the text ends"
            problem = f"a text begins here with {mark} and has no end"
            return _Told(number, lines[number].rindex(mark), problem, cure, None)
    return None


def _line(failure: _Failure) -> _Told:
    """What is wrong with the line: the first of what it may be."""
    for rule in _RULES:
        told = rule(failure)
        if told:
            return told
    return failure.told(failure.column, f"not TOML: {failure.message}", _cure(failure.message))


_FORM = "the declarations are TOML: key = value, with text in quotes, tables under [name]"
_NO_QUOTE = "is no quote of TOML"
_CURES = {
    "Unclosed array": 'a list is written ["W[j,i]", "b[j]"]: commas between, a ] at its end',
    "Invalid statement": f"{_FORM}; `derive new mine` writes a file to start from",
    "Expected '='": f"{_FORM}; `derive new mine` writes a file to start from",
}


def _cure(message: str) -> str:
    return next((cure for start, cure in _CURES.items() if message.startswith(start)), _FORM)


# --- what may be wrong with a line ---


_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'")})
"""Quotes that word processors put for those of a keyboard."""


def _round_quotes(failure: _Failure) -> _Told | None:
    line = failure.line
    at = next((i for i, s in enumerate(line) if i >= failure.column and ord(s) in _QUOTES), None)
    if at is None:
        return None
    straight = line[at].translate(_QUOTES)
    cure = f"write the quotes of a keyboard: {straight}"
    return failure.told(at, f"{line[at]} {_NO_QUOTE}", cure, line.translate(_QUOTES))


def _equations(failure: _Failure) -> _Told | None:
    if not failure.found or failure.found["key"] != "equations":
        return None
    cure = "write ''' behind the =, and ''' on a line of its own below the last equation"
    return failure.valued("the equations stand between ''' and '''", cure)


def _unseen(failure: _Failure) -> _Told | None:
    line = failure.line
    at = next((i for i, sign in enumerate(line) if is_unseen(sign)), None)
    if at is None:
        return None
    mended = "".join(" " if is_unseen(sign) else sign for sign in line)
    return failure.told(at, unseen(line[at]), "write a plain space, or nothing", mended)


def _backslash(failure: _Failure) -> _Told | None:
    if "'\\'" not in failure.message:
        return None
    at = failure.line.find("\\", max(failure.column - 2, 0))
    cure = "equations stand between ''' and ''' and hold no LaTeX; other texts with a \\ in ' and '"
    return failure.told(max(at, 0), "a \\ within a text in double quotes", cure)


def _twice(failure: _Failure) -> _Told | None:
    if failure.message.startswith("Cannot declare"):
        cure = "put what is below this line into the section above"
        return failure.told(0, f"{failure.line.strip()} stands twice", cure)
    if not failure.found or not failure.message.startswith("Cannot overwrite"):
        return None
    key = failure.found["key"]
    at = failure.found.start("key")
    return failure.told(at, f"{key} stands twice", "keep one of the two lines", "")


def _foreign_key(failure: _Failure) -> _Told | None:
    line, column = failure.line, failure.column
    typed = re.match(NAME, line[column:])
    if not typed or typed[0].isascii() or line[:column].strip():
        return None
    cure = f'a key is written in quotes, "{typed[0]}" = ..., or as {named(typed[0])}'
    mended = f'{line[:column]}"{typed[0]}"{line[column + typed.end() :]}'
    return failure.told(column, f"{typed[0]} is no key of TOML", cure, mended)


def _number(failure: _Failure) -> _Told | None:
    """A number as other languages write it: 0,5 and .5 and 5."""
    typed = failure.found["value"] if failure.found else ""
    found = re.fullmatch(r"([+-]?)(\d*)([.,]?)(\d*)([eE][+-]?\d+)?", typed)
    if not found or not (found[2] or found[4]):
        return None
    meant = f"{found[1]}{(found[2] or '0').lstrip('0') or '0'}.{found[4] or '0'}{found[5] or ''}"
    meant = meant if found[3] else meant.replace(".0", "")
    return failure.valued(f"{typed} is no number of TOML", f"write {meant}", meant)


_NUMBERS = ("example", "hyperparameters")
"""The sections that hold numbers."""


def _bare_text(failure: _Failure) -> _Told | None:
    """A text, or a list of texts, without quotes."""
    if not failure.found or re.search("[\"']", failure.found["value"]):
        return None
    key, typed = failure.found["key"], failure.found["value"]
    if failure.section in _NUMBERS:
        return failure.valued(f"{typed} is no number", f"write {key} = 2, say", "1")
    if re.match(r"\[\s*[^\W\d]", typed) and typed.endswith("]"):
        parts = re.findall(r"(?:[^,\[\]]|\[[^\]]*\])+", typed[1:-1])
        meant = f"[{', '.join(_quoted(part.strip()) for part in parts)}]"
    elif re.match(r"[^\W\d]", typed):
        meant = _quoted(typed)
    else:
        return None
    return failure.valued("a text without quotes", f"write {key} = {meant}", meant)


def _quoted(text: str) -> str:
    return f"'{text}'" if "\\" in text else f'"{text}"'


def _open_quote(failure: _Failure) -> _Told | None:
    if "'\\n'" not in failure.message:
        return None
    line = failure.line
    opened = max(line.rfind('"'), line.rfind("'"))
    mark = line[opened]
    only = failure.found is not None and failure.found["value"][:1] == mark
    mended = line + mark if only and line.count(mark) == 1 else None
    return failure.told(
        opened,
        "a text begins here and has no end in its line",
        f"write {mark} where it ends",
        mended,
    )


def _outside(failure: _Failure) -> _Told | None:
    if not re.match(rf"\s*(?:{NAME})\s*\[[^\]]*\]\s*=", failure.line):
        return None
    cure = "equations stand between equations = ''' and ''', above the first line in [ ]"
    return failure.told(0, "an equation stands outside the equations", cure)


_RULES = (
    _round_quotes,
    _equations,
    _unseen,
    _backslash,
    _twice,
    _foreign_key,
    _number,
    _bare_text,
    _open_quote,
    _outside,
)
