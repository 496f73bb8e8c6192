"""What a page says of the network: what is computed from what, where weights stand, its figure."""

from collections.abc import Iterable, Iterator

from derive.expressions.contents import children, entries, held
from derive.expressions.expression import Entry, Expression, Multiply, Name
from derive.model.model import Array, Role
from derive.model.output import is_distance, output_of
from derive.page.blocks import Figure, Listing, Part, Phrase
from derive.page.material import Material
from derive.page.path_figure import Path
from derive.page.picture import Picture
from derive.page.sentences import example, math, phrase
from derive.page.units import Network
from derive.printing.names_latex import entry_latex, name_latex
from derive.printing.text import expression_text, paper

GIVEN: tuple[Role, ...] = ("input", "target", "weight")
"""What quantities are computed from."""


def computes(m: Material) -> list[Phrase]:
    """What is computed before the error, and from what: the inputs, the targets, weights alone."""
    model = m.model
    roots: dict[Name, frozenset[Array]] = {
        array.name: frozenset((array,)) for role in GIVEN for array in model.role(role)
    }
    groups: dict[frozenset[Role], list[Entry]] = {}
    for each in model.equations[:-1]:
        found = frozenset[Array]().union(*(roots.get(name, ()) for name in held(each.value)))
        roots[each.name] = found
        data = frozenset(array.role for array in found if array.role != "weight")
        if found:
            groups.setdefault(data or frozenset({"weight"}), []).append(each.target)
    if not groups:
        return [phrase("network_alone", inputs=_given(m, model.role("input") or model.weights))]
    said = []
    for roles, quantities in groups.items():
        among = frozenset[Array]().union(*(roots[entry.name] for entry in quantities))
        given = [array for array in model.leaves if array in among and array.role in roles]
        shown = math(*(entry_latex(entry, m.symbols) for entry in quantities))
        key = "network" if len(quantities) > 1 else "network_one"
        said.append(phrase(key, inputs=_given(m, given), quantities=shown))
    return said


def _given(m: Material, arrays: Iterable[Array]) -> Listing:
    """The inputs $x$ and the targets $y$."""
    said = []
    for role in GIVEN:
        found = [array for array in arrays if array.role == role]
        if found:
            several = len(found) > 1 or bool(found[0].indices)
            said.append(phrase(f"{role}s" if several else role, arrays=_shown(m, found)))
    return Listing(tuple(said))


def _shown(m: Material, arrays: Iterable[Array]) -> Listing:
    return math(*(entry_latex(array.entry, m.symbols) for array in arrays))


def error_said(m: Material) -> Phrase:
    """What the error is: how far the output is from the targets, or what it is computed from."""
    model = m.model
    if is_distance(model):
        targets, output = _shown(m, model.role("target")), _shown(m, [output_of(model)])
        return phrase("error", targets=targets, output=output)
    names = dict.fromkeys(str(entry.name) for entry in entries(model.equations[-1].value))
    arrays = (model.array(name) for name in names)
    return phrase("error_of", arrays=_shown(m, (x for x in arrays if x.role != "hyperparameter")))


# --- where a weight stands --------------------------------------------------------------------


def weight_stands(m: Material, weight: Array) -> Phrase:
    """Where a weight leads: from the unit that it multiplies to what it enters; and where else
    it stands, by itself or multiplied with something else.
    """
    units, one = Network(m.model), "" if weight.indices else "_one"
    ways, alone, together = [], list[str](), list[Phrase]()
    for definition in m.model.equations:
        to = entry_latex(definition.target, m.symbols)
        uses = list(units.uses(definition.value))
        leading = [u.of for u in uses if u.weight and weight.name in held(u.weight)]
        if leading:
            ways.append(phrase("way", sources=_entries(m, leading), to=f"${to}$"))
        for others in dict.fromkeys(_others(units, weight.name, definition.value)):
            if others:
                key = f"stands_with{one}"
                together.append(phrase(key, to=f"${to}$", others=_entries(m, others)))
            elif to not in alone:
                alone.append(to)
    said = [phrase(f"leads{one}", ways=Listing(tuple(ways)))] if ways else []
    said += [phrase(f"stands_alone{one}", to=math(*alone))] if alone else []
    shown = math(entry_latex(weight.entry, m.symbols))
    return phrase(f"weight_stands{one}", weight=shown, places=Listing((*said, *together)))


def _entries(m: Material, found: Iterable[Entry]) -> Listing:
    return math(*dict.fromkeys(entry_latex(entry, m.symbols) for entry in found))


def _others(
    units: Network, name: str, value: Expression, around: tuple[Entry, ...] = ()
) -> Iterator[tuple[Entry, ...]]:
    """For every place of a weight from which no line leads, what it is multiplied with there."""
    match value:
        case Entry() if value.name == name:
            yield around
        case Multiply(factors) if not units.line(factors):
            for place, factor in enumerate(factors):
                beside = (each for k, each in enumerate(factors) if k != place)
                varying = (e for each in beside for e in entries(each) if _varies(units, e, name))
                yield from _others(units, name, factor, tuple(dict.fromkeys((*around, *varying))))
        case Multiply():
            return
        case _:
            for part in children(value):
                yield from _others(units, name, part, around)


def _varies(units: Network, entry: Entry, name: str) -> bool:
    return entry.name != name and units.model.array(str(entry.name)).role != "hyperparameter"


# --- its figure -------------------------------------------------------------------------------


def network_figure(m: Material, picture: Picture) -> Figure[Phrase]:
    """The picture of a network with what it shows, and what it leaves out."""
    units = Network(m.model)
    solid = [edge for edge in picture.edges if not edge.dashed]
    weights: Part = phrase("beside_lines" if all(e.label for e in solid) else "beside_some_lines")
    lines: Part = phrase("dashed_lines") if len(solid) < len(picture.edges) else ""
    if not solid:
        weights, lines = "", phrase("dashed_alone")
    apart = [weight for weight in m.model.weights if weight.name not in units.leading]
    left_out = phrase("left_out", weights=_shown(m, apart)) if apart else ""
    layers = (
        "/".join(expression_text(array.entry, paper(m.symbols)) for array in layer.arrays)
        for layer in units.layers
    )
    said = phrase("figure", sizes=example(m), weights=weights, lines=lines, left_out=left_out)
    words = phrase("figure_in_words", layers=Listing(tuple(layers)))
    return Figure("network", said, words, picture)


def path_figure(m: Material, found: Path) -> Figure[Phrase]:
    """The picture of the way back to a weight."""
    weight = math(entry_latex(found.weight, m.at_sizes))
    quantities = (expression_text(entry, paper(m.at_sizes)) for entry in found.quantities)
    words = phrase("path_in_words", quantities=Listing(tuple(quantities)))
    return Figure("path", phrase("path", weight=weight), words, found.picture)


def dropped(m: Material) -> list[Phrase]:
    """That an index of size one is left out of vectors, where there are such."""
    arrays = (*m.model.role("quantity")[::-1], *m.model.data, *m.model.weights)
    pairs = {
        array: [entry_latex(Entry(array.name, (1,)), each) for each in (m.symbols, m.at_sizes)]
        for array in arrays
        if [m.sizes[size] for size in array.shape] == [1]
    }
    told = {array: pair for array, pair in pairs.items() if pair[0] != pair[1]}
    if not told:
        return []
    among = {array.shape[0] for array in told}
    sizes = (f"{name_latex(x, m.model)} = 1" for x in m.model.size_symbols if x in among)
    long, short = (f"${each}$" for each in next(iter(told.values())))
    return [phrase("dropped", sizes=math(*sizes), long=long, short=short)]
