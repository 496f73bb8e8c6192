"""The way on which a derivative runs back, as a figure in TikZ."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from derive.derivation.derivation import Derivation
from derive.derivation.partials import Chain, Link, links, partial
from derive.expressions.expression import Entry, Expression, Index, Where, add, walk
from derive.expressions.indices import substitute, substitute_entry
from derive.page.column import Column
from derive.page.picture import MOST, PT, SMALL, STEP, UNIT, Edge, Node, Picture, widest
from derive.page.width import width
from derive.printing.latex import expression_latex
from derive.printing.names_latex import entry_latex
from derive.printing.symbols import Symbols

MOST_LINKS = 7


ABOVE = "above=4.5mm"
"""A label over its edge, clear of the units at either end."""


@dataclass(frozen=True)
class Path:
    """The way back to a scalar weight, drawn."""

    weight: Entry
    picture: Picture


def path(derivation: Derivation, column: Column) -> Path | None:
    """From the error to the first scalar weight, where that fits a column: few local
    derivatives, few ways side by side, and room for the labels.
    """
    model = derivation.model
    if len(model.equations) > 2 * MOST_LINKS:
        return None  # a chain is written whole, and with skip connections doubles at each
    first = model.weights[0]
    weight = Entry(first.name, (1,) * len(first.indices))
    sizes = dict(model.example)
    chain = partial(derivation, weight, sizes).chain
    if any(isinstance(node, Where) for link in links(chain) for node in walk(link.value)):
        return None  # cases are wider than an edge is long
    ways, length = _extent(chain, sizes)
    if ways > MOST or length > MOST_LINKS:
        return None
    picture = _drawn(chain, Symbols(model, sizes), widest(column))
    columns = sorted({node.x for node in picture.nodes})
    room = (columns[1] - columns[0]) * PT
    fits = all(SMALL * width(edge.label.strip("$")) <= room for edge in picture.edges)
    return Path(weight, picture) if fits else None


def _extent(chain: Chain, sizes: dict[str, int]) -> tuple[int, int]:
    """How many ways a chain opens into, and how many links the longest has."""
    ways, length = 1, 0
    for part in chain:
        if isinstance(part, Link):
            length += 1
            continue
        inner = [_extent(each, sizes) for each in part.chains]
        count = prod(sizes[index.size] for index in part.over)
        ways = max(ways, count * sum(w for w, _ in inner))
        length += max(n for _, n in inner)
    return ways, length


def _drawn(chain: Chain, symbols: Symbols, wide: float) -> Picture:
    """Quantities in columns, the error first, and a local derivative on every edge; as wide as
    that many cm.
    """
    found_links = list(dict.fromkeys(_links(chain, {}, symbols.sizes)))
    depth: dict[Entry, int] = {Entry(symbols.model.error): 0}
    for link in found_links:
        depth[link.by] = max(depth.get(link.by, 0), depth.get(link.of, 0) + 1)
    columns: dict[int, list[Entry]] = {}
    for entry, column in depth.items():
        columns.setdefault(column, []).append(entry)
    nodes = []
    step = round(min(STEP, (wide - UNIT) / max(columns)), 2)
    for column, found in columns.items():
        for place, entry in enumerate(found):
            y = 0.8 * (len(found) - 1) - 1.6 * place
            label = f"${entry_latex(entry, symbols)}$"
            nodes.append(Node(_node_name(entry), round(step * column, 2), round(y, 2), label))
    edges = []
    for (of, by), values in _labels(found_links).items():
        label = f"${expression_latex(add(*values), symbols)}$"
        level = len(columns[depth[of]]) == len(columns[depth[by]])
        style = ABOVE if level else "pos=0.5"
        edges.append(Edge(_node_name(of), _node_name(by), label, style))
    return Picture(tuple(nodes), tuple(edges), arrow="-to")


def _links(chain: Chain, place: dict[Index, int], sizes: Mapping[str, int]) -> list[Link]:
    """Every link of a chain, one for each value of the indices that it sums over."""
    found: list[Link] = []
    for part in chain:
        if isinstance(part, Link):
            found.append(_at(part, place))
            continue
        places = [place]
        for index in part.over:
            numbers = range(1, sizes[index.size] + 1)
            places = [{**known, index: number} for known in places for number in numbers]
        for inner in part.chains:
            for known in places:
                found += _links(inner, known, sizes)
    return found


def _labels(links: list[Link]) -> dict[tuple[Entry, Entry], list[Expression]]:
    """The values along each edge; several occurrences share one."""
    found: dict[tuple[Entry, Entry], list[Expression]] = {}
    for link in links:
        found.setdefault((link.of, link.by), []).append(link.value)
    return found


def _at(link: Link, place: dict[Index, int]) -> Link:
    of, by = substitute_entry(link.of, place), substitute_entry(link.by, place)
    return Link(of, by, substitute(link.value, place))


def _node_name(entry: Entry) -> str:
    return "-".join([str(entry.name), *map(str, entry.indices)])
