"""How works are timed, and what is written of it."""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bench import machine, plot, report, timing
from bench.contest import Bar, Contest, Series, Side, Work
from bench.contests import CONTESTS
from bench.figures import Figure
from bench.growth import SERIES
from bench.pair import Ratio
from bench.processes import printed
from bench.results import Deriving, Growth, Outcome, Results
from bench.timing import timed
from tests.conftest import ROOT


@dataclass
class Clock:
    """A time that goes on where a work says so."""

    now: float = 0.0

    def perf_counter(self) -> float:
        return self.now

    def work(self, seconds: float, once: float = 0.0) -> Work:
        """One whose step takes so long, and its call so long besides."""

        def steps(count: int) -> Sequence[np.ndarray]:
            self.now += count * seconds + once
            return ()

        return steps


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(timing, "time", made)
    return made


def test_the_times_are_those_of_the_steps(clock: Clock) -> None:
    works = {"short": {"": clock.work(1e-6)}, "long": {"": clock.work(3e-6)}}
    found = timed(works, rounds=5, seconds=0.03)
    assert found["short"][""] == pytest.approx([1e-6] * 5)
    assert found["long"][""] == pytest.approx([3e-6] * 5)


def test_a_call_has_so_many_steps_that_what_it_takes_besides_counts_little(clock: Clock) -> None:
    found = timed({"ours": {"": clock.work(1e-6, once=1e-4)}}, rounds=1, seconds=0.03)
    assert found["ours"][""] == pytest.approx([1e-6], rel=0.01)


def test_a_hopeless_setting_is_measured_no_further(clock: Clock) -> None:
    settings = {"fast": clock.work(0.001), "slow": clock.work(0.02)}
    assert timed({"peer": settings}, 2, 0.01)["peer"].keys() == {"fast"}


def test_every_bar_is_about_sides_that_there_are() -> None:
    bars = [(contest, bar) for contest in CONTESTS for bar in contest.bars]
    assert len(bars) > 15
    for contest, bar in bars:
        assert bar.ours in {side.name for side in contest.ours}
        assert bar.peer in {side.name for side in contest.peers}
        assert not bar.floor or bar.floor in {side.name for side in contest.ours}


def test_names_tell_contests_and_series_apart() -> None:
    names = [each.name for each in (*CONTESTS, *SERIES)]
    assert len(set(names)) == len(names)


def test_what_the_shell_has_set_for_the_libraries_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    told = (
        "import os; print([item for item in os.environ.items() if item[0].startswith('OPENBLAS')])"
    )
    assert printed("-c", told).strip() == "[('OPENBLAS_NUM_THREADS', '1')]"


# --- what is written --------------------------------------------------------------------------


def side(name: str, needs: tuple[str, ...] = ()) -> Side:
    return Side(name, {"": lambda: Clock().work(0)}, needs)


def contest(name: str, *bars: Bar) -> Contest:
    return Contest(name, (side("train_on"),), (side("NumPy"), side("JAX", ("jax",))), bars)


RATIO = Ratio("train_on", "NumPy", "1 thread", 0.5, 0.4, 0.625, 2e-6, 4e-6)


@pytest.fixture
def results() -> Results:
    raced = contest(
        "a race", Bar("train_on", "NumPy", 1 / 3, "least"), Bar("train_on", "JAX", 1.05)
    )
    slow = contest("another", Bar("train_on", "NumPy", 1.1))
    series = Series("by batch", "B", {1: contest("1"), 8: contest("8")})
    stages = {"derivation": [0.1, 0.2], "proof": [0.3, 0.4], "code": [0.5, 0.6]}
    return Results(
        "a machine",
        ("jax",),
        (
            Outcome(raced, (RATIO, replace(RATIO, ours="least", middle=0.25))),
            Outcome(slow, (RATIO,)),
        ),
        (Figure("an import", "ms", 7.0, 6.0, 8.0, at_most=5),),
        (Growth(series, {1: (RATIO,), 8: (RATIO,)}),),
        (Deriving("layers", (1, 2), stages), Deriving("units", (10, 100), stages)),
        {1000: 10.0, 2000: 10.5},
    )


def test_a_row_says_the_bar_what_was_measured_and_whether_it_holds(results: Results) -> None:
    rows = list(report.bars(results))
    asked, found = "3 times as fast", "2.00 times as fast (1.60 to 2.50)"
    floor = "least: 4.00 times as fast (1.60 to 2.50)"
    assert rows[0] == ("a race", "train_on", "NumPy", asked, found, "**no**", floor)
    assert rows[1][-3:] == ("not measured", "", "")
    assert rows[2][-4:] == ("at most 1.10 of its time", "0.50 (0.40 to 0.62)", "yes", "")
    assert rows[3] == ("an import", "", "", "at most 5 ms", "7.00", "**no**", "")


def test_the_report_names_what_is_missing_and_has_every_table(results: Results) -> None:
    text = report.text(results)
    assert "**Not installed: jax.**" in text
    assert "| train_on | 2 µs | NumPy, 1 thread | 4 µs | 0.50 | 0.40 to 0.62 |" in text
    assert "| 8 | 2 µs | 0.50 |" in text
    assert "| 2 | 0.200 | 0.400 | 0.600 |" in text
    assert "| 2,000 | 10.5 |" in text
    assert "\n\n\n" not in text


def test_the_pictures_are_drawn_again_the_same(results: Results, tmp_path: Path) -> None:
    drawn = []
    for name in ("once", "again"):
        folder = tmp_path / name
        folder.mkdir()
        plot.draw(results, folder)
        drawn.append([(folder / f"{each}.svg").read_bytes() for each in ("bars", "growth")])
    assert drawn[0] == drawn[1]
    text = "".join(ElementTree.fromstring(drawn[0][0]).itertext())
    assert "a race: train_on / NumPy" in text


def test_the_machine_is_told_with_its_versions() -> None:
    assert f"numpy {np.__version__}" in machine.told()


def test_a_contest_is_measured_and_told_by_one_command() -> None:
    command = [sys.executable, "-m", "bench", "--quick", "digits"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\| estimator \| [\d.]+ ms \| scikit-learn \|", done.stdout, re.MULTILINE)
