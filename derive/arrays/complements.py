"""What a function lacks of 1: 1 - p loses all its digits where p saturates.

Where a logarithm or a power is taken of it, 1 - σ(z) is σ(-z), which keeps them, and so it is with
σ(a) - σ(b). Of an odd function either end is 0 beside 1, and 1 + erf(z) is erfc(-z) wherever it
stands; so is 1 + elu(z) the exponential that it is below 0.
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
    Entry,
    Expression,
    Multiply,
    Number,
    Power,
    RealPower,
    Size,
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


BESIDE_ONE = (("elu(z) + 1", "where(z > 0, z + 1, exp(z))"),)
"""A function that goes to -1, and 1."""


DIFFERENCES = (
    ("logistic(a) - logistic(b)", "logistic(a) * logistic(-b) * (1 - exp(-d))"),
    ("tanh(a) - tanh(b)", "2 * logistic(2 * a) * logistic(-2 * b) * (1 - exp(-2 * d))"),
)
"""Of two values near one end, as those of cumulative probabilities (McCullagh 1980); d is a - b."""


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
    return _of_a_mean(matcher.opened(node), matcher)


def _of_a_mean(node: Expression, matcher: Matcher) -> Expression | None:
    """What a mean lacks of 1 is the mean of what each lacks."""
    match [part for part in children(node) if isinstance(part, Sum)]:
        case [Sum(over, body) as whole] if isinstance(node, Multiply):
            others = [factor for factor in node.factors if factor is not whole]
            counts = [power(Size(letter.size), -1) for letter in over]
            lack = _lack(body, matcher) if multiply(*others) == multiply(*counts) else None
            return lack and multiply(*others, Sum(over, lack))
    return None


def difference(node: Expression, matcher: Matcher) -> Expression | None:
    """σ(a) - σ(b) in a form that keeps its digits, or None."""
    for form, value in DIFFERENCES:
        found = matcher.match(pattern(form), node)
        if found is not None:
            d = _less(found.parts["a"], found.parts["b"], matcher)
            return filled(pattern(value), Found({**found.parts, "d": d}))
    return None


def complements(node: Expression, matcher: Matcher) -> Expression:
    """The expression with such differences in that form, where they stand in logarithms, powers."""
    parts = [complements(part, matcher) for part in children(node)]
    match node:
        case Apply("log", order=0):
            return Apply("log", _throughout(parts[0], matcher))
        case Power():
            return power(_exact(parts[0], matcher) or parts[0], node.exponent)
        case RealPower():
            return real_power(_exact(parts[0], matcher) or parts[0], parts[1], node.derived)
    return rebuild(node, parts)


def _exact(node: Expression, matcher: Matcher) -> Expression | None:
    return complement(node, matcher) or difference(node, matcher)


def _throughout(node: Expression, matcher: Matcher) -> Expression:
    """All such differences in what is added and multiplied."""
    found = _exact(node, matcher)
    if found is None and isinstance(node, Add | Multiply | Sum):
        return rebuild(node, (_throughout(part, matcher) for part in children(node)))
    return found or node


def _less(one: Expression, other: Expression, matcher: Matcher) -> Expression:
    """One - other; terms that both have are left out, be they behind the names of sums."""
    left, right = _terms(one, matcher), _terms(other, matcher)
    common = [term for term in left if term in right]
    for term in common:
        if term in right:
            left.remove(term)
            right.remove(term)
    if not common:
        left, right = [one], [other]
    return add(*left, *(multiply(MINUS_ONE, term) for term in right))


def _terms(node: Expression, matcher: Matcher) -> list[Expression]:
    whole = matcher.opened(node) if isinstance(node, Entry) else node
    if isinstance(whole, Add):
        return [term for part in whole.terms for term in _terms(part, matcher)]
    return [node]


def tails(node: Expression, matcher: Matcher) -> Expression:
    """The expression with a - a·erf(z) as a·erfc(z), a + a·erf(z) as a·erfc(-z), and their like."""
    node = rebuild(node, (tails(part, matcher) for part in children(node)))
    for form, value in BESIDE_ONE:
        if isinstance(node, Add) and (whole := matcher.match(pattern(form), node)):
            return filled(pattern(value), whole)
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
