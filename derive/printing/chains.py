"""The chain of a partial derivative, link by link, as text or as LaTeX."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from derive.derivation.partials import Chain, Link, Total
from derive.derivation.partials import links as flat
from derive.expressions.building import multiply
from derive.expressions.expression import (
    ONE,
    Add,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    RealPower,
)
from derive.expressions.powers import is_below
from derive.printing.precedence import Binding
from derive.printing.printed import Printed, joined, negated, plus, times


@dataclass(frozen=True)
class Spelling:
    """How a link is written, the dot between two, a sum over some indices of several ways, and
    how tightly nodes bind.
    """

    link: Callable[[Link], Printed]
    dot: str
    total: Callable[[tuple[Index, ...], Printed], Printed]
    binds: Callable[[type], Binding]


def chain(links: Chain, spelling: Spelling) -> Printed:
    """The links of a chain with dots between them, several ways as a sum."""
    return dotted(_parts(links, spelling, chain), spelling.dot, spelling.binds(Multiply))


def multiplied(links: Chain, spelling: Spelling) -> Printed:
    """The values of a chain's links with dots between them: numbers and signs stand in front."""
    number, rest = _in_front(links)
    if abs(number) != 1 or not rest:
        rest = (replace(_first(links), value=Number(abs(number))), *rest)
    made = _parts(_with_what_is_below(rest), spelling, multiplied)
    whole = dotted(made, spelling.dot, spelling.binds(Multiply))
    return negated(whole) if number < 0 else whole


def has_numbers(links: Chain) -> bool:
    """Whether a number or a sign stands in front of the values of any chain within it."""
    own = (each for each in links if isinstance(each, Total))
    inner = any(has_numbers(chain) for each in own for chain in each.chains)
    return inner or _in_front(links)[0] != 1


def _parts(
    links: Chain, spelling: Spelling, within: Callable[[Chain, Spelling], Printed]
) -> list[Printed]:
    """Each link as it is written, several ways as a sum of what each is `within` it."""
    made = []
    for part in links:
        if isinstance(part, Link):
            made.append(spelling.link(part))
        else:
            ways = plus([within(inner, spelling) for inner in part.chains], spelling.binds(Add))
            made.append(spelling.total(part.over, ways))
    return made


def _in_front(links: Chain) -> tuple[Fraction, Chain]:
    """The number that a chain's values are multiplied by, and the links without it."""
    number, rest = Fraction(1), list[Link | Total]()
    for part in links:
        match part:
            case Link(value=Number(value)):
                number *= value
            case Link(value=Multiply((Number(value), *others))):
                number *= value
                rest.append(replace(part, value=multiply(*others)))
            case Total(over, (inner,)):
                within, left = _in_front(inner)
                number *= within
                rest.append(Total(over, (left or (replace(_first(inner), value=ONE),),)))
            case _:
                rest.append(part)
    return number, tuple(rest)


def _with_what_is_below(links: Chain) -> Chain:
    """A link that is 1/z, below the fraction line of the one before it."""
    found: list[Link | Total] = []
    for part in links:
        before = found[-1] if found else None
        if isinstance(part, Link) and isinstance(before, Link) and _is_reciprocal(part.value):
            found[-1] = replace(before, value=multiply(before.value, part.value))
        else:
            found.append(part)
    return tuple(found)


def _is_reciprocal(value: Expression) -> bool:
    match value:
        case Power(exponent=exponent):
            return exponent < 0
        case RealPower():
            return is_below(value)
        case Multiply(factors):
            return all(map(_is_reciprocal, factors))
    return False


def _first(links: Chain) -> Link:
    return next(each for each in flat(links))


def dotted(links: Sequence[Printed], dot: str, binds: Binding) -> Printed:
    """Links with dots between them, one alone as it is."""
    *before, last = links
    if not before:
        return last
    factors = [each.within(Binding.PRODUCT) for each in before]
    return times([*factors, last.within(Binding.SERIES)], partial(joined, dot), binds)
