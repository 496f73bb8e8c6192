"""The network as a figure, from the model itself: a line for what stands in whose equation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Literal

from derive.expressions.contents import free_indices
from derive.expressions.expression import Entry, Expression, Index
from derive.expressions.indices import substitute
from derive.model.model import Model
from derive.page.column import Column
from derive.page.lines import across, curve, labelled, led, set_width, title_box, unit_of
from derive.page.picture import LARGEST, MOST, UNIT, Edge, Node, Picture
from derive.page.units import Layer, Network, Place, matched
from derive.printing.latex import expression_latex
from derive.printing.names_latex import array_latex, entry_latex
from derive.printing.symbols import Symbols
from derive.printing.text import expression_text, paper

Undrawn = Literal["deep", "crowded", "wide"]
"""Why a network is not drawn: more layers than a column holds, more units or lines than a reader
can tell apart, or names wider than there is room for.
"""


Columns = tuple[tuple[Layer, ...], ...]
"""Layers from left to right, those in one column from top to bottom."""


TALLEST = 8
"""Units under one another."""


SHORTEST, FURTHEST = 0.75, 3.0
"""A level line between two units, and the furthest from one layer to the next."""


BETWEEN, CLOSE = 0.6, 0.35
"""Between units under one another, and where there are many."""


TITLE, OVER = 0.4, 0.06
"""The height of a line of a title, and the space under it."""


TITLED = "title-"
"""What the names of titles begin with."""


def network(model: Model, column: Column) -> Picture | Undrawn | None:
    """Layers from left to right; a line from every unit to what is computed from it, with the
    weight that multiplies it, dashed where none does.

    Why not, where that has no room in the column; None where there is no network.
    """
    units, symbols = Network(model), Symbols(model, dict(model.example))
    if len(units.layers) < 2:
        return None
    columns = _columns(units)
    steps = len(columns) - 1
    if across(column) - UNIT < steps * (UNIT + SHORTEST):
        return "deep"
    if any(sum(len(_rows(layer, symbols)) for layer in each) > TALLEST for each in columns):
        return "crowded"
    labels = [
        _label(layer, place, symbols) for layer in units.layers for place in _drawn(layer, symbols)
    ]
    measures = unit_of(labels)
    if measures is None:
        return "wide"
    unit, size = measures
    room = min(FURTHEST, (across(column) - unit) / steps)
    titles = {layer: _title(layer, room, symbols) for layer in units.layers}
    ends = [max(unit, *(_wide(titles[x]) for x in each)) for each in (columns[0], columns[-1])]
    step = round(min(FURTHEST, (across(column) - sum(ends) / 2) / steps) - 0.005, 2)
    if step < unit + SHORTEST or any(_wide(title) > step - 0.1 for title in titles.values()):
        return "wide"
    return _drawn_in(_Frame(columns, titles, step, unit, size), _edges(units, symbols), symbols)


@dataclass(frozen=True)
class _Frame:
    """Columns with the titles of their layers, from one to the next, and the size of a unit and
    of its letters.
    """

    columns: Columns
    titles: Mapping[Layer, str]
    step: float
    unit: float
    size: int

    @property
    def stacked(self) -> bool:
        """Whether layers stand under one another, so that each has its title right over it."""
        return any(len(column) > 1 for column in self.columns)


# --- layers, and the units of each ------------------------------------------------------------


def _columns(units: Network) -> Columns:
    """Every layer after those it is computed from, an input right before it is first used."""
    sources = {layer: units.sources(layer) for layer in units.layers}
    at: dict[Layer, int] = {}
    for layer in units.layers:  # in the order of computation
        at[layer] = max((at[source] + 1 for source in sources[layer]), default=0)
    for layer in units.layers:
        if not sources[layer]:
            at[layer] = min(at[user] for user in units.layers if layer in sources[user]) - 1
    computed_first = sorted(units.layers, key=lambda layer: not sources[layer])
    count = max(at.values()) + 1
    return tuple(tuple(x for x in computed_first if at[x] == place) for place in range(count))


def _rows(layer: Layer, symbols: Symbols) -> list[Place | None]:
    """The units that are drawn, None for the ellipsis before the last."""
    sizes = tuple(symbols.sizes[size] for size in layer.shown.shape)
    first = list(islice(product(*(range(1, size + 1) for size in sizes)), MOST + 1))
    return [*first] if len(first) <= MOST else [*first[:2], None, sizes]


def _drawn(layer: Layer, symbols: Symbols) -> list[Place]:
    return [place for place in _rows(layer, symbols) if place is not None]


def _name(layer: Layer, place: Place) -> str:
    return "-".join([layer.shown.name, *map(str, place)])


def _label(layer: Layer, place: Place, symbols: Symbols) -> str:
    return f"${entry_latex(Entry(layer.shown.name, place), symbols)}$"


def _text(layer: Layer, place: Place, symbols: Symbols) -> str:
    return expression_text(Entry(layer.shown.name, place), paper(symbols))


def _title(layer: Layer, room: float, symbols: Symbols) -> str:
    r"""The names of a layer's arrays, in lines where they would reach into the next column."""
    lines: list[str] = []
    for array in layer.arrays:
        name = f"${array_latex(array.name, symbols)}$"
        longer = f"{lines[-1]}, {name}" if lines else name
        if lines and _wide(longer) <= room - 0.1:
            lines[-1] = longer
        else:
            lines = [*(f"{line}," if line == lines[-1] else line for line in lines), name]
    return r" \\ ".join(lines)


def _wide(title: str) -> float:
    return max(set_width(line, LARGEST) for line in title.split(r" \\ "))


def _high(title: str) -> float:
    return TITLE * len(title.split(r" \\ "))


# --- where they stand, and the lines ----------------------------------------------------------


def _drawn_in(frame: _Frame, lines: Iterable[Edge], symbols: Symbols) -> Picture | Undrawn:
    placed = [
        part for number in range(len(frame.columns)) for part in _column(frame, number, symbols)
    ]
    nodes = {node.name: node for node in placed if not node.name.startswith(TITLED)}
    titles = [node for node in placed if node.name.startswith(TITLED)]
    edges = led(lines, nodes, frame.unit, map(title_box, titles if frame.stacked else ()))
    if edges is None:
        return "crowded"
    if not frame.stacked:  # in one row over all that is drawn
        points = [point for edge in edges for point in curve(edge, nodes, frame.unit)]
        rims = [node.y + frame.unit / 2 for node in nodes.values()]
        top = max(*rims, *(y + OVER for _, y in points))
        titles = [replace(t, y=round(top + OVER + _high(t.label) / 2, 2)) for t in titles]
    named = labelled(edges, nodes, frame.unit, map(title_box, titles))
    return Picture(tuple(nodes.values()), named, tuple(titles), frame.unit, frame.size)


def _column(frame: _Frame, number: int, symbols: Symbols) -> list[Node]:
    """The units of a column and the titles over its layers, about the middle."""
    most = max(sum(len(_rows(x, symbols)) for x in column) for column in frame.columns)
    down = frame.unit + (BETWEEN if most <= MOST else CLOSE)
    x, y = round(frame.step * number, 2), 0.0
    found: list[Node] = []
    for layer in frame.columns[number]:
        title, name = frame.titles[layer], layer.shown.name
        y -= _high(title) if found else 0
        over = y + frame.unit / 2 + _high(title) / 2 + OVER
        found.append(Node(TITLED + name, x, over, title))
        for place in _rows(layer, symbols):
            if place is None:
                found.append(Node(f"{name}-dots", x, y, r"$\vdots$", "⋮", dots=True))
            else:
                label, text = _label(layer, place, symbols), _text(layer, place, symbols)
                found.append(Node(_name(layer, place), x, y, label, text))
            y -= down
    middle = (y + down) / 2
    return [replace(node, y=round(node.y - middle, 2)) for node in found]


def _edges(units: Network, symbols: Symbols) -> Iterator[Edge]:
    """A line between two units for all the weights that multiply the one in the other's equation,
    and one for where it stands there otherwise.
    """
    for layer in units.layers:
        for place in _drawn(layer, symbols):
            weights: dict[str, dict[Expression | None, None]] = {}
            for use in units.used(layer, place):
                source = units.layer(use.of.name)
                for origin in _drawn(source, symbols):
                    at = matched(use.of, origin)
                    if at is not None:
                        found = weights.setdefault(_name(source, origin), {})
                        found[_weight(use.weight, at)] = None
            for start, labels in weights.items():
                end, named = _name(layer, place), [label for label in labels if label]
                if named:
                    spelled = ", ".join(expression_latex(each, symbols) for each in named)
                    text = ", ".join(expression_text(each, paper(symbols)) for each in named)
                    yield Edge(start, end, f"${spelled}$", text)
                if None in labels:
                    yield Edge(start, end, dashed=True)


def _weight(weight: Expression | None, at: dict[Index, int]) -> Expression | None:
    """What multiplies a unit, None where no one weight does."""
    placed = None if weight is None else substitute(weight, at)
    return None if placed is None or free_indices(placed) else placed
