"""Declarations and syntax trees -> Model: names, indices and sizes looked up and checked."""

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from derive import locate
from derive.expressions.expression import (
    Apply,
    Entry,
    Expression,
    Index,
    Power,
    children,
    entries,
    free_indices,
)
from derive.functions.table import TABLE, Function
from derive.model.assumptions import Assumption
from derive.model.model import Array, Definition, Model, Notation, Pattern, Role
from derive.reading.assumed import read_assumption
from derive.reading.declarations import Declarations, declare, read
from derive.reading.names import Names
from derive.reading.right_side import RightSide
from derive.reading.scalar import VARIABLE, scalar_function
from derive.reading.source import Passage, Source
from derive.reading.syntax import MAX_EXPONENT, parse_expression, parse_reference, parse_statements
from derive.reading.tokens import MAX_DIGITS
from derive.reading.tree import Statement, require_shallow


def load(name_or_path: str | Path) -> Model:
    """The model of a shipped name or a path. Raises DeriveError, or ModelError with the place."""
    path = locate.model_file(name_or_path)
    return resolve(path.stem, read(path))


def resolve(name: str, source: Source) -> Model:
    """The Model of a model file. Raises ModelError at the first fault."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        cure = "the trainer is imported under it: use letters, digits and _, as in mazur2015"
        source.fail(0, f"a model takes its file's name, and {name!r} is no name", cure)
    declared = declare(source)
    names = Names(source, declared)
    _declare_indices(names)
    functions = _declare_functions(names)
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
        if abs(number) >= 10**MAX_DIGITS:
            cure = f"use a number of at most {MAX_DIGITS} digits"
            source.fail(at, f"{hyperparameter} is too large", cure)
        names.define(Array(hyperparameter, (), "hyperparameter"), at)
    equations = _equations(names)
    _check_reach(names, equations)
    _check_sizes(names)
    definitions = _definitions(names)
    return Model(
        name=name,
        title=declared.title,
        source=declared.source,
        arrays=tuple(names.arrays.values()),
        equations=equations,
        functions=functions,
        example=tuple(declared.example.items()),
        definitions=definitions,
        hyperparameters=tuple((n, Fraction(str(x))) for n, x in declared.hyperparameters.items()),
        notation=_notation(names, equations[-1].name, definitions),
        assumptions=_assumptions(names),
        gather=declared.batch,
        by=_derivatives_by(names),
    )


# --- declarations -----------------------------------------------------------------------------


def _declare_indices(names: Names) -> None:
    sizes, example, source = names.declared.sizes, names.declared.example, names.source
    for letter, size in sizes.items():
        names.claim(letter, source.find_key("sizes", letter))
        names.indices[letter] = Index(letter, size)
    for letter, size in sizes.items():
        at = source.find_key("sizes", letter)
        if size in sizes:
            source.fail(at, f"{size} is an index and a size", "give them two names")
        if size not in example:
            cure = f"add {size} = 2, say, under [example]"
            source.fail(at, f"the size {size} has no example", cure)
    for size in dict.fromkeys(sizes.values()):
        names.claim(size, source.find_text(size, "sizes", _first_letter(names, size)))
    for size in example:
        if size not in sizes.values():
            cure = f'declare an index that runs to it under [sizes], such as i = "{size}"'
            source.fail(source.find_key("example", size), f"{size} is the size of no index", cure)


def _first_letter(names: Names, size: str) -> str:
    return next(letter for letter, other in names.declared.sizes.items() if other == size)


def _declare_functions(names: Names) -> tuple[tuple[str, Function], ...]:
    source = names.source
    functions = []
    for name, text in names.declared.functions.items():
        names.claim(name, source.find_key("functions", name))
        passage = source.passage(text, "functions", name)
        if text in TABLE:
            functions.append((name, TABLE[text]))
            continue
        if re.fullmatch(r"\w+", text) and text != VARIABLE:
            cure = f"known are {', '.join(TABLE)}; or write an expression in z: z / (1 + abs(z))"
            passage.fail(0, f"{text} is no known function", cure)
        functions.append((name, scalar_function(name, passage)))
    return tuple(functions)


def _declare_array(names: Names, role: Role, key: str, text: str) -> None:
    passage = names.source.passage(text, key)
    reference = parse_reference(passage)
    array = Array(reference.name, names.letters(reference, passage), role)
    names.define(array, passage.start + reference.at)


# --- equations --------------------------------------------------------------------------------


def _equations(names: Names) -> tuple[Definition, ...]:
    source, text = names.source, names.declared.equations
    key = source.find_key("equations")
    base = source.text.find(text, key)
    if base < 0:
        source.fail(key, "the equations hold escapes", "write them between ''' and '''")
    passage = Passage(source, base, text)
    statements = parse_statements(passage)
    if not statements:
        source.fail(key, "there are no equations", "write at least the error, EQ = ...")
    names.later.update(statement.target.name for statement in statements)
    degrees: dict[str, int] = {}
    equations = tuple(_equation(names, statement, passage, degrees) for statement in statements)
    last = statements[-1].target
    if last.indices:
        letters = ", ".join(letter.name for letter in last.indices)
        problem = f"the last equation, for {last.name}, still has the index {letters}"
        cure = f"the last equation is the error, a scalar: sum over {letters}"
        passage.fail(last.at, problem, cure)
    return equations


def _equation(
    names: Names, statement: Statement, passage: Passage, degrees: dict[str, int]
) -> Definition:
    target = statement.target
    at = passage.start + target.at
    indices = names.letters(target, passage)
    if target.name in names.where:
        names.claim(target.name, at)
    side = RightSide(names, passage, {index.name: index for index in indices}, target)
    require_shallow(statement.value, {*names.declared.functions, *TABLE}, passage)
    value = side.expression(statement.value)
    for letter, index in zip(target.indices, indices, strict=True):
        if index not in free_indices(value):
            problem = f"the index {index.name} is on the left and not on the right"
            cure = f"remove it from {target.name}[...], or use it on the right"
            passage.fail(letter.at, problem, cure)
    # Only now: a right-hand side may use what stands above it, not itself.
    names.define(Array(target.name, indices, "quantity"), at)
    degrees[target.name] = _degree(value, degrees)
    if degrees[target.name] > MAX_EXPONENT:
        problem = f"the powers in {target.name} multiply to {degrees[target.name]}"
        passage.fail(target.at, problem, f"powers inside powers may multiply to {MAX_EXPONENT}")
    return Definition(Entry(target.name, indices), value)


# --- the whole --------------------------------------------------------------------------------


def _check_reach(names: Names, equations: tuple[Definition, ...]) -> None:
    error = equations[-1].name
    reached = {error}
    for equation in reversed(equations):
        if equation.name in reached:
            reached |= {str(entry.name) for entry in entries(equation.value)}
    for array in names.arrays.values():
        if array.name not in reached:
            kind = "the quantity" if array.role == "quantity" else f"the {array.role}"
            problem = f"{kind} {array.name} never reaches the error {error}"
            cure = "use it in an equation that leads to the error, or remove it"
            names.source.fail(names.where[array.name], problem, cure)


def _check_sizes(names: Names) -> None:
    arrays = names.arrays.values()
    carried = {i.size for array in arrays if array.role != "quantity" for i in array.indices}
    used = {index.name for array in arrays for index in array.indices} | names.summed
    for letter, index in names.indices.items():
        at = names.source.find_key("sizes", letter)
        if letter not in used:
            cure = "use it in an equation, or remove it from [sizes]"
            names.source.fail(at, f"the index {letter} touches no array", cure)
        if index.size not in carried:
            problem = f"no weight, input or target has the size {index.size}"
            names.source.fail(at, problem, "its number cannot be known; give it to an array")


def _definitions(names: Names) -> tuple[Definition, ...]:
    source = names.source
    definitions = []
    for left, right in names.declared.definitions.items():
        key = source.find_key("definitions", left)
        named = Passage(source, key, left)
        passage = source.passage(right, "definitions", left)
        target = parse_reference(named)
        tree = parse_expression(passage)
        indices = names.letters(target, named)
        side = RightSide(names, passage, {index.name: index for index in indices}, target)
        value = side.expression(tree)
        if set(free_indices(value)) != set(indices):
            cure = f"both sides of {left} = {right} need the same indices"
            source.fail(key, "an index on one side only", cure)
        names.claim(target.name, key)
        definitions.append(Definition(Entry(target.name, indices), value))
    return tuple(definitions)


def _assumptions(names: Names) -> tuple[Assumption, ...]:
    texts = names.declared.assumptions
    passages = [names.source.passage(text, "assumptions") for text in texts]
    return tuple(each for passage in passages for each in read_assumption(names, passage))


def _derivatives_by(names: Names) -> tuple[str, ...]:
    by = names.declared.derivatives_by
    for name in by:
        array = names.arrays.get(name)
        if array is None or array.role != "input" or by.count(name) > 1:
            at = names.source.find_text(name, "derivatives_by")
            cure = "name inputs, each once; the weights are differentiated against in any case"
            names.source.fail(at, f"{name} under derivatives_by", cure)
    return tuple(by)


def _notation(names: Names, error: str, definitions: tuple[Definition, ...]) -> Notation:
    declared: Declarations = names.declared
    named = {definition.name: definition.indices for definition in definitions}
    indices = {**{array.name: array.indices for array in names.arrays.values()}, **named}
    patterns = []
    for name, text in declared.notation.items():
        if name not in indices:
            at = names.source.find_key("notation", name)
            names.source.fail(at, f"{name} is not defined", "notation is for arrays of the model")
        patterns.append((name, _pattern(names, name, text, indices[name])))
    for name, adjoint in declared.adjoints.items():
        at = names.source.find_key("adjoints", name)
        array = names.arrays.get(name)
        if array is None or array.role != "quantity" or name == error:
            cure = "an adjoint is named for a quantity that an equation defines"
            names.source.fail(at, f"{name} has no adjoint to name", cure)
        names.claim(adjoint, at)
    return Notation(tuple(patterns), tuple(declared.adjoints.items()))


def _pattern(names: Names, name: str, text: str, indices: tuple[Index, ...]) -> Pattern:
    """w_{ij} -> its head, the letters of its subscript, its tail."""
    letters = sorted((index.name for index in indices), key=len, reverse=True)
    found = re.fullmatch(r"([^_]+)_(?:\{([^{}]*)\}|(\w))(.*)", text)
    parts: list[str] = []
    if found:
        choice = "|".join([*map(re.escape, letters), "."])
        parts = re.findall(choice, found[2] or found[3])
    if not found or any(parts.count(letter) != 1 for letter in letters):
        at = names.source.find_text(text, "notation", name)
        cure = f"write each of its indices ({', '.join(sorted(letters))}) once, as in w_{{ij}}"
        names.source.fail(at, f"{text} is no way to write an entry of {name}", cure)
    return Pattern(found[1], tuple(parts), found[4])


def _degree(value: Expression, degrees: Mapping[str, int]) -> int:
    """The largest product of exponents on a way down; a function shields what is inside it."""
    if isinstance(value, Entry):
        return degrees.get(str(value.name), 1)
    if isinstance(value, Apply):
        return 1
    own = abs(value.exponent) if isinstance(value, Power) else 1
    return own * max((_degree(part, degrees) for part in children(value)), default=1)
