"""Works that do the same, timed in turns: medians of ratios and how far they spread."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Work = Callable[[int], object]
"""Does so many steps."""

ROUNDS, SECONDS = 25, 0.03


@dataclass(frozen=True)
class Times:
    """Microseconds a step, in every round, by what was measured."""

    rounds: Mapping[str, np.ndarray]

    def least(self, name: str) -> float:
        """Microseconds of a step in the round that nothing disturbed most."""
        return float(np.min(self.rounds[name]))

    def ratio(self, one: str, other: str) -> tuple[float, float, float]:
        """The median of the ratios of rounds, and their first and third quartile."""
        low, middle, high = np.percentile(self.rounds[one] / self.rounds[other], [25, 50, 75])
        return float(middle), float(low), float(high)


def timed(works: Mapping[str, Work], rounds: int = ROUNDS, seconds: float = SECONDS) -> Times:
    """Each in turn, as often as fills about so many seconds, so that all meet the same machine."""
    steps = {}
    for name, work in works.items():
        work(3)
        steps[name] = max(1, round(seconds / (_spent(work, 20) / 20)))
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(_spent(work, steps[name]) / steps[name] * 1e6)
    return Times({name: np.array(each) for name, each in found.items()})


def _spent(work: Work, steps: int) -> float:
    began = time.perf_counter()
    work(steps)
    return time.perf_counter() - began
