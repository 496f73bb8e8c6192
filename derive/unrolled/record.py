"""What the templates of unrolled modules need; every string is source text."""

from dataclasses import dataclass, replace

from derive.code.body import define
from derive.unrolled.lines import returned_tuple

NUMBERS = "tuple[float, ...]"
"""The type of several numbers that are returned."""


@dataclass(frozen=True)
class Taken:
    """What a function is given: its name, and what its numbers are called; no word of a number
    that stands alone.
    """

    name: str
    numbers: str
    count: int


@dataclass(frozen=True)
class Routine:
    """A function of the module: what it takes, returns and says of itself, its lines, and the
    numbers that it returns after them as a tuple, if it does, behind what stands before.
    """

    name: str
    takes: tuple[tuple[str, str], ...]
    returns: str
    words: tuple[str, ...]
    lines: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    before: str = ""

    @property
    def signature(self) -> str:
        """The line that begins it; several where it would be too long."""
        return define(self.name, tuple(f"{n}: {kind}" for n, kind in self.takes), self.returns)

    @property
    def body(self) -> tuple[str, ...]:
        """All lines, the one that returns the last."""
        end = returned_tuple(self.numbers, self.before) if self.numbers else ()
        return (*self.lines, *end)

    @property
    def inner(self) -> str:
        """The same of a function that another one calls."""
        return replace(self, name=f"_{self.name}").signature


@dataclass(frozen=True)
class Unrolled:
    """The record of one module; every string is source text."""

    name: str
    title: str
    source: str
    sizes: str
    equations: tuple[str, ...]
    error: str
    step: str
    libraries: tuple[str, ...]
    helpers: tuple[str, ...]
    functions: tuple[str, ...]
    hyperparameters: tuple[tuple[str, str], ...]
    parameters: Taken
    data: tuple[Taken, ...]
    routines: tuple[Routine, ...]

    @property
    def given(self) -> tuple[Taken, ...]:
        """The parameters and the data."""
        return (self.parameters, *self.data)

    @property
    def has_pairs(self) -> bool:
        """Whether a helper takes mantissas with their shifts."""
        return any("Pair" in helper for helper in self.helpers)

    @property
    def sample(self) -> str:
        """What a sample is unpacked to: I, y."""
        return ", ".join(each.name for each in self.data) + "," * (len(self.data) == 1)

    @property
    def arguments(self) -> str:
        """What `update` is given besides the step size."""
        return ", ".join(each.name for each in self.given)


@dataclass(frozen=True)
class Single:
    """The record of a module with one function of single numbers; every string is source text."""

    model: str
    name: str
    signature: str
    lines: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    functions: tuple[str, ...]
    libraries: tuple[str, ...]
    helpers: tuple[str, ...]

    @property
    def has_pairs(self) -> bool:
        """Whether a helper takes mantissas with their shifts."""
        return any("Pair" in helper for helper in self.helpers)
