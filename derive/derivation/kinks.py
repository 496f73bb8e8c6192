"""Kinks: where they stand in an equation, and how one reads that is differentiated from a side.

A choice takes its last branch at a tie, and relu'(0) is 0. That is a choice too where a kink
stands alone; where several cancel, max(z, 0) - max(-z, 0), the sum has one derivative, and it is
found where all of them are differentiated from the same side. An equation is read so by writing
its kinks as choices that take at a tie what lies on that side: the same function, and its
derivative by the same rules. What is then chosen under one condition is put together, and where
both branches are equal nothing is left to choose.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import sympy

from derive.expressions.building import add, multiply, rebuild, where
from derive.expressions.contents import children, walk
from derive.expressions.expression import (
    Add,
    Apply,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Sum,
    Where,
)
from derive.expressions.scalars import Scalars
from derive.functions.free import undefine
from derive.functions.rational import Z
from derive.functions.stretches import stretches
from derive.functions.table import TABLE, Function
from derive.model.model import Definition, Kink, Model, Side

HALF = Number(Fraction(1, 2))


Standing = tuple[Kink, Expression, tuple[Index, ...]]
"""A kink, the node that it is, and the letters of the sums around it."""


def kinks(definition: Definition, model: Model) -> Iterator[Standing]:
    """The kinks of an equation in reading order, those within others first."""
    for node, bound in _kinked(definition.value, model, ()):
        yield kink(definition, node), node, bound


def kink(definition: Definition, node: Expression) -> Kink:
    """The kink that a node of an equation is."""
    return Kink(definition.name, _of_one_sample(node))


def _kinked(
    node: Expression, model: Model, bound: tuple[Index, ...]
) -> Iterator[tuple[Expression, tuple[Index, ...]]]:
    inside = (*bound, *node.over) if isinstance(node, Sum) else bound
    for part in children(node):
        yield from _kinked(part, model, inside)
    if is_kinked(node, model):
        yield node, bound


def is_kinked(node: Expression, model: Model) -> bool:
    """Whether it is a choice, or a function with a kink."""
    return isinstance(node, Where) or (
        isinstance(node, Apply) and bool(model.function(node.function).kinks)
    )


def has_kinks(model: Model) -> bool:
    """Whether there is any in its equations."""
    return any(is_kinked(node, model) for e in model.equations for node in walk(e.value))


def _of_one_sample(node: Expression) -> Expression:
    if isinstance(node, Entry):
        samples = [index for index in node.letters if index.counts_samples]
        return Entry(node.name, tuple(index for index in node.indices if index not in samples))
    return rebuild(node, map(_of_one_sample, children(node)))


def has_sides(node: Expression) -> bool:
    """Whether it may be read from a side: a function of the table that does not jump, or a choice,
    which is taken for one between branches that meet.
    """
    if isinstance(node, Where):
        return True
    if not isinstance(node, Apply) or node.function not in TABLE:
        return False
    pieces = stretches(TABLE[node.function].definition)
    return all(
        sympy.simplify(piece.subs(Z, begins) - before.subs(Z, begins)) == 0
        for (begins, piece), (_, before) in pairwise(pieces)
    )


# --- read from a side -------------------------------------------------------------------------


def sided(definition: Definition, model: Model) -> Expression:
    """The right-hand side with its kinks from the sides that the model has for them."""
    sides = dict(model.sides)
    if not any(each.equation == definition.name for each in sides):
        return definition.value

    def read(node: Expression) -> Expression:
        side = sides.get(kink(definition, node)) if is_kinked(node, model) else None
        new = rebuild(node, map(read, children(node)))
        return new if side is None else _from(side, new)

    return _together(read(definition.value))


def _from(side: Side, node: Expression) -> Expression:
    """The same function, which takes at its tie what lies on a side."""
    if side == "mean":
        return multiply(HALF, add(_from("below", node), _from("above", node)))
    if isinstance(node, Where):
        if side == "below":
            return node
        return where(node.right, node.left, node.other, node.then)
    assert isinstance(node, Apply)
    return _in_stretches(TABLE[node.function], node.argument, side)


def _in_stretches(row: Function, z: Expression, side: Side) -> Expression:
    """f(z) as a choice between what it is on each stretch."""
    *beyond, (_, first) = stretches(row.definition)
    value = _at(first, z)
    for begins, piece in reversed(beyond):
        place, here = Number(Fraction(int(begins.p), int(begins.q))), _at(piece, z)
        value = where(z, place, here, value) if side == "below" else where(place, z, value, here)
    return value


def _at(piece: sympy.Expr, z: Expression) -> Expression:
    scalars = Scalars()
    return scalars.as_written(undefine(piece).subs(Z, scalars.scalar(z)))


# --- choices under one condition --------------------------------------------------------------


def _together(node: Expression) -> Expression:
    """Terms that are chosen under the same condition as one choice, within what stands in it."""
    node = rebuild(node, map(_together, children(node)))
    if not isinstance(node, Add):
        return node
    terms: list[Expression] = []
    for term in node.terms:
        for place, other in enumerate(terms):
            joined = _joined(other, term)
            if joined is not None:
                terms[place] = joined
                break
        else:
            terms.append(term)
    return add(*terms)


def _joined(left: Expression, right: Expression) -> Expression | None:
    """The sum of two terms as one choice, where both are multiples of choices alike."""
    one, two = _as_choice(left), _as_choice(right)
    if one is None or two is None or not _alike(one, two):
        return None
    branches = add(one.then, two.then), add(one.other, two.other)
    return where(one.left, one.right, *map(_expanded, branches))


def _as_choice(term: Expression) -> Where | None:
    """A choice times factors, as a choice between multiples."""
    factors = term.factors if isinstance(term, Multiply) else (term,)
    chosen = [factor for factor in factors if isinstance(factor, Where)]
    if len(chosen) != 1:
        return None
    (node,) = chosen
    place = factors.index(node)

    def times(branch: Expression) -> Expression:
        return multiply(*factors[:place], branch, *factors[place + 1 :])

    return Where(node.left, node.right, times(node.then), times(node.other))


def _alike(one: Where, two: Where) -> bool:
    """Whether left - right of the one is that of the other."""
    scalars = Scalars()
    first, second = (
        sympy.expand(scalars.scalar(node.left) - scalars.scalar(node.right)) for node in (one, two)
    )
    return bool(first == second)


def _expanded(node: Expression) -> Expression:
    scalars = Scalars()
    return scalars.as_written(sympy.expand(scalars.scalar(node)))
