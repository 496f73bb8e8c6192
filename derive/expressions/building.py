"""How expressions are built: a sum without zeros or sums in it, a product's number in front."""

from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from operator import is_, mul

from derive.expressions.contents import children, free_indices
from derive.expressions.expression import (
    ONE,
    ZERO,
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    RealPower,
    Scaled,
    Size,
    Softmax,
    Sum,
    Where,
    unknown,
)


def add(*terms: Expression) -> Expression:
    """The sum of the terms in their order, without zeros and nested sums."""
    flat: list[Expression] = []
    for term in terms:
        flat += term.terms if isinstance(term, Add) else (term,)
    kept = tuple(term for term in flat if not isinstance(term, Number) or term.value)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Add(kept)


def multiply(*factors: Expression) -> Expression:
    """The product of the factors in their order, its rational coefficient in front."""
    numbers: list[Fraction] = []
    rest: list[Expression] = []
    for factor in factors:
        for part in factor.factors if isinstance(factor, Multiply) else (factor,):
            if isinstance(part, Number):
                numbers.append(part.value)
            else:
                rest.append(part)
    coefficient = reduce(mul, numbers) if numbers else ONE.value
    if not coefficient or not rest:
        return Number(coefficient)
    if numbers and coefficient != 1:
        rest.insert(0, Number(coefficient))
    return rest[0] if len(rest) == 1 else Multiply(tuple(rest))


def power(base: Expression, exponent: int) -> Expression:
    """Base ** exponent; a number is worked out.

    Raises ZeroDivisionError for zero to a negative power.
    """
    if isinstance(base, Number):
        return Number(base.value**exponent)
    if exponent in (0, 1):
        return base if exponent else ONE
    if isinstance(base, RealPower) and not base.derived:
        return real_power(base.base, multiply(Number(Fraction(exponent)), base.exponent))
    return Power(base, exponent)


def real_power(base: Expression, exponent: Expression, derived: bool = False) -> Expression:
    """Base ** exponent; a whole number in the exponent makes it a `Power`.

    A power of a real power is one power: neither has a value for a negative base. Raises
    ZeroDivisionError for zero to a negative power.
    """
    if isinstance(base, RealPower) and not base.derived and not derived:
        return real_power(base.base, multiply(base.exponent, exponent))
    if not isinstance(exponent, Number):
        return RealPower(base, exponent, derived)
    if exponent.value > 0:
        derived = False  # infinite nowhere
    if exponent.value.denominator == 1 and not derived:
        return power(base, int(exponent.value))
    known = _root_of(base, exponent.value)
    return RealPower(base, exponent, derived) if known is None else Number(known)


def _root_of(base: Expression, exponent: Fraction) -> Fraction | None:
    """A power of a number, where that is rational."""
    if not isinstance(base, Number) or base.value < 0:
        return None
    if base.value == 0 and exponent < 0:
        raise ZeroDivisionError(f"0 ** ({exponent})")
    n = exponent.denominator
    parts = base.value.numerator, base.value.denominator
    roots = [round(part ** (1 / n)) for part in parts]
    if any(root**n != part for root, part in zip(roots, parts, strict=True)):
        return None
    above, below = roots
    return Fraction(above, below) ** exponent.numerator


def summation(over: tuple[Index, ...], body: Expression) -> Expression:
    """Σ body; a number stands before the sum, and so does the size of an index not held."""
    free = free_indices(body)
    held = tuple(index for index in over if index in free)
    sizes = [Size(index.size) for index in over if index not in free]
    number = body.factors[0] if isinstance(body, Multiply) else ONE
    if held and isinstance(body, Multiply) and isinstance(number, Number):
        return multiply(number, *sizes, Sum(held, multiply(*body.factors[1:])))
    return multiply(*sizes, Sum(held, body) if held else body)


def where(left: Expression, right: Expression, then: Expression, other: Expression) -> Expression:
    """`then` where left > right, else `other`; decided where both sides are numbers."""
    if then == other:
        return then
    if isinstance(left, Number) and isinstance(right, Number):
        return then if left.value > right.value else other
    return Where(left, right, then, other)


def rebuild(node: Expression, parts: Iterable[Expression]) -> Expression:
    """The same node around other parts; itself where these are its own."""
    new, own = tuple(parts), children(node)
    if not isinstance(node, Sum) and len(new) == len(own) and all(map(is_, new, own)):
        return node
    match node:
        case Number() | Size() | Entry() | Delta():
            return node
        case Apply():
            return Apply(node.function, new[0], node.order)
        case Add():
            return add(*new)
        case Multiply():
            return multiply(*new)
        case Power():
            return power(new[0], node.exponent)
        case RealPower():
            base, exponent = new
            return real_power(base, exponent, node.derived)
        case Sum():
            again = summation(node.over, new[0])  # a number within it comes out
            return node if again == node else again
        case Where():
            return where(*new)
        case Softmax():
            return Softmax(node.along, new[0])
        case Scaled():
            return Scaled(new[0])
    unknown(node, "rebuild")
