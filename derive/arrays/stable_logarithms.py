"""Logarithms in a loss, in a form in which none overflows.

The code of a loss takes ln p from what p is computed from: for p = exp(a)/Σ exp(a) it is
a − ln Σ exp(a), for p = σ(z) it is −softplus(−z), and ln(1 − p) is −softplus(z). So a loss
is a number wherever it is one. The page keeps the paper's form; `code.check` and the tests
hold the two equal.
"""

from collections.abc import Iterable
from fractions import Fraction

from derive.derivation.derivation import Equation
from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    Add,
    Apply,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    Subscript,
    Sum,
    add,
    children,
    multiply,
    rebuild,
    substitute,
)

Definitions = dict[object, Equation]


def logarithms(value: Expression, forward: Iterable[Equation]) -> Expression:
    """The value with every logarithm that has one in its stable form."""
    known: Definitions = {equation.target.name: equation for equation in forward}
    return _rewrite(value, known)


def _rewrite(node: Expression, known: Definitions) -> Expression:
    if isinstance(node, Apply) and node.function == "log" and node.order == 0:
        found = _logarithm(node.argument, known)
        if found is not None:
            return found
    return rebuild(node, (_rewrite(part, known) for part in children(node)))


def _logarithm(node: Expression, known: Definitions) -> Expression | None:
    """Ln of the node without a logarithm of anything that can leave the format, or None."""
    match _opened(node, known):
        case Apply("exp", argument, 0):
            return argument
        case Apply("logistic", argument, 0):
            return multiply(MINUS_ONE, Apply("softplus", multiply(MINUS_ONE, argument)))
        case Add((Number() as one, Multiply((Number() as minus, inner)))) if (one, minus) == (
            ONE,
            MINUS_ONE,
        ):
            match _opened(inner, known):
                case Apply("logistic", argument, 0):
                    return multiply(MINUS_ONE, Apply("softplus", argument))
        case Sum(_, Apply("exp", _, 0)) as total:
            return Apply("log", total)  # `lower` knows ln Σ exp as one operation
        case Power(base, exponent):
            inside = _logarithm(base, known)
            return None if inside is None else multiply(Number(Fraction(exponent)), inside)
        case Multiply(factors):
            terms = [_logarithm(factor, known) for factor in factors]
            held = [term for term in terms if term is not None]
            return add(*held) if len(held) == len(terms) else None
    return None


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
