"""Model -> the same model, with the sides from which kinks are differentiated that cancel.

Every kink has its own choice at a tie, and keeps it. Only where a quantity by itself, or the
error, has a derivative on a kink and those choices give another number are the kinks that meet
there differentiated from one side: from the one with the fewest changes, or halfway between both
where a kink meets itself with the other sign.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flint import ctx

from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.derivation.kinks import has_kinks, has_sides, kinks
from derive.errors import DeriveError, InternalError, ProofError
from derive.evaluation.alone import alone
from derive.evaluation.evaluate import Sizes
from derive.evaluation.slopes import beside, derivatives, directions, gradient_along, near
from derive.evaluation.ties import BITS, Direction, Tie, is_defined, met_on
from derive.model.batch import batch
from derive.model.model import Definition, Kink, Model, Side

LINES = tuple((seed, seed) for seed in range(11, 27))
"""The seeds of the lines on which ties are looked for, as many as it takes to meet every kink."""


LEAST = 4
"""How many are looked at in any case: samples of either sign, more than a proof sees."""

Sides = dict[Kink, Side]
"""From where each kink is differentiated."""


Sided = tuple[tuple[Kink, Side], ...]
"""The same, as a model has it."""


@dataclass(frozen=True)
class _Smooth:
    """A tie at which the error has a derivative: its slopes along some directions."""

    tie: Tie
    ways: tuple[Direction, ...]
    slopes: tuple[object, ...]


def with_sides(model: Model) -> Model:
    """The model with the sides of those kinks; the same where none cancel.

    A model that is defined at no random point is left as it is: its proof says so.
    """
    if not has_kinks(model):
        return model
    with ctx.workprec(BITS):
        for definition in model.equations[:-1]:
            if len(list(kinks(definition, model))) > 1:
                model = replace(model, sides=_sides_alone(definition, model))
        try:
            return _with_sides(model)
        except ProofError:
            return model


def _sides_alone(definition: Definition, model: Model) -> Sided:
    """The model's sides, with those of an equation by itself; it may have no slope, or no point."""
    try:
        return _with_sides(alone(definition, model)).sides
    except InternalError:
        raise
    except DeriveError:
        return model.sides


def _with_sides(model: Model) -> Model:
    derivation = _of_samples(model)
    sizes = {symbol: 2 for symbol, _ in derivation.model.example}
    points = list(smooth_ties(derivation, sizes))
    for number, point in enumerate(points, 1):
        if agrees(derivation, sizes, point):
            continue
        for sides in _candidates(derivation, sizes, point):
            tried = replace(model, sides=tuple({**dict(model.sides), **sides}.items()))
            changed = _of_samples(tried)
            if all(agrees(changed, sizes, known) for known in points[:number]):
                model, derivation = tried, changed
                break
    return model


def _of_samples(model: Model) -> Derivation:
    """The derivation of several samples, by a model of one or of several."""
    has_samples = any(index.counts_samples for array in model.arrays for index in array.indices)
    return differentiate(model if has_samples else batch(model))


def smooth_ties(derivation: Derivation, sizes: Sizes) -> Iterator[_Smooth]:
    """The ties on some lines at which several kinks meet and the error has a derivative.

    A kink that is met alone does not matter there: what is chosen for it is multiplied by 0.
    """
    ways = directions(derivation.model, sizes, LINES[0][0])
    for tie in met_on(derivation, sizes, LINES, LEAST):
        if len(tie.met) < 2 or not is_defined(derivation, sizes, tie):
            continue
        slopes = derivatives(derivation, sizes, tie, ways)
        if slopes is not None:
            yield _Smooth(tie, ways, tuple(slopes))


def agrees(derivation: Derivation, sizes: Sizes, point: _Smooth) -> bool:
    """Whether the derivation gives the error's own slopes."""
    found = gradient_along(derivation, sizes, point.tie, point.ways)
    return all(map(near, found, point.slopes))


def _candidates(derivation: Derivation, sizes: Sizes, point: _Smooth) -> Iterator[Sides]:
    """All kinks that meet from one side, the one with the fewest changes first; or in between."""
    jumping = {met.kink for met in point.tie.met if met.jumps}
    meeting = dict.fromkeys(met.kink for met in point.tie.met)
    free = [kink for kink in meeting if kink not in jumping and has_sides(kink.node)]
    ways: list[Sides] = []
    for sign in (1, -1):
        way = {cell: sign * step for cell, step in point.ways[0].items()}
        found = beside(derivation, sizes, point.tie, way)
        if all(len(each) == 1 for each in found.values()):
            signs = {kink: each.pop() for kink, each in found.items()}
            if all(signs.get(kink, -1) < 0 for kink in jumping):
                ways.append({k: "above" if signs.get(k, -1) > 0 else "below" for k in free})
    yield from sorted(ways, key=lambda sides: sum(side == "above" for side in sides.values()))
    yield dict.fromkeys(free, "mean")
