"""The forms of an adjoint of one sample -> those of N samples.

What an adjoint of N samples says of each is what it says of one, times what the mean over
samples brings: 1/N, or a sample's weight. Where that is so by their normal forms, its shorter forms
are those that were found for one sample, and none is sought. They are proven like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from derive.derivation.rewriting import Rewriting
from derive.expressions.brackets import expanded
from derive.expressions.building import rebuild
from derive.expressions.contents import children, free_indices, held, walk
from derive.expressions.expression import (
    ONE,
    ZERO,
    Add,
    Adjoint,
    Apply,
    Entry,
    Expression,
    Index,
    Name,
    Sum,
)
from derive.expressions.normal import (
    Factor,
    Product,
    divided,
    key,
    normal,
    product,
    summed,
    times,
    written,
)
from derive.model.model import Model


@dataclass(frozen=True)
class Forms:
    """An adjoint of one sample, those written out that are `within` it, and its shorter forms."""

    whole: Expression
    steps: tuple[Rewriting, ...]
    within: tuple[Name, ...]


@dataclass(frozen=True)
class Lifting:
    """The forms that are known of one sample, and what has a sample index among N."""

    forms: Mapping[Name, Forms]
    model: Model
    """Of N samples."""
    weights: frozenset[Name]
    """The weights of samples, which one sample has not."""

    @cached_property
    def _indices(self) -> dict[Name, tuple[Index, ...]]:
        found: dict[Name, tuple[Index, ...]] = {d.name: d.indices for d in self.model.definitions}
        return found | {array.name: array.indices for array in self.model.arrays}

    def _is_sampled(self, name: Name) -> bool:
        return self.model.sample in self._indices.get(name, ())

    def _is_of_each(self, value: Expression) -> bool:
        """Whether each of N samples has all that it holds: all but what is gathered from them."""
        names = {name.by if isinstance(name, Adjoint) else name for name in held(value)}
        return names <= self._indices.keys() - {self.model.error}

    def steps(self, one: Forms, whole: Expression) -> tuple[Rewriting, ...] | None:
        """The forms of an adjoint of N samples; None where it is not that of one."""
        first = normal(one.whole)
        if first == ZERO or not all(map(self._is_of_each, (first, *(x.value for x in one.steps)))):
            return None
        outside, over, body = self._apart(normal(whole))
        counted = (index for index in free_indices(body) if index.size == self.model.sample.size)
        letter = next(counted, self.model.sample)
        factor = self._share(body, normal(self._put(letter, first)))
        if factor is None or not self._is_of_samples(outside):
            return None
        found = []
        for step in one.steps:
            value = self._put(letter, step.value)
            if (factor, over, outside) != (ONE, (), ONE):
                value = times(outside, summed(over, times(factor, normal(value))))
            found.append(replace(step, value=value))
        return tuple(found)

    def _share(self, body: Expression, one: Expression) -> Expression | None:
        """What of N samples multiplies what one says; None where it is no share of a mean.

        It may stand in each term of a sum: what is found for one term is then tried on all.
        """
        whole = divided(body, one)
        if self._is_of_samples(whole):
            return whole
        apart = expanded(body)
        ways = (divided(_terms(apart)[0], term) for term in _terms(expanded(one)))
        for share in filter(self._is_of_samples, ways):
            if key(expanded(times(share, one))) == key(apart):
                return share
        return None

    def _apart(self, value: Expression) -> tuple[Expression, tuple[Index, ...], Expression]:
        """What stands before a sum over samples, its letter, and what is summed."""
        whole = product(value)
        for factor in whole.factors:
            match factor:
                case Factor(Sum((index,), body), exponent) if exponent == ONE:
                    if index.size == self.model.sample.size:
                        others = tuple(other for other in whole.factors if other is not factor)
                        return written(Product(whole.number, others)), (index,), body
        return ONE, (), value

    def _is_of_samples(self, factor: Expression) -> bool:
        """Whether it is a number, or a sample's share of a mean."""
        return held(factor) <= self.weights and not any(isinstance(x, Apply) for x in walk(factor))

    def _put(self, letter: Index, node: Expression) -> Expression:
        """The expression with the sample's letter on whatever has it."""
        if isinstance(node, Entry):
            name = node.name.by if isinstance(node.name, Adjoint) else node.name
            return Entry(node.name, (letter, *node.indices)) if self._is_sampled(name) else node
        return rebuild(node, (self._put(letter, part) for part in children(node)))


def _terms(value: Expression) -> tuple[Expression, ...]:
    return value.terms if isinstance(value, Add) else (value,)
