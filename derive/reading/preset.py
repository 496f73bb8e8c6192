"""A notation's file -> Preset: how a book writes layered networks -> a Model in that notation.

Only names change: how entries are lettered, the letters of indices, what an adjoint is called.
A preset says how a layer is written, with l for its number, j for the index of its units and k
for that of the layer below.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, StringConstraints, ValidationError

from derive import locate
from derive.errors import DeriveError
from derive.expressions.expression import (
    Entry,
    Expression,
    Index,
    Subscript,
    Sum,
    children,
    rebuild,
)
from derive.expressions.lettering import Pattern, Script, split
from derive.model.assumptions import Assumption, SumsTo
from derive.model.layers import Layer, Units, dense_chain
from derive.model.model import Definition, Model, Notation
from derive.model.net_inputs import name_net_inputs
from derive.reading.declarations import read
from derive.reading.notation import mistaken, read_pattern
from derive.reading.source import Source

UNIT, BELOW, LAYER = Index("j", "m"), Index("k", "n"), "l"
"""What stands in a preset for the indices and the number of a layer."""


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
    step: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+$")] = "t"
    bold: bool = False
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
    error: Pattern | None
    target: Pattern | None
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
    error_, target = (
        _pattern(source, text, (key,), indices) if text else None
        for text, key, indices in ((found.error, "error", ()), (found.target, "target", (UNIT,)))
    )
    made = Preset(
        path.stem, found.first, found.indices, found.counted, found.step, found.bold,
        error_, target, inputs, hidden, single, output,
    )  # fmt: skip
    return made


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


# --- a model in that notation -----------------------------------------------------------------


def noted(model: Model, preset: Preset) -> Model:
    """The model in a notation, its mathematics as it was.

    Of a chain of dense layers everything is written as the preset says; of another model the
    error, the step size and whole arrays. Raises DeriveError where two things would be written
    alike.
    """
    model = name_net_inputs(model)
    chain = dense_chain(model)
    model = _relettered(model, _letters(model, chain, preset))
    patterns = dict(model.notation.entries)
    adjoints = dict(model.notation.adjoints)
    if preset.error is not None:
        patterns[model.error] = preset.error
    if chain:
        patterns |= _of_data(model, chain, preset)
    for number, (layer, units) in enumerate(chain, 1):
        parts, of = preset.layer(number, len(chain)), units.net or units.unit
        if "delta" in parts:
            adjoints.setdefault(of, _free(f"delta_{of}", model))
        names = {
            "weight": layer.weight,
            "bias": layer.bias,
            "net": units.net,
            "unit": units.unit,
            "delta": adjoints.get(of),
        }
        here, below = model.indices(layer.weight)
        patterns |= {
            name: _at(parts[part], number + preset.first - 1, here, below)
            for part, name in names.items()
            if name is not None and part in parts
        }
    notation = Notation(tuple(patterns.items()), tuple(adjoints.items()), preset.step, preset.bold)
    made = replace(model, notation=notation)
    _check(made, preset)
    return made


Chain = tuple[tuple[Layer, Units], ...]


def _of_data(model: Model, chain: Chain, preset: Preset) -> Iterator[tuple[str, Pattern]]:
    """The patterns of what goes into a chain, and of what its output is compared with."""
    number = preset.first - 1
    (first, _), (last, _) = chain[0], chain[-1]
    (given,), (_, index) = model.role("input"), model.indices(first.weight)
    if "unit" in preset.inputs:
        yield given.name, _at(preset.inputs["unit"], number, index, None)
    index, _ = model.indices(last.weight)
    targets = [array for array in model.role("target") if array.indices == (index,)]
    if preset.target is not None and len(targets) == 1:
        yield targets[0].name, _at(preset.target, number, index, None)


def _at(pattern: Pattern, number: int, here: Index, below: Index | None) -> Pattern:
    """A pattern of a layer with its number and its indices."""
    letters = {UNIT.name: here.name, BELOW.name: below.name if below else ""}

    def script(given: Script) -> Script:
        text = tuple(str(number) if part == LAYER else part for part in given.text)
        return replace(given, text=text, indices=tuple(letters[x] for x in given.indices))

    return replace(pattern, below=script(pattern.below), above=script(pattern.above))


def _letters(model: Model, chain: Chain, preset: Preset) -> Mapping[str, str]:
    """Letters for the indices of the layers' units, where enough are free."""
    pairs = [model.indices(layer.weight) for layer, _ in chain]
    own = [index.name for index in (*(pairs[0][1:] if pairs else ()), *(p[0] for p in pairs))]
    indices = {index for array in model.arrays for index in array.indices}
    others = {
        *(array.name for array in model.arrays),
        *dict(model.functions),
        *(name for index in indices for name in (index.name, index.size) if name not in own),
    }
    taken = others | {split(name).head for name in others}
    free = [letter for letter in preset.indices if letter not in taken]
    if len(free) < len(own) or len(set(own)) < len(own):
        return {}
    ordered = own if preset.counted == "inputs" else own[::-1]
    return dict(zip(ordered, free, strict=False))


def _free(name: str, model: Model) -> str:
    while name in model.letters:
        name += "_"
    return name


def _relettered(model: Model, letters: Mapping[str, str]) -> Model:
    """The model with other letters for its indices."""

    def index(old: Subscript) -> Subscript:
        return replace(old, name=letters.get(old.name, old.name)) if isinstance(old, Index) else old

    def indices(old: tuple[Index, ...]) -> tuple[Index, ...]:
        return tuple(replace(each, name=letters.get(each.name, each.name)) for each in old)

    def entry(old: Entry) -> Entry:
        return replace(old, indices=tuple(map(index, old.indices)))

    def value(node: Expression) -> Expression:
        if isinstance(node, Entry):
            return entry(node)
        if isinstance(node, Sum):
            return Sum(indices(node.over), value(node.body))
        return rebuild(node, map(value, children(node)))

    def definition(old: Definition) -> Definition:
        return Definition(entry(old.target), value(old.value))

    def assumption(old: Assumption) -> Assumption:
        if not isinstance(old, SumsTo):
            return old
        return replace(old, over=tuple(letters.get(x, x) for x in old.over))

    return replace(
        model,
        arrays=tuple(replace(array, indices=indices(array.indices)) for array in model.arrays),
        equations=tuple(map(definition, model.equations)),
        definitions=tuple(map(definition, model.definitions)),
        assumptions=tuple(map(assumption, model.assumptions)),
    )


def _check(model: Model, preset: Preset) -> None:
    """Raise DeriveError where a reader would take one name for another."""
    indices = {
        **dict.fromkeys(model.size_symbols, ()),
        **{array.name: array.indices for array in model.arrays},
        **{each.name: each.indices for each in model.definitions},
        **{name: model.indices(of) for of, name in model.notation.adjoints},
    }
    functions = tuple(dict(model.functions))
    letters = {index.name for array in model.arrays for index in array.indices}
    for name, problem, cure in mistaken(dict(model.notation.entries), indices, functions, letters):
        said = f"in the notation {preset.name} the pattern of {name} {problem}"
        raise DeriveError(said, f"rename one of the two in the model, or {cure}", model.name)
