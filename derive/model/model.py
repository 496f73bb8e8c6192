"""The Model: a network's equations, with what they are about."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, count
from typing import Literal

from derive.errors import DeriveError
from derive.expressions.contents import walk
from derive.expressions.expression import Adjoint, Entry, Expression, Index, Name, Sum
from derive.expressions.indices import replace_entries
from derive.expressions.lettering import Pattern, Split, reads_as_entry, split
from derive.functions.table import TABLE, Function
from derive.model.assumptions import Assumption

Role = Literal["weight", "input", "target", "hyperparameter", "quantity"]


SAMPLE = Index("s", "N", counts_samples=True)
"""The sample index and its size, which `batch` introduces, where a model leaves s and N free."""


_LETTERS, _SIZES = "srqpuvbcdefgh", "NSMBPQRT"
"""For the sample index and its size, the first that is free."""


def free_letter(wanted: Iterable[str], taken: Collection[str]) -> str:
    """The first of some letters that is not taken, else the first with a number."""
    letters = tuple(wanted)
    numbered = (f"{letters[0]}{number}" for number in count(1))
    return next(letter for letter in chain(letters, numbered) if letter not in taken)


@dataclass(frozen=True)
class Array:
    """A named array with its indices in order; a scalar has none."""

    name: str
    indices: tuple[Index, ...]
    role: Role

    @property
    def entry(self) -> Entry:
        """The general entry, W[j, i]."""
        return Entry(self.name, self.indices)

    @property
    def shape(self) -> tuple[str, ...]:
        """The sizes as symbols, (m, n)."""
        return tuple(index.size for index in self.indices)


@dataclass(frozen=True)
class Definition:
    """target = value, one equation of the model."""

    target: Entry
    value: Expression

    @property
    def name(self) -> str:
        """The name of what is defined."""
        assert isinstance(self.target.name, str)
        return self.target.name

    @property
    def indices(self) -> tuple[Index, ...]:
        """The indices of the left-hand side."""
        return self.target.letters


def written_out(value: Expression, definitions: Sequence[Definition]) -> Expression:
    """The value with every quantity of some definitions, in order, written out."""
    for definition in reversed(definitions):
        value = replace_entries(value, definition.name, definition.target, definition.value)
    return value


Side = Literal["below", "above", "mean"]
"""Where a kink's derivative is taken at its tie: where left < right, z below the kink; beyond
it; or halfway between both.
"""


@dataclass(frozen=True)
class Kink:
    """A choice, or a function with a kink, in the equation of a quantity.

    It is written for one sample, whatever the number of samples is.
    """

    equation: str
    node: Expression


Gradient = Literal["fraction", "nabla"]


Vectors = Literal["columns", "rows"]


@dataclass(frozen=True)
class Notation:
    """How the paper writes things; the code keeps the names of the equations.

    `entries` maps an array, or the paper's name for something, to the pattern of its entry,
    `adjoints` a quantity to the name of ∂EQ/∂quantity.
    """

    entries: tuple[tuple[str, Pattern], ...] = ()
    adjoints: tuple[tuple[str, str], ...] = ()
    step: str = "t"
    """The letter of the step size, where the model does not have it."""
    bold: bool = False
    """Whether whole arrays are bold."""
    gradient: Gradient = "fraction"
    """How the derivative by a whole array is written, ∂J/∂W or ∇_W J."""
    vectors: Vectors = "columns"
    """What a vector stands for in an equation between whole arrays."""

    @property
    def rows(self) -> bool:
        """Whether it stands for a row."""
        return self.vectors == "rows"

    def entry(self, name: Name) -> Pattern | None:
        """The pattern declared for an entry, if any."""
        named = name if isinstance(name, str) else self.adjoint(name)
        return dict(self.entries).get(named) if named else None

    def array(self, name: Name) -> Pattern | None:
        """The pattern of the whole array, if one follows from that of its entry."""
        named = name if isinstance(name, str) else self.adjoint(name)
        pattern = self.entry(name)
        return pattern.whole(named) if pattern and named else None

    def adjoint(self, name: Adjoint) -> str | None:
        """The name declared for an adjoint, if any."""
        return dict(self.adjoints).get(name.by)


@dataclass(frozen=True)
class Model:
    """A network as its paper writes it.

    `equations` are in the order a reader computes them; the last one defines the
    scalar error. `functions` gives each free function the one that the code computes
    with; `hyperparameters` are constants. `example` gives each
    size the number for which partials are written out. `definitions` are the paper's
    names for expressions.
    """

    name: str
    title: str
    source: str
    arrays: tuple[Array, ...]
    equations: tuple[Definition, ...]
    functions: tuple[tuple[str, Function], ...] = ()
    example: tuple[tuple[str, int], ...] = ()
    definitions: tuple[Definition, ...] = ()
    hyperparameters: tuple[tuple[str, Fraction], ...] = ()
    notation: Notation = Notation()
    assumptions: tuple[Assumption, ...] = ()
    gather: Literal["mean", "sum"] = "mean"
    """What the error is over N samples."""
    by: tuple[str, ...] = ()
    """Inputs to differentiate against besides the weights."""
    sides: tuple[tuple[Kink, Side], ...] = ()
    """From where kinks that cancel one another are differentiated; `evaluation.sides` finds it."""
    output_name: str | None = None
    """The output of the model that this one is made from; else its own equations tell."""

    @cached_property
    def _by_name(self) -> dict[str, Array]:
        return {array.name: array for array in self.arrays}

    def array(self, name: str) -> Array:
        """The array of that name. Raises DeriveError for an unknown one."""
        if name not in self._by_name:
            known = ", ".join(array.name for array in self.arrays)
            raise DeriveError(f"{self.name} has no quantity {name}", f"it has {known}")
        return self._by_name[name]

    def indices(self, name: Name) -> tuple[Index, ...]:
        """The indices of a quantity; an adjoint has those of what it differentiates by."""
        return self.array(name.by if isinstance(name, Adjoint) else name).indices

    def is_turned(self, name: Name) -> bool:
        """Whether a whole matrix stands for the transpose of what the model has: in rows, where its
        entries are written with their indices in the other order, as w_kj of W[j,k].
        """
        unnamed = isinstance(name, Adjoint) and not self.notation.adjoint(name)
        pattern = self.notation.entry(name.by if unnamed and isinstance(name, Adjoint) else name)
        if pattern is None or not self.notation.rows or len(pattern.indices) != 2:
            return False
        defined = (each.indices for each in self.definitions if each.name == name)
        own = next(defined, None) or self.indices(name)
        return pattern.indices != tuple(index.name for index in own)

    def role(self, role: Role) -> tuple[Array, ...]:
        """The arrays with that role, in the order of their declaration."""
        return tuple(array for array in self.arrays if array.role == role)

    @cached_property
    def sample(self) -> Index:
        """The sample index: that of a batch, else letters that the model leaves free."""
        held = (index for array in self.arrays for index in array.indices)
        return next((index for index in held if index.counts_samples), self._free_sample)

    @property
    def _free_sample(self) -> Index:
        letter, size = (free_letter(letters, self.letters) for letters in (_LETTERS, _SIZES))
        return Index(letter, size, counts_samples=True)

    @cached_property
    def letters(self) -> frozenset[str]:
        """The letters that names of the model are written with, and the names themselves."""
        indices = {index for array in self.arrays for index in array.indices}
        names = {
            *(array.name for array in self.arrays),
            *(name for index in indices for name in (index.name, index.size)),
            *(name for name, _ in self.functions),
            *(definition.name for definition in self.definitions),
            *(adjoint for _, adjoint in self.notation.adjoints),
            *(pattern.letter for _, pattern in self.notation.entries),
        }
        return frozenset(names | {split(name).head for name in names})

    def lettered(self, name: str) -> Split:
        """A name as it is printed, its subscripts in brackets where they would read as indices."""
        return self._lettered.get(name) or self._lettered_among_all(name)

    @cached_property
    def _lettered(self) -> dict[str, Split]:
        sizes = (size for array in self.arrays for size in array.shape)
        names = (*self._counts, *sizes, *dict(self.functions))
        return {name: self._lettered_among_all(name) for name in names}

    def _lettered_among_all(self, name: str) -> Split:
        parts, own = split(name), self._counts.get(name, 0)
        letters = self._index_letters
        alike = any(reads_as_entry(parts, own, *each, letters) for each in self._with_indices)
        return parts.bracketed if alike else parts

    @cached_property
    def _with_indices(self) -> tuple[tuple[Split, int], ...]:
        """The names of what has indices, and how many."""
        named = [(split(other), count) for other, count in self._counts.items() if count]
        patterns = (pattern for _, pattern in self.notation.entries if pattern.is_plain)
        return (*named, *((Split(p.letter, p.below.text), len(p.indices)) for p in patterns))

    @cached_property
    def _index_letters(self) -> frozenset[str]:
        """The letters of indices, those that only a sum binds among them."""
        nodes = chain.from_iterable(walk(equation.value) for equation in self.equations)
        bound = (index for node in nodes if isinstance(node, Sum) for index in node.over)
        own = (index for array in self.arrays for index in array.indices)
        return frozenset(index.name for index in (*own, *bound))

    @cached_property
    def _counts(self) -> dict[str, int]:
        """How many indices each quantity and each of the paper's names for others has."""
        of_arrays = {array.name: len(array.indices) for array in self.arrays}
        of_definitions = {each.name: len(each.indices) for each in self.definitions}
        of_adjoints = {spelled: of_arrays[by] for by, spelled in self.notation.adjoints}
        return {**of_adjoints, **of_definitions, **of_arrays}

    @property
    def weights(self) -> tuple[Array, ...]:
        """What training changes."""
        return self.role("weight")

    @property
    def differentiated(self) -> tuple[Array, ...]:
        """What the error is differentiated against: the weights, then the inputs asked for."""
        return (*self.weights, *(self.array(name) for name in self.by))

    @property
    def data(self) -> tuple[Array, ...]:
        """Inputs, then targets: what a sample consists of."""
        return self.role("input") + self.role("target")

    @property
    def leaves(self) -> tuple[Array, ...]:
        """What no equation computes: weights, inputs, targets, hyperparameters."""
        return (*self.weights, *self.data, *self.role("hyperparameter"))

    @property
    def error(self) -> str:
        """The name of the scalar that the last equation defines."""
        return self.equations[-1].name

    def written_order(self, name: str) -> tuple[Index, ...]:
        """The indices of an array in the order in which the paper writes them."""
        indices = self.array(name).indices
        pattern = self.notation.entry(name)
        if pattern is None:
            return indices
        return tuple(sorted(indices, key=lambda index: pattern.indices.index(index.name)))

    @property
    def size_symbols(self) -> tuple[str, ...]:
        """The symbols of the sizes in the order of the forward pass: n, m, K."""
        ordered = (*self.role("input"), *self.role("quantity"), *self.weights, *self.data)
        found = [size for array in ordered for size in array.shape]
        return tuple(dict.fromkeys(found))

    def function(self, name: str) -> Function:
        """The function that a name stands for: the file's own, or a row of the table."""
        return self._functions.get(name) or TABLE[name]

    @cached_property
    def _functions(self) -> dict[str, Function]:
        return dict(self.functions)
