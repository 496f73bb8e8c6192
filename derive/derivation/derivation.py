"""Model -> Derivation: reverse mode, one step for each quantity, every adjoint named.

The adjoint of X is ∂EQ/∂X = Σ ∂EQ/∂T · ∂T/∂X over the equations T that hold X. The
local derivative ∂T/∂X is SymPy's (`local`); what happens here is bookkeeping of
indices: the occurrence X[k] under its sums is unified with the general entry X[j].
Nothing is expanded: ∂EQ/∂T stays a name.
"""

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from derive.derivation.local import Occurrence, local_derivatives
from derive.errors import DeriveError
from derive.expressions.expression import (
    Adjoint,
    Delta,
    Entry,
    Expression,
    Index,
    Name,
    Subscript,
    add,
    entries,
    fresh,
    multiply,
    substitute,
    summation,
    unshadow,
)
from derive.expressions.patterns import fold
from derive.model.model import Definition, Model
from derive.model.net_inputs import name_net_inputs


@dataclass(frozen=True)
class Factor:
    """A local derivative ∂of/∂by and its value."""

    of: Entry
    by: Entry
    value: Expression


@dataclass(frozen=True)
class Term:
    """One way from a quantity to the error: Σ_over upstream · local.

    `upstream` is the adjoint of `local.of`, or None where that is the error itself.
    `whole` is false where the quantity occurs in `local.of` in several ways, with other
    indices each: `local` is then one summand of the local derivative.
    """

    over: tuple[Index, ...]
    upstream: Entry | None
    local: Factor
    whole: bool = True

    @property
    def value(self) -> Expression:
        """The term as an expression, upstream first."""
        upstream = () if self.upstream is None else (self.upstream,)
        return summation(self.over, multiply(*upstream, self.local.value))


@dataclass(frozen=True)
class Given:
    """The rule of a forward equation: the paper says so."""


@dataclass(frozen=True)
class Named:
    """The rule of E = O − y: the paper's name for an expression."""


@dataclass(frozen=True)
class ChainRule:
    """The rule of an adjoint: the contributions of every equation that holds the quantity."""

    terms: tuple[Term, ...]


Rule = Given | Named | ChainRule


@dataclass(frozen=True)
class Equation:
    """target = value, by a rule. The id names it everywhere: label, comment, message."""

    id: str
    target: Entry
    value: Expression
    rule: Rule


@dataclass(frozen=True)
class Derivation:
    """The forward equations, and the backward ones in the order they are computed."""

    model: Model
    forward: tuple[Equation, ...]
    backward: tuple[Equation, ...]

    @property
    def equations(self) -> tuple[Equation, ...]:
        """All of them; each uses only what stands before it."""
        return self.forward + self.backward

    @cached_property
    def _by_name(self) -> dict[Name, Equation]:
        return {equation.target.name: equation for equation in self.equations}

    def equation(self, name: Name) -> Equation:
        """The equation that defines a quantity or an adjoint."""
        if name not in self._by_name:
            known = ", ".join(map(str, self._by_name))
            raise DeriveError(f"nothing defines {name}", f"defined are {known}", self.model.name)
        return self._by_name[name]

    def gradient(self, weight: str) -> Equation:
        """The equation of ∂EQ/∂weight."""
        return self.equation(Adjoint(self.model.error, weight))


def differentiate(model: Model) -> Derivation:
    """Derive ∂EQ/∂X for every weight X of the model, and for the inputs it asks for.

    The derivation's model names the sums that functions are applied to.

    Raises DeriveError where the derivative by a weight is zero everywhere, or a definition
    of the paper occurs in no derivative.
    """
    model = name_net_inputs(model)
    forward = tuple(Equation(identify(d.name), d.target, d.value, Given()) for d in model.equations)
    backward, used = [], {}
    for equation in _adjoints(model):
        folded, names = _fold(equation, model.definitions)
        backward.append(folded)
        used.update(dict.fromkeys(names))
    for definition in model.definitions:
        if definition.name not in used:
            problem = f"{definition.name} occurs in no derivative of the error"
            raise DeriveError(problem, "correct the definition, or leave it out", model.name)
    named = (Equation(identify(d.name), d.target, d.value, Named()) for d in model.definitions)
    return Derivation(model, forward, (*named, *backward))


def identify(name: Name) -> str:
    """The id of what a name stands for: H_in is H-in, ∂EQ/∂O_in is dEQ-dO-in."""
    text = name if isinstance(name, str) else f"d{name.of}-d{name.by}"
    return text.replace("_", "-")


def _adjoints(model: Model) -> list[Equation]:
    """The adjoints in reverse order of the forward pass, then those of the weights."""
    terms: dict[str, list[Term]] = {}
    wanted = dependent(model)
    equations: list[Equation] = []

    def close(name: str) -> None:
        # Contributions were met last equation first; the page tells them in forward order.
        found = tuple(reversed(terms.pop(name)))
        if len(found) > 1:
            # ∂EQ/∂X is the sum of all: what the error holds of X itself is but a part of it.
            found = tuple(replace(t, whole=t.whole and t.upstream is not None) for t in found)
        rule = ChainRule(found)
        adjoint = Adjoint(model.error, name)
        target = Entry(adjoint, model.indices(name))
        value = add(*(term.value for term in rule.terms))
        equations.append(Equation(identify(adjoint), target, value, rule))

    for definition in reversed(model.equations):
        if definition.name not in wanted:
            continue
        if definition.name != model.error:
            if definition.name not in terms:
                continue  # only signs and conditions hold it: its derivative is zero
            close(definition.name)
        occurrences = local_derivatives(definition.value, definition.indices)
        counts = Counter(occurrence.argument.name for occurrence in occurrences)
        for occurrence in reversed(occurrences):
            argument = occurrence.argument.name
            if isinstance(argument, str) and argument in wanted:
                term = _term(model, definition, occurrence)
                whole = replace(term, whole=counts[argument] == 1)
                terms.setdefault(argument, []).append(whole)
    for array in model.differentiated:
        if array.name not in terms:
            zero = f"the derivative of {model.error} by {array.name} is zero everywhere"
            cure = "only signs and conditions hold it; let an equation that has a slope hold it"
            raise DeriveError(zero, cure, model.name)
        close(array.name)
    return equations


def dependent(model: Model) -> set[Name]:
    """What the error is differentiated against, and all that is computed from it."""
    wanted: set[Name] = {array.name for array in model.differentiated}
    for definition in model.equations:
        if any(entry.name in wanted for entry in entries(definition.value)):
            wanted.add(definition.name)
    return wanted


def _term(model: Model, definition: Definition, occurrence: Occurrence) -> Term:
    """Unify the occurrence's indices with the general entry's: Σ_t ∂EQ/∂T[t] · ∂T[t]/∂X[x]."""
    argument = occurrence.argument
    general = model.indices(argument.name)
    new: dict[Index, Subscript] = {}
    deltas: list[Expression] = []
    for index, wanted in zip(argument.indices, general, strict=True):
        assert isinstance(index, Index)
        if index in new:
            deltas.append(Delta(new[index], wanted))
        else:
            new[index] = wanted
    over: list[Index] = []
    inside: list[Index] = []
    for index in (*definition.indices, *occurrence.bound):
        if index not in new:
            kept = fresh(index, [*general, *over, *inside])
            new[index] = kept
            # A sum within the right-hand side belongs to the local derivative.
            (over if index in definition.indices else inside).append(kept)
    target = _entry(definition.target, new)
    slope = multiply(substitute(occurrence.derivative, new), *deltas)
    local = unshadow(summation(tuple(inside), slope), (*general, *over))
    upstream = Entry(Adjoint(model.error, definition.name), target.indices)
    is_error = definition.name == model.error
    factor = Factor(target, Entry(argument.name, general), local)
    return Term(tuple(over), None if is_error else upstream, factor)


def _entry(entry: Entry, new: dict[Index, Subscript]) -> Entry:
    moved = substitute(entry, new)
    assert isinstance(moved, Entry)
    return moved


# --- the paper's names for expressions --------------------------------------------------------


def _fold(equation: Equation, definitions: tuple[Definition, ...]) -> tuple[Equation, list[str]]:
    """Write the paper's names for the expressions they stand for, in an adjoint's terms."""
    assert isinstance(equation.rule, ChainRule)
    used: list[str] = []
    terms = []
    for term in equation.rule.terms:
        value = term.local.value
        for definition in definitions:
            folded = fold(value, definition.target, definition.value)
            if folded != value:
                used.append(definition.name)
            value = folded
        factor = Factor(term.local.of, term.local.by, value)
        terms.append(replace(term, local=factor))
    whole = add(*(term.value for term in terms))
    return Equation(equation.id, equation.target, whole, ChainRule(tuple(terms))), used
