"""What a paper on a small network writes out: arrays, whole formulas, ∇EQ, the update by entries.

All at the example's sizes, for networks whose entries can be read one by one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from derive.arrays.program import Outer, Ref, Step
from derive.derivation.derivation import Given, identify
from derive.derivation.partials import Partial, links, scalar_weights
from derive.expressions.building import rebuild
from derive.expressions.contents import children, held
from derive.expressions.expression import Add, Adjoint, Entry, Expression, Multiply, Name, Sum
from derive.expressions.indices import replace_entries, substitute
from derive.page.block_matrix import product_of_adjoint
from derive.page.blocks import Formula
from derive.page.concrete import array_entries, entries_of, pmatrix, vector, write_out
from derive.page.layout import fits, lay_out
from derive.page.material import MOST_ROWS, Material
from derive.printing.latex import expression_latex, printed
from derive.printing.names_latex import (
    array_latex,
    entry_latex,
    name_latex,
    printed_ratio,
    ratio_latex,
)
from derive.printing.printed import Printed
from derive.printing.symbols import step_letter

FEW = 3
"""Arguments from which on a list of them has dots."""


TALLEST = 8
"""Rows of a column of derivatives up to which it is read at a glance."""


def arrays(m: Material) -> Iterator[Formula]:
    """I, H, O, W and V with their entries; a vector of one is O = (O_1), and O from then on.

    What adds others up is shown with these.
    """
    sums = {each.name for each in m.model.equations if isinstance(each.value, Sum | Add)}
    role = m.model.role
    for array in (*role("input"), *role("quantity"), *role("weight")):
        if array.indices and len(array.indices) <= 2 and array.name not in sums:
            shown = array_entries(array, m.at_sizes)
            if len(array.indices) == 1 and m.sizes[array.shape[0]] == 1:
                shown = pmatrix([[printed(Entry(array.name, (1,)), m.symbols)]])
            left = array_latex(array.name, m.symbols)
            yield _concrete(f"array-{identify(array.name)}", left, str(shown))


def whole(m: Material) -> Iterator[Formula]:
    """O_in and O in weights and inputs, where that is more than their own equation."""
    known: dict[Name, tuple[Entry, Expression]] = {}
    for equation in m.derivation.forward:
        if not isinstance(equation.rule, Given) or equation.target.name == m.model.error:
            continue
        value = equation.value
        for name, (target, written) in known.items():
            value = replace_entries(value, name, target, written)
        known[equation.target.name] = equation.target, value
        if value != equation.value and len(equation.target.indices) <= 2:
            shown = entries_of(equation.target, write_out(value, m.sizes), m.at_sizes)
            left = array_latex(equation.target.name, m.at_sizes)
            yield _concrete(f"whole-{equation.id}", left, str(shown))


def arguments(m: Material) -> Iterator[Formula]:
    """The error, and the paper's names for parts of it, as functions of their arguments."""
    inputs = [Entry(a.name, place) for a in m.model.role("input") for place in _places(m, a.name)]
    weights = list(scalar_weights(m.model, m.sizes))
    equations = {each.target.name: each.value for each in m.derivation.forward}

    def column(found: list[Entry], value: Expression) -> str:
        """The arguments of a value, by the first and the last; nothing for a few."""
        leaves = _leaves(value, equations)
        shown = [entry_latex(each, m.at_sizes) for each in found if each.name in leaves]
        if len(shown) < FEW:
            return ""
        between = r"& \dots &" if m.model.notation.rows else r"\\ \vdots \\"
        return rf"\begin{{pmatrix}} {shown[0]} {between} {shown[-1]} \end{{pmatrix}}"

    for equation in (m.derivation.forward[-1], *m.derivation.named):
        inner = {name for name in held(equation.value) if name in equations}
        is_number = all(m.sizes[index.size] == 1 for index in equation.target.letters)
        behind = {name: column([*inputs, *weights], equations[name]) for name in inner}
        behind[equation.target.name] = column(weights, equation.value)
        if is_number and inner and all(behind.values()):
            symbols = replace(m.at_sizes, behind=behind)
            place = dict.fromkeys(equation.target.letters, 1)
            left = entry_latex(Entry(equation.target.name, tuple(place.values())), symbols)
            value = write_out(substitute(equation.value, place), m.sizes)
            yield _concrete(f"arguments-{equation.id}", left, expression_latex(value, symbols))


def _leaves(value: Expression, equations: Mapping[Name, Expression]) -> frozenset[Name]:
    """The arrays that a value is computed from in the end."""
    names = held(value)
    inner = (_leaves(equations[name], equations) for name in names if name in equations)
    return names.union(*inner)


def factors(m: Material) -> Iterator[Formula]:
    """The local derivatives of the shortest chain, each with its value."""
    shortest = _shortest(m)
    for link in () if shortest is None else links(shortest.chain):
        id_ = f"factor-{identify(str(link.of.name))}-{identify(str(link.by.name))}"
        value = expression_latex(link.value, m.at_sizes)
        yield _concrete(id_, ratio_latex(link.of, link.by, m.at_sizes), value)


def factored(m: Material) -> str:
    """The weight that they lead to."""
    shortest = _shortest(m)
    assert shortest is not None
    return entry_latex(shortest.weight, m.at_sizes)


def _shortest(m: Material) -> Partial | None:
    """The shortest of the chains of several factors that go one way, without a sum."""
    alone = [
        each.partial
        for each in m.chains
        if not each.starts and len(list(links(each.partial.chain))) == len(each.partial.chain) > 1
    ]
    return min(alone, key=lambda partial: len(partial.chain), default=None)


def nabla(m: Material) -> Iterator[Formula]:
    """∇EQ as one vector: every derivative, and what it is."""
    weights = list(scalar_weights(m.model, m.sizes))
    if len(weights) > TALLEST:
        return
    ratios = vector([_ratio(each, m) for each in weights], m.model)
    values = vector([printed(slope(m, each), m.at_sizes) for each in weights], m.model)
    left = rf"\nabla {name_latex(m.model.error, m.model)}"
    yield Formula("nabla", left, (str(ratios), str(values)), concrete=True)


def stacked(m: Material, step: Step) -> Iterator[Formula]:
    """The derivatives by a row of weights one under the other: a number times a vector."""
    match step.value, step.equation.target.name:
        case Outer(left=Ref(name=Adjoint() as adjoint), right=Ref(name=source)), Adjoint() as name:
            rows, _ = m.model.indices(name.by)
            if m.sizes[rows.size] > 1 or source in {a.name for a in m.model.role("input")}:
                return
            weights = [w for w in scalar_weights(m.model, m.sizes) if w.name == name.by]
            found = m.simplified.adjoint(adjoint)
            place = dict.fromkeys(found.equation.target.letters, 1)
            value = write_out(substitute(found.value, place), m.sizes)
            front = value if isinstance(value, Multiply) else Entry(adjoint, (1,))
            side = rf"{printed(front, m.at_sizes)} \, {array_latex(source, m.symbols)}"
            left = str(vector([_ratio(each, m) for each in weights], m.model))
            yield _concrete(f"stacked-{step.equation.id}", left, side)


def updates(m: Material) -> tuple[Formula, ...]:
    """The new weights, one under the other, by the old ones and their derivatives: of all arrays
    of several weights, or of none where some cannot be read.
    """
    if not m.readable:
        return ()
    held_by = {array.name: list[Entry]() for array in m.model.weights}
    for weight in scalar_weights(m.model, m.sizes):
        held_by[str(weight.name)].append(weight)
    several = {name: weights for name, weights in held_by.items() if len(weights) > 1}
    if any(len(weights) > TALLEST for weights in several.values()):
        return ()
    found = readable(m, (_updated(m, *each) for each in several.items()))
    return found if len(found) == len(several) else ()


def _updated(m: Material, name: str, weights: list[Entry]) -> Formula:
    t = name_latex(step_letter(m.model), m.model)
    old = vector([printed(each, m.at_sizes) for each in weights], m.model)
    slopes = vector([printed(slope(m, each), m.at_sizes) for each in weights], m.model)
    side, id_ = rf"{old} - {t} \, {slopes}", f"entries-update-{name}"
    return Formula(id_, str(old), (side,), r"\leftarrow", concrete=True)


def slope(m: Material, weight: Entry) -> Expression:
    """The derivative by one weight, of each adjoint in it what it is, where this is a product."""
    found = m.simplified.adjoint(Adjoint(m.model.error, str(weight.name)))
    place = dict(zip(found.equation.target.letters, weight.indices, strict=True))

    def at(node: Expression) -> Expression:
        if isinstance(node, Entry) and isinstance(node.name, Adjoint):
            return product_of_adjoint(m.simplified, node, m.sizes)
        return rebuild(node, map(at, children(node)))

    return at(write_out(substitute(found.value, place), m.sizes))


def readable(m: Material, formulas: Iterator[Formula]) -> tuple[Formula, ...]:
    """Those of the formulas that a reader can take in, and a column holds."""
    if not m.readable:
        return ()
    fitting = (f for f in formulas if fits([f], m.column))
    return tuple(f for f in fitting if len(lay_out([f], m.column)) <= MOST_ROWS)


def _places(m: Material, name: str) -> Iterator[tuple[int, ...]]:
    yield from product(*(range(1, m.sizes[size] + 1) for size in m.model.array(name).shape))


def _ratio(weight: Entry, m: Material) -> Printed:
    return printed_ratio(Entry(m.model.error), weight, m.at_sizes)


def _concrete(id_: str, left: str, side: str) -> Formula:
    return Formula(id_, left, (side,), concrete=True)
