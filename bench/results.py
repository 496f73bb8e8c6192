"""The data: all that was measured."""

from collections.abc import Mapping
from dataclasses import dataclass

from bench.contest import Contest, Series
from bench.deriving import Seconds
from bench.figures import Figure
from bench.pair import Ratio


@dataclass(frozen=True)
class Outcome:
    """What a contest came to."""

    contest: Contest
    ratios: tuple[Ratio, ...]

    def of(self, ours: str, peer: str) -> Ratio | None:
        """The ratio of two sides, if both are here."""
        found = (ratio for ratio in self.ratios if (ratio.ours, ratio.peer) == (ours, peer))
        return next(found, None)


@dataclass(frozen=True)
class Growth:
    """What a series came to: at every point, ours beside each peer."""

    series: Series
    ratios: Mapping[int, tuple[Ratio, ...]]

    def seconds(self) -> dict[str, list[float]]:
        """Of a step at every point, by side; of ours the least of those beside each peer."""
        found: dict[str, list[float]] = {}
        for ratios in self.ratios.values():
            for name in dict.fromkeys(ratio.ours for ratio in ratios):
                own = [ratio.seconds for ratio in ratios if ratio.ours == name]
                found.setdefault(name, []).append(min(own))
            for ratio in ratios:
                found.setdefault(ratio.peer, []).append(ratio.beside)
        return found


@dataclass(frozen=True)
class Deriving:
    """Seconds of each stage, along an axis."""

    axis: str
    points: tuple[int, ...]
    seconds: Seconds


@dataclass(frozen=True)
class Results:
    """All of it."""

    machine: str
    missing: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    figures: tuple[Figure, ...]
    growths: tuple[Growth, ...]
    deriving: tuple[Deriving, ...]
    memory: Mapping[int, float]
    """Megabytes by steps."""
