"""Steps at concrete sizes: one for each cell, its sums written out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from derive.evaluation.evaluate import Cell, Sizes, cells
from derive.expressions.building import add, rebuild
from derive.expressions.contents import children, walk
from derive.expressions.expression import (
    ONE,
    ZERO,
    Delta,
    Entry,
    Expression,
    Index,
    Size,
    Subscript,
    Sum,
)
from derive.expressions.indices import numbered
from derive.scalar.program import ScalarStep

Place = Mapping[Index, int]


@dataclass(frozen=True)
class CellStep:
    """A cell, what it is computed from, and the step that says so; the largest of several values
    where there are several.
    """

    cell: Cell
    values: tuple[Expression, ...]
    step: ScalarStep

    @property
    def reads(self) -> frozenset[Cell]:
        """The cells that it is computed from."""
        nodes = (node for value in self.values for node in walk(value))
        return frozenset(_cell(node) for node in nodes if isinstance(node, Entry))


def written_out(steps: Iterable[ScalarStep], sizes: Sizes) -> Iterator[CellStep]:
    """Every cell of every step, in the order of computation."""
    for step in steps:
        letters = step.target.letters
        for cell in cells(step.target.name, step.target.indices, sizes):
            place = dict(zip(letters, cell[1], strict=True))
            within = _places(step.largest, sizes)
            values = tuple(concrete(step.value, {**place, **more}, sizes) for more in within)
            yield CellStep(cell, values, step)


def concrete(node: Expression, place: Place, sizes: Sizes) -> Expression:
    """An expression at a place: every letter a number, every sum its terms."""
    match node:
        case Entry():
            return Entry(node.name, tuple(_at(index, place) for index in node.indices))
        case Delta():
            return ONE if _at(node.left, place) == _at(node.right, place) else ZERO
        case Size():
            return numbered(node, sizes)
        case Sum():
            within = _places(node.over, sizes)
            return add(*(concrete(node.body, {**place, **more}, sizes) for more in within))
    return rebuild(node, (concrete(part, place, sizes) for part in children(node)))


def _at(index: Subscript, place: Place) -> int:
    return place[index] if isinstance(index, Index) else index


def _places(over: tuple[Index, ...], sizes: Sizes) -> list[dict[Index, int]]:
    ranges = (range(1, sizes[index.size] + 1) for index in over)
    return [dict(zip(over, numbers, strict=True)) for numbers in product(*ranges)]


def _cell(entry: Entry) -> Cell:
    return entry.name, tuple(index for index in entry.indices if isinstance(index, int))


def leading_to(steps: Iterable[CellStep], ends: Collection[Cell]) -> tuple[CellStep, ...]:
    """The steps that lead to some cells, in their order."""
    wanted, kept = set(ends), list[CellStep]()
    for step in reversed(tuple(steps)):
        if step.cell in wanted:
            wanted |= step.reads
            kept.append(step)
    return tuple(reversed(kept))
