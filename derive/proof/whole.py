"""Every partial: EQ expanded whole, sympy.diff of it against the chain.

An error whose expansion is long, as it doubles with each layer, has every partial compared
exactly modulo a 61-bit prime, against forward-mode dual numbers.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import sympy
from flint import ctx

from derive.derivation.derivation import Derivation, Equation
from derive.derivation.partials import partials
from derive.evaluation.dual_numbers import BITS, PRIME, modular, random_duals
from derive.evaluation.evaluate import (
    Cell,
    Sizes,
    Values,
    array_cells,
    evaluate,
    evaluate_expression,
    symbolic,
)
from derive.expressions.expression import Adjoint
from derive.proof.certificate import Check, show_sizes
from derive.proof.differences import check_array
from derive.proof.identity import first_failure, is_gradient
from derive.proof.operations import of_equations, of_error
from derive.proof.points import Point
from derive.proof.steps import LARGEST_STEPS, cell_symbol

LARGEST_WHOLE = 160
"""Operations of the expanded error up to which SymPy compares it with every partial."""


def check_whole(derivation: Derivation, sizes: Sizes, tried: Sequence[Point]) -> Iterator[Check]:
    """Every partial against sympy.diff of the error expanded; modulo a prime if that is large."""
    few = of_equations(derivation, derivation.equations, sizes) <= LARGEST_STEPS
    if not few or of_error(derivation, sizes) > LARGEST_WHOLE:
        yield from check_modular(derivation, sizes, tried)
        return
    model, how = derivation.model, symbolic()
    given = {
        cell: cell_symbol(cell) for array in model.leaves for cell in array_cells(array, sizes)
    }
    places = [point.place({symbol: cell for cell, symbol in given.items()}) for point in tried]
    values = evaluate((*derivation.forward, *derivation.named), sizes, given, how)
    error = values[model.error, ()]
    found = {}
    for partial in partials(derivation, sizes):
        place = tuple(index for index in partial.weight.indices if isinstance(index, int))
        value = evaluate_expression(partial.value, {}, sizes, values, how)
        found[given[partial.weight.name, place]] = partial.id, value
    holds = is_gradient(error, {weight: value for weight, (_, value) in found.items()})
    for weight, (name, value) in found.items():
        claim = f"{name} is sympy.diff of {model.error} expanded ({show_sizes(sizes)})"
        what = f"∂{model.error}/∂{weight}"
        sides = [] if holds else [(what, value, sympy.diff(error, weight))]
        yield first_failure(claim, sides, places)


def check_modular(derivation: Derivation, sizes: Sizes, tried: Sequence[Point]) -> Iterator[Check]:
    """Every partial, exactly modulo a prime: the backward equations against dual numbers.

    Along a random direction v the dual numbers' slope is to be Σ v ∂EQ/∂w. Where it is not,
    what is no relation modulo a prime may still be one of real numbers: central differences
    decide.
    """
    model, chance, point = derivation.model, random.Random(0), tried[0]
    how = modular(point.derivation.model, seed=len(sizes))
    given = random_duals(point.given, seed=0)

    def evaluated(equations: Iterable[Equation], there: Values) -> Values:
        with ctx.workprec(BITS):
            return evaluate(equations, sizes, there, how)

    values = evaluated(derivation.equations, given)

    def holds(cells: Sequence[Cell]) -> bool:
        direction = {cell: chance.randrange(1, PRIME) for cell in cells}
        moved = {cell: replace(given[cell], slope=v) for cell, v in direction.items()}
        error = evaluated(derivation.forward, {**given, **moved})[model.error, ()]
        derived = sum(
            v * values[Adjoint(model.error, str(name)), at].value
            for (name, at), v in direction.items()
        )
        return bool((derived - error.slope) % PRIME == 0)

    arrays = {weight: array_cells(weight, sizes) for weight in model.differentiated}
    all_hold = holds([cell for cells in arrays.values() for cell in cells])
    for weight, cells in arrays.items():
        claim = f"∂{model.error}/∂{weight.name} is that of dual numbers modulo 2^61 - 1"
        claim += f" ({show_sizes(sizes)})"
        if all_hold or holds(cells):
            yield Check(claim, True)
        else:
            checks = (check_array(claim, point, weight) for point in tried)
            yield next((check for check in checks if not check.holds), Check(claim, True))
