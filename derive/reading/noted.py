"""A Model and a Preset -> the Model in that notation.

Only names change: how entries are lettered, the letters of indices, what an adjoint and what the
output misses its target by are called.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.errors import DeriveError
from derive.expressions.building import add, multiply, rebuild
from derive.expressions.contents import children, walk
from derive.expressions.expression import MINUS_ONE, Entry, Expression, Index, Subscript, Sum
from derive.expressions.lettering import Pattern, split
from derive.model.assumptions import Assumption, SumsTo
from derive.model.layers import Layer, Units, dense_chain
from derive.model.model import Definition, Model, Notation
from derive.model.net_inputs import name_net_inputs
from derive.reading.notation import mistaken
from derive.reading.preset import Preset, at_layer


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
    missed = _difference(model, chain, preset)
    if missed is not None and preset.difference is not None:
        model = replace(model, definitions=(*model.definitions, missed))
        patterns[missed.name] = at_layer(preset.difference, 0, missed.indices[0], None)
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
            name: at_layer(parts[part], number + preset.first - 1, here, below)
            for part, name in names.items()
            if name is not None and part in parts
        }
    notation = Notation(
        tuple(patterns.items()), tuple(adjoints.items()), preset.step, preset.bold,
        preset.gradient, preset.vectors,
    )  # fmt: skip
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
        yield given.name, at_layer(preset.inputs["unit"], number, index, None)
    index, _ = model.indices(last.weight)
    targets = [array for array in model.role("target") if array.indices == (index,)]
    if preset.target is not None and len(targets) == 1:
        yield targets[0].name, at_layer(preset.target, number, index, None)


def _difference(model: Model, chain: Chain, preset: Preset) -> Definition | None:
    """What the output misses its target by, if the error holds it and it has no name yet."""
    targets = model.role("target")
    if preset.difference is None or not chain or len(targets) != 1:
        return None
    output, target = model.array(chain[-1][1].unit).entry, targets[0].entry
    pairs = ((output, target), (target, output))
    held, other = (add(one, multiply(MINUS_ONE, taken)) for one, taken in pairs)
    known = {held, other} & {each.value for each in model.definitions}
    nodes = set(walk(model.equations[-1].value))
    if known or not {held, other} & nodes or len(output.indices) != 1:
        return None
    name = _free(preset.difference.letter, model)
    return Definition(Entry(name, output.indices), held if preset.outwards else other)


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
