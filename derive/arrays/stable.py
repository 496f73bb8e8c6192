"""Equations -> the same in forms in which nothing overflows and no digits are lost."""

from dataclasses import replace

from derive.arrays.complements import complements, tails
from derive.arrays.logistics import logistics
from derive.arrays.scaled import scaled
from derive.arrays.stable_logarithms import behind, logarithms
from derive.derivation.derivation import Equation
from derive.derivation.simplify import Simplified
from derive.expressions.expression import Expression, Name
from derive.expressions.rules import Matcher
from derive.expressions.softmax import softmaxes


def stable(simplified: Simplified) -> tuple[tuple[Equation, ...], frozenset[Name]]:
    """The equations forward and backward, and the quantities that are scaled in them."""
    opened = behind(simplified.forward)
    forward, backward = (
        tuple(replace(equation, value=tails(equation.value, opened)) for equation in equations)
        for equations in (simplified.forward, simplified.backward)
    )
    matcher = behind(forward)
    equations = tuple(
        replace(equation, value=_stable(equation.value, matcher))
        for equation in (*forward, *backward)
    )
    return scaled(equations, simplified.model, matcher)


def _stable(value: Expression, matcher: Matcher) -> Expression:
    return softmaxes(logistics(complements(logarithms(value, matcher), matcher)))
