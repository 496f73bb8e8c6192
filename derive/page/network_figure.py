"""The network as a figure in TikZ, from the model itself."""

from dataclasses import dataclass
from itertools import pairwise

from derive.expressions.expression import (
    Entry,
    Expression,
    Index,
    Multiply,
    Name,
    Sum,
    children,
    entries,
)
from derive.expressions.indices import substitute
from derive.model.model import Array, Model
from derive.page.column import Column
from derive.page.picture import LABEL, MOST, PT, SMALL, UNIT, Edge, Node, Picture, widest
from derive.page.width import width
from derive.printing.names_latex import entry_latex, name_latex
from derive.printing.symbols import Symbols

MOST_LAYERS = 5


@dataclass(frozen=True)
class _Layer:
    """Arrays that are drawn as one column of units: a pre-activation and its activation."""

    arrays: tuple[Array, ...]

    @property
    def shown(self) -> Array:
        """The array whose entries label the units: the last one computed."""
        return self.arrays[-1]


def network(model: Model, column: Column) -> Picture | None:
    """Layers from left to right, a line for every weight between two layers, labelled.

    Only where the network is layers of vectors, few enough for a column, and none lies apart.
    """
    layers = _layers(model)
    if not 2 <= len(layers) <= MOST_LAYERS:
        return None
    joined = {layer for start, end, *_ in _between(model, layers) for layer in (start, end)}
    if joined != set(layers):
        return None
    symbols = Symbols(model, dict(model.example))
    nodes: list[Node] = []
    titles = []
    spread = round(min(3.0, (widest(column) - UNIT) / max(1, len(layers) - 1)), 2)
    for place, layer in enumerate(layers):
        x = spread * place
        nodes += _units(layer.shown, x, symbols)
        label = ", ".join(f"${name_latex(array.name, model)}$" for array in layer.arrays)
        titles.append(Node(f"title-{layer.shown.name}", x, _height(model, layers), label))
    return Picture(tuple(nodes), tuple(_edges(model, layers, spread, symbols)), tuple(titles))


def _layers(model: Model) -> list[_Layer]:
    """Vectors grouped where one follows from the other entry by entry."""
    layers = [_Layer((array,)) for array in model.role("input") if len(array.indices) == 1]
    for definition in model.equations[:-1]:
        array = model.array(definition.name)
        if len(array.indices) != 1:
            continue
        held = {entry.name for entry in entries(definition.value)}
        weights = {weight.name for weight in model.weights}
        home = None if held & weights else _home(held, layers)
        if home is None:
            layers.append(_Layer((array,)))
        else:
            layers[home] = _Layer((*layers[home].arrays, array))
    return layers


def _home(held: set[Name], layers: list[_Layer]) -> int | None:
    places = [k for k, layer in enumerate(layers) if layer.shown.name in held]
    return places[-1] if len(held) == 1 and places else None


def _rows(size: int) -> list[int | None]:
    """The numbers of the units that are drawn, None for the ellipsis."""
    return list(range(1, size + 1)) if size <= MOST else [1, 2, None, size]


def _height(model: Model, layers: list[_Layer]) -> float:
    sizes = dict(model.example)
    most = max(len(_rows(sizes[layer.shown.indices[0].size])) for layer in layers)
    return 0.75 * (most - 1) + 0.9


def _units(array: Array, x: float, symbols: Symbols) -> list[Node]:
    rows = _rows(symbols.sizes[array.indices[0].size])
    top = 0.75 * (len(rows) - 1)
    found = []
    for place, number in enumerate(rows):
        y = round(top - 1.5 * place, 2)
        if number is None:
            found.append(Node(f"{array.name}-dots", x, y, r"$\vdots$", dots=True))
            continue
        label = entry_latex(Entry(array.name, (number,)), symbols)
        found.append(Node(f"{array.name}-{number}", x, y, f"${label}$"))
    return found


_Between = tuple[_Layer, _Layer, Entry, Index, Index]
"""Two layers, a weight between them, and its indices there: of the target, of the source."""


def _between(model: Model, layers: list[_Layer]) -> list[_Between]:
    """Every weight W[j,i] of a sum Σ_i W[j,i] · X[i] with the layers that it joins."""
    found: list[_Between] = []
    for definition in model.equations:
        # A condition is met once where it is asked and once where it is taken.
        for weight, source in dict.fromkeys(_weighted(definition.value, model)):
            start, end = _layer_of(source.name, layers), _layer_of(definition.target.name, layers)
            if start is None or end is None or len(definition.target.indices) != 1:
                continue
            (target,), (origin,) = definition.target.indices, source.indices
            if isinstance(target, Index) and isinstance(origin, Index):
                found.append((start, end, weight, target, origin))
    return found


def _edges(model: Model, layers: list[_Layer], spread: float, symbols: Symbols) -> list[Edge]:
    """A line for every pair of units that weights join, with all of them as its label."""
    labels: dict[tuple[str, str], list[str]] = {}
    places: dict[tuple[str, str], float] = {}
    for start, end, weight, target, origin in _between(model, layers):
        sizes = symbols.sizes[origin.size], symbols.sizes[target.size]
        crowded = max(sizes) > MOST  # then only the outermost lines have room for a label
        for j in filter(None, _rows(sizes[1])):
            for i in filter(None, _rows(sizes[0])):
                moved = substitute(weight, {target: j, origin: i})
                assert isinstance(moved, Entry)
                ends = f"{start.shown.name}-{i}", f"{end.shown.name}-{j}"
                labelled = not crowded or (i, j) in ((1, 1), sizes)
                found = labels.setdefault(ends, [])
                found += [entry_latex(moved, symbols)] if labelled else []
                places[ends] = _apart(*sizes)
    edges = []
    for ends, found in labels.items():
        text = ", ".join(found)
        half = SMALL * width(text) / (2 * PT * (spread - UNIT))
        # A wide label moves on until it is clear of the unit, or is left out.
        at = min(max(places[ends], half), 1 - half)
        edges.append(Edge(*ends, f"${text}$" if text and half <= 0.5 else "", f"pos={at:.2f}"))
    return edges


def _apart(*sizes: int) -> float:
    """Where along its line a label stands, so that no two labels are near one another.

    Near the start, where the lines of one unit have fanned out and none cross, if that will do.
    """
    heights = [[1.5 * row - 0.75 * (size - 1) for row in range(size)] for size in sizes]

    def nearest(at: float) -> float:
        found = sorted((1 - at) * start + at * end for start in heights[0] for end in heights[1])
        return min((b - a for a, b in pairwise(found)), default=2 * LABEL)

    if max(sizes) > MOST or nearest(0.27) >= LABEL:
        return 0.27
    return max((0.27, 0.2, 0.73, 0.8), key=nearest)


def _layer_of(name: Name, layers: list[_Layer]) -> _Layer | None:
    return next((x for x in layers if name in {array.name for array in x.arrays}), None)


def _weighted(node: Expression, model: Model) -> list[tuple[Entry, Entry]]:
    """Pairs of a weight and the vector that it is multiplied with under a sum."""
    weights = {weight.name for weight in model.weights}
    match node:
        case Sum(body=Multiply(factors=(Entry() as left, Entry() as right))):
            pair = (left, right) if left.name in weights else (right, left)
            fits = pair[0].name in weights and len(pair[1].indices) == 1
            return [pair] if fits and pair[1].name not in weights else []
    return [pair for part in children(node) for pair in _weighted(part, model)]
