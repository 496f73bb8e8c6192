"""What a model assumes of its data.

A derivation may use that a sum is known; the trainer checks all of them.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class SumsTo:
    """The sum of an array over some of its indices, by their letters, is a number."""

    array: str
    over: tuple[str, ...]
    total: Fraction


@dataclass(frozen=True)
class Within:
    """Every entry lies between two numbers; `high` may be missing, `low` be left out itself."""

    array: str
    low: Fraction
    high: Fraction | None = None
    open: bool = False


@dataclass(frozen=True)
class OneOf:
    """Every entry is one of some numbers."""

    array: str
    values: tuple[Fraction, ...]


Assumption = SumsTo | Within | OneOf
