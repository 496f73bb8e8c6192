"""Where sums nest: Σ_ij f g h becomes Σ_i f (Σ_j g h), in the order that multiplies least.

To sum over an index, the factors that hold it are multiplied: as many numbers as all
their indices together have values. Which index goes first is settled here, once, by the
sizes of the model's example with many samples; a sum that the model or the chain rule
has nested already stays as it is.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from math import prod

from derive.arrays.axes import Axes
from derive.expressions.building import multiply, rebuild
from derive.expressions.contents import children, free_indices
from derive.expressions.expression import Expression, Index, Multiply, Sum, unknown
from derive.model.model import Model

MANY = 1000
"""Samples, where the order of a product is weighed."""


Held = frozenset[Index]
"""The indices that a factor holds."""


def likely_sizes(model: Model) -> dict[str, int]:
    """The sizes by which orders are weighed: those of the example, and many samples."""
    return {**dict(model.example), model.sample.size: MANY}


def nested_sums(node: Expression, sizes: Mapping[str, int]) -> Expression:
    """The same expression, every sum over several indices around just what holds them."""
    if isinstance(node, Sum):
        return _nested(node, sizes)
    parts = tuple(nested_sums(part, sizes) for part in children(node))
    return node if parts == children(node) else rebuild(node, parts)


def flatten(node: Sum) -> tuple[list[Expression], Axes, list[Expression]]:
    """Σ c Σ x is c ΣΣ x: the constants outside, all bound indices, the factors inside."""
    outside: list[Expression] = []
    inside: list[Expression] = []
    over = node.over
    factors = node.body.factors if isinstance(node.body, Multiply) else (node.body,)
    for factor in factors:
        (inside if free_indices(factor) or isinstance(factor, Sum) else outside).append(factor)
    if len(inside) == 1 and isinstance(inside[0], Sum) and not set(inside[0].over) & set(over):
        more, deeper, inside = flatten(inside[0])
        return [*outside, *more], (*over, *deeper), inside
    return outside, over, inside


def _nested(node: Sum, sizes: Mapping[str, int]) -> Expression:
    outside, over, inside = flatten(node)
    parts = [nested_sums(factor, sizes) for factor in inside]
    # What is constant in a sum within is so here too: a number times the result is least.
    within, over, factors = flatten(Sum(over, multiply(*parts)))
    held = [frozenset(free_indices(factor)) for factor in factors]
    if not frozenset(over) <= frozenset().union(*held):
        unknown(node, "a sum over an index that nothing holds")
    for index in _order(held, over, sizes):
        factors = _sum_out(factors, index)
    return multiply(*outside, *within, *factors)


def _sum_out(factors: list[Expression], index: Index) -> list[Expression]:
    """Σ_index of the factors that hold it, in the place of the first of them."""
    holding = [factor for factor in factors if index in free_indices(factor)]
    match holding:
        case [Sum(over=over, body=body)]:
            total = Sum((*over, index), body)
        case _:
            total = Sum((index,), multiply(*holding))
    place = factors.index(holding[0])
    rest = [factor for factor in factors if factor not in holding]
    return [*rest[:place], total, *rest[place:]]


def _order(factors: Sequence[Held], over: Axes, sizes: Mapping[str, int]) -> Axes:
    """The order to sum in that multiplies the fewest numbers; among equals, the fewest sums."""

    @cache
    def best(held: frozenset[Held]) -> tuple[int, int, Axes]:
        ways: list[tuple[int, int, Axes]] = []
        for index in over:
            holding = sorted((own for own in held if index in own), key=_by_length)
            if holding:
                work, product = _work(holding, sizes)
                rest = held - set(holding) | {product - {index}}
                further, sums, order = best(rest)
                ways.append((work + further, (len(holding) > 1) + sums, (index, *order)))
        return min(ways, key=lambda way: way[:2], default=(0, 0, ()))

    return best(frozenset(factors))[2]


def _by_length(own: Held) -> tuple[int, list[Index]]:
    """The same order in every run, which a set's own is not."""
    return len(own), sorted(own)


def _work(holding: Sequence[Held], sizes: Mapping[str, int]) -> tuple[int, Held]:
    """What multiplying costs; a factor is multiplied for nothing into one with all its indices."""
    work, product = 0, holding[0]
    for own in holding[1:]:
        both = product | own
        if both not in (product, own):
            work += prod(sizes[index.size] for index in both)
        product = both
    return work, product
