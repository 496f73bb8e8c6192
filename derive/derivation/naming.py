"""Fewer names before lowering: what is used once is written where it is used.

An adjoint keeps its name where the paper gives it one, where several equations share
it, where it is the derivative that is asked for, and where that is one factor away. The
paper's names for expressions (E = O − y) move up to the first equation that holds one.
"""

from collections import Counter
from dataclasses import replace
from functools import lru_cache

from derive.derivation.derivation import ChainRule, Derivation, Equation, Named
from derive.derivation.rewriting import Written
from derive.derivation.rewriting import written as written_with
from derive.expressions.expression import Adjoint, Name, entries
from derive.expressions.patterns import fold


def compact(derivation: Derivation) -> tuple[tuple[Equation, ...], tuple[Equation, ...]]:
    """The forward equations up to the error, and the backward ones, in order."""
    named = [equation for equation in derivation.backward if isinstance(equation.rule, Named)]
    shortest = [replace(found.equation, value=found.value) for found in written(derivation)]
    wanted = {
        Adjoint(derivation.model.error, array.name) for array in derivation.model.differentiated
    }
    return _hoist(derivation.forward, named), _needed(shortest, wanted)


@lru_cache(maxsize=8)
def written(derivation: Derivation) -> tuple[Written, ...]:
    """Every adjoint, with those that keep no name written out, and as a person would write it."""
    return written_with(derivation, _keeping(derivation))


def _keeping(derivation: Derivation) -> set[Name]:
    """The adjoints that keep a name: what is asked for, what the derivative by a weight is
    a local derivative away from, what is used twice or sums over several ways to the error,
    or what the paper names.
    """
    model = derivation.model
    uses = Counter(entry.name for e in derivation.backward for entry in entries(e.value))
    ends = {array.name for array in model.differentiated}
    wanted = [derivation.gradient(name) for name in ends]
    near = {entry.name for equation in wanted for entry in entries(equation.value)}
    ways = {
        e.target.name: len(e.rule.terms)
        for e in derivation.backward
        if isinstance(e.rule, ChainRule)
    }
    return {
        name
        for name in ways
        if isinstance(name, Adjoint)
        and (
            name.by in ends
            or name in near
            or ways[name] > 1
            or uses[name] > 1
            or model.notation.adjoint(name) is not None
        )
    }


def _needed(equations: list[Equation], ends: set[Adjoint]) -> tuple[Equation, ...]:
    """The equations that some adjoints are computed from, in their order."""
    wanted: set[Name] = set(ends)
    kept: list[Equation] = []
    for equation in reversed(equations):
        if equation.target.name in wanted:
            wanted |= {entry.name for entry in entries(equation.value)}
            kept.append(equation)
    return tuple(reversed(kept))


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
