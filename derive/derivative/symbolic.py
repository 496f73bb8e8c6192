"""A derivative written out in weights and data -> SymPy, for whatever SymPy does with it."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import sympy

from derive.derivation.derivation import Equation
from derive.derivation.simplify import Simplified
from derive.errors import DeriveError
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    array_cells,
    evaluate,
    show_cell,
)
from derive.expressions.contents import held
from derive.expressions.expression import Entry, Name, unknown
from derive.functions.rational import Z
from derive.model.model import Model
from derive.printing.symbols import Symbols
from derive.printing.text import as_model_file, paper
from derive.proof.operations import COUNTING, Operations

MOST = 100_000
"""Operations of an expression: a longer one SymPy works on for hours."""


def written_out(one: Simplified, cells: list[Cell]) -> list[Any]:
    """Cells of adjoints in symbols for the weights and the data, at the sizes of the example.

    Functions are what the code computes, hyperparameters their numbers, choices `Piecewise`.
    What is assumed of the data is used. Raises DeriveError where that would be too long.
    """
    model, sizes = one.model, dict(one.model.example)
    equations = tuple(_leading_to(one, cells[0][0]))
    leaves = [c for a in (*model.weights, *model.data) for c in array_cells(a, sizes)]
    fixed: list[tuple[Cell, Fraction]] = [((name, ()), x) for name, x in model.hyperparameters]
    counts = dict.fromkeys([*leaves, *(cell for cell, _ in fixed)], Operations())
    counted = evaluate(equations, sizes, counts, COUNTING)
    longest = max(int(counted[cell].count) for cell in cells)
    if longest > MOST:
        problem = f"{show_cell(*cells[0])} has {longest} operations, written out"
        cure = f"choose sizes for the example that make {MOST} at most"
        raise DeriveError(problem, cure, model.name)
    symbols = _symbols(model, leaves, sizes)
    numbers = {cell: sympy.Rational(x.numerator, x.denominator) for cell, x in fixed}
    values = evaluate(equations, sizes, {**symbols, **numbers}, _explicit(model))
    return [sympy.sympify(values[cell]) for cell in cells]


def _leading_to(one: Simplified, name: Name) -> Iterator[Equation]:
    """The equations that lead to one, in their order."""
    wanted, kept = {name}, list[Equation]()
    for equation in reversed((*one.forward, *one.backward)):
        if equation.target.name in wanted:
            wanted |= held(equation.value)
            kept.append(equation)
    yield from reversed(kept)


def _symbols(model: Model, cells: Iterable[Cell], sizes: Sizes) -> dict[Cell, Any]:
    """A symbol for each cell, called as the paper writes it, w_11; W[1,1] where that is taken.

    They have no assumptions: sympy.Symbol("w_11") is the same one.
    """
    styles = (paper(Symbols(model, sizes)), as_model_file(model))
    found: dict[Cell, Any] = {}
    taken: set[str] = set()
    for cell in cells:
        names = [style.entry(Entry(*cell)) for style in styles]
        name = next(each for each in names if each not in taken)
        taken.add(name)
        found[cell] = sympy.Symbol(name)
    return found


def _explicit(model: Model) -> Arithmetic:
    """SymPy expressions in which every function is its definition."""

    def apply(name: str, order: int, argument: Any) -> Any:
        row = model.function(name)
        definition = row.derivative(order) if order else row.definition
        if not isinstance(definition, sympy.Piecewise):
            return definition.xreplace({Z: argument})
        judged = {Z: _without_pieces(argument)}
        pieces = [(x.xreplace({Z: argument}), c.xreplace(judged)) for x, c in definition.args]
        return sympy.Piecewise(*pieces)

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        condition = sympy.Gt(*map(_without_pieces, (left, right)))
        if condition in (sympy.true, sympy.false):  # the other branch need not exist
            return then() if condition == sympy.true else other()
        return sympy.Piecewise((then(), condition), (other(), True))

    def raised(base: Any, exponent: Any, derived: bool) -> Any:
        power = base**exponent
        if not derived or not exponent.is_negative:
            return power
        return sympy.Piecewise((0, sympy.Eq(_without_pieces(base), 0)), (power, True))

    return Arithmetic(
        lambda value: sympy.Rational(value.numerator, value.denominator), apply, choose, raised
    )


def _without_pieces(value: Any) -> Any:
    """A value with steps, 0 at 0, for the conditions of its pieces: SymPy would multiply out what
    stands in one another where a condition holds pieces itself.
    """

    def stepped(*pieces: Any) -> Any:
        *before, (last, _) = pieces
        for piece, condition in reversed(before):
            last += _step(condition) * (piece - last)
        return last

    return value.replace(sympy.Piecewise, stepped)


def _step(condition: Any) -> Any:
    """1 where a comparison holds, else 0."""
    match condition:
        case sympy.StrictGreaterThan(args=(left, right)):
            return sympy.Heaviside(left - right, 0)
        case sympy.StrictLessThan(args=(left, right)):
            return sympy.Heaviside(right - left, 0)
        case sympy.GreaterThan(args=(left, right)):
            return sympy.Heaviside(left - right, 1)
        case sympy.LessThan(args=(left, right)):
            return sympy.Heaviside(right - left, 1)
        case sympy.Eq(args=(left, right)):
            return sympy.KroneckerDelta(left, right)
    unknown(condition, "SymPy")
