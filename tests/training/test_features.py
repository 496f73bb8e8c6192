"""A column is read in each part as it is as a whole, whatever that part alone looks like."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.tables.facts import facts
from derive.tables.kinds import Column, column
from derive.training.features import feature


def seen(cells: list[str], separator: str = ";") -> Column:
    return column("a", facts(tuple(cells), tuple(range(len(cells)))), separator)


def test_thousands_of_a_part_are_those_of_the_whole() -> None:
    """1.234 alone could be a decimal: beside 1,5 it is not."""
    taken = feature(seen(["1.234", "1,5", "12"]), standardise=True)
    assert taken.read(["1.234"]).item() == 1234
    assert taken.read(["12"]).item() == 12
    assert taken.read(["1,5"]).item() == 1.5


@pytest.mark.parametrize("separator", [",", ";"])
@given(
    cells=st.lists(
        st.sampled_from(["1,234", "1.5", "2,5", "1.234,5", "7", "$3", "45%", "", "NA"]), min_size=1
    )
)
def test_a_cell_that_is_no_fault_is_a_number_or_missing(separator: str, cells: list[str]) -> None:
    found = seen(cells, separator)
    if found.kind != "number":
        return
    values = feature(found, standardise=True).read(cells)
    assert not np.isinf(values).any()
    assert np.isnan(values).sum() == found.missing.count
    assert np.nanmean(values) == pytest.approx(found.numbers.mean)


def test_standardised_numbers_have_mean_0_and_deviation_1() -> None:
    cells = [str(x) for x in np.random.default_rng(0).normal(50, 7, 100)]
    taken = feature(seen(cells), standardise=True)
    found = taken.standardised(taken.read(cells))
    assert found.mean() == pytest.approx(0, abs=1e-12)
    assert found.std() == pytest.approx(1)


def test_a_missing_word_is_each_word_by_its_share() -> None:
    taken = feature(seen(["red", "red", "blue", "", "red"]), standardise=True)
    assert taken.names == ("a = blue", "a = red")
    assert taken.standardised(taken.read(["", "red"])).tolist() == [[0.25, 0.75], [0, 1]]


def test_dates_are_days_and_truths_are_0_and_1() -> None:
    dates = feature(seen(["2004-12-31", "2005-01-02"]), standardise=False)
    assert np.ptp(dates.read(["2004-12-31", "2005-01-02"])) == 2
    truths = feature(seen(["yes", "no", "no", "Yes"]), standardise=False)
    assert truths.read(["YES", "no", ""])[:2].ravel().tolist() == [1, 0]
