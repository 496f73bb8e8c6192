"""Model file -> Declarations: TOML, validated, and the place of everything in it."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, NoReturn

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from derive.errors import ModelError, Position
from derive.reading.source import Source

MAX_BYTES = 500_000


MAX_SIZE = 1_000_000


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=40)]


class Declarations(BaseModel):
    """What a model file declares; the equations are still text."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Text
    source: Text
    weights: list[Text] = Field(min_length=1)
    inputs: list[Text] = []
    targets: list[Text] = []
    equations: Text
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


def declare(source: Source) -> Declarations:
    """Parse and validate the declarations. Raises ModelError."""
    try:
        table = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        _fail_toml(source, str(error))
    except ValueError:  # Python's, for a number of more digits than it converts
        digits = re.search(r"[\d_]{1000,}", source.text)
        at = digits.start() if digits else 0
        source.fail(at, "a number of thousands of digits", "write it with an exponent, 1e30")
    except RecursionError:
        source.fail(0, "brackets nested too deeply to be a model file", "see docs/language.md")
    try:
        return Declarations.model_validate(table)
    except ValidationError as error:
        _fail_validation(source, error)


def _fail_toml(source: Source, message: str) -> NoReturn:
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    problem = message[: place.start()] if place else message.removesuffix(" (at end of document)")
    line, column = (int(place[1]), int(place[2])) if place else (source.text.count("\n") + 1, 1)
    lines = source.text.split("\n")
    position = Position(line, column, lines[min(line, len(lines)) - 1])
    cure = "the declarations are TOML: key = value, with text in quotes, tables under [name]"
    raise ModelError(source.file, position, f"not TOML: {problem}", cure)


_CURES = {
    "missing": "add it",
    "extra_forbidden": "a model file has the keys " + ", ".join(Declarations.model_fields),
    "string_pattern_mismatch": "a name starts with a letter and holds letters, digits and _",
    "too_short": "declare at least one, such as W[j,i]",
    "string_too_short": "it must not be empty",
}


def _fail_validation(source: Source, error: ValidationError) -> NoReturn:
    first = error.errors()[0]
    path = tuple(part for part in first["loc"] if isinstance(part, str) and part != "[key]")
    shown = ".".join(path) or "the file"
    words = {"missing": "is missing", "extra_forbidden": "is not a key of a model file"}
    said = words.get(first["type"]) or f"{first['msg'][:1].lower()}{first['msg'][1:]}"
    cure = _CURES.get(first["type"], "compare with the models that ship with derive")
    source.fail(source.find_key(*path), f"{shown}: {said}", cure)
