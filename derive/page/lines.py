"""Lines between the units of a figure, led around other units, and labels where nothing else is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import atan2, cos, dist, hypot, isclose, pi, radians, sin

from derive.page.column import Column
from derive.page.picture import (
    LARGEST,
    PT,
    SIZES,
    SMALLEST,
    UNIT,
    WIDEST_UNIT,
    Edge,
    Node,
    Point,
)
from derive.page.width import width

BENDS = (0, 14, 20, 27, 35, 45, 55)
"""In degrees, the least first."""


ALONG = (0.27, 0.3, 0.24, 0.33, 0.36, 0.2, 0.7, 0.66, 0.75, 0.4, 0.5, 0.6)
"""Where on its line a label may stand: best near the start, where the lines of a unit have
fanned out and none cross.
"""


APART = 0.08
"""Between a line and a unit that it passes by."""


NARROW = 0.65
"""How much of its line a label that stands on it may cover."""


def across(column: Column) -> float:
    """The widest figure that a column holds, but for the width of a line."""
    return column.width / PT - 0.05


def set_width(label: str, size: int) -> float:
    """How wide a label is, estimated, in letters of that size."""
    scale = SIZES[size]
    return scale * width(label.replace("$", "").replace(r"\frac", r"\tfrac"), scale) / PT


def unit_of(labels: list[str]) -> tuple[float, int] | None:
    """The diameter of a unit that holds any of the labels, and the size of their letters; None
    where that is too wide.
    """
    wide = {size: max(set_width(label, size) for label in labels) + 0.16 for size in SIZES}
    size = next((size for size in SIZES if wide[size] <= UNIT), SMALLEST)
    return None if wide[size] > WIDEST_UNIT else (max(UNIT, round(wide[size], 2)), size)


@dataclass(frozen=True)
class Box:
    """The rectangle of a text: its centre, and how far it reaches to either side of that."""

    x: float
    y: float
    across: float
    up: float

    def meets(self, other: "Box") -> bool:
        """Whether two of them have a point in common."""
        return (
            abs(self.x - other.x) < self.across + other.across
            and abs(self.y - other.y) < self.up + other.up
        )

    def meets_circle(self, centre: Point, radius: float) -> bool:
        """Whether a circle reaches into it."""
        x, y = (abs(centre[0] - self.x) - self.across, abs(centre[1] - self.y) - self.up)
        return hypot(max(x, 0), max(y, 0)) < radius

    def meets_line(self, start: Point, end: Point) -> bool:
        """Whether a line between two points passes through it."""
        enters, leaves = 0.0, 1.0
        for a, b, centre, half in (
            (start[0], end[0], self.x, self.across),
            (start[1], end[1], self.y, self.up),
        ):
            if a == b:
                if abs(a - centre) > half:
                    return False
                continue
            near, far = sorted(((centre - half - a) / (b - a), (centre + half - a) / (b - a)))
            enters, leaves = max(enters, near), min(leaves, far)
        return enters <= leaves


def text_box(label: str, centre: Point, size: int) -> Box:
    """The box of a label in letters of that size, lines one under the other for a title."""
    lines = label.split(r" \\ ")
    tall = 1.8 if any(each in label for each in (r"\frac", r"\sum", "^")) else 1.2
    wide = max(set_width(line, size) for line in lines)
    return Box(*centre, wide / 2 + 0.04, tall * len(lines) * size / PT / 2)


def label_box(edge: Edge) -> Box:
    """The box of an edge's label."""
    return text_box(edge.label, edge.at, SMALLEST)


def title_box(title: Node) -> Box:
    """The box of a text over a layer."""
    return text_box(title.label, (title.x, title.y), LARGEST)


def curve(edge: Edge, nodes: Mapping[str, Node], unit: float) -> tuple[Point, ...]:
    """Points on a line from the rim of one unit to that of another, as TikZ draws it."""
    start, end = nodes[edge.start], nodes[edge.end]
    ahead = atan2(end.y - start.y, end.x - start.x)
    leaving, arriving = ahead + radians(edge.bend), ahead + pi - radians(edge.bend)
    a, d = (
        _beside((n.x, n.y), angle, unit / 2) for n, angle in ((start, leaving), (end, arriving))
    )
    if not edge.bend:
        return a, d
    reach = 0.3915 * dist(a, d)
    b, c = _beside(a, leaving, reach), _beside(d, arriving, reach)
    return tuple(_bezier((a, b, c, d), step / 16) for step in range(17))


def _beside(point: Point, angle: float, reach: float) -> Point:
    return point[0] + reach * cos(angle), point[1] + reach * sin(angle)


def _bezier(points: tuple[Point, Point, Point, Point], t: float) -> Point:
    shares = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(s * p[axis] for s, p in zip(shares, points, strict=True)) for axis in (0, 1))
    return x, y


def led(
    edges: Iterable[Edge], nodes: Mapping[str, Node], unit: float, texts: Iterable[Box] = ()
) -> tuple[Edge, ...] | None:
    """The lines, each as straight as other units and texts let it be; None where some cannot
    be drawn clear of all of them. A second line between two units bends away from the first.
    """
    boxes, found = tuple(texts), list[Edge]()
    for edge in edges:
        taken = {each.bend for each in found if (each.start, each.end) == (edge.start, edge.end)}
        bent = (replace(edge, bend=bend) for bend in _bends(edge, nodes) if bend not in taken)
        clear = next((each for each in bent if _is_clear(each, nodes, unit, boxes)), None)
        if clear is None:
            return None
        found.append(clear)
    return tuple(found)


def _bends(edge: Edge, nodes: Mapping[str, Node]) -> Iterator[int]:
    """Degrees to the left and to the right, first away from the middle of the figure."""
    side = 1 if nodes[edge.start].y + nodes[edge.end].y >= 0 else -1
    for bend in BENDS:
        yield from dict.fromkeys((side * bend, -side * bend))


def _is_clear(edge: Edge, nodes: Mapping[str, Node], unit: float, boxes: tuple[Box, ...]) -> bool:
    points = curve(edge, nodes, unit)
    others = [n for name, n in nodes.items() if name not in (edge.start, edge.end)]
    return not any(
        Box(n.x, n.y, 0, 0).meets_circle(_nearest((n.x, n.y), a, b), unit / 2 + APART)
        for n in others
        for a, b in pairwise(points)
    ) and not any(box.meets_line(a, b) for box in boxes for a, b in pairwise(points))


def _nearest(point: Point, start: Point, end: Point) -> Point:
    """The point of a line that is nearest to another."""
    x, y = end[0] - start[0], end[1] - start[1]
    along = ((point[0] - start[0]) * x + (point[1] - start[1]) * y) / (x * x + y * y)
    along = min(max(along, 0.0), 1.0)
    return start[0] + along * x, start[1] + along * y


def labelled(
    edges: tuple[Edge, ...],
    nodes: Mapping[str, Node],
    unit: float,
    texts: Iterable[Box] = (),
    beside: bool = False,
) -> tuple[Edge, ...]:
    """The lines with their labels where these cover nothing, and without where there is no room.

    A label stands on its line, or beside it: where it is wide, or where that is wanted of level
    lines.
    """
    lines = [curve(edge, nodes, unit) for edge in edges]
    boxes, found = list(texts), list[Edge]()
    columns = [node.x for node in nodes.values()]
    left, right = min(columns) - unit / 2, max(columns) + unit / 2
    for edge, line in zip(edges, lines, strict=True):
        others = [pair for other in lines if other is not line for pair in pairwise(other)]
        placed = replace(edge, label="")
        for at in _places(edge, line, unit, beside) if edge.label else ():
            there = replace(edge, at=at)
            box = label_box(there)
            inside = left <= box.x - box.across and box.x + box.across <= right
            if inside and not (
                any(map(box.meets, boxes))
                or any(box.meets_circle((n.x, n.y), unit / 2) for n in nodes.values())
                or any(box.meets_line(a, b) for a, b in others)
            ):
                boxes.append(box)
                placed = there
                break
        found.append(placed)
    return tuple(found)


def _places(edge: Edge, line: tuple[Point, ...], unit: float, beside: bool) -> Iterator[Point]:
    """Where the label of a line may stand, in the order in which that is tried."""
    box = label_box(edge)
    (left, bottom), (right, top) = line[0], line[-1]
    level = isclose(bottom, top, abs_tol=0.01)
    on_it = [_rounded(*_at(line, along)) for along in ALONG]
    if level:  # between the units, or clear of them, where all of a figure's labels stand so
        gaps = (unit / 2, 0.0) if beside else (0.0,)
        middle = (left + right) / 2
        by_it = [
            _rounded(middle, top + side * (gap + box.up + 0.04)) for gap in gaps for side in (1, -1)
        ]
    else:
        rising = 1 if (top > bottom) == (right > left) else -1
        points = [_at(line, along) for along in (0.5, 0.4, 0.6, 0.7, 0.3)]
        by_it = [
            _rounded(x - side * rising * box.across, y + side * box.up)
            for x, y in points
            for side in (1, -1)
        ]
    narrow = 2 * box.across <= NARROW * dist(line[0], line[-1])
    tried = [by_it, on_it] if beside and level else [on_it, by_it]
    for places in tried:
        if narrow if places is on_it else 2 * box.across <= abs(right - left) + unit:
            yield from places


def _at(line: tuple[Point, ...], along: float) -> Point:
    whole = min(int(along * (len(line) - 1)), len(line) - 2)
    rest = along * (len(line) - 1) - whole
    x, y = (a + rest * (b - a) for a, b in zip(line[whole], line[whole + 1], strict=True))
    return x, y


def _rounded(x: float, y: float) -> Point:
    return round(x, 2), round(y, 2)
