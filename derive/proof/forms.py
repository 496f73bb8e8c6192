"""Rewritten adjoints -> checks: each form is the same function as the one before it.

What a form rests on is put back by its definition: the names it uses by their equations,
the functions by their expressions in exponentials, what is assumed of the data by
solving for its last entry. SymPy then decides.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy

from derive.derivation.derivation import Derivation
from derive.derivation.simplify import Simplified, SimplifiedAdjoint
from derive.evaluation.evaluate import (
    Arithmetic,
    Cell,
    Sizes,
    Values,
    array_cells,
    cells,
    equation_cells,
    evaluate,
    evaluate_cell,
    show_cell,
    symbolic,
)
from derive.expressions.expression import Adjoint, Apply, Name, entries
from derive.functions.rational import Z
from derive.functions.table import TABLE
from derive.model.assumptions import SumsTo
from derive.model.model import Model
from derive.proof.certificate import Check, first_failure, show_sizes


def check_forms(simplified: Simplified, sizes: Sizes) -> Iterator[Check]:
    """Every adjoint that is rewritten, in each of its forms."""
    sides: dict[str, list[tuple[str, Any, Any]]] = {}
    for id_, reason, before, after in forms(simplified, sizes):
        sides.setdefault(id_, []).append((f"{id_} ({reason})", after, before))
    for id_, each in sides.items():
        claim = f"{id_} is the same function in its shorter form ({show_sizes(sizes)})"
        yield first_failure(claim, each)


def forms(simplified: Simplified, sizes: Sizes) -> Iterator[tuple[str, str, Any, Any]]:
    """(id, reason, as it was, as rewritten) for every cell of every rewritten adjoint."""
    for found in simplified.adjoints:
        if found.steps:
            yield from _forms(simplified.derivation, found, sizes)


def _forms(
    derivation: Derivation, found: SimplifiedAdjoint, sizes: Sizes
) -> Iterator[tuple[str, str, Any, Any]]:
    functions = {n for step in found.steps if step.reason == "own value" for n in step.because}
    how = _written_out(functions)
    values = _values(derivation, found, functions, sizes, how)
    for cell in equation_cells(found.equation, sizes):
        before = evaluate_cell(found.equation, cell, sizes, values, how)
        for step in found.steps:
            form = replace(found.equation, value=step.value)
            yield (
                found.equation.id,
                step.reason,
                before,
                evaluate_cell(form, cell, sizes, values, how),
            )


def _values(
    derivation: Derivation,
    found: SimplifiedAdjoint,
    functions: set[str],
    sizes: Sizes,
    how: Arithmetic,
) -> Values:
    """A symbol for every cell, but for what the forms rest on."""
    model = derivation.model
    values: Values = {
        cell: sympy.Symbol(show_cell(*cell), real=True)
        for array in model.arrays
        for name in (array.name, Adjoint(model.error, array.name))
        for cell in cells(name, array.indices, sizes)
    }
    values[Adjoint(model.error, model.error), ()] = sympy.Integer(1)
    values |= _assumed(model, found, sizes, values)
    first, last = found.equation.value, found.value
    rests_on: set[Name] = {entry.name for entry in entries(first)}
    kept = {entry.name for entry in entries(last)}
    rests_on -= kept
    for equation in reversed(derivation.backward):  # adjoints within adjoints, which may be numbers
        if equation.target.name in rests_on:
            held = {entry.name for entry in entries(equation.value)} - kept
            rests_on |= {name for name in held if isinstance(name, Adjoint)}
    rests_on |= {d.name for d in model.equations if _applies(d.value, functions)}
    for step in found.steps:
        rests_on |= set(step.because) if step.reason in ("cancelled", "named") else set()
    equations = [e for e in derivation.equations if e.target.name in rests_on]
    return evaluate(equations, sizes, values, how)


def _applies(value: object, functions: set[str]) -> bool:
    return isinstance(value, Apply) and value.function in functions


def _assumed(model: Model, found: SimplifiedAdjoint, sizes: Sizes, values: Values) -> Values:
    """The last entry of each sum that is known, by the others."""
    names = {n for step in found.steps if step.reason == "assumed" for n in step.because}
    solved: Values = {}
    for assumption in model.assumptions:
        if isinstance(assumption, SumsTo) and assumption.array in names:
            groups: dict[tuple[int, ...], list[Cell]] = {}
            array = model.array(assumption.array)
            for cell in array_cells(array, sizes):
                pairs = zip(array.indices, cell[1], strict=True)
                outer = tuple(
                    number for index, number in pairs if index.name not in assumption.over
                )
                groups.setdefault(outer, []).append(cell)
            total = sympy.Rational(assumption.total.numerator, assumption.total.denominator)
            for *others, last in groups.values():
                solved[last] = total - sympy.Add(*(values[cell] for cell in others))
    return solved


def _written_out(functions: set[str]) -> Arithmetic:
    """SymPy expressions, some functions by their definitions."""
    undefined = symbolic()

    def apply(name: str, order: int, argument: Any) -> Any:
        if name in functions:
            return TABLE[name].derivative(order).rewrite(sympy.exp).subs(Z, argument)
        return undefined.apply(name, order, argument)

    return Arithmetic(undefined.number, apply, undefined.choose)
