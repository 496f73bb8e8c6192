"""Equations as a text, and the rest as arguments -> the Model that a model file would give.

The text of the model file is written and read, as that of `dense` is, so that there is one way
into a Model. What is wrong is told at its place in what was given: a line of the equations, an
entry of an argument.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from derive.errors import ModelError, Position
from derive.model.model import Model, free_letter
from derive.reading import arguments
from derive.reading.arguments import refuse
from derive.reading.characters import named
from derive.reading.declarations import MAX_BYTES
from derive.reading.inferred import Used, used
from derive.reading.resolve import name_fault, resolve
from derive.reading.source import Source
from derive.reading.syntax import parse_reference
from derive.reading.tree import Reference

EQUATIONS = "equations"
"""What the text is called where a mistake in it is shown."""


EXAMPLE = 2
"""What a size is in the example, where nobody says."""


Arrays = Mapping[str, tuple[str, ...]]
"""Weights, inputs and targets as they are given, by their keys; what is not given is left out."""


@dataclass(frozen=True)
class Section:
    """A key of a model file: the lines that are shown of it, and what stands around them."""

    key: str
    lines: tuple[str, ...]
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Besides:
    """What a model may have besides equations, arrays and sizes, under the keys of its file."""

    title: str = ""
    source: str = ""
    hyperparameters: Mapping[str, float] | None = None
    functions: Mapping[str, str] | None = None
    assumptions: Sequence[str] = ()
    batch: str = "mean"
    derivatives_by: Sequence[str] = ()
    definitions: Mapping[str, str] | None = None
    adjoints: Mapping[str, str] | None = None
    notation: Mapping[str, str] | None = None


Value = str | tuple[str, ...] | Mapping[str, int | float | str]


def inline(
    equations: str,
    arrays: Mapping[str, Sequence[str] | str | None],
    sizes: Mapping[str, int | str] | None,
    besides: Besides,
    name: str,
) -> Model:
    """The Model of some equations, its arrays given by their keys, or not given, which is None.

    Raises ModelError, with every mistake of the text and of the declarations at its place, or
    DeriveError, where it is none.
    """
    text = _text(equations)
    _require_name(name)
    given = {k: arguments.arrays(k, each) for k, each in arrays.items() if each is not None}
    asked, others = arguments.sizes(sizes or {}), _checked(besides)
    found = used(Source(EQUATIONS, text), _references(given))
    known = {
        named(each) for each in (*asked, *asked.values(), *_keys(others)) if isinstance(each, str)
    }
    letters, example = _sizes(asked, found, known)
    declared: dict[str, Value] = {
        **_all_arrays(given, found, known),
        **others,
        "sizes": letters,
        "example": example,
    }
    head = Section(EQUATIONS, tuple(text.split("\n")), ("equations = '''",), ("'''",))
    # What is a table in TOML stands behind all that is none.
    ordered = sorted(declared.items(), key=lambda item: isinstance(item[1], Mapping))
    return _read(name, (head, *(_section(key, value) for key, value in ordered if value)))


# --- what was given ---------------------------------------------------------------------------


def _text(equations: object) -> str:
    """The equations, from their first line on. Raises DeriveError for what is no such text."""
    given = arguments.text("equations", equations).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"\A(?:[ \t]*\n)+", "", given.rstrip())
    source = Source(EQUATIONS, text)
    if not text:
        source.fail(0, "there are no equations", "write at least the error, EQ = ...")
    if len(text) > MAX_BYTES:
        source.fail(0, f"a text of more than {MAX_BYTES // 1000} kB", "give the equations alone")
    file = re.search(r"^\s*(?:\w+\s*=\s*[\"'\[{]|\[\w+\]\s*$)", text, re.MULTILINE)
    if file:
        cure = "give equations alone, the rest as arguments; a file is read by derive.load(path)"
        source.fail(file.end() - 1, "a line of a model file", cure)
    if "'''" in text:
        source.fail(text.index("'''"), "quotes have no place in equations", "leave them out")
    unseen = next((at for at, sign in enumerate(text) if sign not in "\n\t" and sign < " "), None)
    if unseen is not None:
        source.fail(unseen, f"U+{ord(text[unseen]):04X}, which nobody sees", "leave it out")
    return text


def _require_name(name: object) -> None:
    fault = name_fault(arguments.text("name", name))
    if fault:
        refuse(f"name: {name!r} is no name of a model", fault[1])


def _checked(given: Besides) -> dict[str, Value]:
    """What is given besides, as a model file has it."""
    return {
        "title": arguments.text("title", given.title),
        "source": arguments.text("source", given.source),
        "batch": arguments.text("batch", given.batch),
        "assumptions": arguments.texts("assumptions", given.assumptions, '["y[k] in [0, 1]"]'),
        "derivatives_by": arguments.texts("derivatives_by", given.derivatives_by, '["x"]'),
        "hyperparameters": arguments.named_numbers(
            "hyperparameters", given.hyperparameters or {}, '{"lambda_": 0.05}'
        ),
        "functions": arguments.named_texts("functions", given.functions or {}, '{"f": "tanh"}'),
        "definitions": arguments.named_texts(
            "definitions", given.definitions or {}, '{"E[k]": "O[k] - y[k]"}'
        ),
        "adjoints": arguments.named_texts("adjoints", given.adjoints or {}, '{"z": "delta"}'),
        "notation": arguments.named_texts("notation", given.notation or {}, '{"W": "w_{ij}"}'),
    }


def _keys(others: Mapping[str, Value]) -> Iterator[str]:
    """The names that hyperparameters and functions define."""
    for key in ("hyperparameters", "functions"):
        yield from others[key]


# --- what the equations say of themselves -----------------------------------------------------


def _references(arrays: Arrays) -> Iterator[Reference]:
    """What the declared arrays have as indices, where that can be read."""
    for each in (text for texts in arrays.values() for text in texts):
        with suppress(ModelError):
            yield parse_reference(Source(EQUATIONS, each).whole())


def _all_arrays(given: Arrays, found: Used, known: Iterable[str]) -> Arrays:
    """The arrays with their indices; what nothing declares or defines is what is left to be, the
    inputs or the targets. Raises DeriveError where it may be either.
    """
    declared = {named(re.split(r"\s*\[", each.strip())[0]) for each in chain(*given.values())}
    others = found.given({*known, *declared})
    left = [key for key in ("inputs", "targets") if key not in given]
    if not given.get("weights"):
        among, first = ", ".join(others) or "the names", others[0] if others else "W"
        refuse("weights: is missing", f'say which of {among} are trained: weights=["{first}"]')
    if len(left) == 2 and len(others) > 1:
        cure = f'say which is which: inputs=["{others[0]}"], targets=["{others[-1]}"]'
        refuse(f"{_listed(others)} are inputs or targets", cure)
    filled = {**given, left[0]: others} if left else given
    return {key: tuple(_with_letters(each, found) for each in filled.get(key, ())) for key in ROLES}


ROLES = ("weights", "inputs", "targets")


def _with_letters(array: str, found: Used) -> str:
    """W[j,i] of W, as the equations have it."""
    letters = found.names.get(named(array.strip()), ())
    return f"{array.strip()}[{','.join(letters)}]" if letters and "[" not in array else array


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _sizes(
    asked: Mapping[str, int | str], found: Used, known: Iterable[str]
) -> tuple[dict[str, str], dict[str, int]]:
    """A symbol for every letter, and a number for every symbol.

    Letters that stand at one place of one array run to one size. Where no symbol is given for it,
    it has one of its own, n_i of i.
    """
    stray = [name for name in asked if name not in {*found.letters, *asked.values()}]
    if stray:
        indices = ", ".join(sorted(found.letters)) or "none"
        refuse(f"sizes: {stray[0]} is no index of the equations", f"their indices are {indices}")
    taken = {*found.names, *found.letters, *known}
    letters: dict[str, str] = {}
    numbers: dict[str, int] = {}
    for group in sorted(map(sorted, found.together)):
        said = {letter: asked[letter] for letter in group if letter in asked}
        counts = {letter: x for letter, x in said.items() if isinstance(x, int)}
        if len(set(counts.values())) > 1:
            shown = " and ".join(f"{letter} = {x}" for letter, x in counts.items())
            cure = "these letters stand at one place of one array: give them one size"
            refuse(f"sizes: {shown}", cure)
        symbols = [x for x in said.values() if isinstance(x, str)]
        symbol = symbols[0] if symbols else free_letter([f"n_{group[0]}"], taken)
        letters |= dict.fromkeys(group, symbol)
        letters |= {letter: x for letter, x in said.items() if isinstance(x, str)}
        number = next(iter(counts.values()), asked.get(symbol, EXAMPLE))
        numbers |= {each: _count(asked, each, number) for each in (symbol, *symbols)}
    return letters, numbers


def _count(asked: Mapping[str, int | str], symbol: str, otherwise: int | str) -> int:
    number = asked.get(symbol, otherwise)
    if isinstance(number, str):
        refuse(f"sizes: {symbol} is {number!r}", "give the number of a symbol, n=3")
    return number


# --- the model file ---------------------------------------------------------------------------


def _section(key: str, value: Value) -> Section:
    if isinstance(value, str):
        return Section(key, (f"{key} = {_quoted(value)}",))
    if isinstance(value, tuple):
        return Section(key, (f"{key} = [{', '.join(map(_quoted, value))}]",))
    lines = (
        f"{name if name.isidentifier() and name.isascii() else _quoted(name)} = "
        + (_quoted(each) if isinstance(each, str) else repr(each))
        for name, each in value.items()
    )
    return Section(key, tuple(lines), before=(f"[{key}]",))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _read(name: str, sections: tuple[Section, ...]) -> Model:
    """The Model of a model file. Raises ModelError with the places in what was given."""
    lines: list[str] = []
    places: list[tuple[str, int]] = []
    for each in sections:
        lines += [*each.before, *each.lines, *each.behind]
        places += [(each.key, 1) for _ in each.before]
        places += [(each.key, number) for number, _ in enumerate(each.lines, 1)]
        places += [(each.key, len(each.lines)) for _ in each.behind]
    try:
        return resolve(name, Source(name, "\n".join(lines) + "\n"))
    except ModelError as fault:
        first, *others = (_placed(each, places, sections) for each in fault.all)
    raise ModelError(first.file, first.position, first.problem, first.cure, tuple(others))


def _placed(
    fault: ModelError, places: Sequence[tuple[str, int]], sections: tuple[Section, ...]
) -> ModelError:
    """A mistake at its place in what was given, in the words of the arguments."""

    def given(line: int) -> tuple[str, int]:
        return places[min(line, len(places)) - 1]

    def in_place(line: re.Match[str]) -> str:
        key, number = given(int(line[1]))
        return f"line {number}" if key == EQUATIONS else key

    key, number = given(fault.position.number)
    shown = next(section.lines[number - 1] for section in sections if section.key == key)
    column = fault.position.column if fault.position.line == shown else 1
    keys = "|".join(section.key for section in sections) + "|hyperparameters|functions|example"
    problem, cure = (
        re.sub(r"\bline (\d+)", in_place, re.sub(rf"\[({keys})\]", r"\1", said))
        for said in (fault.problem, fault.cure)
    )
    return ModelError(key, Position(number, column, shown), problem, cure)
