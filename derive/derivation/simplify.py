"""Derivation -> Simplified: the adjoints that keep a name, each as a person would write it.

An adjoint keeps its name where the paper gives it one, where several equations share
it, where it is the derivative that is asked for, and where that is one factor away; else
it is written where it is used. The paper's names for expressions (E = O − y) move up to
the first equation that holds one.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from derive.derivation.derivation import Derivation, Equation
from derive.derivation.rewriting import Rewriting, cost, divisors, rewritings
from derive.expressions.expression import Adjoint, Expression, Name, entries
from derive.expressions.indices import replace_entries, unshadow
from derive.expressions.patterns import fold
from derive.model.model import Model


@dataclass(frozen=True)
class SimplifiedAdjoint:
    """An adjoint's equation, the adjoints that keep no name written out, and its rewritings."""

    equation: Equation
    steps: tuple[Rewriting, ...] = ()

    @property
    def value(self) -> Expression:
        """The last form."""
        return self.steps[-1].value if self.steps else self.equation.value


@dataclass(frozen=True)
class Simplified:
    """A derivation with every adjoint in its shortest form.

    `forward` and `backward` are what is computed, in order: the equations up to the error
    with the paper's names, and the adjoints that the derivatives asked for need.
    """

    derivation: Derivation
    adjoints: tuple[SimplifiedAdjoint, ...]
    forward: tuple[Equation, ...]
    backward: tuple[Equation, ...]

    @property
    def model(self) -> Model:
        """The model of the derivation."""
        return self.derivation.model

    def adjoint(self, name: Name) -> SimplifiedAdjoint:
        """The adjoint of that name."""
        return next(each for each in self.adjoints if each.equation.target.name == name)


def simplify(derivation: Derivation) -> Simplified:
    """Write every adjoint as a person would, and leave out what is then computed for nothing."""
    adjoints = _simplified(derivation, _keeping(derivation))
    shortest = [replace(each.equation, value=each.value) for each in adjoints]
    asked = {equation.target.name for equation in derivation.gradients}
    forward = _hoisted(derivation.forward, derivation.named)
    return Simplified(derivation, adjoints, forward, _needed(shortest, asked))


# --- names ------------------------------------------------------------------------------------


def _keeping(derivation: Derivation) -> set[Name]:
    """The adjoints that keep a name: what is asked for, what the derivative by a weight is
    a local derivative away from, what is used twice or sums over several ways to the error,
    or what the paper names.
    """
    uses = Counter(entry.name for e in derivation.backward for entry in entries(e.value))
    near = {entry.name for equation in derivation.gradients for entry in entries(equation.value)}
    near |= {equation.target.name for equation in derivation.gradients}
    return {
        name
        for equation in derivation.adjoints
        if isinstance(name := equation.target.name, Adjoint)
        and (
            name in near
            or len(equation.terms) > 1
            or uses[name] > 1
            or derivation.model.notation.adjoint(name) is not None
        )
    }


def _needed(equations: list[Equation], asked: set[Name]) -> tuple[Equation, ...]:
    """The equations that some adjoints are computed from, in their order."""
    wanted = set(asked)
    kept: list[Equation] = []
    for equation in reversed(equations):
        if equation.target.name in wanted:
            wanted |= {entry.name for entry in entries(equation.value)}
            kept.append(equation)
    return tuple(reversed(kept))


def _hoisted(forward: tuple[Equation, ...], named: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """E = O − y put before the first equation that can use it, and used there."""
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


# --- forms ------------------------------------------------------------------------------------


def _simplified(derivation: Derivation, keeping: set[Name]) -> tuple[SimplifiedAdjoint, ...]:
    """Every adjoint, those that are not in `keeping` written out where they are used."""
    model = derivation.model
    users = _users(derivation)
    known: dict[Name, Equation] = {}
    found: list[SimplifiedAdjoint] = []
    for equation in derivation.adjoints:
        name = equation.target.name
        unnamed = {other: each for other, each in known.items() if other not in keeping}
        start = _written_out(equation, unnamed, model)
        best = _shortest(SimplifiedAdjoint(start), rewritings(start, model), 0)
        # An adjoint that has a name is written out too where a fraction in it may cancel, and
        # its own equation is then to be read no more.
        fractions = {other: each for other, each in known.items() if divisors(each.value)}
        if fractions:
            only_here = [other for other in known if other in keeping and users[other] == {name}]
            saved = sum(cost(known[other].value) for other in only_here)
            further = rewritings(_written_out(start, fractions, model), model)
            best = _shortest(best, further, saved)
        found.append(best)
        known[name] = replace(equation, value=best.value)
    return tuple(found)


def _shortest(
    known: SimplifiedAdjoint, steps: tuple[Rewriting, ...], saved: int
) -> SimplifiedAdjoint:
    """The adjoint by those steps, where there is then less to read; what else is saved counts."""
    if steps and cost(steps[-1].value) < cost(known.value) + saved:
        return replace(known, steps=steps)
    return known


def _users(derivation: Derivation) -> dict[Name, set[Name]]:
    """The adjoints whose equations hold each adjoint."""
    users: dict[Name, set[Name]] = defaultdict(set)
    for equation in derivation.backward:
        for entry in entries(equation.value):
            users[entry.name].add(equation.target.name)
    return users


def _written_out(equation: Equation, known: dict[Name, Equation], model: Model) -> Equation:
    """The equation with those adjoints written out that are known."""
    value = equation.value
    for used in dict.fromkeys(entry.name for entry in entries(value)):
        if used in known:
            value = replace_entries(value, used, known[used].target, known[used].value)
    return replace(equation, value=unshadow(value, model.indices(equation.target.name)))
