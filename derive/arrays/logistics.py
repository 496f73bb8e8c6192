"""1/(1 + exp(-z)) found in an expression, as the logistic function that it is."""

from derive.expressions.building import multiply, power, rebuild
from derive.expressions.contents import children
from derive.expressions.expression import MINUS_ONE, ONE, Add, Apply, Expression, Multiply, Power


def logistics(node: Expression) -> Expression:
    """The expression with 1/(1 + exp(-z)), and exp(z)/(1 + exp(z)), as σ(z)."""
    factors = node.factors if isinstance(node, Multiply) else (node,)
    for place, factor in enumerate(factors):
        if isinstance(factor, Power) and factor.exponent < 0:
            base, exponent = _whole(factor)
            argument = _argument(base)
            if argument is not None and exponent < 0:
                less = power(base, exponent + 1)
                rest = [*factors[:place], less, *factors[place + 1 :]]
                return logistics(multiply(_one(argument, rest), *rest))
    return rebuild(node, map(logistics, children(node)))


def _whole(node: Power) -> tuple[Expression, int]:
    """The base and the exponent; 1/(1 + exp(-z))² is read as a power of a power."""
    match node.base:
        case Power(base, inner):
            return base, inner * node.exponent
    return node.base, node.exponent


def _argument(node: Expression) -> Expression | None:
    """What a is in 1 + exp(a)."""
    match node:
        case Add((one, Apply("exp", a, 0))) | Add((Apply("exp", a, 0), one)) if one == ONE:
            return a
    return None


def _one(a: Expression, rest: list[Expression]) -> Expression:
    """1/(1 + exp(a)), and exp(a) over that where the rest holds it, which it then does no more."""
    above = Apply("exp", a)
    if above in rest:
        rest.remove(above)
        return Apply("logistic", a)
    return Apply("logistic", _opposite(a))


def _opposite(a: Expression) -> Expression:
    """-a, with its sign taken from every term."""
    if isinstance(a, Add):
        return Add(tuple(map(_opposite, a.terms)))
    return multiply(MINUS_ONE, a)
