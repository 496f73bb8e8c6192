"""Identities of functions, as rows that read as mathematics.

Each is written from the form that a derivative may leave to the one that a person would write.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

from derive.expressions.building import multiply
from derive.expressions.expression import MEMORY, ONE, Apply, Expression, Multiply
from derive.expressions.normal import normal
from derive.expressions.rules import Found, Matcher, filled, pattern

Equality = tuple[Expression, Expression]
"""Two sides of an equation, an identity's with the letter a (`rules.pattern`) for any number."""


IDENTITIES = (
    ("logistic(-a)", "1 - logistic(a)"),
    ("tanh(-a)", "-tanh(a)"),
    ("bipolar_logistic(-a)", "-bipolar_logistic(a)"),
    ("sin(-a)", "-sin(a)"),
    ("cos(-a)", "cos(a)"),
    ("abs(-a)", "abs(a)"),
    ("sgn(-a)", "-sgn(a)"),
    ("gaussian(-a)", "gaussian(a)"),
    ("softplus(-a)", "softplus(a) - a"),
    ("log(exp(a))", "a"),
    ("exp(log(a))", "a"),
    ("1 / (1 + exp(-a))", "logistic(a)"),
    ("1 / (1 + exp(a))", "logistic(-a)"),
    ("exp(a) / (1 + exp(a))", "logistic(a)"),
    ("exp(-a) / (1 + exp(-a))", "logistic(-a)"),
    ("exp(a) * logistic(-a)", "logistic(a)"),
    ("(exp(a) - exp(-a)) / (exp(a) + exp(-a))", "tanh(a)"),
    ("(exp(2*a) - 1) / (exp(2*a) + 1)", "tanh(a)"),
    ("sinh(a) / cosh(a)", "tanh(a)"),
    ("1 - 2*logistic(-2*a)", "tanh(a)"),
    ("2*logistic(2*a) - 1", "tanh(a)"),
    ("1 - 2*logistic(2*a)", "-tanh(a)"),
)

DERIVATIVES = {"softplus": "logistic(a)"}
"""Functions whose derivative is another function of the table."""


@cache
def _equalities() -> tuple[Equality, ...]:
    return tuple((pattern(left), pattern(right)) for left, right in IDENTITIES)


@lru_cache(MEMORY)
def by_identities(node: Expression) -> tuple[tuple[Equality, Expression], ...]:
    """What a node is by each identity that fits it."""
    return tuple(_fitting(node))


def _fitting(node: Expression) -> Iterator[tuple[Equality, Expression]]:
    for left, right in _equalities():
        if type(left) is not type(node):
            continue
        found = Matcher().match(left, node) or _among_factors(left, node)
        if found is not None:
            rest = found.parts.get("rest", ONE)
            yield (left, right), normal(multiply(filled(right, found), rest))
    match node:
        case Apply(function, argument, 1) if function in DERIVATIVES:
            right = pattern(DERIVATIVES[function])
            yield (Apply(function, ANY, 1), right), filled(right, Found({"a": argument}))


ANY = pattern("a")


def of_letter(equality: Equality, letter: Expression) -> Equality:
    """An identity with a letter for its a."""
    left, right = equality
    found = Found({"a": letter})
    if isinstance(left, Apply):
        return Apply(left.function, filled(left.argument, found), left.order), filled(right, found)
    return filled(left, found), filled(right, found)


def _among_factors(left: Expression, node: Expression) -> Found | None:
    """The match of a product with some of the factors of another."""
    if isinstance(left, Multiply) and isinstance(node, Multiply):
        return Matcher().match(multiply(left, pattern("rest")), node)
    return None
