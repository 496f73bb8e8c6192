"""What a function lacks of its limit: 1 - p loses all its digits where p saturates.

Where a logarithm is taken of it, or a power, 1 - σ(z) is σ(-z), which keeps them.
"""

from derive.expressions.expression import (
    Add,
    Apply,
    Expression,
    Multiply,
    Power,
    RealPower,
    Sum,
    children,
    power,
    real_power,
    rebuild,
)
from derive.expressions.rules import Matcher, filled, pattern

COMPLEMENTS = (
    ("1 - logistic(z)", "logistic(-z)"),
    ("logistic(z) - 1", "-logistic(-z)"),
    ("1 - tanh(z)^2", "4 * logistic(2 * z) * logistic(-2 * z)"),
    ("1 - tanh(z)", "2 * logistic(-2 * z)"),
    ("1 + tanh(z)", "2 * logistic(2 * z)"),
)
"""Differences, and what they are without one."""


def complement(node: Expression, matcher: Matcher) -> Expression | None:
    """A difference in the form that keeps its digits, or None."""
    for form, value in COMPLEMENTS if isinstance(node, Add) else ():
        found = matcher.match(pattern(form), node)
        if found is not None:
            return filled(pattern(value), found)
    return None


def complements(node: Expression, matcher: Matcher) -> Expression:
    """The expression with such differences in that form, where they stand in logarithms, powers."""
    parts = [complements(part, matcher) for part in children(node)]
    match node:
        case Apply("log", order=0):
            return Apply("log", _throughout(parts[0], matcher))
        case Power():
            return power(complement(parts[0], matcher) or parts[0], node.exponent)
        case RealPower():
            return real_power(complement(parts[0], matcher) or parts[0], parts[1], node.derived)
    return rebuild(node, parts)


def _throughout(node: Expression, matcher: Matcher) -> Expression:
    """All such differences in what is added and multiplied."""
    found = complement(node, matcher)
    if found is None and isinstance(node, Add | Multiply | Sum):
        return rebuild(node, (_throughout(part, matcher) for part in children(node)))
    return found or node
