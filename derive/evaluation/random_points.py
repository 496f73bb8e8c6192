"""Points for proofs and checks: random numbers that keep a model's assumptions, off its kinks."""

import random
from dataclasses import replace
from functools import lru_cache
from math import inf

from derive.derivation.derivation import Derivation
from derive.errors import ProofError
from derive.evaluation.conditions import standing
from derive.evaluation.drawing import Drawn, draw
from derive.evaluation.evaluate import Sizes, Values, high_precision
from derive.evaluation.seeking import seek
from derive.evaluation.standing import Standing
from derive.model.model import Model

DRAWN_ANEW = 10
"""Points that are drawn before it is sought from the best of them."""


SEEDS = (11, 12, 13)
"""Of the points at which a model is looked at wherever any will do: each is sought but once."""


REMEMBERED = 64
"""Points, of a few models at a time."""


def random_point(derivation: Derivation, sizes: Sizes, seed: int) -> Values:
    """The numbers of `random_rationals` at mpmath's working precision."""
    how = high_precision(derivation.model)
    rationals = random_rationals(derivation, sizes, seed)
    return {cell: how.number(number) for cell, number in rationals.items()}


def random_rationals(derivation: Derivation, sizes: Sizes, seed: int) -> Drawn:
    """Random rationals for weights, inputs and targets, where every function is smooth and
    what the model assumes of its data holds, exactly; hyperparameters are as they are.

    Arguments of functions are within their domain and away from kinks by 1e-3 of what was added
    up, or on one for all weights. They stay within |z| ≤ 8 where that can be; that of exp may
    be far below, as where a mask makes it 0.
    Raises ProofError, naming the equation and the number, where no such point turns up.
    """
    plain = replace(derivation, model=replace(derivation.model, sides=()), backward=())
    return dict(_found(plain, tuple(sizes.items()), seed))


@lru_cache(REMEMBERED)
def _found(derivation: Derivation, pairs: tuple[tuple[str, int], ...], seed: int) -> Drawn:
    chance, sizes = random.Random(seed), dict(pairs)
    point, known = _drawn_anew(derivation, sizes, chance)
    if known.rank > (0, 0):
        point, known = seek(derivation, sizes, point, chance)
    if known.broken:
        raise _nowhere(derivation.model, known)
    return point


def _drawn_anew(
    derivation: Derivation, sizes: Sizes, chance: random.Random
) -> tuple[Drawn, Standing]:
    """The first of some points that has nothing against it, or the best of them."""
    model = derivation.model
    found: list[tuple[Drawn, Standing]] = []
    for _ in range(DRAWN_ANEW):
        drawn: Drawn = {}
        for array in (*model.weights, *model.data):
            drawn |= draw(model, array, sizes, chance)
        drawn |= {(name, ()): number for name, number in model.hyperparameters}
        best = min((known.rank for _, known in found), default=(inf, inf))
        found.append((drawn, standing(derivation, sizes, drawn, best)))
        if found[-1][1].rank == (0, 0):
            break
    return min(found, key=lambda each: each[1].rank)


def _nowhere(model: Model, known: Standing) -> ProofError:
    worst = min(known.broken, key=lambda broken: broken.margin)
    problem = (
        "no point was found at which everything is defined and smooth: "
        f"at the best one {worst.place} {worst.what} {worst.number:.3g}"
    )
    cure = f"look at the equation of {worst.place}"
    return ProofError(problem, cure, model.name)
