"""The way on which a derivative runs back, as a figure in TikZ."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod

from derive.derivation.derivation import Derivation
from derive.derivation.partials import Chain, Link, links, partial
from derive.expressions.building import add
from derive.expressions.contents import walk
from derive.expressions.expression import Entry, Expression, Index, Where
from derive.expressions.indices import substitute, substitute_entry
from derive.page.column import Column
from derive.page.lines import across, labelled, led, unit_of
from derive.page.picture import MOST, Edge, Node, Picture
from derive.printing.latex import expression_latex
from derive.printing.names_latex import entry_latex
from derive.printing.symbols import Symbols
from derive.printing.text import expression_text, paper

MOST_LINKS = 7


STEP, SHORTEST = 1.9, 0.45
"""The furthest from one quantity to the next, and the shortest level line."""


Values = dict[tuple[Entry, Entry], list[Expression]]
"""Local derivatives, of and by, with their summands."""


@dataclass(frozen=True)
class Path:
    """The way back to a scalar weight, drawn."""

    weight: Entry
    quantities: tuple[Entry, ...]
    """From the error on, the weight last."""
    picture: Picture


def path(derivation: Derivation, column: Column) -> Path | None:
    """From the error to the first scalar weight, where that fits the column: few local
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
    values = _values(_links(chain, {}, sizes))
    columns = _columns(Entry(model.error), values)
    picture = _drawn(values, columns, Symbols(model, sizes), column)
    if picture is None:
        return None
    return Path(weight, tuple(entry for each in columns for entry in each), picture)


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


def _drawn(
    values: Values, columns: list[list[Entry]], symbols: Symbols, column: Column
) -> Picture | None:
    """Quantities in columns, the error first, and a local derivative on every edge."""
    style = paper(symbols)
    label = {entry: f"${entry_latex(entry, symbols)}$" for each in columns for entry in each}
    measures = unit_of([*label.values()])
    if measures is None:
        return None
    unit, size = measures
    step = round(min(STEP, (across(column) - unit) / (len(columns) - 1)) - 0.005, 2)
    if step < unit + SHORTEST:
        return None
    nodes = {}
    for number, found in enumerate(columns):
        for place, entry in enumerate(found):
            x, y = round(step * number, 2), round(0.8 * (len(found) - 1) - 1.6 * place, 2)
            name, text = _node_name(entry), expression_text(entry, style)
            nodes[name] = Node(name, x, y, label[entry], text)
    edges = []
    for (of, by), each in values.items():
        factor = add(*each)
        spelled = f"${expression_latex(factor, symbols)}$", expression_text(factor, style)
        edges.append(Edge(_node_name(of), _node_name(by), *spelled))
    lines = led(edges, nodes, unit)
    if lines is None:
        return None
    placed = labelled(lines, nodes, unit, beside=True)
    if not all(edge.label for edge in placed):
        return None
    return Picture(tuple(nodes.values()), placed, unit=unit, size=size, arrow="-to")


def _columns(error: Entry, links: Collection[tuple[Entry, Entry]]) -> list[list[Entry]]:
    """The error, then every quantity after those whose local derivatives lead to it."""
    depth = {error: 0}
    changed = True
    while changed:
        before = dict(depth)
        for of, by in links:
            if of in depth:
                depth[by] = max(depth.get(by, 0), depth[of] + 1)
        changed = depth != before
    return [[e for e in depth if depth[e] == k] for k in range(max(depth.values()) + 1)]


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


def _values(links: list[Link]) -> Values:
    """The values along each edge; several summands of a derivative share one."""
    found: Values = {}
    for link in dict.fromkeys(links):
        found.setdefault((link.of, link.by), []).append(link.value)
    return found


def _at(link: Link, place: dict[Index, int]) -> Link:
    of, by = substitute_entry(link.of, place), substitute_entry(link.by, place)
    return Link(of, by, substitute(link.value, place))


def _node_name(entry: Entry) -> str:
    return "-".join([str(entry.name), *map(str, entry.indices)])
