"""What a function lacks of 1: 1 - p loses all its digits where p saturates.

Where a logarithm or a power is taken of it, 1 - σ(z) is σ(-z), which keeps them. Of an odd
function either end is 0 beside 1, and 1 + erf(z) is erfc(-z) wherever it stands.
"""

from itertools import permutations

from derive.expressions.building import add, multiply, power, real_power, rebuild
from derive.expressions.contents import children
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
)
from derive.expressions.rules import Found, Matcher, filled, pattern

LACKS = (
    ("logistic(z)", "logistic(-z)"),
    ("tanh(z)^2", "4 * logistic(2 * z) * logistic(-2 * z)"),
    ("tanh(z)", "2 * logistic(-2 * z)"),
    ("-tanh(z)", "2 * logistic(2 * z)"),
    ("erfc(z) / 2", "erfc(-z) / 2"),
    ("erfc(z)", "erf(z)"),
    ("1 - x", "x"),
    ("1 / (1 + x)", "x / (1 + x)"),
    ("x / (x + y)", "y / (x + y)"),
)
"""An expression, and 1 less the expression."""


ODD = {
    "erf": "erfc(z)",
    "tanh": "2 * logistic(-2 * z)",
    "bipolar_logistic": "2 * logistic(-z)",
}
"""Odd functions f that saturate, and 1 - f(z); so 1 + f(z) is the same of -z."""


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


def tails(node: Expression, matcher: Matcher) -> Expression:
    """The expression with a - a·erf(z) as a·erfc(z), a + a·erf(z) as a·erfc(-z), and their like."""
    node = rebuild(node, (tails(part, matcher) for part in children(node)))
    if isinstance(node, Add):
        for one, other in permutations(node.terms, 2):
            found = _tail(one, matcher.opened(other), matcher)
            if found is not None:
                return add(found, *(term for term in node.terms if term not in (one, other)))
    return node


def _tail(a: Expression, other: Expression, matcher: Matcher) -> Expression | None:
    """The sum of a and another term, where that is a·f(z) or -a·f(z), or None."""
    factors = other.factors if isinstance(other, Multiply) else (other,)
    for place, factor in enumerate(factors):
        match matcher.opened(factor):
            case Apply(function, z, 0) if function in ODD:
                rest = multiply(*factors[:place], *factors[place + 1 :])
                if rest == a:
                    z = multiply(MINUS_ONE, z)
                if rest in (a, multiply(MINUS_ONE, a)):
                    return multiply(a, filled(pattern(ODD[function]), Found({"z": z})))
    return None
