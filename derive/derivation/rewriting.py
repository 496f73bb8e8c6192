"""Adjoints as a person would write them: the form with the least to read, and the way to it.

From the form that the chain rule leaves, rules lead to equal ones (`_RULES`), and from these to
others. None knows a layer or a loss: softmax with cross-entropy becomes p - y because its
equations say so. Forms are looked at in the order of what there is to read in them, so that a
longer one, multiplied out, is passed through where a shorter one lies behind it. The page shows
each form that is shorter than all before it, with the reasons that led there; `proof` holds
every one of them to be equal to the first.
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import count, zip_longest
from typing import Literal

import sympy

from derive.derivation.known import Known, Row, divisors
from derive.expressions.brackets import arranged, expanded, groupings, turned
from derive.expressions.building import rebuild
from derive.expressions.contents import children, entries, walk
from derive.expressions.expression import (
    HALF,
    MEMORY,
    MINUS_ONE,
    Add,
    Adjoint,
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
    Sum,
    Where,
)
from derive.expressions.identities import Equality, by_identities
from derive.expressions.indices import unshadow
from derive.expressions.normal import coefficient, key, normal
from derive.expressions.powers import is_below
from derive.expressions.scalars import Scalars
from derive.expressions.spelling import spelled, turned_as_written
from derive.functions.free import undefine
from derive.functions.own_value import F, own_value
from derive.functions.table import TABLE

Kind = Literal["own value", "identity", "named", "assumed", "sum", "cancelled", "collected"]
"""What a rule rests on. What is collected is algebra alone; so is what cancels, in a fraction."""

PATIENCE = 6
"""How many ways in a row are followed to their end that lead to nothing shorter."""

ROOM = 40
"""How much longer than the first form one may be that is looked at."""


LITTLE = 8
"""What is shorter by less than this, and by algebra alone, is not told."""

FAR = 10
"""A form on the way that is longer than the last by more than this is not told either."""


@dataclass(frozen=True)
class Reason:
    """What a rewriting rests on: functions, quantities or data by their names, or what is equal."""

    kind: Kind
    because: tuple[str, ...] = ()
    facts: tuple[Equality, ...] = ()

    def joined(self, other: "Reason") -> "Reason":
        """One reason of a kind for two of it."""
        because = dict.fromkeys((*self.because, *other.because))
        return Reason(self.kind, tuple(because), tuple(dict.fromkeys((*self.facts, *other.facts))))


ALGEBRA = Reason("collected")


@dataclass(frozen=True)
class Rewriting:
    """What an adjoint is equal to, and why."""

    value: Expression
    reasons: tuple[Reason, ...]
    reason: str
    """The last reason in a word, with a number where there was one like it before."""


def cost(value: Expression) -> int:
    """How much there is to read: a derivative or a fraction weighs more than a name."""
    return _read(value)[0]


_OWN = {Number: 2, Size: 2, Entry: 2, Delta: 3, Sum: 3, Where: 3, Apply: 3, Softmax: 3}
"""What a reader has to take in of each node."""


OF_ITSELF = 5
"""How much less there is to read in o (1 - o) and 1 - a² than in their parts: they are known as
the derivatives of logistic and tanh.
"""


_SIGNS: dict[Expression, int] = {HALF: 2, Number(-HALF.value): 5, MINUS_ONE: 4}
"""Exponents that are written as a root sign, a fraction line, or both."""


@lru_cache(MEMORY)
def _read(value: Expression) -> tuple[int, int]:
    """What there is to read, and how deep its brackets are one in another."""
    own, deep = _OWN.get(type(value), 0), 0
    match value:
        case Number(number) if number == -1:
            own = 1
        case Number(number) if number.denominator > 1:
            own = 4  # a fraction line
        case Entry(name=Adjoint()):
            own = 3
        case Apply(order=order) if order:
            own = 12
        case Power(exponent=exponent):
            own = 4 if exponent < 0 else 1
        case RealPower(exponent=exponent):
            # An exponent that is a root sign or a fraction line is none to read.
            unseen = _read(exponent)[0] if exponent in _SIGNS else 0
            own = _SIGNS.get(exponent, 5 if is_below(value) else 1) - unseen
        case Multiply(factors):
            own = -OF_ITSELF * sum(1 for factor in factors if _is_rest_of(factor, factors))
        case Add((Number(one), Multiply((Number(minus), Power(_, 2))))) if one == -minus == 1:
            own = 2 - OF_ITSELF
        case Add(terms):
            signs = sum(coefficient(term) == -1 for term in terms)  # each a sign that is there
            turned_round = any(isinstance(x, Number) and x.value < 0 for x in terms)  # p - 1
            own = len(terms) - 1 - signs + 3 * turned_round
            own += all(coefficient(term) < 0 for term in terms)
    for part in children(value):
        inside, depth = _read(part)
        if isinstance(part, Add) and not isinstance(value, Apply | Where):
            depth += 1
            inside += depth
        own, deep = own + inside, max(deep, depth)
    return own, deep


def _is_rest_of(factor: Expression, factors: tuple[Expression, ...]) -> bool:
    """Whether a factor is 1 - o beside a factor o."""
    match factor:
        case Add((Number(one), Multiply((Number(minus), other)))) if one == -minus == 1:
            return other in factors
    return False


# --- the search -------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class _Form:
    """A form, what there is to read in it, and the form from which a rule led to it."""

    cost: int
    place: int
    value: Expression = field(compare=False)
    before: "_Form | None" = field(default=None, compare=False)
    reason: Reason = field(default=Reason("collected"), compare=False)

    @property
    def way(self) -> tuple["_Form", ...]:
        """The forms from the first to this one."""
        return (*(self.before.way if self.before else ()), self)


def rewritings(value: Expression, known: Known, seen: tuple[Index, ...]) -> tuple[Rewriting, ...]:
    """The forms on the way to the shortest, each shorter than those before it.

    `seen` are the letters that no sum in them may bind.
    """
    return _told(_shortest(normal(value), known), known, seen)


def _shortest(start: Expression, known: Known) -> _Form:
    """The form with the least to read, the first of such.

    From each form that is looked at, the way leads on through shorter ones to where there is
    none; then the shortest is looked at of all that were left on the way.
    """
    places = count(1)
    best = form = _Form(cost(start), 0, start)
    frontier: list[_Form] = []
    met = {key(start)}
    most = best.cost + ROOM
    waited = 0
    while waited < PATIENCE:
        shortest = form
        for reason, value in _neighbours(form.value, known):
            if key(value) not in met:
                met.add(key(value))
                new = _Form(cost(value), next(places), value, form, reason)
                if new.cost <= most:
                    heappush(frontier, new)
                    shortest = min(shortest, new)
        if shortest.cost < best.cost:
            best, waited = shortest, -1
        if shortest is not form:
            form = shortest
            frontier.remove(form)
            heapify(frontier)
        elif frontier:
            form, waited = heappop(frontier), waited + 1
        else:
            break
    return best


def _told(last: _Form, known: Known, seen: tuple[Index, ...]) -> tuple[Rewriting, ...]:
    """The way to a form, as a page tells it."""
    first, *others = last.way
    shown, found, reasons = first, list[Rewriting](), list[Reason]()
    for form, following in zip_longest(others, others[1:]):
        reasons.append(form.reason)
        goes_on = following is not None and following.reason.kind in (form.reason.kind, "collected")
        kinds = {reason.kind for reason in reasons}
        enough = LITTLE if kinds == {"collected"} else 1
        if goes_on or form.cost > shown.cost - enough or form.cost > last.cost + FAR:
            continue
        because = _together(reasons, shown.value, form.value)
        word = because[-1].kind
        like = sum(1 for each in found if each.reasons[-1].kind == word)
        value = unshadow(in_order(form.value, known), seen)
        found.append(Rewriting(value, because, f"{word} {like + 1}" if like else word))
        shown, reasons = form, []
    return tuple(found)


def in_order(form: Expression, known: Known) -> Expression:
    """A form in the order in which it is read, its author's where that is known."""
    turned_round = turned_as_written(form, known.written)
    return spelled(arranged(turned_round, known.constants), known.written)


def _together(reasons: list[Reason], before: Expression, after: Expression) -> tuple[Reason, ...]:
    """The reasons by their kinds, what is algebra last, and alone only where it is all there is."""
    joined: dict[Kind, Reason] = {}
    for reason in reasons:
        joined[reason.kind] = joined.get(reason.kind, Reason(reason.kind)).joined(reason)
    joined.pop("collected", None)
    fewer = divisors(after).keys() < divisors(before).keys()
    if fewer and len(entries(after)) < len(entries(before)):
        joined["cancelled"] = Reason("cancelled")
    return tuple(joined.values()) or (ALGEBRA,)


# --- the rules --------------------------------------------------------------------------------

Neighbours = Iterator[tuple[Reason, Expression]]


def _neighbours(form: Expression, known: Known) -> Neighbours:
    for rule in _RULES:
        yield from rule(form, known)


def _through_own_values(form: Expression, known: Known) -> Neighbours:
    """f'(z) as the polynomial in f(z) that it is, for functions that are no free ones."""
    used: dict[str, None] = {}

    def at(node: Expression) -> Expression:
        if isinstance(node, Apply) and node.order == 1 and node.function in TABLE:
            through = own_value(TABLE[node.function].definition)
            if through is not None:
                used[node.function] = None
                return in_value(through, Apply(node.function, at(node.argument)))
        return rebuild(node, map(at, children(node)))

    new = at(form)
    if used:
        yield Reason("own value", tuple(used)), _by_own_names(normal(new), known, used)


def _by_own_names(form: Expression, known: Known, functions: Container[str]) -> Expression:
    """The values of those functions by the names that the model has for them."""
    for row in known.named:
        if isinstance(row, Row) and isinstance(row.left, Apply) and row.left.function in functions:
            form = row.applied(form)
    return form


@lru_cache(MEMORY)
def in_value(form: sympy.Expr, value: Expression) -> Expression:
    """A formula in F as an expression in the value."""
    scalars = Scalars()
    return scalars.as_written(undefine(form).subs(F, scalars.scalar(value)))


def _by_identities(form: Expression, known: Known) -> Neighbours:
    for node in _places(form):
        for identity, value in by_identities(node):
            yield Reason("identity", (), (identity,)), normal(_put(form, node, value))


def _by_names(form: Expression, known: Known) -> Neighbours:
    for row in known.named:
        new = row.applied(form)
        if new != form:
            yield Reason("named", row.because), new


def _by_sums(form: Expression, known: Known) -> Neighbours:
    kinds: tuple[tuple[Kind, tuple[Row, ...]], ...]
    kinds = (("assumed", known.assumed), ("sum", known.sums))
    for kind, rows in kinds:
        for row in rows:
            new = row.applied(form)
            if new != form:
                yield Reason(kind, row.because, ((row.left, row.right),)), new


def _collected(form: Expression, known: Known) -> Neighbours:
    """Multiplied out, and put before brackets at each place where there are terms."""
    yield ALGEBRA, expanded(form)
    for node in _places(form):
        for value in _bracketed(node):
            yield ALGEBRA, normal(_put(form, node, value))


@lru_cache(MEMORY)
def _bracketed(node: Expression) -> tuple[Expression, ...]:
    apart = expanded(node) if isinstance(node, Sum) and isinstance(node.body, Add) else node
    return tuple(value for value in (turned(node), apart, *groupings(node)) if value != node)


def _places(form: Expression) -> Iterator[Expression]:
    """The different parts of a form that a rule may look at."""
    yield from dict.fromkeys(node for node in walk(form) if children(node))


def _put(form: Expression, node: Expression, value: Expression) -> Expression:
    """The form with a value for a part of it, wherever this stands."""
    if form == node:
        return value
    return rebuild(form, (_put(part, node, value) for part in children(form)))


_RULES: tuple[Callable[[Expression, Known], Neighbours], ...] = (
    _through_own_values,
    _by_identities,
    _by_names,
    _by_sums,
    _collected,
)
