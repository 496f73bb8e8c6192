"""Simplified -> ScalarProgram: softmax, logarithms of sums and functions as steps on numbers.

What several equations need, the exponential of a logit or exp(-|z|) of a function and its
derivative, is computed once, before the first of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count

from derive.arrays.scaled import is_scaled
from derive.arrays.stable import stable
from derive.arrays.summation_order import likely_sizes, nested_sums
from derive.derivation.simplify import Simplified
from derive.errors import naming
from derive.expressions.building import add, multiply, power, rebuild, where
from derive.expressions.contents import children, free_indices, walk
from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    Adjoint,
    Apply,
    Entry,
    Expression,
    Index,
    Name,
    Power,
    Scaled,
    Softmax,
    Subscript,
    Sum,
    Where,
    unknown,
)
from derive.expressions.indices import canonical, substitute, unshadow
from derive.model.model import Model
from derive.scalar.functions import DISTANCE, Form, applied, form, library, library_name
from derive.scalar.program import ScalarFunction, ScalarProgram, ScalarStep

LONGEST = 24
"""Nodes up to which a function of a quantity is written out where it is applied."""


Letters = frozenset[Index]


NOWHERE: Letters = frozenset()
"""Around what is not to become a step of its own."""


def lower_to_scalars(simplified: Simplified) -> ScalarProgram:
    """The equations of one sample, forward and backward, in the stable forms of all code."""
    equations, scaled = stable(simplified)
    model = simplified.model
    sizes = likely_sizes(model)
    lowering = _Lowering(model)
    written = (*simplified.forward, *simplified.backward)
    for equation, stable_form in zip(written, equations, strict=True):
        with naming(equation.id):
            around = frozenset(equation.target.letters)
            value = lowering.lowered(nested_sums(stable_form.value, sizes), around)
            value = unshadow(value, equation.target.letters)
            lowering.steps.append(ScalarStep(equation.target, value, equation))
    return ScalarProgram(model, tuple(lowering.steps), tuple(lowering.functions()), scaled)


@dataclass
class _Lowering:
    """The steps so far, what helps them by what it is, and the functions that are called."""

    model: Model
    steps: list[ScalarStep] = field(default_factory=list)
    helping: dict[tuple[str, Expression], Name] = field(default_factory=dict)
    called: dict[tuple[str, int], None] = field(default_factory=dict)

    def functions(self) -> Iterator[ScalarFunction]:
        """What is called by its name, each function and each derivative."""
        for function, order in self.called:
            found = form(self.model.function(function), order)
            yield ScalarFunction(function, order, found.value, found.exponent)

    def lowered(self, node: Expression, around: Letters) -> Expression:
        """The expression in sums, products, powers, choices and the functions of a library, with
        these letters around it: a sum without one of them is a step of its own.
        """

        def at(part: Expression) -> Expression:
            return self.lowered(part, around)

        match node:
            case Apply("log", Sum(over, Apply("exp", inner, 0)), 0):
                _, top, total = self._exponentials(self._lowered_in(inner, over, around), over)
                return add(top, library("log", total))
            case Softmax(along, argument):
                e, _, total = self._exponentials(at(argument), _letters(node, along))
                return multiply(e, power(total, -1))
            case Scaled(Softmax(along, argument) as part):
                e = Scaled(Apply("exp", at(argument)))
                return multiply(e, power(Sum(_letters(part, along), e), -1))
            case Scaled(Apply(function, argument, order)):
                return Scaled(Apply(function, at(argument), order))
            case Scaled(Entry()):
                return node
            case Apply("log", argument, 0) if is_scaled(argument):
                return Apply("log", at(argument))
            case Apply(function, argument, order):
                return self._applied(function, at(argument), order)
            case Sum(over, body):
                total = Sum(over, self._lowered_in(body, over, around))
                if around and around > set(free_indices(total)) and not is_scaled(total):
                    return self._helping("sum", total, total)
                return total
            case Where(left, right, then, other):
                # What is not taken is not computed, be it a part of a sum.
                branches = self.lowered(then, NOWHERE), self.lowered(other, NOWHERE)
                return where(at(left), at(right), *branches)
        return rebuild(node, map(at, children(node)))

    def _lowered_in(self, body: Expression, over: Iterable[Index], around: Letters) -> Expression:
        return self.lowered(body, around | set(over) if around else around)

    # --- functions ----------------------------------------------------------------------------

    def _applied(self, function: str, z: Expression, order: int) -> Expression:
        row = self.model.function(function)
        if order == 0 and library_name(row):
            return library(library_name(row), z)
        found = form(row, order)
        if isinstance(z, Entry) and not is_scaled(z) and _is_short(found.value):
            if found.exponent is None:
                return applied(found, z)
            if found.of_distance:
                e = self._helping("e", z, library("exp", applied(Form(DISTANCE), z)))
                return self._by_one_division(applied(found, z, e), z, e)
        self.called.setdefault((function, order))
        return Apply(function, z, order)

    def _by_one_division(self, value: Expression, z: Entry, e: Entry) -> Expression:
        """The value with 1/(1 + e) as a quantity that helps, for a function and its derivative."""
        below = add(ONE, e)

        def at(node: Expression) -> Expression:
            match node:
                case Power(Power(base, inner), outer) if base == below and outer < 0:
                    return at(Power(base, inner * outer))
                case Power(base, exponent) if base == below and exponent < 0:
                    return power(self._helping("r", z, power(below, -1)), -exponent)
            return rebuild(node, map(at, children(node)))

        return at(value)

    # --- exponentials -------------------------------------------------------------------------

    def _exponentials(
        self, logits: Expression, along: tuple[Index, ...]
    ) -> tuple[Expression, Expression, Expression]:
        """Exp of the logits less the largest of them along some indices; that; and their sum."""
        if not isinstance(logits, Entry) or is_scaled(logits):
            logits = self._helping("logit", logits, logits)
        rest = tuple(index for index in free_indices(logits) if index not in along)
        whole = Sum(along, logits)
        top = self._helping("top", whole, logits, rest, along)
        of_these = add(logits, multiply(MINUS_ONE, top))
        e = self._helping("e", of_these, library("exp", of_these))
        return e, top, self._helping("total", whole, Sum(along, e), rest)

    def _helping(
        self,
        prefix: str,
        of: Expression,
        value: Expression,
        letters: tuple[Index, ...] | None = None,
        largest: tuple[Index, ...] = (),
    ) -> Entry:
        """The entry of a quantity that helps, a step for it where there is none as yet."""
        letters = free_indices(of) if letters is None else letters
        places = {letter: Index("#", letter.size, n) for n, letter in enumerate(letters)}
        key = prefix, canonical(substitute(of, places))
        if key not in self.helping:
            name = self._free_name(f"{prefix}_{_subject(of)}" if _subject(of) else prefix)
            self.helping[key] = name
            about = next((part for part in walk(of) if isinstance(part, Entry)), None)
            if about is not None and about.indices != letters:
                about = None
            value = unshadow(value, letters)
            self.steps.append(ScalarStep(Entry(name, letters), value, None, largest, about))
        return Entry(self.helping[key], letters)

    def _free_name(self, wanted: str) -> str:
        taken = {*self.model.letters, *self.helping.values()}
        numbered = (f"{wanted}{number}" for number in count(2))
        return wanted if wanted not in taken else next(n for n in numbered if n not in taken)


def _letters(node: Softmax, along: tuple[Subscript, ...]) -> tuple[Index, ...]:
    letters = tuple(index for index in along if isinstance(index, Index))
    if len(letters) < len(along):
        unknown(node, "a softmax at a fixed place")
    return letters


def _subject(node: Expression) -> str:
    """The name of the first quantity in an expression."""
    names = (part.name for part in walk(node) if isinstance(part, Entry))
    return next((name for name in names if not isinstance(name, Adjoint)), "")


def _is_short(body: Expression) -> bool:
    return _length(walk(body)) <= LONGEST


def _length(nodes: Iterable[Expression]) -> int:
    return sum(1 for _ in nodes)
