"""Derivation -> Certificate: the mathematics checked by other ways than it was derived.

Three layers, none of which uses the index calculus that derived the equations:

1. every step: at small sizes, with every quantity a free symbol, Σ ∂EQ/∂T · sympy.diff(T, X)
   over all equations T against the equation for ∂EQ/∂X, and every shorter form of it
   against that equation (`proof_of_forms`);
2. every partial: EQ expanded whole in the weights, sympy.diff of it against the chain;
3. every partial in numbers: central differences of EQ in 50-digit arithmetic.

Deeper networks, whose whole expansion doubles with each layer, and larger ones have every
partial compared exactly modulo a 61-bit prime, against forward-mode dual numbers.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import sympy

from derive.derivation import ChainRule, Derivation, Equation, dependent, identify
from derive.errors import DeriveError, ProofError
from derive.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    array_cells,
    cells,
    evaluate,
    evaluate_expression,
    high_precision,
    show_cell,
    symbolic,
)
from derive.expression import (
    Adjoint,
    Apply,
    Entry,
    Expression,
    Index,
    Name,
    Power,
    children,
)
from derive.identity import identical, is_gradient
from derive.model import SAMPLE, Model
from derive.modular import PRIME, Dual, modular
from derive.partials import partials
from derive.points import random_point
from derive.proof_of_forms import forms

DIGITS = 50
STEP = Fraction(1, 10**17)
"""h of the central difference (EQ(w + h) − EQ(w − h)) / 2h."""
TOLERANCE = Fraction(1, 10**25)
POINTS = 2
LARGEST_WHOLE = 150
"""Operations of the expanded error up to which SymPy compares it with every partial."""
LONGEST_WHOLE = 12
"""Equations up to which chains are written whole: with skip connections they double at each."""
DEEPEST_WHOLE = 5
"""Functions and powers one within another up to which the error is expanded whole: three layers
and a squared error are 4. Deeper, partials are compared modulo a prime.
"""


@dataclass(frozen=True)
class Check:
    """One claim and whether it holds; a failed one shows both sides."""

    claim: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True)
class Certificate:
    """What was checked of one derivation. True where everything holds."""

    model: str
    checks: tuple[Check, ...]

    def __bool__(self) -> bool:
        return bool(self.checks) and all(check.holds for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.holds)

    def require(self) -> None:
        """Raise ProofError with every failure unless the certificate holds."""
        if not self:
            failed = "\n".join(f"  {check.claim}: {check.detail}" for check in self.failures)
            raise ProofError(f"the derivation of {self.model} is not proven:\n{failed}")


def prove(derivation: Derivation) -> Certificate:
    """Check a derivation in every layer, at two choices of sizes."""
    checks: list[Check] = []
    shallow = (_steps, _forms, _whole, _differences)
    layers = shallow if _is_shallow(derivation.model) else (_steps, _forms, _modular)
    for sizes in proof_sizes(derivation.model):
        for layer in layers:
            try:
                checks += layer(derivation, sizes)
            except DeriveError as error:  # an equation that cannot even be evaluated
                checks.append(
                    Check(f"the equations make sense ({show_sizes(sizes)})", False, str(error))
                )
    return Certificate(derivation.model.name, tuple(checks))


def _is_shallow(model: Model) -> bool:
    return depth(model) <= DEEPEST_WHOLE and len(model.equations) <= LONGEST_WHOLE


def depth(model: Model) -> int:
    """How many functions, powers and quotients lie one within another on the way to the error."""
    found: dict[Name, int] = {}
    for definition in model.equations:
        found[definition.name] = _nested(definition.value, found)
    return found[model.error]


def _nested(node: Expression, known: dict[Name, int]) -> int:
    if isinstance(node, Entry):
        return known.get(node.name, 0)
    inner = max((_nested(part, known) for part in children(node)), default=0)
    return inner + isinstance(node, Apply | Power)


def proof_sizes(model: Model) -> tuple[dict[str, int], dict[str, int]]:
    """The example's sizes, at most 2 each; and 3-2-2..., where the first layers differ."""
    small = {symbol: min(number, 2) for symbol, number in model.example}
    first = next((symbol for symbol in model.size_symbols if symbol != SAMPLE.size), None)
    mixed = {symbol: 3 if symbol == first else 2 for symbol, _ in model.example}
    return small, mixed


def show_sizes(sizes: Sizes) -> str:
    """N = 2, m = 2, K = 1."""
    return ", ".join(f"{symbol} = {number}" for symbol, number in sizes.items())


# --- 1. steps ---------------------------------------------------------------------------------


def _steps(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    model, how = derivation.model, symbolic()
    known = {equation.target.name for equation in derivation.backward}
    free: Values = {}
    for array in model.arrays:
        for name in (array.name, Adjoint(model.error, array.name)):
            free |= {cell: _symbol(cell) for cell in cells(name, array.indices, sizes)}
            if isinstance(name, Adjoint) and name not in known:
                free |= dict.fromkeys(cells(name, array.indices, sizes), sympy.Integer(0))
    free[Adjoint(model.error, model.error), ()] = sympy.Integer(1)
    named = [e for e in derivation.backward if not isinstance(e.rule, ChainRule)]
    free = evaluate(named, sizes, free, how)
    rows = [row for equation in derivation.forward for row in _rows(equation, sizes, free, how)]
    holders = _holders(rows)
    for equation in derivation.backward:
        if not isinstance(equation.rule, ChainRule):
            continue
        claim = f"{equation.id} follows from sympy.diff of each equation ({show_sizes(sizes)})"
        derived = _rows(equation, sizes, free, how)
        yield _first_failure(claim, _step_sides(derived, holders, free, model.error))
    for array in (model.array(d.name) for d in model.equations if d.name in dependent(model)):
        name = Adjoint(model.error, array.name)
        if name not in known and array.name != model.error:
            claim = (
                f"{identify(name)} is zero, by sympy.diff of each equation ({show_sizes(sizes)})"
            )
            zeros = [(cell, sympy.Integer(0)) for cell in cells(name, array.indices, sizes)]
            yield _first_failure(claim, _step_sides(zeros, holders, free, model.error))


def _rows(
    equation: Equation, sizes: Sizes, free: Values, how: Arithmetic
) -> list[tuple[Cell, Any]]:
    """Each cell of a forward equation with its right-hand side in free symbols."""
    letters = [index for index in equation.target.indices if isinstance(index, Index)]
    found = []
    for cell in cells(equation.target.name, letters, sizes):
        place = dict(zip(letters, cell[1], strict=True))
        found.append((cell, evaluate_expression(equation.value, place, sizes, free, how)))
    return found


def _holders(rows: list[tuple[Cell, Any]]) -> dict[sympy.Symbol, list[tuple[Cell, Any]]]:
    """Symbol -> the cells whose right-hand sides hold it, in their order."""
    found: dict[sympy.Symbol, list[tuple[Cell, Any]]] = {}
    for cell, value in rows:
        for symbol in value.free_symbols:
            found.setdefault(symbol, []).append((cell, value))
    return found


def _step_sides(
    derived: list[tuple[Cell, Any]],
    holders: dict[sympy.Symbol, list[tuple[Cell, Any]]],
    free: Values,
    error: str,
) -> Iterator[tuple[str, Any, Any]]:
    """Each cell of ∂EQ/∂X as derived, and as Σ ∂EQ/∂T · sympy.diff(T, X) over all cells T."""
    for (adjoint, place), got in derived:
        assert isinstance(adjoint, Adjoint)
        by = free[adjoint.by, place]
        terms = [
            free[Adjoint(error, str(name)), at] * sympy.diff(value, by)
            for (name, at), value in holders.get(by, [])
        ]
        yield show_cell(adjoint, place), got, sympy.Add(*terms)


def _forms(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    """Every adjoint that is rewritten, in each of its forms."""
    sides: dict[str, list[tuple[str, Any, Any]]] = {}
    for id_, reason, before, after in forms(derivation, sizes):
        sides.setdefault(id_, []).append((f"{id_} ({reason})", after, before))
    for id_, each in sides.items():
        claim = f"{id_} is the same function in its shorter form ({show_sizes(sizes)})"
        yield _first_failure(claim, each)


def _symbol(cell: Cell) -> sympy.Symbol:
    return sympy.Symbol(show_cell(*cell), real=True)


# --- 2. EQ whole ------------------------------------------------------------------------------


def _whole(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    model, how = derivation.model, symbolic()
    given = {cell: _symbol(cell) for array in model.leaves for cell in array_cells(array, sizes)}
    named = [e for e in derivation.backward if not isinstance(e.rule, ChainRule)]
    values = evaluate((*derivation.forward, *named), sizes, given, how)
    error = values[model.error, ()]
    if sympy.count_ops(error) > LARGEST_WHOLE:
        yield from _modular(derivation, sizes)
        return
    found = {}
    for partial in partials(derivation, sizes):
        place = tuple(index for index in partial.weight.indices if isinstance(index, int))
        value = evaluate_expression(partial.value, {}, sizes, values, how)
        found[given[partial.weight.name, place]] = partial.id, value
    holds = is_gradient(error, {weight: value for weight, (_, value) in found.items()})
    for weight, (name, value) in found.items():
        claim = f"{name} is sympy.diff of {model.error} expanded ({show_sizes(sizes)})"
        what = f"∂{model.error}/∂{weight}"
        yield _first_failure(claim, [] if holds else [(what, value, sympy.diff(error, weight))])


def _first_failure(claim: str, sides: Iterable[tuple[str, Any, Any]]) -> Check:
    for what, got, expected in sides:
        if not identical(got, expected):
            return Check(claim, False, f"{what} came out as {got}, and it should be {expected}")
    return Check(claim, True)


def _modular(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    """Every partial, exactly modulo a prime: the backward equations against dual numbers."""
    model, how = derivation.model, modular(seed=len(sizes))
    chance = random.Random(0)
    leaves = [cell for array in model.leaves for cell in array_cells(array, sizes)]
    given: Values = {cell: Dual(chance.randrange(1, PRIME)) for cell in leaves}
    values = evaluate(derivation.equations, sizes, given, how)
    weights = [cell for array in model.differentiated for cell in array_cells(array, sizes)]
    directions = np.eye(len(weights), dtype=object)
    moved = {w: Dual(given[w].value, one) for w, one in zip(weights, directions, strict=True)}
    error = evaluate(derivation.forward, sizes, {**given, **moved}, how)[model.error, ()]
    slopes = dict(zip(weights, np.broadcast_to(error.slope, len(weights)), strict=True))
    for weight in model.differentiated:
        claim = f"∂{model.error}/∂{weight.name} is that of dual numbers modulo 2^61 - 1"
        claim += f" ({show_sizes(sizes)})"
        adjoint = Adjoint(model.error, weight.name)
        sides = []
        for cell in array_cells(weight, sizes):
            got, expected = sympy.Integer(values[adjoint, cell[1]].value), slopes[cell]
            sides.append((show_cell(adjoint, cell[1]), got, sympy.Integer(expected)))
        yield _first_failure(claim, sides)


# --- 3. numbers -------------------------------------------------------------------------------


def _differences(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    model = derivation.model
    with mpmath.workdps(DIGITS):
        how = high_precision(model)
        for number in range(POINTS):
            given = random_point(derivation, sizes, seed=number)
            values = evaluate(derivation.equations, sizes, given, how)
            differences = _central_differences(derivation, sizes, given)
            for weight in model.differentiated:
                claim = f"∂{model.error}/∂{weight.name} agrees with 50-digit central differences"
                claim += f" ({show_sizes(sizes)}; point {number + 1})"
                adjoint = Adjoint(model.error, weight.name)
                sides = (
                    (cell, values[adjoint, cell[1]], differences[cell])
                    for cell in array_cells(weight, sizes)
                )
                yield _first_difference(claim, model.error, sides)


def _central_differences(derivation: Derivation, sizes: Sizes, given: Values) -> Values:
    """(EQ(w + h) - EQ(w - h)) / 2h for every scalar weight w.

    One forward pass evaluates all of them: there a number is the array of what it is at
    either end of each weight's step.
    """
    model = derivation.model
    how = high_precision(model)
    weights = [cell for array in model.differentiated for cell in array_cells(array, sizes)]
    h = how.number(STEP)
    steps = np.diag([h] * len(weights))
    moved = {w: given[w] + np.append(step, -step) for w, step in zip(weights, steps, strict=True)}

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        """One branch for all: the point is farther from every tie than a step goes."""
        return how.choose(np.ravel(left - right)[0], 0, then, other)

    entrywise = Arithmetic(how.number, np.frompyfunc(how.apply, 3, 1), choose)
    there = evaluate(derivation.forward, sizes, {**given, **moved}, entrywise)
    # Where EQ is flat it is one number, the same at all ends.
    above, below = np.split(np.broadcast_to(there[model.error, ()], 2 * len(weights)), 2)
    return dict(zip(weights, (above - below) / (2 * h), strict=True))


def _first_difference(claim: str, error: str, sides: Iterable[tuple[Cell, Any, Any]]) -> Check:
    tolerance = mpmath.mpf(TOLERANCE.numerator) / TOLERANCE.denominator
    for cell, got, difference in sides:
        if not abs(difference - got) <= tolerance * max(1, abs(got)):
            shown = [mpmath.nstr(number, 30) for number in (got, difference)]
            what = f"∂{error}/∂{show_cell(*cell)} came out as {shown[0]}"
            return Check(claim, False, f"{what}, and the central difference is {shown[1]}")
    return Check(claim, True)
