"""One right-hand side, tree -> Expression: every name looked up, every index in scope."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

from derive.declarations import Declarations, Source
from derive.expression import (
    MINUS_ONE,
    Apply,
    Entry,
    Expression,
    Index,
    Number,
    Power,
    Size,
    Sum,
    add,
    children,
    free_indices,
    multiply,
    power,
)
from derive.functions import TABLE
from derive.model import SAMPLE, Array
from derive.syntax import Call, Factors, Letter, Literal, Node, Raised, Reference, Terms

BINDERS = ("sum", "mean")

TRAINER_NAMES = (
    *("parameters", "initialise", "forward", "error", "gradient", "update", "train"),
    *(
        "t",
        "iterations",
        "tolerance",
        "seed",
        "errors",
        "random",
        "name",
        "size",
        "np",
        "Parameters",
    ),
    *("float", "int", "bool", "len", "list", "tuple", "dict", "zip", "max", "range", "isinstance"),
)

RESERVED = {
    **dict.fromkeys(keyword.kwlist, "a word of Python, which the trainer is written in"),
    **dict.fromkeys(BINDERS, "a word of the equation language"),
    **dict.fromkeys(TRAINER_NAMES, "a name of the generated trainer"),
    **dict.fromkeys((SAMPLE.name, SAMPLE.size), "the sample index or its size"),
}


@dataclass
class Names:
    """What a model file has named so far, and where; `later` are equations further down."""

    source: Source
    declared: Declarations
    indices: dict[str, Index] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    where: dict[str, int] = field(default_factory=dict)
    later: set[str] = field(default_factory=set)
    summed: set[str] = field(default_factory=set)

    def define(self, array: Array, at: int) -> None:
        """Add an array under a new name."""
        self.claim(array.name, at)
        self.arrays[array.name] = array

    def claim(self, name: str, at: int) -> None:
        """Take a name; fail where it is taken or reserved."""
        if name in RESERVED:
            cure = f"write {name}_ or choose another name"
            self.source.fail(at, f"{name} is {RESERVED[name]}", cure)
        if name in TABLE:
            self.source.fail(at, f"{name} is a function of its own", "choose another name")
        if re.match(r"d[A-Za-z0-9_]*_d[A-Z]", name):
            cure = "choose a name that does not read as a derivative"
            self.source.fail(at, f"{name} is the name of a derivative in the trainer", cure)
        if name in self.where:
            line = self.source.position(self.where[name]).number
            cure = f"it stands already in line {line}; give one of the two another name"
            self.source.fail(at, f"{name} is defined twice", cure)
        self.where[name] = at

    def index(self, letter: Letter, base: int) -> Index:
        """The declared index of a letter."""
        if letter.name not in self.indices:
            cure = f'declare it under [sizes], such as {letter.name} = "n"'
            self.source.fail(base + letter.at, f"the index {letter.name} is not declared", cure)
        return self.indices[letter.name]

    def letters(self, reference: Reference, base: int) -> tuple[Index, ...]:
        """The indices of a declaration or a left-hand side, each letter once."""
        found: dict[Index, None] = {}
        for letter in reference.indices:
            index = self.index(letter, base)
            if index in found:
                cure = "give each position a letter of its own; two letters may share a size"
                self.source.fail(base + letter.at, f"the index {letter.name} stands twice", cure)
            found[index] = None
        return tuple(found)

    def undefined(self, at: int, name: str) -> NoReturn:
        """Fail for a name that nothing above defines, telling later from never."""
        if name in self.later:
            cure = "move that equation up: equations stand in the order of computation"
            self.source.fail(at, f"{name} is used before it is defined", cure)
        if name in self.declared.functions or name in TABLE:
            self.source.fail(at, f"{name} is a function", f"give it an argument: {name}(...)")
        if name in self.indices or name in self.declared.sizes.values():
            self.source.fail(at, f"{name} is no quantity", "an index stands only between [ ]")
        cure = "define it by an equation above, or declare it in weights, inputs or targets"
        self.source.fail(at, f"{name} is not defined", cure)


@dataclass(frozen=True)
class Scope:
    """One right-hand side: the letters in sight are the target's and those of enclosing sums."""

    names: Names
    base: int
    letters: Mapping[str, Index]
    target: Reference

    def fail(self, at: int, problem: str, cure: str) -> NoReturn:
        self.names.source.fail(self.base + at, problem, cure)

    def expression(self, node: Node) -> Expression:
        match node:
            case Literal():
                return Number(node.value)
            case Reference():
                return self._entry(node)
            case Call():
                return self._binder(node) if node.name in BINDERS else self._apply(node)
            case Terms():
                terms = [(minus, self.expression(term)) for minus, term in node.terms]
                return add(*(multiply(MINUS_ONE, x) if minus else x for minus, x in terms))
            case Factors():
                parts = [(self.expression(part), part.at, over) for over, part in node.factors]
                return multiply(*(self._power(x, -1, at) if over else x for x, at, over in parts))
            case Raised():
                return self._power(self.expression(node.base), node.exponent, node.at)

    def _power(self, base: Expression, exponent: int, at: int) -> Expression:
        if isinstance(base, Number):
            if base.value == 0 and exponent < 0:
                self.fail(at, "division by zero", "divide by a number other than 0")
            if _bits(base.value) * abs(exponent) > 4096:
                self.fail(at, "a number too large to write", "use a smaller exponent")
        return power(base, exponent)

    def _entry(self, node: Reference) -> Expression:
        array = self.names.arrays.get(node.name)
        if node.name == self.target.name:
            cure = "the right-hand side may use only what stands above it; choose another name"
            self.fail(node.at, f"{node.name} is defined by itself", cure)
        if array is None:
            self.names.undefined(self.base + node.at, node.name)
        if len(node.indices) != len(array.indices):
            shown = f"{array.name}[{','.join(i.name for i in array.indices)}]"
            wanted = shown if array.indices else f"{array.name}, without indices"
            problem = f"{node.name} with {len(node.indices)} indices"
            self.fail(node.at, problem, f"it is declared as {wanted}")
        found = []
        for place, (letter, own) in enumerate(zip(node.indices, array.indices, strict=True), 1):
            index = self.names.index(letter, self.base)
            if index.size != own.size:
                problem = f"the index {index.name} runs to {index.size} and to {own.size}"
                cure = f"use a letter that runs to {own.size} as index {place} of {array.name}"
                self.fail(letter.at, problem, cure)
            if letter.name not in self.letters:
                cure = f"sum over it, sum({letter.name}, ...), or put it on {self.target.name}"
                problem = f"the index {letter.name} is free on the right and not on the left"
                self.fail(letter.at, problem, cure)
            found.append(index)
        return Entry(node.name, tuple(found))

    def _apply(self, node: Call) -> Expression:
        known = (*self.names.declared.functions, *TABLE)
        if node.name not in known:
            cure = f"known are {', '.join((*BINDERS, *known))}; declare a free one in [functions]"
            self.fail(node.at, f"{node.name} is no known function", cure)
        if len(node.arguments) != 1:
            problem = f"{node.name} with {len(node.arguments)} arguments"
            self.fail(node.at, problem, "a function takes one argument")
        return Apply(node.name, self.expression(node.arguments[0]))

    def _binder(self, node: Call) -> Expression:
        *letters, body = node.arguments
        cure = f"write {node.name}(i, ...) with an index letter first"
        if not letters:
            self.fail(node.at, f"{node.name} without an index", cure)
        over: list[Index] = []
        for letter in letters:
            if not isinstance(letter, Reference) or letter.indices:
                self.fail(letter.at, f"{node.name} over something that is no index", cure)
            index = self.names.index(Letter(letter.at, letter.name), self.base)
            if letter.name in self.letters or index in over:
                self._bound_twice(letter)
            over.append(index)
            self.names.summed.add(index.name)
        inner = {**self.letters, **{index.name: index for index in over}}
        value = Scope(self.names, self.base, inner, self.target).expression(body)
        for index, letter in zip(over, letters, strict=True):
            if index not in free_indices(value):
                cure = f"use {index.name} inside, or leave the {node.name} out"
                self.fail(letter.at, f"the index {index.name} touches no array in the sum", cure)
        scale = [power(Size(index.size), -1) for index in over] if node.name == "mean" else []
        return multiply(*scale, Sum(tuple(over), value))

    def _bound_twice(self, letter: Reference) -> NoReturn:
        on_left = [index.name for index in self.target.indices]
        if letter.name in on_left:
            cure = f"it is an index of {self.target.name}; sum over another letter of the same size"
            self.fail(letter.at, f"the index {letter.name} is summed and free at once", cure)
        cure = "give the inner sum a letter of its own; two letters may share a size"
        self.fail(letter.at, f"the index {letter.name} is summed twice", cure)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def degree(value: Expression, degrees: Mapping[str, int]) -> int:
    """The largest product of exponents on a way down; a function shields what is inside it."""
    if isinstance(value, Entry):
        return degrees.get(str(value.name), 1)
    if isinstance(value, Apply):
        return 1
    own = abs(value.exponent) if isinstance(value, Power) else 1
    return own * max((degree(part, degrees) for part in children(value)), default=1)
