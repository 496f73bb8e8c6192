"""The equations of a model file, trees -> Definitions, and what only all of them together tell."""

from collections.abc import Collection, Mapping, Sequence
from math import ceil

from derive.errors import ModelError
from derive.expressions.contents import children, entries, free_indices
from derive.expressions.expression import Apply, Entry, Expression, Index, Number, Power, RealPower
from derive.expressions.lettering import split
from derive.functions.table import TABLE
from derive.model.model import Array, Definition
from derive.reading.faults import FollowsError
from derive.reading.instead import PROGRAM
from derive.reading.names import Names
from derive.reading.right_side import expression
from derive.reading.scope import Scope
from derive.reading.source import Passage
from derive.reading.synonyms import in_our_words
from derive.reading.syntax import MAX_EXPONENT, parse_statements
from derive.reading.tree import (
    Broken,
    Call,
    Node,
    Reference,
    Statement,
    letters_in,
    require_shallow,
    walk,
)


def read_equations(names: Names) -> tuple[Definition, ...]:
    """The equations that can be read; what is wrong with the others is noted."""
    source, text = names.source, names.declared.equations
    key = source.find_key("equations")
    base = source.text.find(text, key)
    if base < 0:
        with names.telling():
            source.fail(key, "the equations hold escapes", "write them between ''' and '''")
        return ()
    passage = Passage(source, base, text)
    statements = parse_statements(passage)
    if not statements and not names.incomplete:
        with names.telling():
            source.fail(key, "there are no equations", "write at least the error, EQ = ...")
    names.later.update(
        (s.target.name, _names_in(s)) for s in statements if isinstance(s, Statement)
    )
    names.told.update(*(_defined(names, s) for s in statements if isinstance(s, Broken)))
    degrees: dict[str, int] = {}
    equations: list[Definition] = []
    uses: dict[str, set[str]] = {}
    for statement in statements:
        target = _target(statement)
        uses[target] = _names_in(statement)
        with names.telling():
            if isinstance(statement, Broken):
                raise statement.fault
            equations.append(_equation(names, statement, passage, degrees))
            uses[target] = {str(entry.name) for entry in entries(equations[-1].value)}
    if len(equations) < len(statements):  # a broken one may be where it would lead on
        if names.all_known and not names.incomplete:
            _check_mention(names, set().union(*uses.values()))
    elif statements and not names.incomplete:
        _check_whole(names, statements, passage, uses)
    return tuple(equations)


def _defined(names: Names, broken: Broken) -> Collection[str]:
    """What an equation that cannot be read would define: a[j] where it is written a_j."""
    first = " ".join(broken.names[:1])
    if not first or first in PROGRAM:
        return broken.names
    parts = split(first)
    letters = set("".join(parts.subscripts))
    return (first, parts.head) if letters <= names.indices.keys() else (first,)


def _target(statement: Statement | Broken) -> str:
    return " ".join(statement.names[:1]) if isinstance(statement, Broken) else statement.target.name


def _names_in(statement: Statement | Broken) -> set[str]:
    """What an equation may use, whether it can be read or not."""
    if isinstance(statement, Broken):
        return set(statement.names)
    return {node.name for node in walk(statement.value) if isinstance(node, Reference | Call)}


def _equation(
    names: Names, statement: Statement, passage: Passage, degrees: dict[str, int]
) -> Definition:
    target = statement.target
    at = passage.start + target.at
    try:
        indices = names.letters(target, passage)
    except (ModelError, FollowsError):
        names.told.add(target.name)
        raise
    if target.name in names.where:
        names.claim(target.name, at)
    tree = in_our_words(statement.value, names.functions)
    try:
        value = _value(names, target, indices, tree, passage)
    finally:  # only now: a right-hand side may use what stands above it, not itself
        with names.telling():
            names.define(Array(target.name, indices, "quantity"), at)
    degrees[target.name] = _degree(value, degrees)
    if degrees[target.name] > MAX_EXPONENT:
        problem = f"the powers in {target.name} multiply to {degrees[target.name]}"
        passage.fail(target.at, problem, f"powers inside powers may multiply to {MAX_EXPONENT}")
    return Definition(Entry(target.name, indices), value)


def _value(
    names: Names, target: Reference, indices: tuple[Index, ...], tree: Node, passage: Passage
) -> Expression:
    require_shallow(tree, {*names.declared.functions, *TABLE}, passage)
    scope = Scope(names, passage, {index.name: index for index in indices}, target)
    value = expression(scope, tree)
    for letter, index in zip(target.indices, indices, strict=True):
        if index not in free_indices(value):
            problem = f"the index {index.name} is on the left and not on the right"
            if index.name in letters_in(tree):  # in 0*x[i], or in a choice between equals
                problem = f"{target.name} is the same for every {index.name}"
            cure = f"remove it from {target.name}[...], or use it on the right"
            passage.fail(letter.at, problem, cure)
    return value


def _degree(value: Expression, degrees: Mapping[str, int]) -> int:
    """The largest product of exponents on a way down; a function shields what is inside it."""
    if isinstance(value, Entry):
        return degrees.get(str(value.name), 1)
    if isinstance(value, Apply):
        return 1
    own = 1
    match value:
        case Power(_, exponent):
            own = abs(exponent)
        case RealPower(_, Number(number)):
            own = ceil(abs(number))
    return own * max((_degree(part, degrees) for part in children(value)), default=1)


# --- the whole --------------------------------------------------------------------------------


def _check_whole(
    names: Names,
    statements: Sequence[Statement | Broken],
    passage: Passage,
    uses: dict[str, set[str]],
) -> None:
    """What only all equations together tell: the error, and what leads to it."""
    last = statements[-1]
    assert isinstance(last, Statement)
    with names.telling():
        _check_last(last, statements, passage, uses)
        _check_reach(names, last.target.name, uses)
    _check_sizes(names)


def _check_last(
    last: Statement,
    statements: Sequence[Statement | Broken],
    passage: Passage,
    uses: dict[str, set[str]],
) -> None:
    """The last equation is the error: a scalar, with no other end of the equations above it."""
    at, name = last.target.at, last.target.name
    used = set[str]().union(*uses.values())
    scalars = [s.target for s in statements if isinstance(s, Statement) and not s.target.indices]
    ends = [scalar.name for scalar in scalars if scalar.name not in {*used, name}]
    if ends:
        problem = f"the last equation is the error, and {name} stands behind {ends[-1]}"
        cure = f"if {ends[-1]} is the error, move the equation of {name} up, where it leads to it"
        passage.fail(at, problem, f"{cure}, or remove it; else remove that of {ends[-1]}")
    if last.target.indices:
        letters = ", ".join(letter.name for letter in last.target.indices)
        problem = f"the last equation, for {name}, still has the index {letters}"
        passage.fail(at, problem, f"the last equation is the error, a scalar: sum over {letters}")


def _check_reach(names: Names, error: str, uses: dict[str, set[str]]) -> None:
    reached = {error}
    for target in reversed(uses):
        if target in reached:
            reached |= uses[target]
    for array in names.arrays.values():
        if array.name not in reached and array.name in names.where:
            kind = "the quantity" if array.role == "quantity" else f"the {array.role}"
            problem = f"{kind} {array.name} never reaches the error {error}"
            cure = "use it in an equation that leads to the error, or remove it"
            with names.telling():
                names.source.fail(names.where[array.name], problem, cure)


def _check_mention(names: Names, used: set[str]) -> None:
    for array in names.leaves:
        if array.name not in used and array.name in names.where:
            cure = "use it in an equation, or remove it"
            with names.telling():
                problem = f"the {array.role} {array.name} stands in no equation"
                names.source.fail(names.where[array.name], problem, cure)


def _check_sizes(names: Names) -> None:
    arrays = names.arrays.values()
    carried = {i.size for array in arrays if array.role != "quantity" for i in array.indices}
    used = {index.name for array in arrays for index in array.indices} | names.summed
    for letter, index in names.indices.items():
        at = names.source.find_key("sizes", letter)
        with names.telling():
            if letter not in used and names.complete:
                cure = "use it in an equation, or remove it from [sizes]"
                names.source.fail(at, f"the index {letter} touches no array", cure)
            if index.size not in carried and names.complete:
                problem = f"no weight, input or target has the size {index.size}"
                names.source.fail(at, problem, "its number cannot be known; give it to an array")
