"""Every backward equation, in free symbols, against sympy.diff of the forward ones."""

from collections.abc import Iterator
from typing import Any

import sympy

from derive.derivation.derivation import Derivation, Equation, identify
from derive.derivation.differentiate import dependent
from derive.errors import naming
from derive.evaluation.evaluate import (
    Arithmetic,
    Cell,
    Sizes,
    Values,
    cells,
    equation_cells,
    evaluate,
    evaluate_cell,
    show_cell,
    symbolic,
)
from derive.expressions.expression import Adjoint
from derive.proof.certificate import Check, first_failure, show_sizes


def check_steps(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    """Σ ∂EQ/∂T · sympy.diff(T, X) over all equations T against the equation for ∂EQ/∂X."""
    model, how = derivation.model, symbolic()
    known = {equation.target.name for equation in derivation.backward}
    free: Values = {}
    for array in model.arrays:
        for name in (array.name, Adjoint(model.error, array.name)):
            free |= {cell: cell_symbol(cell) for cell in cells(name, array.indices, sizes)}
            if isinstance(name, Adjoint) and name not in known:
                free |= dict.fromkeys(cells(name, array.indices, sizes), sympy.Integer(0))
    free[Adjoint(model.error, model.error), ()] = sympy.Integer(1)
    free = evaluate(derivation.named, sizes, free, how)
    rows = [row for equation in derivation.forward for row in _rows(equation, sizes, free, how)]
    holders = _holders(rows)
    for equation in derivation.adjoints:
        claim = f"{equation.id} follows from sympy.diff of each equation ({show_sizes(sizes)})"
        derived = _rows(equation, sizes, free, how)
        yield first_failure(claim, _step_sides(derived, holders, free, model.error))
    for array in (model.array(d.name) for d in model.equations if d.name in dependent(model)):
        name = Adjoint(model.error, array.name)
        if name not in known and array.name != model.error:
            claim = (
                f"{identify(name)} is zero, by sympy.diff of each equation ({show_sizes(sizes)})"
            )
            zeros = [(cell, sympy.Integer(0)) for cell in cells(name, array.indices, sizes)]
            yield first_failure(claim, _step_sides(zeros, holders, free, model.error))


def _rows(
    equation: Equation, sizes: Sizes, free: Values, how: Arithmetic
) -> list[tuple[Cell, Any]]:
    """Each cell of a forward equation with its right-hand side in free symbols."""
    with naming(equation.id):
        return [
            (cell, evaluate_cell(equation, cell, sizes, free, how))
            for cell in equation_cells(equation, sizes)
        ]


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


def cell_symbol(cell: Cell) -> sympy.Symbol:
    """A real symbol for one number of an array."""
    return sympy.Symbol(show_cell(*cell), real=True)
