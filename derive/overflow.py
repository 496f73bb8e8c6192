"""What would overflow in code, in a form that does not: softmax, and logarithms in a loss.

exp(a)/Σ exp(a) is one operation, which takes out the largest a first. The code of a loss
takes ln p from what p is computed from: for p = exp(a)/Σ exp(a) it is a − ln Σ exp(a), for
p = σ(z) it is −softplus(−z), and ln(1 − p) is −softplus(z). So a loss is a number wherever
it is one. The page keeps the paper's form; `check_code` and the tests hold the two equal.
"""

from collections.abc import Iterable
from fractions import Fraction

from derive.derivation import Equation
from derive.expression import (
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
    Softmax,
    Subscript,
    Sum,
    add,
    children,
    multiply,
    power,
    rebuild,
    substitute,
)
from derive.match import match

Definitions = dict[object, Equation]


def logarithms(value: Expression, forward: Iterable[Equation]) -> Expression:
    """The value with every logarithm that has one in its stable form."""
    known: Definitions = {equation.target.name: equation for equation in forward}
    return _rewrite(value, known)


def softmaxes(node: Expression) -> Expression:
    """The node with every exp(a)/Σ exp(a) as one operation on a."""
    parts = tuple(map(softmaxes, children(node)))
    same = node if parts == children(node) else rebuild(node, parts)
    joined = _joined(same.factors) if isinstance(same, Multiply) else None
    return multiply(*joined) if joined else same


def _joined(factors: tuple[Expression, ...]) -> list[Expression] | None:
    """The factors, 1/Σ exp(a) put to an exp(a) among them or in a sum among them, if one fits."""
    for place, total in enumerate(factors):
        match total:
            case Power(Sum(over, Apply("exp") as body), exponent) if exponent < 0:
                for other, factor in enumerate(factors):
                    joined = _join(factor, over, body)
                    if joined is not None:
                        rest = [f for k, f in enumerate(factors) if k not in (place, other)]
                        further = [joined, power(total.base, exponent + 1), *rest]
                        return _joined(tuple(further)) or further
    return None


def _join(node: Expression, over: tuple[Index, ...], body: Expression) -> Expression | None:
    """exp(a) over the sum of body along `over` as a Softmax; and that in a product, in a sum."""
    match node:
        case Apply("exp", argument):
            along = _along(over, body, node)
            return Softmax(along, argument) if along else None
        case Multiply(factors):
            for place, factor in enumerate(factors):
                joined = _join(factor, over, body)
                if joined is not None:
                    return multiply(*factors[:place], joined, *factors[place + 1 :])
        case Sum(inner, held):
            joined = _join(held, over, body)
            return None if joined is None else Sum(inner, joined)
    return None


def _along(over: tuple[Index, ...], body: Expression, kernel: Expression) -> tuple[Subscript, ...]:
    """What stands in the kernel where the sum's own indices stand in its body, if it fits."""
    binding = match(body, kernel)
    if binding is None or any(a != b for a, b in binding.items() if a not in over):
        return ()
    return tuple(binding[index] for index in over if index in binding)


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
