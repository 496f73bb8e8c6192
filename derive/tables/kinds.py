"""What a column is, by the facts of all its rows: numbers, dates, truths, words."""

from dataclasses import dataclass
from typing import Literal

from derive.tables.cells import COMMA, GROUPED, PLAIN, Style
from derive.tables.facts import Facts, Numbers, Places

Kind = Literal["number", "truth", "date", "word", "mixed", "empty"]


@dataclass(frozen=True)
class Column:
    """A column and what is known of it."""

    name: str
    kind: Kind
    facts: Facts
    style: Style = PLAIN
    """In which its numbers are written."""
    form: str = ""
    """In which its dates are."""

    @property
    def numbers(self) -> Numbers:
        """What is known of its numbers, in the style that they are written in."""
        return self.facts.numbers[self.style.name]

    @property
    def missing(self) -> Places:
        """The cells that hold nothing, for what the column is."""
        return self.facts.no_word if self.kind == "word" else self.facts.no_number

    @property
    def others(self) -> Places:
        """The cells of a column of numbers, or of dates, that are none."""
        return self.facts.undated[self.form] if self.form else self.facts.others[self.style.name]

    @property
    def numbers_rows(self) -> bool:
        """Whether it counts the rows: 0, 1, 2 or 1, 2, 3."""
        return self.facts.follows and self.facts.rows > 1 and self.facts.first in (0, 1)

    @property
    def names_rows(self) -> bool:
        """Whether no two of its cells are alike."""
        words = self.facts.words
        return words is None or len(words) == self.facts.rows


def column(name: str, facts: Facts, separator: str) -> Column:
    """What the cells of a column are, the most of them where they are not all of one kind."""
    present = facts.rows - facts.no_number.count
    if not present:
        return Column(name, "empty", facts)
    style = min(styles_beside(separator), key=lambda style: facts.others[style.name].count)
    wrong = facts.others[style.name].count
    if not wrong and len(facts.units) == 1:
        return Column(name, "number", facts, style)
    if facts.truths:
        return Column(name, "truth", facts)
    form = _form(facts)
    if form and 2 * facts.undated[form].count < present:
        return Column(name, "mixed" if facts.undated[form].count else "date", facts, form=form)
    if 2 * wrong >= present:
        return Column(name, "word", facts)
    return Column(name, "mixed" if wrong or len(facts.units) > 1 else "number", facts, style)


def styles_beside(separator: str) -> tuple[Style, ...]:
    """In which numbers may be written, the likelier first: commas begin decimals only where they
    separate no cells.
    """
    return (PLAIN, GROUPED) if separator == "," else (PLAIN, COMMA, GROUPED)


def _form(facts: Facts) -> str:
    """The form in which most are dates, if any is; month before day where both could be, as in the
    United States.
    """
    order = sorted(facts.dates, key=lambda form: (not form.startswith("2004"), form))
    return min(order, key=lambda form: facts.undated[form].count, default="")
