"""A model -> the layers of units of its network, and what each unit is computed from.

A unit is an entry of an input, or of what the network computes: drawn as one circle with the
entries that follow from it alone, a pre-activation and its activation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from derive.expressions.building import multiply
from derive.expressions.contents import children, free_indices, held
from derive.expressions.expression import Entry, Expression, Index, Multiply, Name, Number
from derive.expressions.indices import substitute
from derive.model.model import Array, Definition, Model
from derive.model.output import computed

Place = tuple[int, ...]
"""The numbers of an entry."""


@dataclass(frozen=True)
class Use:
    """That an entry of a unit stands in an equation; `weight` is what multiplies it, a weight
    or a product of weights and constants, and None where it stands there otherwise.
    """

    of: Entry
    weight: Expression | None


@dataclass(frozen=True)
class Layer:
    """Arrays whose entries are drawn as one circle each, in the order in which they follow."""

    arrays: tuple[Array, ...]

    @property
    def shown(self) -> Array:
        """The array whose entries label the units: the last one computed."""
        return self.arrays[-1]


@dataclass(frozen=True)
class Network:
    """The units of a model: the quantities computed on the way from the inputs to the error."""

    model: Model

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """What the network computes."""
        names = computed(self.model)
        return tuple(each for each in self.model.equations if each.name in names)

    @cached_property
    def names(self) -> frozenset[Name]:
        """The names of what has units: what is computed, and the inputs."""
        inputs = (array.name for array in self.model.role("input"))
        return frozenset((*inputs, *(each.name for each in self.definitions)))

    @cached_property
    def weights(self) -> frozenset[Name]:
        """The weights, and what is computed from weights alone."""
        found: set[Name] = {array.name for array in self.model.weights}
        constant = {array.name for array in self.model.role("hyperparameter")}
        for each in self.model.equations[:-1]:
            if held(each.value) <= found | constant and held(each.value) & found:
                found.add(each.name)
        return frozenset(found)

    def line(self, factors: Sequence[Expression]) -> Use | None:
        """The use of a unit that a product is of nothing but weights, constants and that unit."""
        units = [part for part in factors if held(part) & self.names]
        others = [part for part in factors if not held(part) & self.names]
        if len(units) != 1 or not all(isinstance(part, Entry | Number) for part in others):
            return None
        (unit,), weight = units, multiply(*others)
        if not isinstance(unit, Entry) or not held(weight) & self.weights:
            return None
        return Use(unit, weight)

    def uses(self, value: Expression) -> Iterator[Use]:
        """Every unit in an expression, in reading order."""
        match value:
            case Entry(name) if name in self.names:
                yield Use(value, None)
                return
            case Multiply(factors) if use := self.line(factors):
                yield use
                return
        for part in children(value):
            yield from self.uses(part)

    @cached_property
    def leading(self) -> frozenset[Name]:
        """The weights that stand at lines, each at that between two units alone."""
        return frozenset(
            name
            for each in self.definitions
            for use in self.uses(each.value)
            if use.weight is not None
            if {*free_indices(use.weight)} <= {*each.target.letters, *use.of.letters}
            for name in held(use.weight)
        )

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Inputs that something is computed from, then what is computed, in order."""
        found = [Layer((array,)) for array in self.model.role("input") if self._users(array.name)]
        for each in self.definitions:
            array, before = self.model.array(each.name), self._before(each)
            (*same, home) = [x for x in found if x.shown.name == before] or [Layer(())]
            assert not same
            found = [x for x in found if x != home]
            found.append(Layer((*home.arrays, array)))
        return tuple(found)

    def layer(self, name: Name) -> Layer:
        """The layer that an array is drawn in."""
        return next(x for x in self.layers if name in {array.name for array in x.arrays})

    def _users(self, name: Name) -> list[Name]:
        return [each.name for each in self.definitions if name in held(each.value)]

    def _before(self, each: Definition) -> Name | None:
        """The quantity whose entries are drawn in one circle with those that follow from them.

        It stands in no other equation, entry by entry, and without a weight.
        """
        uses = list(self.uses(each.value))
        found = [
            name
            for name in dict.fromkeys(use.of.name for use in uses)
            if self.model.array(str(name)).role == "quantity" and self._users(name) == [each.name]
            if all(
                u == Use(Entry(name, each.target.indices), None) for u in uses if u.of.name == name
            )
        ]
        return found[0] if len(found) == 1 else None

    def sources(self, layer: Layer) -> tuple[Layer, ...]:
        """The layers that the units of a layer are computed from."""
        own = {array.name for array in layer.arrays}
        equations = [each for each in self.definitions if each.name in own]
        names = dict.fromkeys(use.of.name for each in equations for use in self.uses(each.value))
        return tuple(dict.fromkeys(self.layer(name) for name in names if name not in own))

    def used(self, layer: Layer, place: Place) -> Iterator[Use]:
        """What a unit is computed from outside its circle; letters are those of sums."""
        own = {array.name for array in layer.arrays}
        for each in self.definitions:
            if each.name in own:
                at = dict(zip(each.target.letters, place, strict=True))
                uses = self.uses(substitute(each.value, at))
                yield from (use for use in uses if use.of.name not in own)


def matched(entry: Entry, place: Place) -> dict[Index, int] | None:
    """The numbers of an entry's letters where it is the entry at a place; None where it is not."""
    found: dict[Index, int] = {}
    for index, number in zip(entry.indices, place, strict=True):
        known = index if isinstance(index, int) else found.setdefault(index, number)
        if known != number:
            return None
    return found
