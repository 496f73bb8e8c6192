"""Fewer names before lowering: what is used once is written where it is used.

An adjoint keeps its name where the paper gives it one, where several equations share
it, and where it is the derivative by a weight. The paper's names for expressions
(E = O − y) move up to the first equation that holds the expression.
"""

from collections import Counter
from dataclasses import replace

from derive.derivation import ChainRule, Derivation, Equation, Named, fold
from derive.expression import Adjoint, Name, entries, replace_entries, unshadow


def compact(derivation: Derivation) -> tuple[tuple[Equation, ...], tuple[Equation, ...]]:
    """The forward equations up to the error, and the backward ones, in order."""
    named = [equation for equation in derivation.backward if isinstance(equation.rule, Named)]
    keeping = _keeping(derivation)
    kept = tuple(equation for equation in inlined(derivation) if equation.target.name in keeping)
    return _hoist(derivation.forward, named), kept


def inlined(derivation: Derivation) -> tuple[Equation, ...]:
    """The equation of every adjoint, with those that keep no name written out."""
    keeping = _keeping(derivation)
    written_out: dict[Name, Equation] = {}
    found: list[Equation] = []
    for equation in derivation.backward:
        if not isinstance(equation.rule, ChainRule):
            continue
        name, value = equation.target.name, equation.value
        for used in dict.fromkeys(entry.name for entry in entries(value)):
            if used in written_out:
                other = written_out[used]
                value = replace_entries(value, used, other.target, other.value)
        value = unshadow(value, derivation.model.indices(name))
        found.append(replace(equation, value=value))
        if name not in keeping:
            written_out[name] = found[-1]
    return tuple(found)


def _keeping(derivation: Derivation) -> set[Name]:
    """The adjoints that keep a name: what is asked for, used twice, or named by the paper."""
    model = derivation.model
    uses = Counter(entry.name for e in derivation.backward for entry in entries(e.value))
    ends = {array.name for array in model.differentiated}
    names = (e.target.name for e in derivation.backward if isinstance(e.rule, ChainRule))
    return {
        name
        for name in names
        if isinstance(name, Adjoint)
        and (name.by in ends or uses[name] > 1 or model.notation.adjoint(name) is not None)
    }


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
