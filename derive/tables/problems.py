"""All that is wrong with a table, in one report: where, what, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from derive.errors import DeriveError
from derive.tables.facts import Places
from derive.tables.table import Table, counted, shown

MOST = 20
"""How many problems a report shows."""


@dataclass(frozen=True)
class Problem:
    """One of them; `place` is 0 where it is the whole column's or file's."""

    place: int
    said: str
    cure: str

    def text(self, table: Table) -> str:
        """The problem on one line."""
        where = f"{table.unit} {self.place}: " if self.place else ""
        return f"{where}{self.said}; {self.cure}"


def of_cells(column: str, found: Places, cure: str) -> list[Problem]:
    """That some cells of a column hold what they must not: the first, and how many more."""
    if not found.count:
        return []
    more = f" (and {counted(found.count - 1, 'cell')} more)" if found.count > 1 else ""
    if not found.first:
        return [Problem(0, f"column {column} holds {counted(found.count, 'such cell')}", cure)]
    place, cell = found.first[0]
    holds = "is empty" if not cell else f"holds {_quoted(cell)}"
    return [Problem(place, f"column {column} {holds}{more}", cure)]


def _quoted(cell: str) -> str:
    try:
        float(cell)
    except ValueError:
        return repr(shown(cell))
    return repr(shown(cell)) if "_" in cell else shown(cell)


def require_none(table: Table, problems: Sequence[Problem]) -> None:
    """Raise DeriveError with all of them, if there are any."""
    if not problems:
        return
    ordered = sorted(problems, key=lambda problem: problem.place)
    if len(ordered) == 1:
        (one,) = ordered
        raise DeriveError(one.said, one.cure, table.at(one.place) if one.place else table.file)
    lines = [f"  {problem.text(table)}" for problem in ordered[:MOST]]
    more = len(ordered) - len(lines)
    lines += [f"  and {more} more"] * bool(more)
    said = "\n".join((f"{len(ordered)} problems", *lines))
    raise DeriveError(said, "Correct them, or leave columns out with --drop.", table.file)
