"""What a cell says, in each way of writing it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.tables.cells import COMMA, DATES, GROUPED, PLAIN, Style, days, unit


@pytest.mark.parametrize(
    ("style", "cell", "number"),
    [
        (PLAIN, "12", 12), (PLAIN, "-1.5e3", -1500), (PLAIN, "+.5", 0.5), (PLAIN, "5.", 5),
        (PLAIN, "\u22123", -3), (PLAIN, "45%", 45), (PLAIN, "$12.50", 12.5), (PLAIN, "12 €", 12),
        (PLAIN, "-$3", -3), (GROUPED, "1,234", 1234), (GROUPED, "1,234,567.8", 1234567.8),
        (GROUPED, "$1,234.50", 1234.5), (GROUPED, "1'234.5", 1234.5), (GROUPED, "1 234", 1234),
        (COMMA, "1,5", 1.5), (COMMA, "1.234,5", 1234.5), (COMMA, "1 234,5", 1234.5),
        (COMMA, "1.234.567", 1234567), (COMMA, "2\u202f345,6 €", 2345.6),
    ],
)  # fmt: skip
def test_a_number_is_read_in_its_style(style: Style, cell: str, number: float) -> None:
    assert style.number(cell) == number


@pytest.mark.parametrize(
    ("style", "cell"),
    [
        (PLAIN, "1,5"), (PLAIN, "1_000"), (PLAIN, "nan"), (PLAIN, "inf"), (PLAIN, "1 2"),
        (PLAIN, ""), (PLAIN, "."), (PLAIN, "12kg"), (PLAIN, "٣"), (PLAIN, "0x10"),
        (GROUPED, "1,23"), (GROUPED, "1,2345"), (GROUPED, "1,234 567"), (COMMA, "1.5"),
        (COMMA, "1,5,6"),
    ],
)  # fmt: skip
def test_what_is_no_number_in_a_style_is_none(style: Style, cell: str) -> None:
    assert style.number(cell) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_read_as_it_was_written(number: float) -> None:
    assert PLAIN.number(repr(number)) == number
    assert COMMA.number(repr(number).replace(".", ",")) == number


@given(st.integers(-(10**12), 10**12))
def test_thousands_are_read_as_they_were_grouped(number: int) -> None:
    assert GROUPED.number(f"{number:,}") == number
    assert COMMA.number(f"{number:,}".replace(",", ".")) == number


def test_the_unit_is_what_stands_beside() -> None:
    assert [unit(cell) for cell in ("45%", "$3", "7")] == ["%", "$", ""]


@pytest.mark.parametrize("form", DATES)
def test_every_way_to_write_a_date_reads_its_own_example(form: str) -> None:
    found = days(form, form)
    assert found is not None
    start = 12692 if form == "2004Q4" else 12783  # 1 October, 31 December 2004
    assert math.floor(found) == start
