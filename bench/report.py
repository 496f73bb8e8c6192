"""Results -> RESULTS.md: the tables; `RESULTS.md.j2` arranges them and says what they are."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bench.contest import Bar
from bench.figures import Figure
from bench.pair import Ratio
from bench.results import Deriving, Growth, Outcome, Results

HERE = Path(__file__).parent

Row = Sequence[str]

BARS = "work", "ours", "beside", "bar", "measured", "holds", "the floor"


def text(results: Results) -> str:
    """The whole file."""
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    return environment.get_template("RESULTS.md.j2").render(
        machine=results.machine,
        missing=", ".join(results.missing),
        bars=table(BARS, bars(results)),
        contests=[(each.contest.name, contest(each)) for each in results.outcomes],
        growths=[(each.series.axis, growth(each)) for each in results.growths],
        deriving=[(each.axis, deriving(each)) for each in results.deriving],
        figures=table(("what", "measured", "quartiles"), map(_figure, results.figures)),
        memory=table(
            ("steps", "megabytes"),
            ([f"{steps:,}", f"{held:.1f}"] for steps, held in results.memory.items()),
        ),
    )


def table(head: Row, rows: Iterable[Row]) -> str:
    """In Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- rows -------------------------------------------------------------------------------------


def bars(results: Results) -> Iterator[Row]:
    """What is asked for, and what there is."""
    for outcome in results.outcomes:
        for bar in outcome.contest.bars:
            found, asked = outcome.of(bar.ours, bar.peer), asked_for(bar.at_most)
            row = outcome.contest.name, bar.ours, bar.peer, asked
            if found is None:
                yield *row, "not measured", "", ""
            else:
                least = outcome.of(bar.floor, bar.peer)
                floor = f"{bar.floor}: {measured(least, bar)}" if least else ""
                yield *row, measured(found, bar), _holds(found.middle <= bar.at_most), floor
    for figure in results.figures:
        if figure.at_most is not None:
            asked = f"at most {figure.at_most:g} {figure.unit}"
            reached = f"{figure.middle:.2f}"
            yield figure.name, "", "", asked, reached, _holds(figure.middle <= figure.at_most), ""


def asked_for(at_most: float) -> str:
    """A bar in words."""
    if at_most < 1:
        return f"{1 / at_most:g} times as fast"
    return "not slower" if at_most == 1 else f"at most {at_most:.2f} of its time"


def measured(ratio: Ratio, bar: Bar) -> str:
    """A ratio in the words of its bar, and its quartiles."""
    if bar.at_most < 1:
        low, middle, high = (_digits(1 / x) for x in (ratio.high, ratio.middle, ratio.low))
        return f"{middle} times as fast ({low} to {high})"
    return f"{_digits(ratio.middle)} ({_digits(ratio.low)} to {_digits(ratio.high)})"


def contest(outcome: Outcome) -> str:
    """All ratios of a contest."""
    unit = outcome.contest.unit
    head = "ours", f"a {unit}", "beside", f"a {unit}", "time over its time", "quartiles"
    return table(head, map(_ratio, outcome.ratios))


def growth(found: Growth) -> str:
    """What a step takes at every point, and ours over each of the others."""
    seconds = found.seconds()
    (ours,) = {ratio.ours for ratios in found.ratios.values() for ratio in ratios}
    others = [name for name in seconds if name != ours]
    rows = []
    for place, (point, ratios) in enumerate(found.ratios.items()):
        over = {ratio.peer: ratio.middle for ratio in ratios}
        rows.append([str(point), spell(seconds[ours][place]), *(_digits(over[x]) for x in others)])
    head = found.series.axis, ours, *(f"over {name}" for name in others)
    return table(head, rows)


def deriving(found: Deriving) -> str:
    """Seconds of each stage."""
    rows = (
        [f"{point:,}", *(f"{found.seconds[stage][place]:.3f}" for stage in found.seconds)]
        for place, point in enumerate(found.points)
    )
    return table((found.axis, *(f"{stage}, s" for stage in found.seconds)), rows)


def _ratio(ratio: Ratio) -> Row:
    beside = f"{ratio.peer}, {ratio.setting}" if ratio.setting else ratio.peer
    spread = f"{_digits(ratio.low)} to {_digits(ratio.high)}"
    times = spell(ratio.seconds), spell(ratio.beside)
    return ratio.ours, times[0], beside, times[1], _digits(ratio.middle), spread


def _figure(figure: Figure) -> Row:
    spread = "" if figure.low == figure.high else f"{figure.low:.2f} to {figure.high:.2f}"
    return figure.name, f"{figure.middle:.2f} {figure.unit}", spread


def spell(seconds: float) -> str:
    """In a unit that leaves few digits before the point."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def _digits(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.3g}" if ratio < 0.1 else f"{ratio:.2f}"


def _holds(yes: bool) -> str:
    return "yes" if yes else "**no**"
