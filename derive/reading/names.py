"""The names of a model file: what is declared so far, where, and which words are taken."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import NoReturn

from derive.errors import ModelError
from derive.expressions.expression import Index
from derive.expressions.lettering import split
from derive.functions.table import TABLE
from derive.model.model import Array
from derive.reading.declarations import MOST_LETTERS, Declarations
from derive.reading.faults import FollowsError
from derive.reading.losses import LOSSES
from derive.reading.source import Passage, Source
from derive.reading.synonyms import BINDERS, CHOICES, ROOTS, SYNONYMS, instead, ours
from derive.reading.tree import Call, Letter, Reference

WORDS = (*BINDERS, "softmax", *CHOICES, *ROOTS, *LOSSES)
"""What is written name(...) and is no function of one argument."""


RESERVED = {word: "a word of the equation language" for word in WORDS if word not in ROOTS}


CONSTANTS = {
    "pi": "give it a number under [hyperparameters]: pi = 3.141592653589793",
    "e": "write exp(z) for e^z",
    **dict.fromkeys(("inf", "infinity"), "write a large number, such as 1e9"),
    **dict.fromkeys(("true", "false", "none", "nan"), "an equation holds numbers, 1 and 0"),
}
"""What other people's languages know as it stands, in small letters, and what is written here."""


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
    told: set[str] = field(default_factory=set)
    """Names that are wrong, and have been told: what else is wrong with them follows from it."""
    incomplete: bool = False
    """Whether some declarations could not be read."""
    faults: list[ModelError] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nothing has been wrong so far."""
        return not self.faults

    @property
    def all_known(self) -> bool:
        """Whether every name of a quantity is one, so that what is used is known."""
        return all(name.endswith("(") for name in self.told)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Note what is wrong inside, and go on behind it."""
        try:
            yield
        except ModelError as fault:
            self.faults.append(fault)
        except FollowsError:
            pass

    @property
    def sizes(self) -> Collection[str]:
        """The symbols of the sizes."""
        return self.declared.sizes.values()

    @property
    def leaves(self) -> tuple[Array, ...]:
        """What the file declares, and no equation defines."""
        return tuple(array for array in self.arrays.values() if array.role != "quantity")

    @property
    def functions(self) -> Collection[str]:
        """What the file itself declares or defines, which no other name stands for."""
        return {*self.declared.functions, *self.arrays, *self.later}

    def define(self, array: Array, at: int) -> None:
        """Add an array under a new name."""
        self.arrays.setdefault(array.name, array)
        self.claim(array.name, at)

    def claim(self, name: str, at: int) -> None:
        """Take a name; fail where it is taken, reserved, or more than a page can hold."""
        if len(name) > MOST_LETTERS:
            cure = f"a name has at most {MOST_LETTERS} letters"
            self.source.fail(at, f"{name} has {len(name)} letters", cure)
        if name in RESERVED:
            cure = f"write {name}_ or choose another name"
            self.source.fail(at, f"{name} is {RESERVED[name]}", cure)
        if name in TABLE:
            self.source.fail(at, f"{name} is a function of its own", "choose another name")
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
            self._once(letter.name)
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
        self._once(name)
        if name in self.later:
            cure = "move that equation up: equations stand in the order of computation"
            within.fail(at, f"{name} is used before it is defined", cure)
        if name in self.declared.functions or name in TABLE:
            within.fail(at, f"{name} is a function", f"give it an argument: {name}(...)")
        if name in self.indices or name in self.sizes:
            within.fail(at, f"{name} is no quantity", "an index stands only between [ ]")
        if self.incomplete:
            raise FollowsError
        within.fail(at, f"{name} is not defined", self._meant(name))

    def _meant(self, name: str) -> str:
        """What somebody meant by a name that there is not."""
        parts = split(name)
        letters = [*"".join(parts.subscripts)]
        if letters and parts.head in self.arrays and set(letters) <= self.indices.keys():
            return f"write {parts.head}[{','.join(letters)}]"
        if letters and parts.head in BINDERS:
            return f"write {parts.head}({','.join(letters)}, ...)"
        near = get_close_matches(name, self.arrays, n=2)
        if name.lower() in CONSTANTS:
            return CONSTANTS[name.lower()]
        meant = f"did you mean {' or '.join(near)}? " if near else ""
        return f"{meant}define it by an equation above, or declare it in weights, inputs or targets"

    def no_function(self, node: Call, within: Passage) -> NoReturn:
        """Fail for a call of what is no function."""
        at, name = node.at, node.name
        if name in self.arrays:
            cure = f"its entries are written {written(self.arrays[name])}"
            within.fail(at, f"{name} is an array and no function", cure)
        self._once(f"{name}(")
        if name in self.later:
            cure = f"its entries are written {name}[...], below the equation that defines it"
            within.fail(at, f"{name} is defined below, and no function", cure)
        known = (*WORDS, *self.declared.functions, *TABLE, *SYNONYMS)
        near = get_close_matches(name.rpartition(".")[2], known, cutoff=0.5)
        own = dict.fromkeys(ours(each, self.functions) for each in near)
        meant = f"did you mean {' or '.join(own)}? " if near else ""
        cure = f"{meant}docs/language.md lists all; declare a new one in [functions]"
        within.fail(at, f"{name} is no known function", instead(name) or cure)

    def _once(self, name: str) -> None:
        """Raise FollowsError for a name that has been told to be wrong."""
        if name in self.told:
            raise FollowsError
        self.told.add(name)


def written(array: Array) -> str:
    """An array with its letters, W[j,i]."""
    letters = ",".join(index.name for index in array.indices)
    return f"{array.name}[{letters}]" if letters else array.name


def summed_product(arrays: Sequence[Array], always: bool = False) -> str:
    """The product of whole arrays with its indices: sum(j, V[k,j] * h[j]).

    What all of them have is summed over where others have more, or `always`.
    """
    if not arrays:
        return "sum(j, V[k,j] * h[j])"
    first, *rest = arrays
    shown, shared = [first], []
    for array in rest:
        letters = []
        for index in array.indices:
            same = (own for own in first.indices if own.size == index.size and own not in letters)
            letters.append(index if index in first.indices else next(same, index))
        shared += [index for index in letters if index in first.indices]
        shown.append(replace(array, indices=tuple(letters)))
    product = " * ".join(map(written, shown))
    over = [index.name for index in first.indices if index in shared]
    alike = all(set(array.indices) == set(first.indices) for array in shown)
    if not over or (alike and not always):
        return product
    return f"sum({', '.join(over)}, {product})"
