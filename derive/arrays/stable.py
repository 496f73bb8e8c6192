"""Equations -> the same in forms in which nothing overflows and no digits are lost."""

from dataclasses import replace

from derive.arrays.chosen import chosen
from derive.arrays.complements import complements, tails
from derive.arrays.logistics import logistics
from derive.arrays.scaled import scaled
from derive.arrays.stable_logarithms import behind, logarithms
from derive.arrays.vanishing import vanishing
from derive.derivation.derivation import Equation
from derive.derivation.simplify import Simplified
from derive.expressions.expression import Expression, Name
from derive.expressions.rules import Matcher
from derive.expressions.softmax import softmaxes


def stable(simplified: Simplified) -> tuple[tuple[Equation, ...], frozenset[Name]]:
    """The equations forward and backward, and the quantities that are scaled in them."""
    equations, matcher = _exact(simplified)
    model = simplified.model
    data = frozenset(array.name for array in model.data)

    def joined(value: Expression) -> Expression:
        shown = chosen(vanishing(value, data, matcher.opened), model, matcher.opened)
        return softmaxes(logistics(shown))

    found = tuple(replace(each, value=joined(each.value)) for each in equations)
    return scaled(found, model, matcher)


def kept(simplified: Simplified) -> tuple[Equation, ...]:
    """The equations in the forms in which no digits are lost, be the numbers of any size."""
    return _exact(simplified)[0]


def _exact(simplified: Simplified) -> tuple[tuple[Equation, ...], Matcher]:
    """The equations in those forms, and what looks behind their names."""
    opened = behind(simplified.forward)
    forward, backward = (
        tuple(replace(equation, value=tails(equation.value, opened)) for equation in equations)
        for equations in (simplified.forward, simplified.backward)
    )
    matcher = behind(forward)

    def exact(value: Expression) -> Expression:
        return complements(logarithms(value, matcher), matcher)

    equations = (*forward, *backward)
    return tuple(replace(each, value=exact(each.value)) for each in equations), matcher
