"""Table -> its columns and what is wrong with its rows, in one pass over the file."""

from collections.abc import Collection
from dataclasses import dataclass

from derive.tables.facts import Facts, facts
from derive.tables.kinds import Column, column, styles_beside
from derive.tables.problems import Problem
from derive.tables.table import Table, counted

RAGGED = 5
"""How many rows that do not fit are named one by one."""


@dataclass(frozen=True)
class Look:
    """What is known of a table once all of it was read."""

    table: Table
    rows: int
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...]

    def column(self, name: str) -> Column:
        """A column by its name. Raises DeriveError for one that is not there."""
        return self.columns[self.table.place(name)]


def look(table: Table, wanted: Collection[str] | None = None) -> Look:
    """All columns, or those wanted alone. Raises DeriveError for text that is no table."""
    known = [Facts() for _ in table.columns]
    faults: list[tuple[int, str]] = []
    count, rows, styles = 0, 0, styles_beside(table.separator)
    for chunk in table.chunks():
        rows += len(chunk)
        count += len(chunk.faults)
        faults += chunk.faults[: RAGGED - len(faults)]
        for place, cells in enumerate(chunk.cells):
            if wanted is None or table.columns[place] in wanted:
                known[place] += facts(cells, chunk.places, styles)
    found = [column(n, f, table.separator) for n, f in zip(table.columns, known, strict=True)]
    cure = "give every row a cell for each column"
    problems = [Problem(place, *_halves(said, cure)) for place, said in faults]
    if count > len(faults):
        problems.append(
            Problem(0, f"{counted(count - len(faults), 'row')} more of that kind", cure)
        )
    if not rows and not problems:
        cure = "add some"
        problems.append(Problem(0, "there are no rows below the names of the columns", cure))
    return Look(table, rows, tuple(found), tuple(problems))


def _halves(said: str, cure: str) -> tuple[str, str]:
    """What is wrong and what to do, where a fault says both."""
    problem, _, own = said.partition("; ")
    return problem, own or cure
