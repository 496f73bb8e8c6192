"""What a judgement consists of: readings with their truth, entries with their verdicts."""

from dataclasses import dataclass, field
from typing import Literal

from derive.auditing.file import Item, Reading
from derive.model.model import Model


@dataclass(frozen=True)
class Refutation:
    """Numbers for which two sides differ, for a reader to check: the leaves and both sides.

    `what` is the weight that steps leave different from the gradient step; t is 1 there.
    """

    given: tuple[tuple[str, str], ...]
    left: str
    right: str
    what: str = ""


@dataclass(frozen=True)
class Judged:
    """A reading with its truth. `problem` says, to who wrote the audit, why it means nothing,
    `shapes` how its sides differ in shape, `missing` which arguments a printed list lacks.
    """

    reading: Reading
    holds: bool
    problem: str = ""
    shapes: str = ""
    refutation: Refutation | None = None
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()


Verdict = Literal["holds", "meant", "reading", "wrong"]


@dataclass(frozen=True)
class Entry:
    """An item with its readings judged."""

    item: Item
    judged: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """As printed it holds, whatever its lists of arguments lack; or as meant where the text is
        damaged; or under a reading; or it is wrong.
        """
        true = [judged for judged in self.judged if judged.holds]
        kinds = {judged.reading.kind for judged in true}
        if "printed" in kinds:
            return "holds"
        if "meant" in kinds and self.item.damaged:
            return "meant"
        return "reading" if kinds & {"meant", "reading"} else "wrong"


@dataclass(frozen=True)
class Report:
    """Every entry of an audit, judged."""

    model: Model
    entries: tuple[Entry, ...] = field(default_factory=tuple)
