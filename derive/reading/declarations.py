"""Model file -> Declarations: TOML, validated, and the place of everything in it."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

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
from pydantic_core import ErrorDetails

from derive import locate
from derive.errors import ModelError, Position, described, together
from derive.reading.characters import NAME, named
from derive.reading.keys import ELSEWHERE, meant_key
from derive.reading.source import Source
from derive.reading.toml import Table, read_table

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
        cure = "give the path of a model file, or the name of a model that `derive list` shows"
        near = locate.alike(path)
        cure = f"did you mean {near}? {cure}" if near else cure
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
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        source = Source(shown, raw[: error.start].decode("utf-8", "replace"))
        place = source.position(len(source.text))
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise ModelError(shown, place, problem, "save the file as UTF-8 text") from None
    if not text.strip():
        cure = "start from a shipped model: `derive show pelogia2019` prints one"
        raise ModelError(shown, start, "the file is empty", cure)
    return Source(shown, text)


@dataclass(frozen=True)
class Declared:
    """The declarations that can be read, and what is wrong with the others.

    `lost` are names that a wrong line declares; `incomplete` says that there may be others.
    """

    declarations: Declarations
    faults: tuple[ModelError, ...]
    lost: frozenset[str]
    incomplete: bool


def declare(source: Source) -> Declared:
    """What a file declares. Raises ModelError where nothing can be read."""
    table, told = read_table(source)
    missing = _missing(source, table)
    faults = [*told, *missing, *_turned(source, table)]
    incomplete, lost = bool(missing), set[str]()
    for _ in range(MOST_ROUNDS):
        try:
            found = Declarations.model_validate(table)
            lines = {fault.position.number for fault in told}
            return Declared(
                found,
                tuple(f for f in faults if f in told or f.position.number not in lines),
                frozenset(lost),
                incomplete,
            )
        except ValidationError as error:
            wrong = {_path(one["loc"]): one for one in reversed(error.errors())}
            for path, one in wrong.items():
                faults.append(_fault(source, table, path, one))
                if not _mend(table, path, one["type"]) and path[0] in _NAMING:
                    lost.update(*(re.findall(NAME, key)[:1] for key in path[1:]))
                    incomplete |= len(path) == 1
    raise together(faults)


MOST_ROUNDS = 3
"""In which what is wrong is mended or left out, so that what else is wrong is found."""


def _missing(source: Source, table: Table) -> list[ModelError]:
    """The keys that every model has and this one has not, under another name neither."""
    faults = []
    below = [key for value in table.values() if isinstance(value, dict) for key in value]
    others = table.keys() - Declarations.model_fields.keys()
    meant = {meant_key(key, table[key], Declarations.model_fields) for key in others}
    for key, example in (("weights", '["W[j,i]"]'), ("equations", "'''L = ...'''")):
        if not table.get(key) and key not in (*meant, *below):
            at = source.find_key(key) if key in table else 0
            said = "holds nothing" if key in table else "is missing"
            faults.append(source.fault(at, f"{key}: {said}", f"write {key} = {example}"))
            table.pop(key, None)
    if "sizes" not in (*table, *meant) and _index_letters(table):
        first = next(key for key in _ARRAYS if "[" in str(table.get(key)))
        cure = 'write [sizes] on a line of its own, and below it i = "n" for each index'
        faults.append(source.fault(source.find_key(first), "sizes: is missing", cure))
    return faults


_ARRAYS = ("weights", "inputs", "targets")


def _index_letters(table: Table) -> set[str]:
    """The letters between brackets in the declarations of arrays."""
    brackets = re.findall(r"\w\[([^\]'\"]*)\]", str([table.get(key) for key in _ARRAYS]))
    return set(re.findall(NAME, ",".join(brackets)))


def _turned(source: Source, table: Table) -> list[ModelError]:
    """Sizes that stand before their index, n = "i"; the table has them the other way round then."""
    sizes, used = table.get("sizes"), _index_letters(table)
    faults: list[ModelError] = []
    if not isinstance(sizes, dict):
        return faults
    for symbol, letter in list(sizes.items()):
        if isinstance(letter, str) and letter in used - sizes.keys() and symbol not in used:
            problem = f'{symbol} = "{letter}" is the wrong way round'
            cure = f'the index stands first, then what it runs to: {letter} = "{symbol}"'
            faults.append(source.fault(source.find_key("sizes", symbol), problem, cure))
            del sizes[symbol]
            sizes[letter] = symbol
    return faults


_KEYS = "a model file has the keys " + ", ".join(Declarations.model_fields)
_NUMBER = f"a size is a whole number from 1 to {MAX_SIZE}"
_LISTS = {"assumptions": '["sum(k, y[k]) = 1"]', "derivatives_by": '["I"]'}
_WORDS = {
    "dict_type": ("is no table", "write it as a section, [{key}] on a line of its own"),
    **dict.fromkeys(("int_type", "int_from_float", "greater_than", "less_than_equal"),
                    ("is no size", _NUMBER)),
    **dict.fromkeys(("float_type", "finite_number"), ("is no number", "write 0.5 or 1e-3")),
    "literal_error": ("is neither", "the error of N samples is their 'mean' or 'sum'"),
    "string_type": ("is no text", "write a text in quotes"),
    "string_pattern_mismatch": ("is no name",
                                "a name starts with a letter and holds letters, digits and _"),
    "string_too_long": ("is too long", f"a name has at most {MOST_LETTERS} letters"),
    "string_too_short": ("is empty", "it must not be empty"),
}  # fmt: skip
"""What is said of a value, and what is expected, for each kind of mistake that Pydantic names."""


def _path(place: tuple[int | str, ...]) -> tuple[str, ...]:
    """The key, and the key below it: hyperparameters, a."""
    return tuple(part for part in place[:2] if isinstance(part, str))


def _fault(source: Source, table: Table, path: tuple[str, ...], error: ErrorDetails) -> ModelError:
    at, shown, kind, given = source.find_key(*path), ".".join(path), error["type"], error["input"]
    if path[-1] in Declarations.model_fields and len(path) > 1:
        problem = f"{path[-1]} stands below [{path[0]}]"
        return source.fault(at, problem, "move it above the first line in [ ]")
    if kind == "extra_forbidden":
        meant = meant_key(path[-1], given, Declarations.model_fields)
        cure = f"did you mean {meant}?" if meant else ELSEWHERE.get(path[-1].lower(), _KEYS)
        return source.fault(at, f"{shown}: is not a key of a model file", cure)
    if kind == "value_error":
        problem = error["msg"].removeprefix("Value error, ")
        return source.fault(at, f"{shown}: {problem}", "leave it out")
    if path[0] == "sizes" and kind == "string_type" and len(path) > 1:
        return _number_for_symbol(source, table, path[1], given)
    said, cure = _WORDS.get(kind, (error["msg"][:1].lower() + error["msg"][1:], _KEYS))
    if kind == "list_type":
        example = _LISTS.get(path[0], '["W[j,i]", "V[k,j]"]')
        said, cure = "is no list", f"a list of texts is expected, such as {example}"
        if isinstance(given, str) and not re.search(r"\],|[\"{}]", given):
            cure = f'write {path[0]} = ["{given}"]'
    if path[0] == "hyperparameters" and kind in ("int_type", "float_type", "finite_number"):
        said, cure = _WORDS["float_type"]
    value = {"string_too_short": "", "dict_type": ""}.get(kind, f"{_given(given)} ")
    return source.fault(at, f"{shown}: {value}{said}", cure.format(key=path[0]))


def _given(value: object) -> str:
    kinds = {dict: "a table", list: "a list", float: str(value)}
    return kinds.get(type(value)) or described(value)


def _number_for_symbol(source: Source, table: Table, key: str, given: object) -> ModelError:
    """A number under [sizes], of a size or of an index."""
    at = source.find_key("sizes", key)
    if key in table["sizes"].values():
        return source.fault(at, f"{key} = {given} stands below [sizes]", "move it below [example]")
    cure = f'write {key} = "n", a symbol, and n = {given} below [example]'
    return source.fault(at, f"sizes.{key}: {described(given)} is no symbol", cure)


_NAMING = ("weights", "inputs", "targets", "sizes", "functions", "hyperparameters", "equations")
"""The keys that give names to what equations use."""


def _mend(table: Table, path: tuple[str, ...], kind: str) -> bool:
    """Put right in the table what was probably meant; leave out what cannot be read, and say so."""
    key, *below = path
    given = table.pop(key, None) if not below else table[key].pop(below[0], None)
    meant = meant_key(key, given, Declarations.model_fields)
    if kind == "list_type" and isinstance(given, str):
        table[key] = [given]
    elif kind == "extra_forbidden" and meant:
        table.setdefault(meant, given)
    elif below and below[0] in Declarations.model_fields:
        table.setdefault(below[0], given)
    elif key == "sizes" and below and below[0] in table[key].values():
        table.setdefault("example", {})[below[0]] = given
    elif kind == "dict_type" and isinstance(given, list) and isinstance(given[-1], dict):
        table[key] = given[-1]
    elif key == "example" and below:
        table[key][below[0]] = 1
    else:
        return False
    return True
