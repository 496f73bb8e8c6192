"""Every backward equation against the derivatives of each forward equation by itself."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy

from derive.derivation.derivation import Derivation, Equation, identify
from derive.derivation.differentiate import dependent
from derive.errors import naming
from derive.evaluation.balls import ball
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
from derive.expressions.contents import held
from derive.expressions.expression import Adjoint
from derive.model.model import Array
from derive.proof.certificate import Check, show_sizes
from derive.proof.differences import Slopes, first_wrong
from derive.proof.identity import first_failure
from derive.proof.operations import of_equations
from derive.proof.points import Point

LARGEST_STEPS = 600
"""Operations of all right-hand sides up to which SymPy takes their derivatives."""


def check_steps(derivation: Derivation, sizes: Sizes, tried: Sequence[Point]) -> Iterator[Check]:
    """Σ ∂EQ/∂T · ∂T/∂X over all equations T against the equation for ∂EQ/∂X.

    By sympy.diff; where there is much to differentiate by central differences of each equation,
    unless these differ, as they do across the tie of a jump that stands at all weights.
    """
    if of_equations(derivation, derivation.equations, sizes) > LARGEST_STEPS:
        checks = list(_in_numbers(derivation, sizes, tried))
        if all(check.holds for check in checks):
            yield from checks
            return
    yield from _in_symbols(derivation, sizes, tried)


def _in_symbols(derivation: Derivation, sizes: Sizes, tried: Sequence[Point]) -> Iterator[Check]:
    """Every quantity and every adjoint a symbol; what algebra leaves open is decided where the
    quantities are what they are at a point of the model, and the adjoints random numbers.
    """
    model, how = derivation.model, symbolic()
    known = {equation.target.name for equation in derivation.backward}
    free: Values = {}
    for array in model.arrays:
        for name in (array.name, Adjoint(model.error, array.name)):
            free |= {cell: cell_symbol(cell) for cell in cells(name, array.indices, sizes)}
            if isinstance(name, Adjoint) and name not in known:
                free |= dict.fromkeys(cells(name, array.indices, sizes), sympy.Integer(0))
    free[Adjoint(model.error, model.error), ()] = sympy.Integer(1)
    symbols = {symbol: cell for cell, symbol in free.items() if symbol.is_Symbol}
    places = [point.place(symbols) for point in tried]
    free = evaluate(derivation.named, sizes, free, how)
    rows = [row for equation in derivation.forward for row in _rows(equation, sizes, free, how)]
    holders = _holders(rows)
    for equation in derivation.adjoints:
        claim = f"{equation.id} follows from sympy.diff of each equation ({show_sizes(sizes)})"
        derived = _rows(equation, sizes, free, how)
        sides = _step_sides(derived, holders, free, model.error)
        yield first_failure(claim, sides, places)
    for array in (model.array(d.name) for d in model.equations if d.name in dependent(model)):
        name = Adjoint(model.error, array.name)
        if name not in known and array.name != model.error:
            claim = (
                f"{identify(name)} is zero, by sympy.diff of each equation ({show_sizes(sizes)})"
            )
            zeros = [(cell, sympy.Integer(0)) for cell in cells(name, array.indices, sizes)]
            sides = _step_sides(zeros, holders, free, model.error)
            yield first_failure(claim, sides, places)


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


def _in_numbers(derivation: Derivation, sizes: Sizes, tried: Sequence[Point]) -> Iterator[Check]:
    """Every quantity what it is at a point of the model, every adjoint a random number."""
    model = derivation.model
    known = {equation.target.name: equation for equation in derivation.adjoints}
    for array in model.arrays:
        name = Adjoint(model.error, array.name)
        if name in known or array.name in dependent(model) - {model.error}:
            claim = f"{identify(name)} follows from central differences of each equation"
            claim += f" ({show_sizes(sizes)})"
            checks = [first_wrong(claim, _step(point, known.get(name), array)) for point in tried]
            yield next((check for check in checks if not check.holds), checks[0])


def _step(point: Point, equation: Equation | None, by: Array) -> Slopes:
    """Σ ∂EQ/∂T · T over the equations T that hold an array, and its derivatives as derived."""
    derivation, sizes, how = point.derivation, point.sizes, point.how
    error = derivation.model.error
    holders = [e for e in derivation.forward if by.name in held(e.value)]
    given = array_cells(by, sizes)

    def partials() -> Values:
        values = point.free_adjoints()
        if equation is None:
            return dict.fromkeys(given, ball(Fraction(0)))
        return {
            cell: evaluate_cell(equation, (equation.target.name, cell[1]), sizes, values, how)
            for cell in given
        }

    def function(steps: Values) -> Any:
        values = point.free_adjoints()
        moved = {**values, **{cell: values[cell] + step for cell, step in steps.items()}}
        terms = (
            values[Adjoint(error, str(e.target.name)), cell[1]]
            * evaluate_cell(e, cell, sizes, moved, how)
            for e in holders
            for cell in equation_cells(e, sizes)
        )
        return sum(terms, ball(Fraction(0)))

    return Slopes(error, tuple(given), partials, function)


def cell_symbol(cell: Cell) -> sympy.Symbol:
    """A real symbol for one number of an array."""
    return sympy.Symbol(show_cell(*cell), real=True)
