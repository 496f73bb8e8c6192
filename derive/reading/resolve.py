"""Declarations and syntax trees -> Model: names, indices and sizes looked up and checked."""

import keyword
import re
import sys
from fractions import Fraction
from pathlib import Path

from derive import locate
from derive.errors import DeriveError, ModelError, together
from derive.expressions.contents import free_indices
from derive.expressions.expression import Entry, Index
from derive.functions.table import TABLE, Function
from derive.model.assumptions import Assumption
from derive.model.model import Array, Definition, Model, Role
from derive.reading.assumed import read_assumption
from derive.reading.characters import NAME, named
from derive.reading.declarations import declare, read
from derive.reading.equations import read_equations
from derive.reading.faults import FollowsError, each
from derive.reading.names import Names
from derive.reading.notation import read_notation
from derive.reading.right_side import expression
from derive.reading.scalar import VARIABLE, scalar_function
from derive.reading.scope import Scope
from derive.reading.source import Passage, Source
from derive.reading.synonyms import in_our_words, ours
from derive.reading.syntax import parse_expression, parse_reference
from derive.reading.tokens import MAX_DIGITS


def load(name_or_path: str | Path) -> Model:
    """The model of a shipped name or a path. Raises DeriveError, or ModelError with the place."""
    path = locate.model_file(name_or_path)
    return resolve(path.stem, read(path))


def resolve(name: str, source: Source) -> Model:
    """The Model of a model file. Raises ModelError with every mistake that is found."""
    found = declare(source)
    declared = found.declarations
    names = Names(source, declared, incomplete=found.incomplete, faults=list(found.faults))
    names.lose(found.lost)
    with names.telling():
        fault = name_fault(name)
        if fault:
            source.fail(0, *fault)
    _declare_indices(names)
    functions = _declare_functions(names)
    _declare_arrays(names)
    equations = read_equations(names)
    with names.telling():
        assumptions = _assumptions(names)
    with names.telling():
        by = _derivatives_by(names)
    with names.telling():
        definitions = _definitions(names)
    if names.complete:
        notation = read_notation(names, equations[-1].name, definitions)
    if names.faults:
        raise together(names.faults)
    return Model(
        name=name,
        title=declared.title or name,
        source=declared.source,
        arrays=tuple(names.arrays.values()),
        equations=equations,
        functions=functions,
        example=tuple(declared.example.items()),
        definitions=definitions,
        hyperparameters=tuple((n, Fraction(str(x))) for n, x in declared.hyperparameters.items()),
        notation=notation,
        assumptions=assumptions,
        gather=declared.batch,
        by=by,
    )


def require_name(name: str) -> None:
    """Raise DeriveError for a name that no new model can have, or that it had better not have."""
    fault = name_fault(name)
    if fault:
        raise DeriveError(*fault)
    if name in locate.shipped():
        problem = f"{name} is the name of a model that comes with derive"
        raise DeriveError(problem, f"choose another name, such as my_{name}")
    if name in sys.stdlib_module_names or name in _MODULES:
        cure = f"the trainer is imported under the model's name: choose another, {name}_model, say"
        raise DeriveError(f"{name} is the name of a module that programs import", cure)


_MODULES = ("derive", "numpy", "scipy", "sklearn", "matplotlib", "torch", "safetensors", "sympy")
"""What programs import beside a trainer, from outside of Python's own library."""


def name_fault(name: str) -> tuple[str, str] | None:
    """What is wrong with the name of a model, and which name would work; None where it works."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        letters = re.sub(r"\W+", "_", named(name), flags=re.ASCII).strip("_")
        other = letters if letters[:1].isalpha() else f"model_{letters}".rstrip("_")
        cure = f"the trainer is imported under it: use letters, digits and _, such as {other}"
        return f"a model takes its file's name, and {name!r} is no name", cure
    if keyword.iskeyword(name):
        cure = f"the trainer is imported under it: call the file {name}_model.toml, say"
        return f"a model takes its file's name, and {name} is a word of Python", cure
    return None


# --- declarations -----------------------------------------------------------------------------


def _declare_indices(names: Names) -> None:
    sizes, example, source = names.declared.sizes, names.declared.example, names.source
    for letter, size in sizes.items():
        at = source.find_key("sizes", letter)
        names.indices[letter] = Index(letter, size)
        with names.telling():
            names.claim(letter, at)
            if size in sizes:
                source.fail(at, f"{size} is an index and a size", "give them two names")
            if size not in example and not names.incomplete:
                cure = f"add {size} = 2, say, under [example]"
                source.fail(at, f"the size {size} has no example", cure)
    for size in dict.fromkeys(sizes.values()):
        if size not in sizes:
            with names.telling():
                names.claim(size, source.find_text(size, "sizes", _first_letter(names, size)))
    for size in example:
        if size not in sizes.values() and not (names.incomplete or names.told):
            cure = f'declare an index that runs to it under [sizes], such as i = "{size}"'
            if size in sizes:
                cure = f"{size} is an index: write how far it runs, {sizes[size]} = {example[size]}"
            with names.telling():
                at = source.find_key("example", size)
                source.fail(at, f"{size} is the size of no index", cure)


def _first_letter(names: Names, size: str) -> str:
    return next(letter for letter, other in names.declared.sizes.items() if other == size)


def _declare_functions(names: Names) -> tuple[tuple[str, Function], ...]:
    functions = []
    for name, text in names.declared.functions.items():
        with names.telling():
            names.claim(name, names.source.find_key("functions", name))
            functions.append((name, _function(names, name, text)))
    return tuple(functions)


def _function(names: Names, name: str, text: str) -> Function:
    passage = names.source.passage(text, "functions", name)
    row = ours(text, ())
    if row in TABLE:
        return TABLE[row]
    if re.fullmatch(r"[\w.]+", text) and text != VARIABLE:
        cure = f"known are {', '.join(TABLE)}; or write an expression in z: z / (1 + abs(z))"
        passage.fail(0, f"{text} is no known function", cure)
    return scalar_function(name, passage)


def _declare_arrays(names: Names) -> None:
    declared, source = names.declared, names.source
    roles: tuple[tuple[Role, str, list[str]], ...] = (
        ("weight", "weights", declared.weights),
        ("input", "inputs", declared.inputs),
        ("target", "targets", declared.targets),
    )
    for role, key, texts in roles:
        for text in texts:
            _declare_array(names, role, key, text)
    for hyperparameter, number in declared.hyperparameters.items():
        at = source.find_key("hyperparameters", hyperparameter)
        with names.telling():
            names.define(Array(hyperparameter, (), "hyperparameter"), at)
            if abs(number) >= 10**MAX_DIGITS:
                cure = f"use a number of at most {MAX_DIGITS} digits"
                source.fail(at, f"{hyperparameter} is too large", cure)


def _declare_array(names: Names, role: Role, key: str, text: str) -> None:
    passage = names.source.passage(text, key)
    with names.telling():
        try:
            reference = parse_reference(passage)
            array = Array(reference.name, names.letters(reference, passage), role)
        except (ModelError, FollowsError):
            names.told.update({*map(named, re.findall(NAME, text))} - names.indices.keys())
            raise
        names.define(array, passage.start + reference.at)


# --- what the paper calls things ---


def _definitions(names: Names) -> tuple[Definition, ...]:
    return tuple(each(lambda sides: _definition(names, *sides), names.declared.definitions.items()))


def _definition(names: Names, left: str, right: str) -> Definition:
    source = names.source
    key = source.find_key("definitions", left)
    named = Passage(source, key, left)
    passage = source.passage(right, "definitions", left)
    target = parse_reference(named)
    tree = in_our_words(parse_expression(passage), names.functions)
    indices = names.letters(target, named)
    scope = Scope(names, passage, {index.name: index for index in indices}, target)
    value = expression(scope, tree)
    if set(free_indices(value)) != set(indices):
        cure = f"both sides of {left} = {right} need the same indices"
        source.fail(key, "an index on one side only", cure)
    names.claim(target.name, key)
    return Definition(Entry(target.name, indices), value)


def _assumptions(names: Names) -> tuple[Assumption, ...]:
    texts = names.declared.assumptions
    passages = [names.source.passage(text, "assumptions") for text in texts]
    read = each(lambda passage: read_assumption(names, passage), passages)
    return tuple(assumption for found in read for assumption in found)


def _derivatives_by(names: Names) -> tuple[str, ...]:
    by = names.declared.derivatives_by
    for name in by:
        array = names.arrays.get(name)
        if array is None or array.role != "input" or by.count(name) > 1:
            at = names.source.find_text(name, "derivatives_by")
            cure = "name inputs, each once; the weights are differentiated against in any case"
            names.source.fail(at, f"{name} under derivatives_by", cure)
    return tuple(by)
