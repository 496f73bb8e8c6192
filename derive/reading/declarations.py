"""Model file -> Declarations: TOML, validated, and the place of everything in it."""

import re
import tomllib
import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from derive.errors import ModelError, Position, together
from derive.reading.characters import NAME, named
from derive.reading.source import Source

MAX_BYTES = 500_000


MAX_SIZE = 1_000_000


MOST_LETTERS = 40
"""Of a name."""


def _shown(text: str) -> str:
    """The text, if a reader sees all of it. Raises ValueError at what a terminal would obey."""
    for sign in text:
        if sign in "\n\t":
            continue
        if unicodedata.category(sign) == "Cc" or unicodedata.bidirectional(sign) in _TURNS:
            raise ValueError(f"holds U+{ord(sign):04X}, which nobody sees")
    return text


_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Signs that turn the direction of a text."""


def _named(given: object) -> object:
    return named(given) if isinstance(given, str) else given


Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_shown)
]


Identifier = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=MOST_LETTERS),
    BeforeValidator(_named),
]


class Declarations(BaseModel):
    """What a model file declares; the equations are still text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Text = ""
    source: Text = ""
    weights: list[Text] = []
    inputs: list[Text] = []
    targets: list[Text] = []
    equations: Text = ""
    sizes: dict[Identifier, Identifier] = {}
    example: dict[Identifier, Annotated[PositiveInt, Field(le=MAX_SIZE)]] = {}
    functions: dict[Identifier, Text] = {}
    hyperparameters: dict[Identifier, int | FiniteFloat] = {}
    notation: dict[Identifier, Text] = {}
    definitions: dict[Text, Text] = {}
    adjoints: dict[Identifier, Identifier] = {}
    assumptions: list[Text] = []
    batch: Literal["mean", "sum"] = "mean"
    derivatives_by: list[Identifier] = []


def read(path: Path) -> Source:
    """The text of a model file, within bounds. Raises ModelError."""
    shown = path.name
    start = Position(1, 1)
    if path.is_dir():
        raise ModelError(str(path), start, "a folder", "give the path of a model file in it")
    if not path.is_file():
        cure = "give the path of a model file, or the name of a model that `derive build` lists"
        raise ModelError(str(path), start, "there is no such file", cure)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ModelError(shown, start, f"cannot be read: {error.strerror}", "check it") from None
    if len(raw) > MAX_BYTES:
        problem = f"the file is larger than {MAX_BYTES // 1000} kB ({path.stat().st_size} bytes)"
        raise ModelError(
            shown, start, problem, "a model is a page of text; is this the right file?"
        )
    if b"\0" in raw:
        raise ModelError(shown, start, "a binary file", "a model file is UTF-8 text; see docs")
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        source = Source(shown, raw[: error.start].decode("utf-8", "replace"))
        place = source.position(len(source.text))
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise ModelError(shown, place, problem, "save the file as UTF-8 text") from None
    if not text.strip():
        cure = "start from a shipped model: `derive show pelogia2019` prints one"
        raise ModelError(shown, start, "the file is empty", cure)
    return Source(shown, text)


def declare(source: Source) -> tuple[Declarations, tuple[ModelError, ...], bool]:
    """The declarations that can be read, what is wrong with others, and whether names are lost.

    Raises ModelError where none can.
    """
    table = _table(source)
    faults: list[ModelError] = []
    for key, example in (("weights", '["W[j,i]"]'), ("equations", "'''L = ...'''")):
        near = get_close_matches(key, [*map(str, table.keys() - Declarations.model_fields.keys())])
        if not table.get(key) and not near:
            at = source.find_key(key) if key in table else 0
            said = "holds nothing" if key in table else "is missing"
            faults.append(source.fault(at, f"{key}: {said}", f"write {key} = {example}"))
            table.pop(key, None)
    lost = bool(faults)
    for _ in range(MOST_ROUNDS):
        try:
            return Declarations.model_validate(table), tuple(faults), lost
        except ValidationError as error:
            wrong = {_path(one["loc"]): one for one in reversed(error.errors())}
            for path, one in wrong.items():
                faults.append(_fault(source, path, one["type"], one["msg"]))
                lost |= not _mend(table, path, one["type"]) and path[0] in _NAMING
    raise together(faults)


MOST_ROUNDS = 3
"""In which what is wrong is mended or left out, so that what else is wrong is found."""


def _table(source: Source) -> dict[str, Any]:
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        _fail_toml(source, str(error))
    except ValueError:  # Python's, for a number of more digits than it converts
        digits = re.search(r"[\d_]{1000,}", source.text)
        at = digits.start() if digits else 0
        source.fail(at, "a number of thousands of digits", "write it with an exponent, 1e30")
    except RecursionError:
        source.fail(0, "brackets nested too deeply to be a model file", "see docs/language.md")


def _fail_toml(source: Source, message: str) -> NoReturn:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    problem = message[: place.start()] if place else message.removesuffix(" (at end of document)")
    line, column = (int(place[1]), int(place[2])) if place else (source.text.count("\n") + 1, 1)
    lines = source.text.split("\n")
    position = Position(line, column, lines[min(line, len(lines)) - 1])
    cure = "the declarations are TOML: key = value, with text in quotes, tables under [name]"
    typed = re.match(NAME, position.line[max(column - 1, 0) :])
    if typed and not typed[0].isascii():
        cure = f'a key is written in quotes, "{typed[0]}" = ..., or as {named(typed[0])}'
    raise ModelError(source.file, position, f"not TOML: {problem}", cure)


_KEYS = "a model file has the keys " + ", ".join(Declarations.model_fields)
_NUMBER = f"a size is a whole number from 1 to {MAX_SIZE}"
_TEXTS = 'a list of texts is expected, such as ["W[j,i]", "V[k,j]"]'
_WORDS = {
    "list_type": ("is no list", _TEXTS),
    "string_type": ("is no text", "write a text in quotes"),
    "dict_type": ("is no table", "write [sizes] on a line of its own, and below it i = \"n\""),
    **dict.fromkeys(("int_type", "int_from_float", "greater_than", "less_than_equal"),
                    ("is no size", _NUMBER)),
    **dict.fromkeys(("float_type", "finite_number"), ("is no number", "write 0.5 or 1e-3")),
    "literal_error": ("is neither", "the error of N samples is their 'mean' or 'sum'"),
    "string_pattern_mismatch": ("is no name",
                                "a name starts with a letter and holds letters, digits and _"),
    "string_too_long": ("is too long", f"a name has at most {MOST_LETTERS} letters"),
    "string_too_short": ("is empty", "it must not be empty"),
}  # fmt: skip
"""What is said of a value, and what is expected, for each kind of mistake that Pydantic names."""


def _path(place: tuple[int | str, ...]) -> tuple[str, ...]:
    """The key, and the key below it: hyperparameters, a."""
    return tuple(part for part in place[:2] if isinstance(part, str))


def _fault(source: Source, path: tuple[str, ...], kind: str, message: str) -> ModelError:
    at, shown = source.find_key(*path), ".".join(path)
    if path[-1] in Declarations.model_fields and len(path) > 1:
        problem = f"{path[-1]} stands below [{path[0]}]"
        return source.fault(at, problem, "move it above the first line in [ ]")
    if kind == "extra_forbidden":
        near = get_close_matches(path[-1], Declarations.model_fields, n=1)
        cure = f"did you mean {near[0]}?" if near else _KEYS
        return source.fault(at, f"{shown}: is not a key of a model file", cure)
    if kind == "value_error":
        problem = message.removeprefix("Value error, ")
        return source.fault(at, f"{shown}: {problem}", "leave it out")
    said, cure = _WORDS.get(kind, (message[:1].lower() + message[1:], _KEYS))
    if path[0] == "hyperparameters" and kind in ("int_type", "float_type", "finite_number"):
        said, cure = _WORDS["float_type"]
    return source.fault(at, f"{shown}: {said}", cure)


_NAMING = ("weights", "inputs", "targets", "sizes", "functions", "hyperparameters", "equations")
"""The keys that give names to what equations use."""


def _mend(table: dict[str, Any], path: tuple[str, ...], kind: str) -> bool:
    """Put right in the table what was probably meant; leave out what cannot be read, and say so."""
    key, *below = path
    given = table.pop(key, None) if not below else table[key].pop(below[0], None)
    near = get_close_matches(key, Declarations.model_fields, n=1)
    if kind == "list_type" and isinstance(given, str):
        table[key] = [given]
    elif kind == "extra_forbidden" and near:
        table.setdefault(near[0], given)
    elif below and below[0] in Declarations.model_fields:
        table.setdefault(below[0], given)
    elif key == "example" and below:
        table[key][below[0]] = 1
    else:
        return False
    return True
