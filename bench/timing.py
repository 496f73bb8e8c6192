"""Works that do the same, timed in turns: medians of ratios and how far they spread."""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from bench.contest import Work

HOPELESS = 3.0
"""A setting that takes so many times as long as another of the same side is measured no further."""


def timed(
    works: Mapping[str, Mapping[str, Work]], rounds: int, seconds: float
) -> dict[str, dict[str, list[float]]]:
    """Seconds a step in every round, by side and setting: each work in its turn, as often as fills
    about so many seconds, so that all of them meet the same machine.
    """
    steps = {
        (side, setting): count
        for side, settings in works.items()
        for setting, count in _steps(settings, seconds).items()
    }
    found: dict[str, dict[str, list[float]]] = {side: {} for side in works}
    for _ in range(rounds):
        for (side, setting), count in steps.items():
            spent = _spent(works[side][setting], count)
            found[side].setdefault(setting, []).append(spent / count)
    return found


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The median, the first and the third quartile."""
    low, middle, high = np.percentile(values, [25, 50, 75])
    return float(middle), float(low), float(high)


def _steps(settings: Mapping[str, Work], seconds: float) -> dict[str, int]:
    """How many steps fill the time, for each setting that may be the fastest."""
    took = {setting: _seconds_a_step(work, seconds / 4) for setting, work in settings.items()}
    least = min(took.values())
    return {
        setting: max(1, round(seconds / each))
        for setting, each in took.items()
        if each < HOPELESS * least
    }


def _seconds_a_step(work: Work, enough: float) -> float:
    """From ever longer runs: the first one compiles and allocates."""
    work(1)
    steps, spent = 1, _spent(work, 1)
    while spent < enough:
        steps = max(2 * steps, round(steps * 2 * enough / spent))
        spent = _spent(work, steps)
    return spent / steps


def _spent(work: Work, steps: int) -> float:
    began = time.perf_counter()
    work(steps)
    return time.perf_counter() - began
