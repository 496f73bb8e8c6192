"""Logarithms in a loss, in a form in which none overflows.

The code of a loss takes ln p from what p is computed from: for p = exp(a)/Σ exp(a) it is
a − ln Σ exp(a), for p = σ(z) it is −softplus(−z), and ln(1 − p) is −softplus(z). So a loss
is a number wherever it is one. The page keeps the paper's form; `code.check` and the tests
hold the two equal.
"""

from collections.abc import Iterable
from functools import partial

from derive.derivation.derivation import Equation
from derive.expressions.building import rebuild
from derive.expressions.contents import children
from derive.expressions.expression import Apply, Entry, Expression, Index, Subscript, Sum
from derive.expressions.indices import substitute
from derive.expressions.rules import Found, Matcher, filled, pattern

Definitions = dict[object, Equation]


IDENTITIES = (
    ("log(exp(a))", "a"),
    ("log(logistic(z))", "-softplus(-z)"),
    ("log(1 - logistic(z))", "-softplus(z)"),
    ("log(x^n)", "n * log(x)"),
    ("log(x * y)", "log(x) + log(y)"),
    ("log(1 + exp(a))", "softplus(a)"),
    ("log(sum(k, exp(a)))", "log(sum(k, exp(a)))"),
)
"""A logarithm, and what it is where every logarithm in that has a stable form, which ln Σ exp
has as it stands: `lower` knows it as one operation.
"""


def behind(forward: Iterable[Equation]) -> Matcher:
    """What looks behind the names of the quantities that equations define."""
    known: Definitions = {equation.target.name: equation for equation in forward}
    return Matcher(opened=partial(_opened, known=known))


def logarithms(value: Expression, matcher: Matcher) -> Expression:
    """The value with every logarithm that has one in its stable form."""
    return _rewrite(value, matcher)


def _rewrite(node: Expression, matcher: Matcher) -> Expression:
    found = _stable(node, matcher)
    return found or rebuild(node, (_rewrite(part, matcher) for part in children(node)))


def _stable(node: Expression, matcher: Matcher) -> Expression | None:
    """A logarithm without one of anything that can leave the format, or None."""
    for form, value in IDENTITIES if isinstance(node, Apply) else ():
        found = matcher.match(pattern(form), node)
        if found is not None:
            return _without_others(pattern(value), found, matcher)
    return None


def _without_others(value: Expression, found: Found, matcher: Matcher) -> Expression | None:
    """What an identity's right-hand side stands for, its own logarithms in their stable form."""
    match value:
        case Apply("log", Sum()) | Entry():
            return filled(value, found)
        case Apply("log"):
            return _stable(filled(value, found), matcher)
    parts = [_without_others(part, found, matcher) for part in children(value)]
    held = [part for part in parts if part is not None]
    return rebuild(value, held) if len(held) == len(parts) else None


def _opened(node: Expression, known: Definitions) -> Expression:
    """The right-hand side behind the name of a quantity."""
    if isinstance(node, Entry) and node.name in known:
        target, value = known[node.name].target, known[node.name].value
        places: dict[Index, Subscript] = {
            own: index
            for own, index in zip(target.indices, node.indices, strict=True)
            if isinstance(own, Index)
        }
        return substitute(value, places)
    return node
