"""The data: works that do the same, those who bring them, and what is asked of their times."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

Work = Callable[[int], Sequence[Any]]
"""Does so many steps, from the same start at every call; the arrays that it arrives at."""

Make = Callable[[], Work]
"""Makes a work ready, importing what it needs."""


@dataclass(frozen=True)
class Side:
    """Ours or a peer: works in one or more settings, of which the fastest counts."""

    name: str
    works: Mapping[str, Make]
    needs: tuple[str, ...] = ()
    """Packages, and commands such as cc."""
    alike: bool = True
    """Whether it arrives where ours does. A floor does a part of the work and arrives nowhere."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What it needs and is not here."""
        return tuple(name for name in self.needs if not (find_spec(name) or shutil.which(name)))


@dataclass(frozen=True)
class Bar:
    """The time of one of ours is at most so many times that of a peer."""

    ours: str
    peer: str
    at_most: float
    floor: str = ""
    """A work below whose time ours cannot come, in the language that it is written in."""


@dataclass(frozen=True)
class Contest:
    """A work, by ours and by peers."""

    name: str
    ours: tuple[Side, ...]
    peers: tuple[Side, ...]
    bars: tuple[Bar, ...] = ()
    tolerance: float = 1e-5
    """How far an array may differ after a few steps, of the largest number in it."""
    unit: str = "step"
    seconds: float = 0.04
    """How long a work is run each time that it is its turn."""
    rounds: int = 15


@dataclass(frozen=True)
class Series:
    """The same contest at several sizes along an axis."""

    name: str
    axis: str
    contests: Mapping[int, Contest]

    @property
    def peers(self) -> tuple[Side, ...]:
        """Those of each of the contests."""
        return next(iter(self.contests.values())).peers
