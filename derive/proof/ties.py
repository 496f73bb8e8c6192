"""Points on every kink: the gradient there against the slopes of the error on both sides.

Beside a kink the layers before have proven it. On one, where the error has a derivative, what
comes out is to be that; where it has none and one kink stands alone, what its own choice says:
the side of a choice's last branch, or f' at the kink as a part of the way from one side's to
the other's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from derive.derivation.derivation import Derivation
from derive.derivation.kinks import has_kinks
from derive.evaluation.balls import balls
from derive.evaluation.evaluate import Sizes, show_cell
from derive.evaluation.random_points import SEEDS
from derive.evaluation.slopes import (
    AGREE,
    BESIDE,
    beside,
    derivatives,
    directions,
    error_at,
    gradient_along,
    near,
    one_sided,
)
from derive.evaluation.ties import BITS, Direction, Tie, exactly, has_root_of_zero, ties
from derive.expressions.expression import Apply
from derive.model.model import Kink, Model
from derive.proof.certificate import Check, show_sizes

SEED = 21


LINES = tuple((SEED + more, SEEDS[0]) for more in range(8))
"""The seeds of the lines on which kinks are looked for, as many as it takes to meet each."""


MOST_BITS = 32 * BITS


@dataclass(frozen=True)
class _Slopes:
    """What the error's slopes are to be at a tie, along some directions, and the precision at
    which they are what they are said to be.
    """

    tie: Tie
    ways: Sequence[Direction]
    wanted: Sequence[Any]
    bits: int


def check_ties(derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    """The gradient on each kink that random lines through the weights cross."""
    if not has_kinks(derivation.model):
        return
    with ctx.workprec(BITS):
        ways = directions(derivation.model, sizes, SEED)
        smooth: list[_Slopes] = []
        alone: list[_Slopes] = []
        for tie in ties(derivation, sizes, LINES):
            bits = _bits(derivation, sizes, tie)
            with ctx.workprec(bits):
                slopes = derivatives(derivation, sizes, tie, ways)
                if slopes is not None:
                    smooth.append(_Slopes(tie, ways, slopes, bits))
                elif _is_alone(derivation, sizes, tie):
                    chosen = [_chosen(derivation, sizes, tie, way) for way in ways[:2]]
                    alone.append(_Slopes(tie, ways[:2], chosen, bits))
        error, where = derivation.model.error, f"({show_sizes(sizes)})"
        if smooth:
            claim = f"on a kink where {error} has a derivative, that comes out {where}"
            yield _check(claim, derivation, sizes, smooth)
        if alone:
            claim = f"on a kink where {error} has none, its own choice comes out {where}"
            yield _check(claim, derivation, sizes, alone)


def _bits(derivation: Derivation, sizes: Sizes, tie: Tie) -> int:
    """A precision at which the error's ball is far smaller than a step: 1 - p may saturate."""
    bits = BITS
    while bits < MOST_BITS:
        with ctx.workprec(bits):
            error = error_at(derivation, sizes, tie.given)
            if error.rad() <= exactly(BESIDE * AGREE / 1000) * max(1, abs(error)):
                return bits
        bits *= 2
    return bits


def _is_alone(derivation: Derivation, sizes: Sizes, tie: Tie) -> bool:
    """Whether one kink is all that the error has of its own there, between branches that meet."""
    if len(tie.met) > 1 or tie.met[0].jumps:
        return False
    return not has_root_of_zero(derivation, sizes, tie.given)


def _check(claim: str, derivation: Derivation, sizes: Sizes, points: Sequence[_Slopes]) -> Check:
    for point in points:
        with ctx.workprec(point.bits):
            found = gradient_along(derivation, sizes, point.tie, point.ways)
        for got, want in zip(found, point.wanted, strict=True):
            if not near(got, want):
                met = point.tie.met
                shown = " and ".join(show_cell(each.kink.equation, each.cell) for each in met)
                sides = f"{_shown(got)}, and it should be {_shown(want)}"
                return Check(claim, False, f"the slope on the kink of {shown} came out as {sides}")
    return Check(claim, True)


def _shown(number: arb) -> str:
    return str(number.str(15, radius=False))


def _chosen(derivation: Derivation, sizes: Sizes, tie: Tie, way: Direction) -> Any:
    """The slope that is to come out: that of either side, or between them as a lone kink says."""
    there = error_at(derivation, sizes, tie.given)
    ahead, behind = one_sided(derivation, sizes, tie, way, there)
    if near(ahead, behind):
        return ahead
    (met,) = tie.met
    (sign,) = beside(derivation, sizes, tie, way)[met.kink]
    below, beyond = (behind, ahead) if sign > 0 else (ahead, behind)
    return below + _part(met.kink, derivation.model, met.place) * (beyond - below)


def _part(kink: Kink, model: Model, place: Fraction) -> Any:
    """How far from below to beyond a kink its derivative lies: 0 for relu'(0), 1/2 for abs'(0)."""
    side = dict(model.sides).get(kink)
    if side is not None:
        return {"below": 0, "mean": arb(1) / 2, "above": 1}[side]
    if not isinstance(kink.node, Apply):
        return 0
    how, name = balls(model), kink.node.function
    h, at = how.number(BESIDE), how.number(place)
    below, here, beyond = (how.apply(name, 1, at + step) for step in (-h, 0, h))
    return (here - below) / (beyond - below)
