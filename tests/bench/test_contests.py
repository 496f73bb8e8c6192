"""The comparison is honest: all works of a contest arrive at the same numbers."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest

from bench.contest import Contest, Side
from bench.contests import CONTESTS, digits
from bench.growth import SERIES

STEPS = 3

ALL = [
    *(contest for contest in CONTESTS if np.isfinite(contest.tolerance)),
    digits.IN_ORDER,
    *(contest for series in SERIES for contest in list(series.contests.values())[:3]),
]


def works() -> Iterator[Any]:
    """Every work but the first of ours, which the others are held against."""
    for contest in ALL:
        for side in chain(contest.ours, contest.peers):
            for setting in side.works if side.alike else ():
                if (side, setting) != (contest.ours[0], next(iter(side.works))):
                    name = ", ".join(filter(None, (contest.name, side.name, setting)))
                    yield pytest.param(contest, side, setting, id=name)


def reached(side: Side, setting: str) -> list[np.ndarray]:
    return [np.asarray(array) for array in side.works[setting]()(STEPS)]


@pytest.mark.parametrize(("contest", "side", "setting"), list(works()))
def test_all_works_of_a_contest_arrive_at_the_same(
    contest: Contest, side: Side, setting: str
) -> None:
    if side.missing:
        pytest.skip(f"not installed: {', '.join(side.missing)}")
    first = contest.ours[0]
    ours, theirs = reached(first, next(iter(first.works))), reached(side, setting)
    for mine, other in zip(ours, theirs, strict=True):
        assert other.dtype == mine.dtype
        assert np.abs(other - mine).max() <= contest.tolerance * np.abs(mine).max()
