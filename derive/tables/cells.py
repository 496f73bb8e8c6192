"""A cell -> what it says: a number, a truth, a date, nothing.

People write numbers in several ways. Which one a column is written in is decided by the whole of
it (`tables.kinds`): "1,234" is 1234 where commas separate thousands, and 1.234 where they begin
decimals.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

MISSING = frozenset(
    ("", "na", "n/a", "#n/a", "nan", "null", "none", "missing", "?", "-", "--", ".", "nil")
)
"""What stands where a number is missing, in small letters."""

NO_WORD = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "?"))
"""What stands where a word is missing: "none" is a word among others."""

TRUTHS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "t": 1.0, "f": 0.0}
"""What booleans are written as, in small letters."""

SPACES = (
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE} '\N{RIGHT SINGLE QUOTATION MARK}"
)
"""What stands between thousands, whatever begins the decimals."""

UNITS = "%$€£¥"


@dataclass(frozen=True)
class Style:
    """A way to write numbers: what begins their decimals, what separates their thousands."""

    name: str
    decimal: str
    thousands: str

    def number(self, cell: str) -> float | None:
        """The number of a cell, None of what is no number in this style."""
        if cell.startswith("(") and cell.endswith(")"):  # as bookkeepers write what is negative
            inside = self.number(cell[1:-1])
            return None if inside is None or inside < 0 else -inside
        found = _pattern(self).fullmatch(cell)
        if found is None:
            return None
        digits = found["number"]
        for mark in self.thousands:
            digits = digits.replace(mark, "")
        value = float(digits.replace(self.decimal, "."))
        return -value if found["sign"] in ("-", "\N{MINUS SIGN}") else value


def unit(cell: str) -> str:
    """The unit that is written with a number: %, or a currency; empty where there is none."""
    return "".join(mark for mark in UNITS if mark in cell)


PLAIN = Style("plain", ".", "")
GROUPED = Style("1,234.5", ".", "," + SPACES)
COMMA = Style("1.234,5", ",", "." + SPACES)

STYLES = (PLAIN, GROUPED, COMMA)


@cache
def _pattern(style: Style) -> re.Pattern[str]:
    decimal, marks = re.escape(style.decimal), re.escape(style.thousands)
    whole = r"\d+" + (
        rf"|\d{{1,3}}(?:(?P<mark>[{marks}])\d{{3}})(?:(?P=mark)\d{{3}})*" * bool(marks)
    )
    number = rf"(?:(?:{whole})(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"
    around = rf"[{re.escape(UNITS)}]?"
    text = rf"(?P<sign>[+\-\u2212]?){around} ?(?P<number>{number}) ?{around}"
    return re.compile(text, re.ASCII)


def _to_days(moment: date) -> float:
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.timestamp() / 86400
    return float((moment - date(1970, 1, 1)).days)


def _iso(cell: str) -> float:
    return _to_days(datetime.fromisoformat(cell))


def _by(form: str) -> Callable[[str], float]:
    return lambda cell: _to_days(datetime.strptime(cell, form))


def _quarter(cell: str) -> float:
    found = re.fullmatch(r"(\d{4})[ -]?[Qq]([1-4])", cell)
    if found is None:
        raise ValueError(cell)
    return _to_days(date(int(found[1]), 3 * int(found[2]) - 2, 1))


DATES: dict[str, Callable[[str], float]] = {
    "2004-12-31": _iso,
    "2004/12/31": _by("%Y/%m/%d"),
    "2004/12/31 23:59": _by("%Y/%m/%d %H:%M"),
    "2004/12/31 23:59:59": _by("%Y/%m/%d %H:%M:%S"),
    "12/31/2004": _by("%m/%d/%Y"),
    "31/12/2004": _by("%d/%m/%Y"),
    "12/31/2004 23:59": _by("%m/%d/%Y %H:%M"),
    "31/12/2004 23:59": _by("%d/%m/%Y %H:%M"),
    "12/31/04": _by("%m/%d/%y"),
    "31.12.2004": _by("%d.%m.%Y"),
    "31-12-2004": _by("%d-%m-%Y"),
    "Dec 31 2004": _by("%b %d %Y"),
    "Dec 31, 2004": _by("%b %d, %Y"),
    "December 31, 2004": _by("%B %d, %Y"),
    "Dec-31-2004": _by("%b-%d-%Y"),
    "31 Dec 2004": _by("%d %b %Y"),
    "31-Dec-2004": _by("%d-%b-%Y"),
    "31-Dec-04": _by("%d-%b-%y"),
    "2004Q4": _quarter,
}
"""The ways to write dates, each by an example, with what makes days since 1970 of it."""


def days(cell: str, form: str) -> float | None:
    """The days since 1970 of a date written in that way; None of what is none."""
    try:
        return DATES[form](cell)
    except ValueError:
        return None
