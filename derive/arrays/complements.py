"""What a function lacks of 1: 1 - p loses all its digits where p saturates.

Where a logarithm or a power is taken of it, 1 - σ(z) is σ(-z), which keeps them.
"""

from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    Add,
    Apply,
    Expression,
    Multiply,
    Power,
    RealPower,
    Sum,
    children,
    multiply,
    power,
    real_power,
    rebuild,
)
from derive.expressions.rules import Matcher, filled, pattern

LACKS = (
    ("logistic(z)", "logistic(-z)"),
    ("tanh(z)^2", "4 * logistic(2 * z) * logistic(-2 * z)"),
    ("tanh(z)", "2 * logistic(-2 * z)"),
    ("-tanh(z)", "2 * logistic(2 * z)"),
    ("1 - x", "x"),
    ("1 / (1 + x)", "x / (1 + x)"),
    ("x / (x + y)", "y / (x + y)"),
)
"""An expression, and 1 less the expression."""


def complement(node: Expression, matcher: Matcher) -> Expression | None:
    """1 - p, or p - 1, in a form that keeps its digits, or None."""
    match node:
        case Add((first, second)) if first == ONE:
            return _lack(multiply(MINUS_ONE, second), matcher)
        case Add((first, second)) if second == MINUS_ONE:
            found = _lack(first, matcher)
            return found and multiply(MINUS_ONE, found)
    return None


def _lack(node: Expression, matcher: Matcher) -> Expression | None:
    for form, value in LACKS:
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
