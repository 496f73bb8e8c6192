"""The column of text that a page is set in."""

from dataclasses import dataclass, replace
from math import isfinite

from derive.errors import DeriveError

NARROWEST = 150.0


@dataclass(frozen=True)
class Column:
    """A column: its width, and what the number of an equation takes of it, with the space before
    it, both in pt where formulas are as large as the text; `scale` is how large they are.

    The number stands beside the last row of a formula; `free` is what is left free beside the
    others, for amsmath moves all rows by up to 10 pt for the sake of a number with little room.

    Raises DeriveError for a width in which no formula can be set.
    """

    width: float = 252.0
    number: float = 30.0
    scale: float = 1.0
    free: float = 10.0

    def __post_init__(self) -> None:
        if not (isfinite(self.width) and self.width >= NARROWEST):
            cure = rf"expected at least {NARROWEST:g} pt; \the\columnwidth in a document prints it"
            raise DeriveError(f"a column of {self.width:g} pt is asked for", cure)

    @property
    def room(self) -> float:
        """What the last row of a formula may take."""
        return self.width - self.number

    @property
    def whole(self) -> float:
        """What the rows before it may take."""
        return self.width - self.free

    @property
    def unnumbered(self) -> "Column":
        """The column where a number stands under the formula, or none does."""
        return replace(self, number=0.0, free=0.0)

    @property
    def beside(self) -> "Column":
        """The column where a number stands beside all rows together."""
        return replace(self, free=self.number)

    def scaled(self, scale: float) -> "Column":
        """The column as it is to formulas that are set so much smaller."""
        width, number, free = (each / scale for each in (self.width, self.number, self.free))
        return Column(width, number, self.scale * scale, free)


SIZES = {"": 1.0, r"\small": 0.925, r"\footnotesize": 0.85, r"\scriptsize": 0.8}
"""How large formulas are set, the largest first; smaller letters are wider for their height."""


JOURNAL = Column()
"""The column of a two-column journal."""
