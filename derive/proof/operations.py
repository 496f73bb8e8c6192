"""How many operations expressions have, so that what would take too long is never begun."""

from collections.abc import Iterable
from dataclasses import dataclass

from derive.derivation.derivation import Derivation, Equation
from derive.evaluation.evaluate import (
    Arithmetic,
    Sizes,
    array_cells,
    cells,
    equation_cells,
    evaluate,
    evaluate_cell,
)
from derive.expressions.expression import Adjoint


@dataclass(frozen=True)
class Operations:
    """How many operations an expression has, written out whole."""

    count: int = 0

    def __add__(self, other: "Operations") -> "Operations":
        return Operations(self.count + other.count + 1)

    __mul__ = __add__

    def __pow__(self, exponent: int) -> "Operations":
        return Operations(self.count + 1)

    def __rtruediv__(self, number: int) -> "Operations":
        return Operations(self.count + 1)


COUNTING = Arithmetic(
    lambda number: Operations(),
    lambda name, order, argument: Operations(argument.count + 1),
    lambda left, right, then, other: left + right + then() + other(),
    lambda base, exponent, derived: base + exponent,
)
"""Expressions of which only the operations are counted."""


def of_error(derivation: Derivation, sizes: Sizes) -> int:
    """Those of the error in the weights and the data, nothing shared."""
    model = derivation.model
    leaves = [cell for array in model.leaves for cell in array_cells(array, sizes)]
    counted = evaluate(derivation.forward, sizes, dict.fromkeys(leaves, Operations()), COUNTING)
    return int(counted[model.error, ()].count)


def of_equations(derivation: Derivation, equations: Iterable[Equation], sizes: Sizes) -> int:
    """Those of all right-hand sides at all cells, in the quantities and adjoints."""
    error, arrays = derivation.model.error, derivation.model.arrays
    named = [equation.target for equation in derivation.named]
    places = [(a.name, a.indices) for a in arrays] + [(e.name, e.indices) for e in named]
    places += [(Adjoint(error, a.name), a.indices) for a in arrays]
    free = [cell for name, indices in places for cell in cells(name, indices, sizes)]
    values = dict.fromkeys(free, Operations())
    return sum(
        evaluate_cell(equation, cell, sizes, values, COUNTING).count
        for equation in equations
        for cell in equation_cells(equation, sizes)
    )
