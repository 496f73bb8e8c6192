"""What a figure consists of: nodes, edges and their measures."""

from dataclasses import dataclass
from math import floor
from typing import Literal

from derive.page.column import Column

MOST = 4
"""Units of a layer that are all drawn; a wider layer shows its first two and its last."""


UNIT, STEP, LABEL = 0.9, 1.9, 0.33
"""In cm: a unit, the space between units, and the height of a label with its space."""


PT, SMALL = 28.45, 0.75
"""Points in a cm, and how wide a label is beside a formula of that text."""


def widest(column: Column) -> float:
    """The width in cm of the widest figure that a column holds."""
    return floor(10 * column.width / PT) / 10


@dataclass(frozen=True)
class Node:
    """A circle: its TikZ name, place in cm and label; `dots` for the ellipsis of a wide layer."""

    name: str
    x: float
    y: float
    label: str
    dots: bool = False


@dataclass(frozen=True)
class Edge:
    """A line between two nodes, with its label and how that is placed."""

    start: str
    end: str
    label: str
    style: str


@dataclass(frozen=True)
class Picture:
    """A figure: nodes and edges, what stands over the columns, and how an edge ends."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    titles: tuple[Node, ...] = ()
    arrow: Literal["", "-to"] = ""
