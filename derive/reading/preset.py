"""A notation's file -> Preset: how a book letters a layered network.

It says how a layer is written, with l for its number, j for the index of its units and k
for that of the layer below.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, StringConstraints, ValidationError

from derive import locate
from derive.errors import DeriveError
from derive.expressions.expression import Index
from derive.expressions.lettering import Pattern, Script
from derive.model.model import Gradient, Vectors
from derive.reading.declarations import read
from derive.reading.notation import read_pattern
from derive.reading.source import Source

UNIT, BELOW, LAYER = Index("j", "m"), Index("k", "n"), "l"
"""What stands in a preset for the indices and the number of a layer."""


DIFFERENCE = r"^(.+?)\s*=\s*(output - target|target - output)$"
"""A name for what the output misses its target by, and its sign."""


Text = Annotated[str, StringConstraints(strip_whitespace=True)]


class _Layer(BaseModel):
    """What a preset calls the parts of a layer; what it does not name stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    weight: Text = ""
    matrix: Text = ""
    bias: Text = ""
    net: Text = ""
    unit: Text = ""
    delta: Text = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Text
    first: NonNegativeInt = 1
    indices: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]*$")] = ""
    counted: Literal["inputs", "outputs"] = "outputs"
    error: Text = ""
    target: Text = ""
    difference: Annotated[str, StringConstraints(pattern=DIFFERENCE)] = ""
    step: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+$")] = "t"
    bold: bool = False
    gradient: Gradient = "fraction"
    vectors: Vectors = "columns"
    inputs: _Layer = _Layer()
    hidden: _Layer = _Layer()
    single: _Layer = _Layer()
    output: _Layer = _Layer()


Parts = Mapping[str, Pattern]
"""The patterns of a layer: of its weight, bias, net, unit and delta."""


@dataclass(frozen=True)
class Preset:
    """How a book writes a layered network; `single` is a hidden layer that is the only one."""

    name: str
    first: int
    indices: str
    counted: str
    step: str
    bold: bool
    gradient: Gradient
    vectors: Vectors
    error: Pattern | None
    target: Pattern | None
    difference: Pattern | None
    outwards: bool
    """Whether that is the output minus the target."""
    inputs: Parts
    hidden: Parts
    single: Parts
    output: Parts

    def layer(self, number: int, count: int) -> Parts:
        """The patterns of a layer of weights, counted from 1, of so many."""
        if number == count:
            return {**self.hidden, **self.output}
        return {**self.hidden, **self.single} if count == 2 else self.hidden


def preset(name_or_path: str | Path) -> Preset:
    """The notation of a name that comes with derive, or of a file. Raises DeriveError."""
    path = locate.notation_file(name_or_path)
    source = read(path)
    try:
        found = _File.model_validate(tomllib.loads(source.text))
    except tomllib.TOMLDecodeError as error:
        cure = "it is TOML: key = value, with text in quotes, tables under [name]"
        raise DeriveError(f"{path.name} is not TOML: {error}", cure) from None
    except ValidationError as error:
        (first, *_) = error.errors()
        key = ".".join(map(str, first["loc"]))
        cure = f"it has the keys {', '.join(_File.model_fields)}; of a layer "
        cure += ", ".join(_Layer.model_fields)
        source.fail(source.find_key(*key.split(".")), f"{key}: {first['msg']}", cure)
    layers = ("inputs", "hidden", "single", "output")
    inputs, hidden, single, output = (_parts(source, found, layer) for layer in layers)
    missed = re.match(DIFFERENCE, found.difference)
    error_, target, difference = (
        _pattern(source, text, (key,), indices) if text else None
        for text, key, indices in (
            (found.error, "error", ()),
            (found.target, "target", (UNIT,)),
            (missed[1] if missed else "", "difference", (UNIT,)),
        )
    )
    return Preset(
        path.stem, found.first, found.indices, found.counted, found.step, found.bold,
        found.gradient, found.vectors, error_, target, difference,
        found.difference.endswith("target"), inputs, hidden, single, output,
    )  # fmt: skip


def _parts(source: Source, found: _File, layer: str) -> Parts:
    given: dict[str, str] = getattr(found, layer).model_dump(exclude_defaults=True)
    capital = given.pop("matrix", "")
    indices = {"weight": (UNIT, BELOW)}
    parts = {
        part: _pattern(source, text, (layer, part), indices.get(part, (UNIT,)))
        for part, text in given.items()
    }
    if "weight" in parts and capital:
        parts["weight"] = replace(parts["weight"], capital=capital)
    return parts


def _pattern(
    source: Source, text: str, path: tuple[str, ...], indices: tuple[Index, ...]
) -> Pattern:
    pattern = read_pattern(path[-1], indices, source.passage(text, *path))
    return replace(pattern, capital=pattern.letter)


def at_layer(pattern: Pattern, number: int, here: Index, below: Index | None) -> Pattern:
    """A pattern of a layer with its number and its indices."""
    letters = {UNIT.name: here.name, BELOW.name: below.name if below else ""}

    def script(given: Script) -> Script:
        text = tuple(str(number) if part == LAYER else part for part in given.text)
        return replace(given, text=text, indices=tuple(letters[x] for x in given.indices))

    return replace(pattern, below=script(pattern.below), above=script(pattern.above))
