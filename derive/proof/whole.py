"""Every partial: EQ expanded whole, sympy.diff of it against the chain.

Deeper networks, whose whole expansion doubles with each layer, and larger ones have every
partial compared exactly modulo a 61-bit prime, against forward-mode dual numbers.
"""

import random
from collections.abc import Iterator

import numpy as np
import sympy

from derive.derivation.derivation import Derivation
from derive.derivation.partials import partials
from derive.evaluation.dual_numbers import PRIME, Dual, modular
from derive.evaluation.evaluate import (
    Sizes,
    Values,
    array_cells,
    evaluate,
    evaluate_expression,
    show_cell,
    symbolic,
)
from derive.expressions.expression import Adjoint
from derive.proof.certificate import Check, first_failure, show_sizes
from derive.proof.identity import is_gradient
from derive.proof.steps import cell_symbol

LARGEST_WHOLE = 150
"""Operations of the expanded error up to which SymPy compares it with every partial."""


def check_whole(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    """Every partial against sympy.diff of the error expanded; modulo a prime if that is large."""
    model, how = derivation.model, symbolic()
    given = {
        cell: cell_symbol(cell) for array in model.leaves for cell in array_cells(array, sizes)
    }
    values = evaluate((*derivation.forward, *derivation.named), sizes, given, how)
    error = values[model.error, ()]
    if sympy.count_ops(error) > LARGEST_WHOLE:
        yield from check_modular(derivation, sizes)
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
        yield first_failure(claim, [] if holds else [(what, value, sympy.diff(error, weight))])


def check_modular(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
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
        yield first_failure(claim, sides)
