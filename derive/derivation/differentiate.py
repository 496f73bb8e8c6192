"""Model -> Derivation: reverse mode, one step for each quantity, every adjoint named.

The adjoint of X is ∂EQ/∂X = Σ ∂EQ/∂T · ∂T/∂X over the equations T that hold X. The
local derivative ∂T/∂X is SymPy's (`local`); what happens here is bookkeeping of
indices: the occurrence X[k] under its sums is unified with the general entry X[j].
Nothing is expanded: ∂EQ/∂T stays a name.
"""

from collections import Counter
from dataclasses import replace

from derive.derivation.derivation import (
    ChainRule,
    Derivation,
    Equation,
    Factor,
    Given,
    Named,
    Term,
    identify,
)
from derive.derivation.kinks import sided
from derive.derivation.local import Occurrence, local_derivatives
from derive.errors import DeriveError, naming
from derive.expressions.building import add, multiply, summation
from derive.expressions.contents import entries
from derive.expressions.expression import Adjoint, Delta, Entry, Expression, Index, Name, Subscript
from derive.expressions.indices import fresh, substitute, substitute_entry, unshadow
from derive.expressions.patterns import fold
from derive.model.model import Definition, Model
from derive.model.net_inputs import name_net_inputs


def differentiate(model: Model) -> Derivation:
    """Derive ∂EQ/∂X for every weight X of the model, and for the inputs it asks for.

    The derivation's model names the sums that functions are applied to.

    Raises DeriveError where the derivative by a weight is zero everywhere.
    """
    model = name_net_inputs(model)
    forward = tuple(Equation(identify(d.name), d.target, d.value, Given()) for d in model.equations)
    named = tuple(Equation(identify(d.name), d.target, d.value, Named()) for d in model.definitions)
    backward = tuple(_folded(equation, model.definitions) for equation in _adjoints(model))
    return Derivation(model, forward, named + backward)


def _adjoints(model: Model) -> list[Equation]:
    """The adjoints in reverse order of the forward pass, then those that are asked for."""
    ways = _ways(model)
    computed = [d.name for d in reversed(model.equations) if d.name in ways]
    asked = [array.name for array in model.differentiated]
    for name in asked:
        if name not in ways:
            zero = f"the derivative of {model.error} by {name} is zero everywhere"
            cure = "only signs and conditions hold it; let an equation that has a slope hold it"
            raise DeriveError(zero, cure, model.name)
    return [_adjoint(model, name, ways[name]) for name in (*computed, *asked)]


def _ways(model: Model) -> dict[str, tuple[Term, ...]]:
    """Quantity -> its ways to the error, in the order in which a reader meets them."""
    found: dict[str, list[Term]] = {}
    wanted = dependent(model)
    for definition in reversed(model.equations):
        if definition.name != model.error and definition.name not in found:
            continue  # no way, or only signs and conditions hold it: its derivative is zero
        with naming(identify(definition.name)):
            place = f"{model.name}, {definition.name}"
            occurrences = local_derivatives(sided(definition, model), definition.indices, place)
        counts = Counter(occurrence.argument.name for occurrence in occurrences)
        for occurrence in reversed(occurrences):
            argument = occurrence.argument.name
            if isinstance(argument, str) and argument in wanted:
                whole = counts[argument] == 1
                found.setdefault(argument, []).append(_term(model, definition, occurrence, whole))
    return {name: tuple(reversed(terms)) for name, terms in found.items()}


def _adjoint(model: Model, name: str, terms: tuple[Term, ...]) -> Equation:
    """∂EQ/∂X = Σ over all ways."""
    if len(terms) > 1:
        # ∂EQ/∂X is the sum of all: what the error holds of X itself is but a part of it.
        terms = tuple(replace(t, whole=t.whole and t.upstream is not None) for t in terms)
    adjoint = Adjoint(model.error, name)
    target = Entry(adjoint, model.indices(name))
    value = add(*(term.value for term in terms))
    return Equation(identify(adjoint), target, value, ChainRule(terms))


def dependent(model: Model) -> set[Name]:
    """What the error is differentiated against, and all that is computed from it."""
    wanted: set[Name] = {array.name for array in model.differentiated}
    for definition in model.equations:
        if any(entry.name in wanted for entry in entries(definition.value)):
            wanted.add(definition.name)
    return wanted


def _term(model: Model, definition: Definition, occurrence: Occurrence, whole: bool) -> Term:
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
    target = substitute_entry(definition.target, new)
    slope = multiply(substitute(occurrence.derivative, new), *deltas)
    local = unshadow(summation(tuple(inside), slope), (*general, *over))
    upstream = Entry(Adjoint(model.error, definition.name), target.indices)
    is_error = definition.name == model.error
    factor = Factor(target, Entry(argument.name, general), local)
    return Term(tuple(over), None if is_error else upstream, factor, whole)


# --- the paper's names for expressions --------------------------------------------------------


def _folded(equation: Equation, definitions: tuple[Definition, ...]) -> Equation:
    """An adjoint with the paper's names for the expressions they stand for, in all its terms."""
    terms = []
    for term in equation.terms:
        value = term.local.value
        for definition in definitions:
            value = fold(value, definition.target, definition.value)
        terms.append(replace(term, local=replace(term.local, value=value)))
    whole = add(*(term.value for term in terms))
    return replace(equation, value=whole, rule=ChainRule(tuple(terms)))
