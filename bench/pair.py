"""Ours beside one peer, in a process of their own: `python -m bench.pair CONTEST PEER [quick]`."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.contest import Contest, Side
from bench.contests import CONTESTS
from bench.growth import SERIES
from bench.processes import printed
from bench.timing import quartiles, timed

QUICK = 3, 0.002
"""Rounds and seconds of a trial whether everything runs."""

Times = Mapping[str, Mapping[str, list[float]]]
"""Seconds a step in every round, by side and setting."""


@dataclass(frozen=True)
class Ratio:
    """The time of one of ours over that of a peer, each in the setting that is fastest."""

    ours: str
    peer: str
    setting: str
    """The peer's."""
    middle: float
    low: float
    high: float
    seconds: float
    """The least that a step took of ours."""
    beside: float
    """The same of the peer."""


def contests(name: str) -> tuple[Contest, ...]:
    """That of a name, or those of a series."""
    found = {contest.name: (contest,) for contest in CONTESTS}
    found |= {series.name: tuple(series.contests.values()) for series in SERIES}
    return found[name]


def ratios(name: str, peer: Side, quick: bool) -> list[tuple[Ratio, ...]]:
    """For each contest of a name those of ours and a peer; measured in a new process."""
    found = printed("-m", "bench.pair", name, peer.name, *["quick"] * quick)
    return [_ratios(times, peer.name) for times in json.loads(found)]


def _ratios(times: Times, peer: str) -> tuple[Ratio, ...]:
    return tuple(_ratio(times, ours, peer) for ours in times if ours != peer)


def _ratio(times: Times, ours: str, peer: str) -> Ratio:
    """In each round; of the settings, those with the least median count."""
    (_, mine), (setting, theirs) = (_fastest(times[side]) for side in (ours, peer))
    middle, low, high = quartiles(np.divide(mine, theirs))
    return Ratio(ours, peer, setting, middle, low, high, min(mine), min(theirs))


def _fastest(rounds: Mapping[str, list[float]]) -> tuple[str, list[float]]:
    return min(rounds.items(), key=lambda item: np.median(item[1]))


def _measured(contest: Contest, peer: str, quick: bool) -> Times:
    sides = {side.name: side for side in (*contest.ours, *contest.peers)}
    chosen = [side for side in contest.ours if not side.missing and side.name != peer]
    works = {
        side.name: {setting: make() for setting, make in side.works.items()}
        for side in (*chosen, sides[peer])
    }
    rounds, seconds = QUICK if quick else (contest.rounds, contest.seconds)
    return timed(works, rounds, seconds)


def main() -> None:
    name, peer, *quick = sys.argv[1:]
    print(json.dumps([_measured(contest, peer, bool(quick)) for contest in contests(name)]))


if __name__ == "__main__":
    main()
