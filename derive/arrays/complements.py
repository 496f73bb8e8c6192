"""What a function lacks of 1: 1 - p loses all its digits where p saturates.

Where a logarithm or a power is taken of it, 1 - σ(z) is σ(-z), which keeps them. Of an odd
function either end is 0 beside 1, and 1 + erf(z) is erfc(-z) wherever it stands.
"""

from fractions import Fraction
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
    Number,
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


LITTLE = Fraction(1, 10)
"""What may stand beside 1: in 1 - p + 1e-6 digits are lost as they are in 1 - p."""


def complement(node: Expression, matcher: Matcher) -> Expression | None:
    """1 - p, p - 1 or 1 - p + ε in a form that keeps its digits, or None."""
    if not isinstance(node, Add):
        return None
    number = sum((x.value for x in node.terms if isinstance(x, Number)), Fraction(0))
    others = [term for term in node.terms if not isinstance(term, Number)]
    if number <= -1:
        found = complement(add(*(multiply(MINUS_ONE, term) for term in node.terms)), matcher)
        return found and multiply(MINUS_ONE, found)
    beside = Number(number - 1)
    if not 0 <= beside.value <= LITTLE:
        return None
    parts = [multiply(MINUS_ONE, term) for term in others]
    left = _left_of_a_whole(parts, matcher) if len(parts) > 1 else None
    if left is not None:
        return add(left, beside)
    for place, part in enumerate(parts):
        found = _lack(part, matcher)
        if found is not None:
            return add(found, *others[:place], *others[place + 1 :], beside)
    return None


def _left_of_a_whole(parts: list[Expression], matcher: Matcher) -> Expression | None:
    """1 less x/q, y/q, ..., where q is the sum of these numerators and of others: these over q."""
    quotients = [_quotient(matcher.opened(part)) for part in parts]
    (_, below), *_ = quotients
    whole = matcher.opened(below)
    if not isinstance(whole, Add) or any(other != below for _, other in quotients):
        return None
    left = list(whole.terms)
    for above, _ in quotients:
        if above not in left:
            return None
        left.remove(above)
    return multiply(add(*left), power(below, -1))


def _quotient(node: Expression) -> tuple[Expression, Expression]:
    """What stands above the line and the one factor below it, itself over 1 for any other."""
    factors = node.factors if isinstance(node, Multiply) else (node,)
    below = [factor for factor in factors if isinstance(factor, Power) and factor.exponent == -1]
    if len(below) != 1:
        return node, ONE
    return multiply(*(factor for factor in factors if factor is not below[0])), below[0].base


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
