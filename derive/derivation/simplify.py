"""Derivation -> Simplified: the adjoints that keep a name, each as a person would write it.

An adjoint keeps its name where the paper gives it one, where several equations share
it, where it is the derivative that is asked for, and where that is one factor away; else
it is written where it is used. The paper's names for expressions (E = O − y) move up to
the first equation that holds one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.derivation.derivation import Derivation, Equation
from derive.derivation.known import Known, divisors, known
from derive.derivation.lifting import Forms, Lifting
from derive.derivation.rewriting import Rewriting, cost, in_order, rewritings
from derive.errors import DeriveError, naming
from derive.expressions.contents import entries, held
from derive.expressions.expression import Adjoint, Entry, Expression, Multiply, Name, Number, Size
from derive.expressions.indices import replace_entries, unshadow
from derive.expressions.normal import normal
from derive.expressions.patterns import fold
from derive.model.model import Model


@dataclass(frozen=True)
class SimplifiedAdjoint:
    """An adjoint's equation, the adjoints that keep no name written out, and its rewritings.

    They begin with the equation, those adjoints further written out that are `within`.
    """

    equation: Equation
    steps: tuple[Rewriting, ...] = ()
    within: tuple[Name, ...] = ()

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


def simplify(derivation: Derivation, one: Simplified | None = None) -> Simplified:
    """Write every adjoint as a person would, and leave out what is then computed for nothing.

    Of N samples, with the forms of one sample where these are known.

    Raises DeriveError where a definition of the paper occurs in none.
    """
    lifting = None if one is None else _lifting(derivation.model, one)
    adjoints = _simplified(derivation, _keeping(derivation), lifting)
    shortest = [replace(each.equation, value=each.value) for each in adjoints]
    asked = {equation.target.name for equation in derivation.gradients}
    _require_used(derivation.model, adjoints)
    forward = _hoisted(derivation.forward, derivation.named)
    return Simplified(derivation, adjoints, forward, _needed(shortest, asked))


# --- names ------------------------------------------------------------------------------------


def _keeping(derivation: Derivation) -> set[Name]:
    """The adjoints that keep a name: what is asked for, what the derivative by a weight is
    a local derivative away from, what is used twice or sums over several ways to the error,
    or what the paper names. A constant needs no name.
    """
    uses = Counter(entry.name for e in derivation.backward for entry in entries(e.value))
    near = {entry.name for equation in derivation.gradients for entry in entries(equation.value)}
    asked = {equation.target.name for equation in derivation.gradients}
    near |= asked
    return {
        name
        for equation in derivation.adjoints
        if isinstance(name := equation.target.name, Adjoint)
        and (name in asked or not _constant(equation.value, derivation.model))
        and (
            name in near
            or len(equation.terms) > 1
            or uses[name] > 1
            or derivation.model.notation.adjoint(name) is not None
        )
    }


def _constant(value: Expression, model: Model) -> bool:
    """Whether a value is a number, a size or a hyperparameter, or the negative of one."""
    constants = {array.name for array in model.role("hyperparameter")}
    match value:
        case Multiply((Number(number), only)) if number == -1:
            return _constant(only, model)
        case Entry(name):
            return name in constants
    return isinstance(value, Number | Size)


def _needed(equations: list[Equation], asked: set[Name]) -> tuple[Equation, ...]:
    """The equations that some adjoints are computed from, in their order."""
    wanted = set(asked)
    kept: list[Equation] = []
    for equation in reversed(equations):
        if equation.target.name in wanted:
            wanted |= held(equation.value)
            kept.append(equation)
    return tuple(reversed(kept))


def _require_used(model: Model, adjoints: tuple[SimplifiedAdjoint, ...]) -> None:
    """Raise DeriveError for a definition that no adjoint is written with."""
    forms = (form for each in adjoints for form in (each.equation.value, each.value))
    used = {entry.name for form in forms for entry in entries(form)}
    for definition in model.definitions:
        if definition.name not in used:
            problem = f"{definition.name} occurs in no derivative of the error"
            raise DeriveError(problem, "correct the definition, or leave it out", model.name)


def _hoisted(forward: tuple[Equation, ...], named: tuple[Equation, ...]) -> tuple[Equation, ...]:
    """E = O − y put before the first equation that can use it, and used there."""
    waiting = list(named)
    found: list[Equation] = []
    for equation in forward:
        value = equation.value
        for name in named:
            value = fold(value, name.target, name.value)
        used = held(value)
        found += [name for name in waiting if name.target.name in used]
        waiting = [name for name in waiting if name.target.name not in used]
        found.append(replace(equation, value=value))
    return (*found, *waiting)


# --- forms ------------------------------------------------------------------------------------


def _lifting(model: Model, one: Simplified) -> Lifting:
    values = {x.equation.target.name: replace(x.equation, value=x.value) for x in one.adjoints}
    forms = {}
    for each in one.adjoints:
        within = {name: values[name] for name in each.within}
        whole = _written_out(each.equation, within, one.model)
        forms[each.equation.target.name] = Forms(whole.value, each.steps, each.within)
    weights = {array.name for array in model.arrays} - {array.name for array in one.model.arrays}
    return Lifting(forms, model, frozenset(weights))


def _simplified(
    derivation: Derivation, keeping: set[Name], lifting: Lifting | None
) -> tuple[SimplifiedAdjoint, ...]:
    """Every adjoint, those that are not in `keeping` written out where they are used."""
    model, rows = derivation.model, known(derivation.model)
    asked = {equation.target.name for equation in derivation.gradients}
    users = _users(derivation)
    before: dict[Name, Equation] = {}
    found: list[SimplifiedAdjoint] = []
    for equation in derivation.adjoints:
        name = equation.target.name
        unnamed = {other: each for other, each in before.items() if other not in keeping}
        start = _written_out(equation, unnamed, model)
        best = None if lifting is None else _lifted(start, before, lifting)
        if best is None:
            best = _rewritten(SimplifiedAdjoint(start), start, rows, model)
            own = _only_for(name, users, before) & keeping if name not in asked else None
            for others, saved in () if own is None else _further(start, before, own):
                whole = _written_out(start, others, model)
                within = SimplifiedAdjoint(start, (), tuple(others))
                further = _rewritten(within, whole, rows, model)
                if cost(further.value) < cost(best.value) + saved:
                    best = further
        if not best.steps:
            best = SimplifiedAdjoint(replace(start, value=in_order(normal(start.value), rows)))
        found.append(best)
        before[name] = replace(equation, value=best.value)
    return tuple(found)


def _lifted(
    start: Equation, before: dict[Name, Equation], lifting: Lifting
) -> SimplifiedAdjoint | None:
    """The adjoint by its forms of one sample; None where it is not that of one."""
    known = lifting.forms.get(start.target.name)
    if known is None or not set(known.within) <= set(before):
        return None
    within = {name: before[name] for name in known.within}
    steps = lifting.steps(known, _written_out(start, within, lifting.model).value)
    return None if steps is None else SimplifiedAdjoint(start, steps, known.within)


def _further(
    start: Equation, before: dict[Name, Equation], own: set[Name]
) -> Iterator[tuple[dict[Name, Equation], int]]:
    """Adjoints that may be written out although they have a name, and how much that saves.

    Those that nothing else uses, whose own equations are then to be read no more; and those in
    which a fraction may cancel.
    """
    used = held(start.value)
    fractions = {name for name in before if name in used and divisors(before[name].value)}
    for names in (own, fractions) if fractions - own else (own,):
        saved = sum(cost(before[name].value) for name in names & own)
        if names:
            yield {name: before[name] for name in before if name in names}, saved


def _rewritten(
    adjoint: SimplifiedAdjoint, whole: Equation, rows: Known, model: Model
) -> SimplifiedAdjoint:
    """The adjoint by the shortest forms of its value, as it is or further written out."""
    seen = model.indices(whole.target.name)
    with naming(adjoint.equation.id):
        return replace(adjoint, steps=rewritings(whole.value, rows, seen))


def _only_for(name: Name, users: dict[Name, set[Name]], before: dict[Name, Equation]) -> set[Name]:
    """The adjoints before one that are there for it alone."""
    found: set[Name] = set()
    for other in reversed(before):
        if users[other] <= found | {name}:
            found.add(other)
    return found


def _users(derivation: Derivation) -> dict[Name, set[Name]]:
    """The adjoints whose equations hold each adjoint."""
    users: dict[Name, set[Name]] = defaultdict(set)
    for equation in derivation.backward:
        for entry in entries(equation.value):
            users[entry.name].add(equation.target.name)
    return users


def _written_out(equation: Equation, before: dict[Name, Equation], model: Model) -> Equation:
    """The equation with those adjoints written out that are given."""
    value = equation.value
    while named := [name for name in before if name in held(value)]:
        for name in reversed(named):
            value = replace_entries(value, name, before[name].target, before[name].value)
    return replace(equation, value=unshadow(value, model.indices(equation.target.name)))
