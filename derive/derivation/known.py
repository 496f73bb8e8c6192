"""Model -> what its quantities are by other names: rows by which a form may be rewritten.

A definition holds both ways. p_k = exp(a_k)/Σ_l exp(a_l) says what p_k is, and that exp(a_k) is
p_k Σ_l exp(a_l); μ = Σ_i a_i/n says that Σ_i a_i is n μ. What follows for sums is worked out in
the order of the equations: a softmax adds up to 1, what a mean is taken from adds up to 0.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TypeGuard

from derive.expressions.brackets import expanded
from derive.expressions.building import rebuild
from derive.expressions.contents import children, free_indices, held, walk
from derive.expressions.expression import (
    MEMORY,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Entry,
    Expression,
    Multiply,
    Name,
    Number,
    Power,
    RealPower,
    Sum,
    Where,
)
from derive.expressions.indices import replace_entries, substitute_entry
from derive.expressions.normal import (
    Factor,
    Product,
    divided,
    key,
    negative,
    normal,
    product,
    summed,
    times,
    total,
    written,
)
from derive.expressions.patterns import Binding, fold, match, matches
from derive.expressions.powers import is_below
from derive.expressions.spelling import Orders, orders
from derive.model.assumptions import SumsTo
from derive.model.model import Definition, Model

LONGEST = 60
"""How many nodes an equation has at most of which sums are worked out."""


@dataclass(frozen=True)
class Row:
    """What is equal, in whatever letters: an expression, what may be written for it, and why.

    `because` names the quantities that the model defines so and the data it assumes so. `below`
    is what was divided by on the way, in whatever letters, which may be zero where the left side
    has a value.
    """

    left: Expression
    right: Expression
    because: tuple[str, ...]
    below: tuple[Expression, ...] = ()

    def applied(self, form: Expression) -> Expression:
        """The form with the right side for the left one wherever it stands.

        The form as it is where this would divide by what it does not divide by.
        """
        if not held(self.left) <= held(form):
            return form
        new = normal(self._fold(form))
        known = divisors(form)
        added = (base for name, base in divisors(new).items() if name not in known)
        unsure = any(match(each, base) is not None for base in added for each in self.below)
        return form if unsure else new

    @cached_property
    def _whole(self) -> Sum | None:
        """The sum of a softmax: it holds the left side, and is to stay as it is."""
        sums = (node for node in walk(self.right) if isinstance(node, Sum))
        return next((each for each in sums if fold(each, ONE, self.left) != each), None)

    def _fold(self, form: Expression) -> Expression:
        if self._whole is None:
            return fold(form, self.right, self.left)
        hidden = Entry("Σ", free_indices(self._whole))
        form, right = (fold(side, hidden, self._whole) for side in (form, self.right))
        return replace_entries(fold(form, right, self.left), "Σ", hidden, self._whole)


@dataclass(frozen=True)
class Group:
    """γ = π G/M: the name of a product, for those of its factors in a product of more."""

    factors: tuple[Factor, ...]
    number: Fraction
    name: Entry
    because: tuple[str, ...]

    @cached_property
    def _held(self) -> frozenset[Name]:
        return frozenset().union(*(held(factor.base) for factor in self.factors))

    def applied(self, form: Expression) -> Expression:
        """The form with the name for the factors wherever one of its products has them."""
        if not self._held <= held(form):
            return form
        new = rebuild(form, map(self.applied, children(form)))
        if not isinstance(new, Multiply):
            return new
        whole = product(normal(new))
        for letters, left in _taken(self.factors, whole.factors, {}):
            others = written(Product(whole.number / self.number, left))
            return times(substitute_entry(self.name, letters), others)
        return new


def _taken(
    wanted: tuple[Factor, ...], there: tuple[Factor, ...], letters: Binding
) -> Iterator[tuple[Binding, tuple[Factor, ...]]]:
    """Every way to take some factors, in other letters, out of others, and what is left."""
    if not wanted:
        yield letters, there
        return
    first, *others = wanted
    for place, factor in enumerate(there):
        left = total(factor.exponent, times(MINUS_ONE, first.exponent))
        if _is_part(first.exponent, factor.exponent, left):
            rest = (*there[:place], replace(factor, exponent=left), *there[place + 1 :])
            for found in matches(first.base, factor.base, letters):
                yield from _taken(tuple(others), rest, found)


def _is_part(part: Expression, whole: Expression, left: Expression) -> bool:
    """Whether a power is one of the factors of another: q² is of q³, and 1/q is of 1/q²."""
    match part, whole, left:
        case Number(a), Number(b), Number(c):
            return a * b > 0 and a * c >= 0
    return left == ZERO


@dataclass(frozen=True)
class Root:
    """r = q^e: the name of a power, and of every power of q that is a whole one of r."""

    base: Expression
    exponent: Fraction
    name: Entry
    because: tuple[str, ...]

    def applied(self, form: Expression) -> Expression:
        """The form with powers of the name for those of the base that are no whole ones."""
        if not held(self.base) <= held(form):
            return form
        parts = children(form)
        new = rebuild(form, map(self.applied, parts))
        whole = product(normal(new))
        factors = tuple(map(self._named, whole.factors))
        return times(written(Product(whole.number, factors))) if factors != whole.factors else new

    def _named(self, factor: Factor) -> Factor:
        match factor.exponent, match(self.base, factor.base):
            case Number(value), dict(letters) if value < 0 or value.denominator > 1:
                times_ = value / self.exponent
                if times_.denominator == 1:
                    name = substitute_entry(self.name, letters)
                    return Factor(name, Number(times_), factor.derived)
        return factor


Names = Row | Group | Root
"""What puts a quantity's name for what it is."""


@lru_cache(MEMORY)
def divisors(value: Expression) -> Mapping[str, Expression]:
    """What stands below a fraction line, by its key."""
    found = {key(value.base): value.base} if _is_divisor(value) else {}
    for part in children(value):
        found |= divisors(part)
    return found


def _is_divisor(node: Expression) -> TypeGuard[Power | RealPower]:
    match node:
        case Power(exponent=exponent):
            return exponent < 0
        case RealPower():
            return is_below(node)
    return False


@dataclass(frozen=True)
class Known:
    """The rows of a model: names of quantities, sums that its file assumes, sums that follow; and
    the order in which its equations are written, and the names of its hyperparameters.
    """

    named: tuple[Names, ...]
    assumed: tuple[Row, ...]
    sums: tuple[Row, ...]
    written: Orders
    constants: frozenset[str]


def known(model: Model) -> Known:
    """All rows of a model."""
    named: list[Names] = []
    given = assumed(model)
    sums: list[Row] = []
    constants = frozenset(array.name for array in model.role("hyperparameter"))
    definitions = (*model.equations, *model.definitions)
    for definition in definitions:
        value = normal(definition.value)
        named += names_of(definition)
        if sum(1 for _ in walk(value)) <= LONGEST:
            sums += _sums(definition, value, (*named, *given, *sums), constants)
    written = orders(definition.value for definition in definitions)
    return Known(tuple(named), given, tuple(sums), written, constants)


def assumed(model: Model) -> tuple[Row, ...]:
    """The sums that the model's file assumes to know."""
    found = []
    for assumption in model.assumptions:
        if isinstance(assumption, SumsTo):
            array = model.array(assumption.array)
            over = tuple(index for index in array.indices if index.name in assumption.over)
            known = Sum(over, array.entry), Number(assumption.total)
            found.append(Row(*known, (assumption.array,)))
    return tuple(found)


# --- names ------------------------------------------------------------------------------------


def names_of(definition: Definition) -> Iterator[Names]:
    """The definition solved for what is more than a letter in it, where it can be."""
    value = normal(definition.value)
    whole = product(value)
    match whole:
        case Product(number, (Factor(base, Number(exponent)),)) if number == 1:
            if exponent.denominator > 1 and not isinstance(base, Apply):
                yield Root(base, exponent, definition.target, (definition.name,))
                return
    if len(whole.factors) > 1 and set(definition.indices) <= set(free_indices(value)):
        yield Group(whole.factors, whole.number, definition.target, (definition.name,))
    for factor in whole.factors:
        others = tuple(other for other in whole.factors if other is not factor)
        below = tuple(other.base for other in others)
        rest = divided(definition.target, written(Product(whole.number, others)))
        for left, right in _solved(factor, rest):
            if set(free_indices(right)) <= set(free_indices(left)):
                target = (definition.target,) if others else ()
                yield Row(left, right, (definition.name,), (*below, *target))


def _solved(factor: Factor, rest: Expression) -> Iterator[tuple[Expression, Expression]]:
    """What a factor that is equal to the rest is written out, and what it then is."""
    match factor.base:
        case Apply("exp", argument, 0):
            yield Apply("exp", times(factor.exponent, argument)), rest
            yield Apply("exp", times(MINUS_ONE, factor.exponent, argument)), divided(ONE, rest)
        case Apply() | Sum() | Where() as base if factor.exponent == ONE:
            yield base, rest
        case Add() as base if factor.exponent == ONE:
            yield base, rest
            yield negative(base), times(MINUS_ONE, rest)


# --- sums -------------------------------------------------------------------------------------


def _sums(
    definition: Definition,
    value: Expression,
    rows: Iterable[Names],
    constants: frozenset[str],
) -> Iterator[Row]:
    """What a quantity adds up to over a letter, where that is a constant."""
    for index in definition.indices:
        found, because = _worked_out(summed((index,), value), rows)
        if held(found) <= constants:
            yield Row(Sum((index,), definition.target), found, (definition.name, *because))


def _worked_out(value: Expression, rows: Iterable[Names]) -> tuple[Expression, tuple[str, ...]]:
    """A sum term by term, each by what is known of it."""
    because: dict[str, None] = {}
    found = expanded(value)
    for row in rows:
        new = row.applied(found)
        if new != found:
            found = expanded(new)
            because |= dict.fromkeys(row.because)
    return found, tuple(because)
