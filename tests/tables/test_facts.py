"""What is known of a column does not depend on how its rows come in parts."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.tables.facts import Facts, Numbers, facts, numbers
from derive.tables.kinds import Column, column

CELLS = st.lists(
    st.one_of(
        st.floats(-1e6, 1e6).map(repr),
        st.integers(-999999, 999999).map("{:,}".format),
        st.sampled_from(
            ["", "NA", "none", "red", "blue", "true", "false", "2004-12-31", "12/31/2004"]
        ),
    ),
    min_size=1,
    max_size=12,
)


def rounded(known: Facts) -> Facts:
    def few(found: Numbers) -> Numbers:
        mean, square = (float(f"{n:.6g}") for n in (found.mean, found.square))
        return replace(found, mean=mean if abs(mean) > 1e-6 else 0.0, square=square)

    dates = {form: few(found) for form, found in known.dates.items()}
    read = {style: few(found) for style, found in known.numbers.items()}
    ends = (str(known.first), str(known.last))  # NaN is as good as NaN
    return replace(known, numbers=read, dates=dates, first=ends[0], last=ends[1])  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(CELLS, st.integers(0, 12))
def test_facts_of_a_whole_are_those_of_its_parts(cells: list[str], cut: int) -> None:
    places = tuple(range(2, 2 + len(cells)))
    whole = column("a", facts(tuple(cells), places), ",")
    cut = min(cut, len(cells))
    both = [(tuple(cells[:cut]), places[:cut]), (tuple(cells[cut:]), places[cut:])]
    known = [facts(*part) for part in both if part[0]]
    parts = column("a", sum(known, Facts()), ",")
    assert (parts.kind, parts.style, parts.form) == (whole.kind, whole.style, whole.form)
    assert parts.missing == whole.missing
    assert parts.others == whole.others
    assert parts.numbers_rows == whole.numbers_rows
    one, other = (rounded(each.facts) for each in (parts, whole))
    assert one.words == other.words
    assert one.dates == other.dates
    assert one.units == other.units


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.lists(st.floats(-1e9, 1e9)))
def test_mean_and_deviation_of_parts_are_those_of_the_whole(a: list[float], b: list[float]) -> None:
    found = numbers(np.array(a)) + numbers(np.array(b))
    values = np.array([*a, *b])
    assert found.count == len(values)
    assert math.isclose(found.mean, values.mean(), rel_tol=1e-9, abs_tol=1e-6)
    assert math.isclose(found.deviation, values.std(), rel_tol=1e-6, abs_tol=1e-3)
    assert (found.low, found.high) == (values.min(), values.max())


def seen(cells: str, separator: str = ",") -> Column:
    found = tuple(cells.split("|"))
    return column("a", facts(found, tuple(range(len(found)))), separator)


@pytest.mark.parametrize(
    ("cells", "separator", "kind", "style"),
    [
        ("1|2.5|-3", ",", "number", "plain"),
        ("1,234|5|6.5", ",", "number", "1,234.5"),
        ("1,5|2|3,25", ";", "number", "1.234,5"),
        ("1,234|2,5", ";", "number", "1.234,5"),
        ("1.5|2.25", ";", "number", "plain"),
        ("1.234,5|2", ";", "number", "1.234,5"),
        ("45%|3%", ",", "number", "plain"),
        ("1|NA||3", ",", "number", "plain"),
        ("1|2|three|4", ",", "mixed", "plain"),
        ("45%|3", ",", "mixed", "plain"),
        ("yes|no|Yes", ",", "truth", "plain"),
        ("true|false|", ",", "truth", "plain"),
        ("red|blue|none", ",", "word", "plain"),
        ("1a|2b|3", ",", "word", "plain"),
        ("2004-01-01|2004-02-01", ",", "date", "plain"),
        ("Jan 1 2000|Feb 1 2000|", ",", "date", "plain"),
        ("1974Q1|1974Q2", ",", "date", "plain"),
        ("NA||nan", ",", "empty", "plain"),
    ],
)  # fmt: skip
def test_a_column_is_what_all_of_its_cells_are(
    cells: str, separator: str, kind: str, style: str
) -> None:
    found = seen(cells, separator)
    assert (found.kind, found.style.name) == (kind, style)


def test_days_come_before_months_only_where_they_must() -> None:
    assert seen("01/02/2004|03/04/2004").form == "12/31/2004"
    assert seen("01/02/2004|31/04/2004|02/02/2004").kind == "mixed"  # there is no 31 April
    assert seen("01/02/2004|31/05/2004").form == "31/12/2004"


def test_rows_are_numbered_by_what_follows_from_zero_or_one() -> None:
    assert seen("0|1|2").numbers_rows
    assert seen("1|2|3").numbers_rows
    assert not seen("2|3|4").numbers_rows
    assert not seen("1|2|4").numbers_rows
    assert not seen("1|2|").numbers_rows
