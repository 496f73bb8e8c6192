"""Powers as a person writes them: exp(c·log(q)) is q^c, q·q^(-1/2) is √q, and q^(-1/2) is 1/√q.

The power has a value at q = 0 where the logarithm, or the quotient, has none.
"""

from collections.abc import Callable
from fractions import Fraction

from derive.expressions.building import add, multiply, power, real_power
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
)

Constant = Callable[[Expression], bool]
"""Whether an expression is made of numbers, sizes and hyperparameters."""


def exponential(argument: Expression, constant: Constant) -> Expression:
    """Exp(argument): a product of powers where the argument is a sum of multiples of logarithms."""
    terms = argument.terms if isinstance(argument, Add) else (argument,)
    powers = [_power(term, constant) for term in terms]
    found = [power for power in powers if power is not None]
    return multiply(*found) if len(found) == len(powers) else Apply("exp", argument)


def _power(term: Expression, constant: Constant) -> Expression | None:
    """q^c for c·log(q), or None."""
    factors = term.factors if isinstance(term, Multiply) else (term,)
    for place, factor in enumerate(factors):
        if isinstance(factor, Apply) and (factor.function, factor.order) == ("log", 0):
            exponent = multiply(*factors[:place], *factors[place + 1 :])
            return real_power(factor.argument, exponent) if constant(exponent) else None
    return None


def merged(node: Expression) -> Expression:
    """A product with the real powers of one base as one power, where the first of them stands."""
    if not isinstance(node, Multiply) or not any(isinstance(f, RealPower) for f in node.factors):
        return node
    exponents: dict[Expression, Expression] = {}
    real = {factor.base for factor in node.factors if isinstance(factor, RealPower)}
    for factor in node.factors:
        base, exponent = _taken_apart(factor)
        key, own = (base, exponent) if base in real else (factor, ONE)
        exponents[key] = _sum(exponents[key], own) if key in exponents else own
    return multiply(*(real_power(base, exponent) for base, exponent in exponents.items()))


def inverted(base: Expression) -> Expression:
    """1/base; of a product with roots the product of what is below: 1/(√a·√b) is 1/√a · 1/√b."""
    if isinstance(base, Multiply) and any(isinstance(f, RealPower) for f in base.factors):
        return multiply(*(power(factor, -1) for factor in base.factors))
    return power(base, -1)


def is_below(node: RealPower) -> bool:
    """Whether a power stands below a fraction's line: its exponent has a minus in front."""
    match node.exponent:
        case Number(value) | Multiply((Number(value), *_)):
            return value < 0
    return False


def inverse(node: RealPower) -> Expression:
    """What stands below the line for such a power; that it is derived is seen no more."""
    return real_power(node.base, multiply(MINUS_ONE, node.exponent))


def _taken_apart(factor: Expression) -> tuple[Expression, Expression]:
    match factor:
        case RealPower(base, exponent):
            return base, exponent
        case Power(base, exponent):
            return base, Number(Fraction(exponent))
    return factor, ONE


def _sum(left: Expression, right: Expression) -> Expression:
    """The sum of two exponents, their numbers added up."""
    total = add(left, right)
    terms = total.terms if isinstance(total, Add) else (total,)
    number = sum((term.value for term in terms if isinstance(term, Number)), Fraction(0))
    return add(*(term for term in terms if not isinstance(term, Number)), Number(number))
