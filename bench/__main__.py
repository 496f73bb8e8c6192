"""Measure, and write RESULTS.md with its pictures: `python -m bench [--quick] [NAME ...]`."""

import argparse
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from bench import deriving, figures, machine, memory, plot, report
from bench.contest import Contest, Series
from bench.contests import CONTESTS
from bench.growth import SERIES
from bench.pair import ratios
from bench.results import Deriving, Growth, Outcome, Results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="contests alone whose names begin so; print them")
    parser.add_argument("--quick", action="store_true", help="see whether everything runs")
    parser.add_argument("--out", type=Path, default=report.HERE, help="the folder to write to")
    options = parser.parse_args()
    chosen = [each for each in CONTESTS if each.name.startswith(tuple(options.names) or "")]
    if missing():
        print(f"not installed: {', '.join(missing())}")
    told = machine.told()
    outcomes = tuple(outcome(contest, options.quick) for contest in chosen)
    if options.names:
        return
    results = whole(told, outcomes, options.quick)
    (options.out / "RESULTS.md").write_text(report.text(results), "utf-8")
    if find_spec("matplotlib"):
        plot.draw(results, options.out)
    print(f"written: {options.out / 'RESULTS.md'}")


def outcome(contest: Contest, quick: bool) -> Outcome:
    """Ours beside each of the peers that are here; told as it is found."""
    peers = [peer for peer in contest.peers if not peer.missing] if _is_here(contest) else []
    found = [ratios(contest.name, peer, quick) for peer in peers]
    whole = Outcome(contest, tuple(chain.from_iterable(ratio for (ratio,) in found)))
    print(f"\n{contest.name}\n\n{report.contest(whole)}", flush=True)
    return whole


def growth(series: Series, quick: bool) -> Growth:
    """The same at every point."""
    found = [ratios(series.name, peer, quick) for peer in series.peers if not peer.missing]
    points = zip(series.contests, zip(*found, strict=True), strict=True)
    return Growth(series, {point: tuple(chain.from_iterable(each)) for point, each in points})


def whole(told: str, outcomes: Sequence[Outcome], quick: bool) -> Results:
    """All the rest, too; `told` is what the machine was at the start."""
    processes = 2 if quick else 11
    return Results(
        told,
        missing(),
        tuple(outcomes),
        (figures.imported(processes), figures.built(processes // 2), *memory.peaks()),
        tuple(growth(series, quick) for series in SERIES),
        (
            Deriving("layers", *deriving.along_layers(quick)),
            Deriving(f"units in each of {deriving.OF_WIDTH} layers", *deriving.along_width(quick)),
        ),
        memory.held(quick),
    )


def missing() -> tuple[str, ...]:
    """What some of the works need and is not here."""
    return tuple(sorted(set(_missing())))


def _missing() -> Iterator[str]:
    for contest in CONTESTS:
        for side in (*contest.ours, *contest.peers):
            yield from side.missing


def _is_here(contest: Contest) -> bool:
    return any(not side.missing for side in contest.ours)


if __name__ == "__main__":
    main()
