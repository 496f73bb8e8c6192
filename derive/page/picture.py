"""What a figure consists of: nodes, edges and their measures, in cm."""

from dataclasses import dataclass
from typing import Literal

MOST = 4
"""Units of a layer that are all drawn; a wider layer shows its first two and its last."""


UNIT, WIDEST_UNIT = 0.9, 1.6
"""The circle of a unit, and how far it may grow for its label."""


PT = 28.45
"""Points in a cm."""


SIZES = {9: 0.925, 8: 0.85, 7: 0.8}
"""Letters in pt, and how wide they are beside those of 10 pt: the first of titles, the last of the
labels of edges, and of units the first in which these are narrow enough. They are the same in
every document, as the measures are.
"""


LARGEST, SMALLEST = max(SIZES), min(SIZES)


Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """A circle, or a text: its TikZ name, place and label, in LaTeX and as plain text; `dots` for
    those of a wide layer.
    """

    name: str
    x: float
    y: float
    label: str
    text: str = ""
    dots: bool = False


@dataclass(frozen=True)
class Edge:
    """A line between two nodes: its label in LaTeX, where there is room for it, and as plain text;
    where that stands, and by how many degrees the line bends to its left.
    """

    start: str
    end: str
    label: str = ""
    text: str = ""
    at: Point = (0.0, 0.0)
    bend: int = 0
    dashed: bool = False


@dataclass(frozen=True)
class Picture:
    """A figure: nodes and edges, what stands over the columns, the diameter of a unit and the
    size of its letters, and how an edge ends.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    titles: tuple[Node, ...] = ()
    unit: float = UNIT
    size: int = LARGEST
    arrow: Literal["", "-to"] = ""

    def style(self, edge: Edge) -> str:
        """How TikZ draws an edge."""
        return ", ".join(filter(None, (self.arrow, "dashed" if edge.dashed else "")))

    def number(self, name: str) -> str:
        """A node's name that is no word of Mermaid's."""
        return f"n{[node.name for node in self.nodes].index(name) + 1}"
