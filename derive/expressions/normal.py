"""Sums and products in a normal form, which leaves them in the order of their author.

What is a matter of counting is counted: numbers and signs stand in front, equal factors are
one power and equal terms one term, and what a sum does not run over stands outside it. No
product is multiplied out, and nothing is put before a bracket.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, reduce
from math import gcd, lcm

from derive.expressions.building import add, multiply, power, real_power, rebuild, summation, where
from derive.expressions.contents import children, free_indices
from derive.expressions.expression import (
    MEMORY,
    MINUS_ONE,
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
    Size,
    Softmax,
    Subscript,
    Sum,
    Where,
    unknown,
)
from derive.expressions.indices import substitute

# --- what is the same -------------------------------------------------------------------------


@lru_cache(MEMORY)
def key(node: Expression) -> str:
    """The same text for what differs in the order of terms and factors, or in bound letters."""
    match node:
        case Number(value):
            return str(value)
        case Size(symbol):
            return f"#{symbol}"
        case Entry(name, indices):
            return f"{name}[{','.join(map(_letter, indices))}]"
        case Delta(left, right):
            return f"d[{','.join(sorted((_letter(left), _letter(right))))}]"
        case Add() | Multiply():
            sign = "+" if isinstance(node, Add) else "*"
            return f"({sign.join(sorted(map(key, children(node))))})"
        case Power(base, exponent):
            return f"{key(base)}^{exponent}"
        case RealPower(base, power_, derived):
            return f"{key(base)}^{key(power_)}{'d' * derived}"
        case Apply(function, argument, order):
            return f"{function}'{order}({key(argument)})"
        case Sum(over, body):
            letters = _numbered(over, _height(body))
            return f"S{[x.size for x in over]}({key(substitute(body, letters))})"
        case Where():
            return f"w({';'.join(map(key, children(node)))})"
        case Softmax(along, argument):
            return f"softmax[{','.join(map(_letter, along))}]({key(argument)})"
    unknown(node, "key")


def _letter(index: Subscript) -> str:
    return f"{index.name}'{index.copy}" if isinstance(index, Index) else str(index)


def _numbered(over: tuple[Index, ...], height: int) -> Mapping[Index, Subscript]:
    """Letters that say how many sums are within, so that those of different sums differ."""
    return {index: Index(f"{height}.{k}", index.size) for k, index in enumerate(over)}


@lru_cache(MEMORY)
def _height(node: Expression) -> int:
    within = max(map(_height, children(node)), default=0)
    return within + 1 if isinstance(node, Sum) else within


# --- products ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Factor:
    """base ** exponent, which may be a fraction: exp(a/2) is exp(a) ** (1/2).

    `derived` as for a `RealPower`.
    """

    base: Expression
    exponent: Expression = ONE
    derived: bool = False


@dataclass(frozen=True)
class Product:
    """A number and factors, no two of which have the same base."""

    number: Fraction
    factors: tuple[Factor, ...]

    @property
    def by_base(self) -> dict[str, Factor]:
        """The factors by the keys of their bases."""
        return {key(factor.base): factor for factor in self.factors}


@lru_cache(MEMORY)
def product(node: Expression) -> Product:
    """The number and the factors of an expression in normal form."""
    match node:
        case Number(value):
            return Product(value, ())
        case Multiply(factors):
            return _collected(map(product, factors))
        case Power(base, exponent):
            return _to_the(product(base), exponent)
        case RealPower(base, real, derived):
            return Product(ONE.value, (Factor(base, real, derived),))
        case Apply("exp", argument, 0):
            number, rest = _primitive(argument)
            return Product(ONE.value, (Factor(Apply("exp", rest), Number(number)),))
        case Add():
            number, rest = _primitive(node)
            return Product(number, (Factor(rest),))
    return Product(ONE.value, (Factor(node),))


def _to_the(whole: Product, exponent: int) -> Product:
    n = Number(Fraction(exponent))
    raised = (replace(each, exponent=times(n, each.exponent)) for each in whole.factors)
    return Product(whole.number**exponent, tuple(raised))


def _collected(products: Iterable[Product]) -> Product:
    """The product of products; one of 1 - p and p - 1 is written as the other."""
    number = ONE.value
    found: dict[str, Factor] = {}
    for each in products:
        number = each.number if number is ONE.value else number * each.number
        for factor in each.factors:
            mine = key(factor.base)
            if mine not in found and isinstance(factor.base, Add) and _whole(factor.exponent):
                opposite = _opposite(factor.base)
                if opposite in found:
                    mine = opposite
                    number *= Fraction(-1) ** _integer(factor.exponent)
            known = found.get(mine)
            if known is None:
                found[mine] = factor
                continue
            exponent = total(known.exponent, factor.exponent)
            found[mine] = Factor(known.base, exponent, known.derived or factor.derived)
    return Product(number, tuple(each for each in found.values() if each.exponent != ZERO))


@lru_cache(MEMORY)
def _opposite(base: Add) -> str:
    """The key of p - 1, of 1 - p."""
    return key(negative(base))


def written(whole: Product) -> Expression:
    """The expression of a product."""
    held = (factor for factor in whole.factors if factor.exponent != ZERO)
    return multiply(Number(whole.number), *map(_raised, held))


def _raised(factor: Factor) -> Expression:
    match factor.base:
        case Apply("exp", argument, 0):
            return Apply("exp", times(factor.exponent, argument))
    if _whole(factor.exponent) and not factor.derived:
        return power(factor.base, _integer(factor.exponent))
    derived = factor.derived and _may_be_below(factor.exponent)
    return real_power(factor.base, factor.exponent, derived)


def _may_be_below(exponent: Expression) -> bool:
    """Whether a power may be infinite at 0: q^(γ-1) may, and q^γ has a value there."""
    return any(coefficient(term) < 0 for term in _parts(exponent))


def _whole(exponent: Expression) -> bool:
    return isinstance(exponent, Number) and exponent.value.denominator == 1


def _integer(exponent: Expression) -> int:
    assert isinstance(exponent, Number)
    assert exponent.value.denominator == 1
    return int(exponent.value)


@lru_cache(MEMORY)
def times(*factors: Expression) -> Expression:
    """The product of expressions in normal form."""
    whole = _collected(map(product, factors))
    match whole:
        case Product(number, (Factor(Add() as base, exponent),)) if exponent == ONE:
            if number == -1:  # a sign alone before a bracket goes into it
                return negative(base)
    return written(whole)


def divided(node: Expression, by: Expression) -> Expression:
    """One expression in normal form over another."""
    return times(node, written(_to_the(product(by), -1)))


def negative(node: Add) -> Expression:
    """The sum with every sign turned."""
    return add(*(multiply(MINUS_ONE, term) for term in node.terms))


MANY = 10**5
"""Whole numbers that nobody writes before a bracket's terms: 1.000001 - a² stays as it is."""


def _of_first(terms: tuple[Expression, ...]) -> Fraction:
    """The number in front of a term, the first by its key that is no number itself."""
    known = [(coefficient(term), term) for term in terms if not isinstance(term, Number)]
    return min((key(multiply(Number(1 / number), term)), number) for number, term in known)[1]


@lru_cache(MEMORY)
def _primitive(node: Expression) -> tuple[Fraction, Expression]:
    """A number, and what it multiplies: of a sum, what its terms have in common.

    A sum without a term that is added is one that is subtracted.
    """
    if isinstance(node, Number):
        return node.value, ONE
    if isinstance(node, Multiply) and isinstance(node.factors[0], Number):
        return node.factors[0].value, multiply(*node.factors[1:])
    if not isinstance(node, Add):
        return ONE.value, node
    numbers = [coefficient(term) for term in node.terms]
    above = reduce(gcd, (number.numerator for number in numbers))
    below = reduce(lcm, (number.denominator for number in numbers))
    common = Fraction(above, below)
    if max(abs(number) for number in numbers) >= MANY * common:
        common = abs(_of_first(node.terms))
    common *= -1 if all(number < 0 for number in numbers) else 1
    if common == 1:
        return common, node
    inverse = Number(1 / common)
    return common, add(*(multiply(inverse, term) for term in node.terms))


def coefficient(term: Expression) -> Fraction:
    """The number in front of a term."""
    match term:
        case Number(value) | Multiply(factors=(Number(value), *_)):
            return value
    return ONE.value


# --- sums -------------------------------------------------------------------------------------


def total(*terms: Expression) -> Expression:
    """The sum of expressions in normal form: equal terms are one, and what cancels is gone."""
    if all(isinstance(term, Number) for term in terms):
        return Number(sum((coefficient(term) for term in terms), Fraction(0)))
    found: dict[str, tuple[Fraction, Expression]] = {}
    for term in terms:
        for part in _parts(term):
            number = coefficient(part)
            rest = ONE if isinstance(part, Number) else multiply(*_without_number(part))
            name = key(rest)
            if name in found:
                known, shape = found[name]
                found[name] = known + number, shape
            else:
                found[name] = number, rest
    return add(*(_times_number(number, rest) for number, rest in found.values()))


def _times_number(number: Fraction, rest: Expression) -> Expression:
    return rest if number is ONE.value else multiply(Number(number), rest)


def _parts(node: Expression) -> tuple[Expression, ...]:
    return node.terms if isinstance(node, Add) else (node,)


def _without_number(term: Expression) -> tuple[Expression, ...]:
    factors = term.factors if isinstance(term, Multiply) else (term,)
    return factors[1:] if isinstance(factors[0], Number) else factors


def summed(over: tuple[Index, ...], body: Expression) -> Expression:
    """Σ body in normal form: outside what it does not run over, a product of sums taken apart."""
    factors = body.factors if isinstance(body, Multiply) else (body,)
    for factor in factors:
        if isinstance(factor, Delta) and {factor.left, factor.right} & set(over):
            return _picked(over, factor, factors)
    outside = [factor for factor in factors if not set(free_indices(factor)) & set(over)]
    inside = [factor for factor in factors if factor not in outside]
    held = {index for factor in inside for index in free_indices(factor)}
    sizes = [Size(index.size) for index in over if index not in held]
    sums = (
        summation(tuple(i for i in over if i in _letters(group)), multiply(*group))
        for group in _apart(inside, set(over))
    )
    return times(*outside, *sizes, *sums)


def _picked(over: tuple[Index, ...], delta: Delta, factors: tuple[Expression, ...]) -> Expression:
    """The one term of a sum that Kronecker's delta leaves."""
    gone, stays = delta.left, delta.right
    if gone not in over:
        gone, stays = stays, gone
    assert isinstance(gone, Index)
    body = multiply(*(factor for factor in factors if factor is not delta))
    left = tuple(index for index in over if index != gone)
    picked = normal(substitute(body, {gone: stays}))
    return summed(left, picked) if left else picked


def _letters(factors: Iterable[Expression]) -> set[Index]:
    return {index for factor in factors for index in free_indices(factor)}


def _apart(factors: list[Expression], over: set[Index]) -> list[list[Expression]]:
    """The factors in groups that share no letter of the sum."""
    groups: list[list[Expression]] = []
    for factor in factors:
        letters = _letters([factor]) & over
        near = [group for group in groups if _letters(group) & letters]
        joined = [part for group in near for part in group]
        groups = [*(group for group in groups if group not in near), [*joined, factor]]
    return groups


# --- all of it --------------------------------------------------------------------------------


@lru_cache(MEMORY)
def normal(node: Expression) -> Expression:
    """The expression in normal form."""
    match node:
        case Add():
            return total(*map(normal, node.terms))
        case Multiply():
            return times(*map(normal, node.factors))
        case Power():
            return times(written(_to_the(product(normal(node.base)), node.exponent)))
        case RealPower():
            base, exponent = map(normal, children(node))
            return times(real_power(base, exponent, node.derived))
        case Sum():
            return summed(node.over, normal(node.body))
        case Where():
            left, right, then, other = map(normal, children(node))
            common = _shared(then, other)
            branches = (times(Number(1 / common), branch) for branch in (then, other))
            return times(Number(common), where(left, right, *branches))
    return rebuild(node, map(normal, children(node)))


def _shared(then: Expression, other: Expression) -> Fraction:
    """The number that stands in front of both cases; no sign where it would turn a bracket."""
    numbers = [x for x in (_primitive(then)[0], _primitive(other)[0]) if x]
    if not numbers or any(abs(x) != abs(numbers[0]) for x in numbers):
        return Fraction(1)
    turns = len(set(numbers)) > 1 and any(isinstance(each, Add) for each in (then, other))
    return abs(numbers[0]) if turns else numbers[0]
