"""A point that breaks conditions -> one beside it that breaks none, where there is one.

Not every model has points nearby: a temperature of 0.07 wants small weights, log(x - 100) large
data. What is free is scaled or drawn anew at random, which finds the size of things, and moved by
Newton's method on the conditions that are broken, which finds the place.
"""

import random
from fractions import Fraction

import numpy as np

from derive.derivation.derivation import Derivation
from derive.evaluation.conditions import standing
from derive.evaluation.drawing import Drawn, draw, keeps
from derive.evaluation.evaluate import Cell, Sizes, array_cells
from derive.evaluation.standing import Standing
from derive.model.model import Model

ROUNDS = 20
"""Of random moves, each followed by steps of Newton's method."""


MOVES = 25
"""In a round."""


ENOUGH = 60
"""Moves without a gain after which a point that breaks nothing is as good as any."""


STEPS = 6
"""Of Newton's method."""


MOST_MOVED = 60
"""Numbers that Newton's method moves at once."""


AIMS = (400.0, 40.0, 4.0)
"""Margins that Newton's method aims at: well inside first, just inside where that fails."""


FACTORS = (
    *(Fraction(2) ** power for power in (-24, -8, -3, -1, 1, 3, 8, 24)),
    *(1 + sign * Fraction(1, 2**power) for sign in (-1, 1) for power in (2, 5)),
    Fraction(-1),
)


Found = tuple[Drawn, Standing]


def seek(derivation: Derivation, sizes: Sizes, point: Drawn, chance: random.Random) -> Found:
    """The best point found from one; it may still break something."""
    best, since = (point, standing(derivation, sizes, point)), 0
    for number in range(ROUNDS):
        for _ in range(MOVES):
            if best[1].rank == (0, 0) or (not best[1].broken and since == ENOUGH):
                return best
            moved = _moved(derivation.model, sizes, best[0], chance)
            there = standing(derivation, sizes, moved, best[1].rank, best)
            since = 0 if there.rank < best[1].rank else since + 1
            if there.rank <= best[1].rank:
                best = moved, there
        if best[1].broken:
            best = _newton(derivation, sizes, best, AIMS[number % len(AIMS)], chance)
        if best[1].broken:
            best = _turned(derivation, sizes, best, chance)
    return best


# --- at random --------------------------------------------------------------------------------


def _moved(model: Model, sizes: Sizes, point: Drawn, chance: random.Random) -> Drawn:
    """The point with all that is free, the weights, the data, an array or one number scaled or
    drawn anew.
    """
    free = [*model.weights, *model.data]
    scopes = [free, list(model.weights), list(model.data), *([array] for array in free)]
    arrays = chance.choice([scope for scope in scopes if scope])
    cells = [cell for array in arrays for cell in array_cells(array, sizes)]
    chosen = cells if chance.random() < 0.5 else [chance.choice(cells)]
    factor = chance.choice((*FACTORS, None))
    if factor is not None:
        return _assumed(
            model, sizes, point, {cell: point[cell] * factor for cell in chosen}, chance
        )
    fresh: Drawn = {}
    for array in arrays:
        fresh |= draw(model, array, sizes, chance)
    return _assumed(model, sizes, point, {cell: fresh[cell] for cell in chosen}, chance)


def _assumed(
    model: Model, sizes: Sizes, point: Drawn, changes: Drawn, chance: random.Random
) -> Drawn:
    """The point with those changes; an array that would break an assumption is drawn anew."""
    changed = {**point, **changes}
    for array in (*model.weights, *model.data):
        values = {cell: changed[cell] for cell in array_cells(array, sizes)}
        if not keeps(model, array, values):
            changed |= draw(model, array, sizes, chance)
    return changed


def _turned(derivation: Derivation, sizes: Sizes, found: Found, chance: random.Random) -> Found:
    """The point with the sign of each number turned, one after another, where that is a gain.

    No slope leads to it: a logarithm's argument may be as far from being positive at any size.
    """
    model = derivation.model
    cells = [c for array in (*model.weights, *model.data) for c in array_cells(array, sizes)]
    for cell in chance.sample(cells, min(len(cells), MOST_MOVED)):
        moved = _assumed(model, sizes, found[0], {cell: -found[0][cell]}, chance)
        there = standing(derivation, sizes, moved, found[1].rank, found)
        if there.rank < found[1].rank:
            found = moved, there
    return found


# --- Newton's method --------------------------------------------------------------------------


def _newton(
    derivation: Derivation, sizes: Sizes, found: Found, aim: float, chance: random.Random
) -> Found:
    """The smallest steps that bring what is broken to the aim, as long as they are gains."""
    for _ in range(STEPS):
        point, known = found
        step = _step(derivation, sizes, found, aim, chance)
        for part in (1.0, 0.5, 0.25, 0.0625):
            changes = {cell: _short(point[cell] + Fraction(part * x)) for cell, x in step.items()}
            moved = _assumed(derivation.model, sizes, point, changes, chance)
            there = standing(derivation, sizes, moved, known.rank, found)
            if there.rank < known.rank:
                found = moved, there
                break
        else:
            return found
        if not found[1].broken:
            return found
    return found


def _step(
    derivation: Derivation, sizes: Sizes, found: Found, aim: float, chance: random.Random
) -> dict[Cell, float]:
    """What moves the broken margins to the aim, to first order: the least of all such."""
    point, known = found
    model = derivation.model
    cells = [c for array in (*model.weights, *model.data) for c in array_cells(array, sizes)]
    moved = chance.sample(cells, min(len(cells), MOST_MOVED))
    margins = np.array(known.margins)
    broken = margins < 0
    slopes = np.zeros((broken.sum(), len(moved)))
    for column, cell in enumerate(moved):
        h = max(abs(point[cell]), Fraction(1)) / 2**20
        moved_on = {**point, cell: point[cell] + h}
        there = standing(derivation, sizes, moved_on, beside=found).margins
        if len(there) == len(margins):  # the same branches
            slopes[:, column] = (np.array(there)[broken] - margins[broken]) / float(h)
    steps = np.linalg.lstsq(slopes, aim - margins[broken], rcond=1e-9)[0]
    return dict(zip(moved, steps.tolist(), strict=True))


def _short(number: Fraction) -> Fraction:
    """The number to about nine digits, so that it stays short."""
    return Fraction(f"{float(number):.9g}")
