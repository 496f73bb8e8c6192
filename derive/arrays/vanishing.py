"""y ln(y/p) where the data's y is 0: nothing, its limit, and what a divergence takes it for."""

from derive.expressions.expression import (
    ZERO,
    Apply,
    Entry,
    Expression,
    Multiply,
    Name,
    Power,
    children,
    rebuild,
    where,
)


def vanishing(node: Expression, data: frozenset[Name]) -> Expression:
    """The expression with y ln(y r), for a y of the data, as 0 where that is 0."""
    new = rebuild(node, (vanishing(part, data) for part in children(node)))
    if not isinstance(new, Multiply):
        return new
    within = {base for factor in new.factors for base in _of_logarithm(factor)}
    for factor in new.factors:
        base = _base(factor)
        if isinstance(base, Entry) and base.name in data and base in within:
            return where(Apply("abs", base), ZERO, new, ZERO)
    return new


def _of_logarithm(node: Expression) -> tuple[Expression, ...]:
    """What a logarithm is taken of the product of."""
    match node:
        case Apply("log", Multiply(factors), 0):
            return factors
        case Apply("log", argument, 0):
            return (argument,)
    return ()


def _base(factor: Expression) -> Expression:
    """What a factor is a power of; of a quotient nothing vanishes."""
    return factor.base if isinstance(factor, Power) and factor.exponent > 0 else factor
