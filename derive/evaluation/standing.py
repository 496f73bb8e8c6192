"""What a point breaks of a model's equations: the data, equation by equation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import chain

from derive.evaluation.evaluate import Cell, Values
from derive.expressions.expression import Name

Rank = tuple[float, float]
"""How much is missing of what is needed, and by how much numbers are larger than is good."""


@dataclass(frozen=True)
class Broken:
    """A condition that a point breaks: where, what, the number, and by how much."""

    place: str
    what: str
    number: float
    margin: float


@dataclass(frozen=True)
class Part:
    """What a point breaks of one equation, the margins of its conditions, how far its numbers are
    larger than is good, and these.
    """

    broken: tuple[Broken, ...]
    margins: tuple[float, ...]
    excess: float
    values: Values = field(compare=False)


@dataclass(frozen=True)
class Standing:
    """What a point breaks, and how far its numbers are larger than is good, in bits; equation by
    equation.

    `margins` are those of all conditions in the order in which they are met, in units of what
    is needed: below 0 it is missing.
    """

    parts: Mapping[Name, Part]

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """What is broken, in that order."""
        return tuple(chain.from_iterable(part.broken for part in self.parts.values()))

    @cached_property
    def margins(self) -> tuple[float, ...]:
        """By how much each condition holds."""
        return tuple(chain.from_iterable(part.margins for part in self.parts.values()))

    @cached_property
    def rank(self) -> Rank:
        """The smaller the better."""
        excess = max((part.excess for part in self.parts.values()), default=0.0)
        return -sum(each.margin for each in self.broken), excess


Found = tuple[Mapping[Cell, Fraction], Standing]
"""A point, and how it stands."""
