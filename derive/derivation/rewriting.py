"""Adjoints as a person would write them: rewritten step by step, each step with its reason.

Three rewritings, none of which knows a layer or a loss:

- a named function's derivative through its own value, σ' = σ(1 − σ) (`own_value`);
- a quantity's name for its right-hand side, p_k for exp(a_k)/Σ_l exp(a_l), after which
  SymPy cancels what stands above and below a fraction line;
- what the model assumes of its data, Σ_k y_k = 1.

They are kept where the formula comes out shorter, so that softmax with cross-entropy
becomes p − y because its equations say so. `proof` holds the two ends equal.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import sympy

from derive.derivation.derivation import Equation
from derive.errors import naming
from derive.expressions.expression import (
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    RealPower,
    Sum,
    Where,
    children,
    entries,
    free_indices,
    is_below,
    multiply,
    power,
    rebuild,
    summation,
    walk,
)
from derive.expressions.indices import replace_entries, unshadow
from derive.expressions.patterns import fold
from derive.expressions.powers import in_root
from derive.expressions.scalars import Scalars
from derive.functions.free import undefine
from derive.functions.own_value import F, own_value
from derive.functions.table import TABLE
from derive.model.assumptions import SumsTo
from derive.model.model import Definition, Model

Reason = Literal["own value", "cancelled", "named", "assumed"]


@dataclass(frozen=True)
class Rewriting:
    """What an adjoint is equal to, and why: the functions, quantities or data it rests on."""

    reason: Reason
    value: Expression
    because: tuple[str, ...]


def cost(value: Expression) -> int:
    """How much there is to read: a derivative or a fraction weighs more than a name."""
    total = 0
    for node in walk(value):
        match node:
            case Apply():
                total += 8 if node.order else 3
            case Power(exponent=exponent) if exponent < 0:
                total += 3
            case RealPower(exponent=Number(value=above)) if above.denominator == 1:
                total += 2  # and the exponent's own
            case RealPower():
                total += 4
            case Sum() | Delta() | Where():
                total += 2
            case _:
                total += 1
    return total


# --- rewriting --------------------------------------------------------------------------------


def rewritings(equation: Equation, model: Model) -> tuple[Rewriting, ...]:
    """The rewritings that change a formula, one after the other."""
    steps: list[Rewriting] = []
    value = equation.value
    for reason, rewrite in _RULES.items():
        with naming(equation.id):
            new, because = rewrite(value, model)
        if new != value:
            value = unshadow(new, model.indices(equation.target.name))
            steps.append(Rewriting(reason, value, because))
    return tuple(steps)


Rewritten = tuple[Expression, tuple[str, ...]]


def _through_own_values(value: Expression, model: Model) -> Rewritten:
    """f'(z) as the polynomial in f(z) that it is, for functions that are no free ones."""
    used: dict[str, None] = {}

    def at(node: Expression) -> Expression:
        if isinstance(node, Apply) and node.order == 1 and node.function in TABLE:
            form = own_value(TABLE[node.function].definition)
            if form is not None:
                used[node.function] = None
                return in_value(form, Apply(node.function, at(node.argument)))
        return rebuild(node, map(at, children(node)))

    new = at(value)
    for definition in model.equations:
        if isinstance(definition.value, Apply) and definition.value.function in used:
            new = fold(new, definition.target, definition.value)
    return new, tuple(used)


def in_value(form: sympy.Expr, value: Expression) -> Expression:
    """A formula in F as an expression in the value."""
    scalars = Scalars()
    return scalars.as_written(undefine(form).subs(F, scalars.scalar(value)))


def _cancelled(value: Expression, model: Model) -> Rewritten:
    """Quantities by their names, and what then cancels left out."""
    if not any(isinstance(part, Entry) for divisor in divisors(value) for part in walk(divisor)):
        return value, ()  # sizes and numbers cancel nothing
    named, found = _by_names(value, model)
    new = _shown(_simple(named), found.values())
    shorter = cost(new) < cost(value) and divisors(new) < divisors(value)
    return (new, tuple(found)) if shorter else (value, ())


def _named(value: Expression, model: Model) -> Rewritten:
    """Quantities by their names, where there is then less to read."""
    named, found = _by_names(value, model)
    new, because = _shown(named, found.values()), list(found)
    for definition in model.equations:
        if isinstance(definition.value, RealPower):
            shorter = in_root(new, definition.target, definition.value)
            because += [definition.name] if shorter != new else []
            new = shorter
    return (new, tuple(because)) if cost(new) < cost(value) else (value, ())


def _by_names(value: Expression, model: Model) -> tuple[Expression, dict[str, "_Solved"]]:
    """The names of quantities for their exponentials; those quantities, and how each is solved."""
    used: dict[str, _Solved] = {}
    for definition in model.equations:
        found = _solve(definition)
        if found is None:
            continue
        new = fold(_hide(value, found), found.solved, found.exponential)
        if any(entry.name == definition.name for entry in entries(new)) and new != value:
            used[definition.name] = found
            value = new
    return value, used


def _shown(value: Expression, found: Iterable["_Solved"]) -> Expression:
    for each in found:
        value = _show(value, each)
    return value


def divisors(value: Expression) -> set[Expression]:
    """What stands below a fraction line."""
    powers = {node.base for node in walk(value) if isinstance(node, Power) and node.exponent < 0}
    return powers | {x.base for x in walk(value) if isinstance(x, RealPower) and is_below(x)}


@dataclass(frozen=True)
class _Solved:
    """p = exp(a)/Σ solved for exp(a), the sum behind a name of its own while this goes on."""

    exponential: Expression
    solved: Expression
    placeholder: Entry | None = None
    total: Expression | None = None


def _solve(definition: Definition) -> _Solved | None:
    """The definition solved for its exponential, where it is one, or one over a sum of such."""
    match definition.value:
        case Apply("exp"):
            return _Solved(definition.value, definition.target)
        case Multiply(
            factors=(*others, Apply("exp", order=0) as exponential, Power(Sum() as total, -1))
        ):
            placeholder = Entry(f"Σ {definition.name}", free_indices(total))
            solved = multiply(definition.target, placeholder, *(power(x, -1) for x in others))
            return _Solved(exponential, solved, placeholder, total)
    return None


def _hide(node: Expression, by: _Solved) -> Expression:
    if by.placeholder is None or by.total is None:
        return node
    return fold(node, by.placeholder, by.total)


def _show(node: Expression, by: _Solved) -> Expression:
    if by.placeholder is None or by.total is None:
        return node
    return replace_entries(node, by.placeholder.name, by.placeholder, by.total)


def _simple(node: Expression) -> Expression:
    """The shortest of a few forms, sums from within: what they do not sum over stands outside."""
    match node:
        case Sum():
            return _drawn_out(node.over, _simple(node.body))
        case Add() | Multiply() | Power():
            inside = rebuild(node, map(_simple_sums, children(node)))
            scalars = Scalars()
            scalar = sympy.cancel(scalars.scalar(inside))
            forms = (inside, scalars.expression(scalar), scalars.expression(sympy.expand(scalar)))
            return min(forms, key=cost)
    return rebuild(node, map(_simple, children(node)))


def _simple_sums(node: Expression) -> Expression:
    if isinstance(node, Sum):
        return _simple(node)
    return rebuild(node, map(_simple_sums, children(node)))


def _drawn_out(over: tuple[Index, ...], body: Expression) -> Expression:
    factors = body.factors if isinstance(body, Multiply) else (body,)
    outside = [factor for factor in factors if not set(free_indices(factor)) & set(over)]
    inside = [factor for factor in factors if factor not in outside]
    return multiply(*outside, summation(over, multiply(*inside)))


def _assumed(value: Expression, model: Model) -> Rewritten:
    """A sum that is known by its number."""
    new = value
    used: list[str] = []
    for assumption in model.assumptions:
        if isinstance(assumption, SumsTo):
            array = model.array(assumption.array)
            over = tuple(index for index in array.indices if index.name in assumption.over)
            summed = fold(new, Number(assumption.total), Sum(over, array.entry))
            if summed != new:
                new, used = summed, [*used, assumption.array]
    return new, tuple(used)


_RULES: dict[Reason, Callable[[Expression, Model], Rewritten]] = {
    "own value": _through_own_values,
    "cancelled": _cancelled,
    "named": _named,
    "assumed": _assumed,
}
