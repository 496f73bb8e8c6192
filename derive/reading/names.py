"""The names of a model file: what is declared so far, where, and which words are taken."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NoReturn

from derive.errors import ModelError
from derive.expressions.expression import Index
from derive.expressions.lettering import split
from derive.functions.table import TABLE
from derive.model.model import Array
from derive.reading.declarations import MOST_LETTERS, Declarations
from derive.reading.faults import FollowsError
from derive.reading.instead import CONSTANTS, TRANSPOSE, instead
from derive.reading.losses import LOSSES
from derive.reading.source import Passage, Source
from derive.reading.synonyms import BINDERS, CHOICES, ROOTS, SYNONYMS, ours
from derive.reading.tree import Call, Letter, Reference
from derive.reading.written import summed_product, written

WORDS = (*BINDERS, "softmax", *CHOICES, *ROOTS, *LOSSES)
"""What is written name(...) and is no function of one argument."""


_UNDEFINED = (
    "define it by an equation above, or declare it: an array in weights, inputs or targets, "
    "a number under [hyperparameters]"
)


_SAMPLES = ("s", "b", "t", "N", "B", "n")
"""Letters of an index that counts samples, in other people's equations."""


RESERVED = {word: "a word of the equation language" for word in WORDS if word not in ROOTS}


@dataclass
class Names:
    """What a model file has named so far, and where; `later` is what equations use, by what
    they define, those further down among them.
    """

    source: Source
    declared: Declarations
    indices: dict[str, Index] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    where: dict[str, int] = field(default_factory=dict)
    later: dict[str, set[str]] = field(default_factory=dict)
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

    def lose(self, names: Iterable[str]) -> None:
        """Note names that a declaration gives which cannot be read."""
        self.told.update(*((name, f"{name}(") for name in names))

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
            if self.incomplete and not self.indices:  # what declares them could not be read
                raise FollowsError
            self._once(letter.name)
            within.fail(letter.at, *self._no_index(letter.name))
        return self.indices[letter.name]

    def _no_index(self, name: str) -> tuple[str, str]:
        letters = [letter for letter, index in self.indices.items() if index.size == name]
        if letters:
            return f"{name} is a size", f"write the index that runs to it, {' or '.join(letters)}"
        if len(name) > 1 and set(name) <= self.indices.keys():
            return f"the index {name} is not declared", f"write commas between: {','.join(name)}"
        samples = "; an index of samples is left out, for a model is of one sample"
        cure = f'declare it under [sizes], such as {name} = "n"'
        return f"the index {name} is not declared", cure + samples * (name in _SAMPLES)

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

    def undefined(self, node: Reference, within: Passage, target: str) -> NoReturn:
        """Fail for a name that nothing above defines, telling later from never."""
        at, name = node.at, node.name
        self._once(name)
        if name in self.later:
            cure = "move that equation up: equations stand in the order of computation"
            if self._needs(name, target):
                cure = f"{name} itself needs {target}: write a loop out step by step, h1, h2, ..."
            within.fail(at, f"{name} is used before it is defined", cure)
        if name in self.declared.functions or name in TABLE:
            within.fail(at, f"{name} is a function", f"give it an argument: {name}(...)")
        if name in self.indices or name in self.sizes:
            within.fail(at, f"{name} is no quantity", "an index stands only between [ ]")
        if self.incomplete:
            raise FollowsError
        within.fail(at, f"{name} is not defined", self._meant(name))

    def _needs(self, name: str, other: str) -> bool:
        """Whether a quantity further down leads back to another."""
        found, new = set[str](), {name}
        while new:
            found |= new
            new = set().union(*(self.later.get(each, ()) for each in new)) - found
        return other in found

    def _meant(self, name: str) -> str:
        """What somebody meant by a name that there is not."""
        parts = split(name)
        letters = [*"".join(parts.subscripts)]
        if letters and parts.head in BINDERS and set(letters) <= self.indices.keys():
            return f"write {parts.head}({','.join(letters)}, ...)"
        if name in TRANSPOSE:
            return TRANSPOSE[name]
        if name.lower() in CONSTANTS:
            return CONSTANTS[name.lower()]
        if name[:1] == "d" and name[1:] in (*self.arrays, *self.later):
            return "derivatives are found, not written"
        entry = self._entry_of(name)
        if entry:
            return entry
        near = get_close_matches(name, self.arrays, n=2) if len(name) > 2 else []
        alike = [each for each in self.arrays if each.lower() == name.lower() and each not in near]
        meant = f"did you mean {' or '.join([*alike, *near][:2])}? " if near or alike else ""
        return f"{meant}{_UNDEFINED}"

    def _entry_of(self, name: str) -> str | None:
        """What to write for Wji, W_ji, W_11, x1, Wx of arrays W and x."""
        heads = [each for each in self.arrays if name.startswith(each)]
        for array in (self.arrays[each] for each in sorted(heads, key=len, reverse=True)):
            rest = name.removeprefix(array.name).strip("_")
            if array.indices and rest and set(rest) <= self.indices.keys():
                return f"write {array.name}[{','.join(rest)}]"
            if array.indices and rest.isdigit():
                return f"index letters stand for all numbers: write {written(array)}"
            if rest in self.arrays:
                return f"write {summed_product([array, self.arrays[rest]])}"
        bare = next((each for each in self.arrays if split(each).head == name), None)
        if bare and not self.arrays[bare].indices:
            return f"did you mean {bare}? An array is declared with its indices, {name}[j,i]"
        return None

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
        if split(name).head in BINDERS:
            cure = f"write {split(name).head}(i, ...) with an index letter first"
            within.fail(at, f"{name} is no known function", cure)
        known = (*WORDS, *self.declared.functions, *TABLE, *SYNONYMS)
        bare = name.rpartition(".")[2]
        near = get_close_matches(bare, known) if len(bare) > 2 else []
        own = dict.fromkeys(ours(each, self.functions) for each in near)
        meant = f"did you mean {' or '.join(own)}? " if near else ""
        cure = f'{meant}docs/language.md lists all; [functions] takes a new one: {bare} = "tanh"'
        within.fail(at, f"{name} is no known function", instead(name) or cure)

    def _once(self, name: str) -> None:
        """Raise FollowsError for a name that has been told to be wrong."""
        if name in self.told:
            raise FollowsError
        self.told.add(name)
