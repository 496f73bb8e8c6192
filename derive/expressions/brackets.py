"""Sums multiplied out, and factors put before a bracket: the ways in which a person writes them.

All of it keeps the normal form (`expressions.normal`).
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from derive.expressions.building import add, multiply, power, rebuild
from derive.expressions.contents import children, held
from derive.expressions.expression import (
    MEMORY,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Adjoint,
    Entry,
    Expression,
    Multiply,
    Name,
    Number,
    Power,
    RealPower,
    Size,
    Sum,
)
from derive.expressions.normal import (
    Product,
    coefficient,
    divided,
    key,
    negative,
    product,
    summed,
    times,
    total,
    written,
)

# --- multiplied out ---------------------------------------------------------------------------

MOST_TERMS = 48
"""How many terms a product is multiplied out to at most."""


class _TooManyTermsError(Exception):
    """Raised, and caught, where a product is longer multiplied out than anyone reads."""


@lru_cache(MEMORY)
def expanded(node: Expression) -> Expression:
    """The expression with its products multiplied out and its sums taken term by term.

    A bracket that also stands below a fraction line is a factor that may cancel, and stays
    whole until the last. What is longer than anyone reads is left as it is.
    """
    try:
        first = total(*_terms(node, _below(node)))
        return total(*_terms(first, frozenset()))
    except _TooManyTermsError:
        return node


def _below(node: Expression) -> frozenset[str]:
    """The brackets below a fraction line, with either sign."""
    own: set[str] = set()
    match node:
        case Power(Add() as base, exponent) if exponent < 0:
            own = {key(base), key(negative(base))}
        case RealPower(Add() as base):
            own = {key(base)}
    return frozenset(own).union(*map(_below, children(node)))


def _terms(node: Expression, whole: frozenset[str]) -> list[Expression]:
    """The terms of an expression, those brackets whole that are factors."""
    match node:
        case Add():
            return [part for term in node.terms for part in _terms(term, whole)]
        case Multiply():
            return _crossed(
                [factor]
                if isinstance(factor, Add) and key(factor) in whole
                else _terms(factor, whole)
                for factor in node.factors
            )
        case Power(Add() as base, exponent) if exponent > 0 and key(base) not in whole:
            return _crossed(_terms(base, whole) for _ in range(exponent))
        case Sum():
            return [summed(node.over, term) for term in _terms(node.body, whole)]
    return [node]


def _crossed(sums: Iterable[list[Expression]]) -> list[Expression]:
    """The terms of a product of sums."""
    found: list[tuple[Expression, ...]] = [()]
    for terms in sums:
        if len(found) * len(terms) > MOST_TERMS:
            raise _TooManyTermsError
        found = [(*factors, term) for factors in found for term in terms]
    return [times(*factors) for factors in found]


# --- before a bracket -------------------------------------------------------------------------


def groupings(node: Expression) -> Iterator[Expression]:
    """The sum with something put before a bracket, in each way there is.

    What all terms have in common; what stands below their fraction lines, as one denominator;
    and what some terms have in common.
    """
    if not isinstance(node, Add):
        return
    products = _with_one_sign([product(term) for term in node.terms])
    number = product(node).number
    if abs(number) != 1:
        yield times(node)
    common = _common(products)
    if common.factors:
        yield _before(common, node.terms)
    denominator = _denominator(products)
    if denominator.factors and denominator != common:
        yield _before(denominator, node.terms)
    counts = Counter(base for each in products for base in each.by_base)
    for base, count in counts.items():
        if 1 < count < len(products):
            yield _partly(node, products, base)


def _with_one_sign(products: list[Product]) -> list[Product]:
    """The products with one of p - 1 and 1 - p wherever one of both stands."""
    met: dict[str, Expression] = {}
    found = []
    for each in products:
        number, factors = each.number, []
        for factor in each.factors:
            base = factor.base
            if isinstance(base, Add) and isinstance(factor.exponent, Number):
                opposite = negative(base)
                if key(opposite) in met and factor.exponent.value.denominator == 1:
                    number *= (-1) ** int(factor.exponent.value)
                    base = met[key(opposite)]
                else:
                    met[key(base)] = base
            factors.append(replace(factor, base=base))
        found.append(Product(number, tuple(factors)))
    return found


def _before(common: Product, terms: tuple[Expression, ...]) -> Expression:
    outside = written(common)
    return times(outside, total(*(divided(term, outside) for term in terms)))


def _common(products: list[Product]) -> Product:
    """The factors of all terms, each to the power that all have."""
    first, *others = (each.by_base for each in products)
    found = []
    for base, factor in first.items():
        if all(base in other for other in others):
            exponents = [factor.exponent, *(other[base].exponent for other in others)]
            least = _least(exponents)
            if least is not None and least != ZERO:
                found.append(replace(factor, exponent=least))
    return Product(ONE.value, tuple(found))


def _least(exponents: list[Expression]) -> Expression | None:
    """The exponent nearest to 0, of those that differ by numbers and have one sign."""
    first = exponents[0]
    beyond = [total(each, times(Number(-ONE.value), first)) for each in exponents]
    numbers = [each.value for each in beyond if isinstance(each, Number)]
    if len(numbers) < len(exponents):
        return None
    if not isinstance(first, Number):
        return total(first, Number(min(numbers)))
    own = [first.value + number for number in numbers]
    if all(number > 0 for number in own):
        return Number(min(own))
    return Number(max(own)) if all(number < 0 for number in own) else None


def _denominator(products: list[Product]) -> Product:
    """What stands below the fraction lines of the terms, and what all have in common."""
    found = {key(factor.base): factor for factor in _common(products).factors}
    for each in products:
        for base, factor in each.by_base.items():
            match factor.exponent:
                case Number(value) if value < 0:
                    known = found.get(base, factor).exponent
                    assert isinstance(known, Number)
                    found[base] = replace(factor, exponent=Number(min(value, known.value)))
    return Product(ONE.value, tuple(found.values()))


def _partly(node: Add, products: list[Product], base: str) -> Expression:
    """One factor before a bracket around the terms that have it; the others stay where they are."""
    having = [base in each.by_base for each in products]
    inside = [term for term, has in zip(node.terms, having, strict=True) if has]
    outside = [term for term, has in zip(node.terms, having, strict=True) if not has]
    common = _common([each for each, has in zip(products, having, strict=True) if has])
    return total(_before(common, tuple(inside)), *outside) if common.factors else node


def turned(node: Expression) -> Expression:
    """A (y - x) for -a (x - y), and (1 - p)² for (p - 1)²."""
    match node:
        case Power(Add() as base, exponent) if exponent % 2 == 0:
            return power(negative(base), exponent)
        case Multiply(factors) if coefficient(node) < 0:
            for place, factor in enumerate(factors):
                if isinstance(factor, Add):
                    others = (*factors[:place], negative(factor), *factors[place + 1 :])
                    return multiply(MINUS_ONE, *others)
    return node


# --- everywhere -------------------------------------------------------------------------------


def arranged(node: Expression, constants: Container[Name] = ()) -> Expression:
    """The expression as it is read: o - t, not -t + o; what comes back from the error first in a
    product, else numbers, sizes and constants.
    """
    parts = tuple(arranged(part, constants) for part in children(node))
    match node:
        case Add():
            return add(*sorted(parts, key=lambda term: coefficient(term) < 0))
        case Multiply():
            return multiply(*_ranked(parts, constants))
    return node if parts == children(node) else rebuild(node, parts)


def _ranked(factors: tuple[Expression, ...], constants: Container[Name]) -> list[Expression]:
    """Factors in the order in which they are read, else as they are."""
    adds_adjoints = any(map(_adds_adjoints, factors))

    def after_adjoint(factor: Expression) -> int:
        return 0 if isinstance(factor, Number) else 1 if _is_adjoint(factor) else 2

    def rank(factor: Expression) -> int:
        base = factor.base if isinstance(factor, Power) else factor
        match base:
            case Number():
                return 0
            case Size():
                return 1
            case Entry(name=name):
                return 1 if name in constants or (adds_adjoints and _is_one(base)) else 3
        return 2 if _adds_adjoints(factor) else 3

    return sorted(factors, key=after_adjoint if any(map(_is_adjoint, factors)) else rank)


def _is_one(entry: Entry) -> bool:
    """Whether it is one number of a sample."""
    return all(letter.counts_samples for letter in entry.letters)


def _is_adjoint(node: Expression) -> bool:
    return isinstance(node, Entry) and isinstance(node.name, Adjoint)


def _adds_adjoints(node: Expression) -> bool:
    return isinstance(node, Sum) and any(isinstance(name, Adjoint) for name in held(node))
