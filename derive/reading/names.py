"""The names of a model file: what is declared so far, where, and which words are taken."""

from dataclasses import dataclass, field
from typing import NoReturn

from derive.expressions.expression import Index
from derive.expressions.lettering import split
from derive.functions.table import TABLE
from derive.model.model import SAMPLE, Array
from derive.reading.declarations import Declarations
from derive.reading.losses import LOSSES
from derive.reading.source import Passage, Source
from derive.reading.tree import Letter, Reference

BINDERS = ("sum", "mean")


WORDS = (*BINDERS, "softmax", "max", "min", "where", *LOSSES)
"""What is written name(...) and is no function of one argument."""


RESERVED = {
    **dict.fromkeys(WORDS, "a word of the equation language"),
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
        for other in self.arrays.values():
            scalar, vector = sorted((array, other), key=lambda each: len(each.indices))
            if _is_entry(scalar, vector) and vector.name not in self.declared.notation:
                problem = f"{scalar.name} prints as an entry of {vector.name}"
                self.source.fail(at, problem, "choose a name that a reader can tell from it")
        self.arrays[array.name] = array

    def claim(self, name: str, at: int) -> None:
        """Take a name; fail where it is taken or reserved."""
        if name in RESERVED:
            cure = f"write {name}_ or choose another name"
            self.source.fail(at, f"{name} is {RESERVED[name]}", cure)
        if name in TABLE:
            self.source.fail(at, f"{name} is a function of its own", "choose another name")
        if split(name) == split("t"):
            self.source.fail(at, f"{name} prints as t, the step size", "choose another letter")
        if name in self.where:
            line = self.source.position(self.where[name]).number
            cure = f"it stands already in line {line}; give one of the two another name"
            self.source.fail(at, f"{name} is defined twice", cure)
        alike = next((other for other in self.where if split(other) == split(name)), None)
        if alike:
            cure = "choose a name that a reader can tell from it"
            self.source.fail(at, f"{name} and {alike} print alike", cure)
        self.where[name] = at

    def index(self, letter: Letter, within: Passage) -> Index:
        """The declared index of a letter."""
        if letter.name not in self.indices:
            cure = f'declare it under [sizes], such as {letter.name} = "n"'
            within.fail(letter.at, f"the index {letter.name} is not declared", cure)
        return self.indices[letter.name]

    def letters(self, reference: Reference, within: Passage) -> tuple[Index, ...]:
        """The indices of a declaration or a left-hand side, each letter once."""
        found: dict[Index, None] = {}
        for letter in reference.indices:
            index = self.index(letter, within)
            if index in found:
                cure = "give each position a letter of its own; two letters may share a size"
                within.fail(letter.at, f"the index {letter.name} stands twice", cure)
            found[index] = None
        return tuple(found)

    def undefined(self, node: Reference, within: Passage) -> NoReturn:
        """Fail for a name that nothing above defines, telling later from never."""
        at, name = node.at, node.name
        if name in self.later:
            cure = "move that equation up: equations stand in the order of computation"
            within.fail(at, f"{name} is used before it is defined", cure)
        if name in self.declared.functions or name in TABLE:
            within.fail(at, f"{name} is a function", f"give it an argument: {name}(...)")
        if name in self.indices or name in self.declared.sizes.values():
            within.fail(at, f"{name} is no quantity", "an index stands only between [ ]")
        cure = "define it by an equation above, or declare it in weights, inputs or targets"
        within.fail(at, f"{name} is not defined", cure)


def _is_entry(scalar: Array, vector: Array) -> bool:
    """Whether a number is written as an entry of a vector: w_1 or w1 beside w[i], not w_0."""
    if (len(scalar.indices), len(vector.indices)) != (0, 1):
        return False
    parts, own = split(scalar.name), split(vector.name)
    *before, last = parts.subscripts or ("",)
    return (parts.head, tuple(before)) == (own.head, own.subscripts) and last.strip("0").isdigit()
