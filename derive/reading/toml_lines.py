"""A line that is no TOML -> what is wrong with it, and the line as it was meant."""

import re
from dataclasses import dataclass

from derive.reading.characters import NAME, is_unseen, named, unseen
from derive.reading.keys import TABLES


@dataclass(frozen=True)
class Failure:
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

    def told(self, at: int, problem: str, cure: str, mended: str | None = None) -> "Told":
        return Told(self.number, at, problem, cure, mended)

    def valued(self, problem: str, cure: str, value: str | None = None) -> "Told":
        """What is wrong with the value, and with which one the line would be right."""
        parts = self.found
        assert parts is not None
        start, end = parts.span("value")
        mended = None if value is None else self.line[:start] + value + self.line[end:]
        return self.told(start, problem, cure, mended)


@dataclass(frozen=True)
class Told:
    """What is wrong with a line, and the line as it was meant, where that is known."""

    number: int
    at: int
    problem: str
    cure: str
    mended: str | None


def wrong_line(failure: Failure) -> Told:
    """What is wrong with the line: the first of what it may be."""
    for rule in _RULES:
        told = rule(failure)
        if told:
            return told
    return failure.told(failure.column, f"not TOML: {failure.message}", _cure(failure))


_FORM = "the declarations are TOML: key = value, with text in quotes, tables under [name]"
NO_QUOTE = "is no quote of TOML"
LIST = 'a list is written ["W[j,i]", "b[j]"]: commas between, a ] at its end'
_CURES = {
    "Unclosed array": LIST,
    "Expected newline": f"one key = value, or one [name], stands on each line; {_FORM}",
    "Invalid statement": f"{_FORM}; `derive new mine` writes a file to start from",
    "Expected '='": f"{_FORM}; `derive new mine` writes a file to start from",
}


def _cure(failure: Failure) -> str:
    if failure.line.lstrip().startswith("["):
        return "a section is a word of its own line: [sizes]"
    if failure.found and failure.found["value"].startswith("["):
        return LIST
    said = failure.message
    return next((cure for start, cure in _CURES.items() if said.startswith(start)), _FORM)


# --- what may be wrong with a line ---


QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'")})
"""Quotes that word processors put for those of a keyboard."""


def _round_quotes(failure: Failure) -> Told | None:
    line = failure.line
    at = next((i for i, s in enumerate(line) if i >= failure.column and ord(s) in QUOTES), None)
    if at is None:
        return None
    straight = line[at].translate(QUOTES)
    cure = f"write the quotes of a keyboard: {straight}"
    return failure.told(at, f"{line[at]} {NO_QUOTE}", cure, line.translate(QUOTES))


def _equations(failure: Failure) -> Told | None:
    if not failure.found or failure.found["key"] != "equations":
        return None
    cure = "write ''' behind the =, and ''' on a line of its own below the last equation"
    return failure.valued("the equations stand between ''' and '''", cure)


def _unseen(failure: Failure) -> Told | None:
    line = failure.line
    at = next((i for i, sign in enumerate(line) if is_unseen(sign)), None)
    if at is None:
        return None
    mended = "".join(" " if is_unseen(sign) else sign for sign in line)
    return failure.told(at, unseen(line[at]), "write a plain space, or nothing", mended)


def _backslash(failure: Failure) -> Told | None:
    if "'\\'" not in failure.message:
        return None
    at = failure.line.find("\\", max(failure.column - 2, 0))
    cure = "equations stand between ''' and ''' and hold no LaTeX; other texts with a \\ in ' and '"
    return failure.told(max(at, 0), "a \\ within a text in double quotes", cure)


def _twice(failure: Failure) -> Told | None:
    if failure.message.startswith("Cannot declare"):
        cure = "put what is below this line into the section above"
        return failure.told(0, f"{failure.line.strip()} stands twice", cure)
    if not failure.found or not failure.message.startswith("Cannot overwrite"):
        return None
    key = failure.found["key"]
    at = failure.found.start("key")
    return failure.told(at, f"{key} stands twice", "keep one of the two lines", "")


def _foreign_key(failure: Failure) -> Told | None:
    line, column = failure.line, failure.column
    typed = re.match(NAME, line[column:])
    if not typed or typed[0].isascii() or line[:column].strip():
        return None
    cure = f'a key is written in quotes, "{typed[0]}" = ..., or as {named(typed[0])}'
    mended = f'{line[:column]}"{typed[0]}"{line[column + typed.end() :]}'
    return failure.told(column, f"{typed[0]} is no key of TOML", cure, mended)


def _header(failure: Failure) -> Told | None:
    found = re.fullmatch(r"\s*\[*\s*(\w+)\s*\]*\s*:?\s*", failure.line.partition("#")[0])
    if not found or found[1] not in TABLES:
        return None
    header = f"[{found[1]}]"
    return failure.told(found.start(1), "a section stands in [ ]", f"write {header}", header)


def _no_equals(failure: Failure) -> Told | None:
    """A key and its value without the = between them."""
    found = re.fullmatch(r"\s*([A-Za-z]\w*)(\s*:\s*|\s+)([^=]+)", failure.line.partition("#")[0])
    if not found or not re.match("[\"'[\\d]", found[3]):
        return None
    meant = f"{found[1]} = {found[3].strip()}"
    return failure.told(found.start(2), "a key without its =", f"write {meant}", meant)


def _number(failure: Failure) -> Told | None:
    """A number as other languages write it: 0,5 and .5 and 5."""
    typed = failure.found["value"] if failure.found else ""
    found = re.fullmatch(r"([+-]?)(\d*)([.,]?)(\d*)([eE][+-]?\d+)?", typed)
    if not found or not (found[2] or found[4]):
        return None
    meant = f"{found[1]}{(found[2] or '0').lstrip('0') or '0'}.{found[4] or '0'}{found[5] or ''}"
    meant = meant if found[3] else meant.replace(".0", "")
    return failure.valued(f"{typed} is no number of TOML", f"write {meant}", meant)


_NUMBERS = {
    "example": "write a whole number, such as 2",
    "hyperparameters": "write a number, such as 0.5 or 1e-3",
}
"""The sections that hold numbers, and which."""


def _bare_text(failure: Failure) -> Told | None:
    """A text, or a list of texts, without quotes, or a text without its first."""
    key, typed = (failure.found["key"], failure.found["value"]) if failure.found else ("", "")
    if re.fullmatch("\\w[^\"']*[\"']", typed):
        typed = typed[:-1]
    if not typed or re.search("[\"']", typed):
        return None
    if failure.section in _NUMBERS:
        return failure.valued(f"{typed} is no number", _NUMBERS[failure.section], "1")
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


def _open_quote(failure: Failure) -> Told | None:
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


def _outside(failure: Failure) -> Told | None:
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
    _header,
    _no_equals,
    _number,
    _bare_text,
    _open_quote,
    _outside,
)
