"""Fewer names before lowering: what is used once is written where it is used.

An adjoint keeps its name where the paper gives it one, where several equations share
it, and where it is the derivative by a weight. The paper's names for expressions
(E = O − y) move up to the first equation that holds the expression.
"""

from collections import Counter
from dataclasses import replace

from derive.derivation import ChainRule, Derivation, Equation, Named, fold
from derive.expression import Adjoint, entries, replace_entries, unshadow


def compact(derivation: Derivation) -> tuple[tuple[Equation, ...], tuple[Equation, ...]]:
    """The forward equations up to the error, and the backward ones, in order."""
    named = [equation for equation in derivation.backward if isinstance(equation.rule, Named)]
    kept = (equation for equation in inlined(derivation) if _keeps_name(derivation, equation))
    return _hoist(derivation.forward, named), tuple(kept)


def inlined(derivation: Derivation) -> tuple[Equation, ...]:
    """The equation of every adjoint, with those that keep no name written out."""
    found: list[Equation] = []
    for equation in derivation.backward:
        if not isinstance(equation.rule, ChainRule):
            continue
        name, value = equation.target.name, equation.value
        for other in found:
            if not _keeps_name(derivation, other):
                value = replace_entries(value, other.target.name, other.target, other.value)
        found.append(replace(equation, value=unshadow(value, derivation.model.indices(name))))
    return tuple(found)


def _keeps_name(derivation: Derivation, equation: Equation) -> bool:
    name, model = equation.target.name, derivation.model
    assert isinstance(name, Adjoint)
    uses = Counter(entry.name for e in derivation.backward for entry in entries(e.value))
    is_gradient = any(weight.name == name.by for weight in model.weights)
    return is_gradient or uses[name] > 1 or model.notation.adjoint(name) is not None


def _hoist(forward: tuple[Equation, ...], named: list[Equation]) -> tuple[Equation, ...]:
    """Put E = O − y before the first equation that can use it, and use it there."""
    waiting = list(named)
    found: list[Equation] = []
    for equation in forward:
        value = equation.value
        for name in named:
            value = fold(value, name.target, name.value)
        held = {entry.name for entry in entries(value)}
        found += [name for name in waiting if name.target.name in held]
        waiting = [name for name in waiting if name.target.name not in held]
        found.append(replace(equation, value=value))
    return (*found, *waiting)
