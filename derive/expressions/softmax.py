"""exp(a)/Σ exp(a) found in an expression, as the one operation that it is."""

from derive.expressions.building import multiply, power, rebuild
from derive.expressions.contents import children
from derive.expressions.expression import (
    Apply,
    Expression,
    Index,
    Multiply,
    Power,
    Softmax,
    Subscript,
    Sum,
)
from derive.expressions.patterns import match


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


def _along(
    over: tuple[Index, ...], body: Expression, exponential: Expression
) -> tuple[Subscript, ...]:
    """What stands in an exponential where the sum's own indices stand in its body, if it fits."""
    binding = match(body, exponential)
    if binding is None or any(a != b for a, b in binding.items() if a not in over):
        return ()
    return tuple(binding[index] for index in over if index in binding)
