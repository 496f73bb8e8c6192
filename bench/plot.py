"""Results -> pictures beside RESULTS.md."""

from pathlib import Path
from typing import Any

from bench.results import Results


def draw(results: Results, folder: Path) -> None:
    """bars.svg and growth.svg, in letters that are text."""
    from matplotlib import rc_context

    settings = {"svg.fonttype": "none", "svg.hashsalt": "derive", "font.size": 9}
    with rc_context(settings):
        for name, figure in (("bars", _bars(results)), ("growth", _growth(results))):
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def _bars(results: Results) -> Any:
    """Every ratio that there is a bar for, on one axis, and the bar."""
    from matplotlib.figure import Figure

    found = [
        (outcome.contest.name, bar, outcome.of(bar.ours, bar.peer))
        for outcome in results.outcomes
        for bar in outcome.contest.bars
    ]
    rows = [(name, bar, ratio) for name, bar, ratio in reversed(found) if ratio is not None]
    figure = Figure(figsize=(9, 1 + 0.28 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    for place, (_, bar, ratio) in enumerate(rows):
        colour = "tab:blue" if ratio.middle <= bar.at_most else "tab:red"
        axes.plot([ratio.low, ratio.high], [place, place], color=colour)
        axes.plot(ratio.middle, place, "o", color=colour)
        axes.plot(bar.at_most, place, "|", color="black", markersize=12)
    axes.axvline(1, color="lightgrey", zorder=0)
    axes.set_xscale("log")
    axes.set_yticks(range(len(rows)), [f"{n}: {b.ours} / {b.peer}" for n, b, _ in rows])
    figure.supxlabel("time over the other's, median and quartiles; the bar is |", fontsize=9)
    return figure


def _growth(results: Results) -> Any:
    """A step along batch, width and depth; deriving along layers and width; memory along steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 6.5), layout="constrained")
    panels = figure.subplots(2, 3).ravel()
    for axes, growth in zip(panels, results.growths, strict=False):
        for name, seconds in growth.seconds().items():
            width = 2 if name.startswith("train") else 1
            points = list(growth.ratios)
            axes.plot(points, [1e6 * x for x in seconds], "o-", ms=3, lw=width, label=name)
        _labelled(axes, growth.series.axis, "µs a step")
    for axes, deriving in zip(panels[3:], results.deriving, strict=False):
        for stage, seconds in deriving.seconds.items():
            axes.plot(deriving.points, seconds, "o-", ms=3, label=stage)
        _labelled(axes, deriving.axis, "s")
    panels[5].plot(list(results.memory), list(results.memory.values()), "o-", ms=3)
    panels[5].set_ylim(0)
    panels[5].set_xlabel("steps of train_on")
    panels[5].set_ylabel("MB held by the process")
    return figure


def _labelled(axes: Any, x: str, y: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.legend(fontsize=7)
