"""What is in sight within one right-hand side: its letters, its names, and the sums that bind."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from derive.expressions.contents import entries, free_indices
from derive.expressions.expression import Entry, Expression, Index, Size
from derive.expressions.indices import fresh
from derive.model.model import Array
from derive.reading.names import Names
from derive.reading.source import Passage
from derive.reading.tree import Call, Letter, Literal, Node, Reference
from derive.reading.written import declared_as, with_letters


@dataclass(frozen=True)
class Scope:
    """A place in a right-hand side: its letters are the target's and those of enclosing sums."""

    names: Names
    passage: Passage
    letters: Mapping[str, Index]
    target: Reference
    given: Mapping[str, Expression] = field(default_factory=dict)
    """The parameters of a loss, within its own text."""

    def fail(self, at: int, problem: str, cure: str) -> NoReturn:
        """Raise ModelError at a place of the right-hand side."""
        self.passage.fail(at, problem, cure)

    def bare(self, *nodes: Node) -> list[Array]:
        """The arrays that have indices and are written without."""
        names = [n.name for n in nodes if isinstance(n, Reference) and not n.indices]
        known = self.names.arrays.keys() - self.given.keys()
        arrays = [self.names.arrays[name] for name in names if name in known]
        return [array for array in arrays if array.indices]

    def is_constant(self, value: Expression) -> bool:
        """Whether an expression is made of numbers, sizes and hyperparameters."""
        held = (self.names.arrays[str(entry.name)] for entry in entries(value))
        return all(array.role == "hyperparameter" for array in held)

    def entry(self, node: Reference) -> Expression:
        """What a name stands for: an entry, a size, or what a loss is given for it."""
        if node.name in self.given:
            return self.given[node.name]
        array = self.names.arrays.get(node.name)
        if node.name == self.target.name:
            cure = "the right-hand side may use only what stands above it; choose another name"
            self.fail(node.at, f"{node.name} is defined by itself", cure)
        if not node.indices and node.name in self.names.sizes:
            return Size(node.name)
        if array is None:
            self.names.undefined(node, self.passage, self.target.name)
        if len(node.indices) != len(array.indices):
            count = len(node.indices)
            problem = f"{node.name} with {count} {'index' if count == 1 else 'indices'}"
            problem = problem if count else f"{node.name} without its indices"
            self.fail(node.at, problem, declared_as(array, node))
        found = []
        for place, (letter, own) in enumerate(zip(node.indices, array.indices, strict=True), 1):
            index = self.names.index(letter, self.passage)
            if index.size != own.size:
                problem = f"the index {index.name} runs to {index.size} and to {own.size}"
                cure = f"use a letter that runs to {own.size} as index {place} of {array.name}"
                self.fail(letter.at, problem, cure)
            if letter.name not in self.letters:
                cure = f"sum over it, sum({letter.name}, ...), or put it on {self.target.name}"
                problem = f"the index {letter.name} is free on the right and not on the left"
                self.fail(letter.at, problem, cure)
            found.append(self.letters[letter.name])
        return Entry(node.name, tuple(found))

    def index_letters(self, node: Call, count: int = 1) -> tuple[list[Reference], tuple[Node, ...]]:
        """The index letters that stand first, and the `count` arguments behind them."""
        cure = with_letters(node, count, self.letters, self.bare(*node.arguments))
        letters = list(node.arguments[: len(node.arguments) - count])
        if not letters:
            self.fail(node.at, f"{node.name} without an index", cure)
        found: list[Reference] = []
        for letter in letters:
            if not isinstance(letter, Reference) or letter.indices:
                if isinstance(letter, Literal):
                    cure += "; it runs from 1 to its size by itself, and a decimal has a point"
                self.fail(letter.at, f"{node.name} over something that is no index", cure)
            found.append(letter)
        return found, node.arguments[len(letters) :]

    def bind(self, letters: list[Reference]) -> "tuple[tuple[Index, ...], Scope]":
        """The indices that letters bind, and the scope inside.

        A letter that is in sight is another one inside, as in exp(z[k]) / sum(k, exp(z[k])).
        """
        over: list[Index] = []
        for letter in letters:
            index = self.names.index(Letter(letter.at, letter.name), self.passage)
            if any(index.name == other.name for other in over):
                cure = "let each letter stand once"
                self.fail(letter.at, f"the index {letter.name} is summed twice", cure)
            over.append(fresh(index, [*self.letters.values(), *over]))
            self.names.summed.add(index.name)
        inner = {**self.letters, **{index.name: index for index in over}}
        return tuple(over), replace(self, letters=inner)

    def check_held(
        self, node: Call, letters: list[Reference], over: tuple[Index, ...], value: Expression
    ) -> None:
        """Raise ModelError for an index that a call binds and that its value does not have."""
        for index, letter in zip(over, letters, strict=True):
            if index not in free_indices(value):
                instead = f"write {index.size} times it" if node.name == "sum" else "leave it out"
                cure = f"use {index.name} inside the {node.name}, or {instead}"
                problem = f"the index {index.name} touches no array in the {node.name}"
                self.fail(letter.at, problem, cure)
