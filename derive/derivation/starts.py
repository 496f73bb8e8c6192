"""Simplified -> partials: ∂EQ/∂w_11 as a chain from the error, or from an adjoint near the weight.

A chain that starts from the error says all there is to say. It starts later where something
cancels in an adjoint, p - y, and where it would be longer than anyone follows: through the
gates of a recurrent network it goes from the adjoints that the weight's own equation has.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from derive.derivation.derivation import ChainRule, Derivation, Equation, Term
from derive.derivation.known import names_of
from derive.derivation.partials import Known, Partial, links, partial, ways
from derive.derivation.simplify import Simplified
from derive.expressions.brackets import arranged
from derive.expressions.contents import entries
from derive.expressions.expression import Adjoint, Entry, Expression, Name
from derive.expressions.normal import normal

MOST_LINKS = 12
"""Of local derivatives in a chain that is followed from its start."""


@dataclass(frozen=True)
class Started:
    """A partial derivative, and the adjoints that its chain starts from; none where it is from the
    error alone.
    """

    partial: Partial
    starts: tuple[Name, ...]


def started(
    simplified: Simplified, weights: Iterable[Entry], sizes: Mapping[str, int]
) -> tuple[Started, ...]:
    """∂EQ/∂w of some scalar weights at the given sizes, each as a chain that can be followed."""
    simplified = replace(simplified, derivation=_with_names(simplified.derivation))
    cancelled = _cancelled(simplified)
    return tuple(_started(simplified, each, sizes, cancelled) for each in weights)


def _with_names(derivation: Derivation) -> Derivation:
    """The derivation with ∂T/∂X by the name of T where this occurs in it: ∂φ/∂r = -φ/(2σ²)."""
    rows = {each.name: tuple(names_of(each)) for each in derivation.model.equations}

    def named(term: Term) -> Term:
        value = plain = normal(term.local.value)
        for row in rows[str(term.local.of.name)]:
            value = row.applied(value)
        local = replace(term.local, value=arranged(value))
        return term if value == plain else replace(term, local=local)

    def changed(equation: Equation) -> Equation:
        return replace(equation, rule=ChainRule(tuple(map(named, equation.terms))))

    return replace(
        derivation,
        backward=tuple(
            changed(each) if isinstance(each.rule, ChainRule) else each
            for each in derivation.backward
        ),
    )


def _started(
    simplified: Simplified, weight: Entry, sizes: Mapping[str, int], cancelled: Known
) -> Started:
    derivation, name = simplified.derivation, str(weight.name)
    if ways(derivation, name) <= MOST_LINKS:
        found = _from(derivation, weight, sizes, cancelled)
        if sum(1 for _ in links(found.partial.chain)) <= MOST_LINKS:
            return found
    upstream = {term.upstream.name for term in derivation.gradient(name).terms if term.upstream}
    near = {e.target.name: e.target for e in simplified.backward if e.target.name in upstream}
    return _from(derivation, weight, sizes, {**near, **cancelled})


def _from(derivation: Derivation, weight: Entry, sizes: Mapping[str, int], known: Known) -> Started:
    found = partial(derivation, weight, sizes, known)
    met = {Adjoint(str(link.of.name), str(link.by.name)) for link in links(found.chain)}
    return Started(found, tuple(name for name in known if name in met))


def _cancelled(simplified: Simplified) -> Known:
    """The adjoints in which something cancels: by what they are equal to, where they hold no other;
    by their names where they do, and a way into them is but one of several into one equation.
    """
    asked = {equation.target.name for equation in simplified.derivation.gradients}
    found: dict[Name, Expression] = {}
    for each in simplified.adjoints:
        target = each.equation.target
        if target.name in asked or all(step.reason == "own value" for step in each.steps):
            continue
        if not any(isinstance(entry.name, Adjoint) for entry in entries(each.value)):
            found[target.name] = each.value
        elif not all(term.whole for term in simplified.derivation.equation(target.name).terms):
            found[target.name] = target
    return found
