"""A weight's derivatives one under the other: (Id_n ⊗ δ) x, a block matrix times the inputs.

Where the gradient is δ xᵀ, with x an input, its columns stacked are (Id_n ⊗ δ) x. With a
single output δ is a scalar δ_o times v ⊙ f'(H_in), and the scalar stands in front. Where vectors
are rows, they stand in one row, x (Id_n ⊗ δ).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from derive.arrays.program import MatMul, Node, Outer, Product, Program, Ref, Step
from derive.derivation.simplify import Simplified
from derive.expressions.building import multiply
from derive.expressions.expression import (
    Adjoint,
    Entry,
    Expression,
    Index,
    Multiply,
    Name,
    Subscript,
)
from derive.expressions.indices import substitute
from derive.page.concrete import array_entries, pmatrix, vector, write_out
from derive.printing.latex import printed
from derive.printing.matrix_latex import entrywise_latex
from derive.printing.names_latex import (
    array_latex,
    entry_latex,
    name_latex,
    printed_ratio,
    subscript,
)
from derive.printing.printed import Printed
from derive.printing.symbols import Symbols


@dataclass(frozen=True)
class Stated:
    """What a block matrix formula says: an id, its sides, and the weight and size it is about."""

    id: str
    left: str
    sides: tuple[str, ...]
    weight: str
    size: str


def block_matrix(
    simplified: Simplified, program: Program, step: Step
) -> tuple[Stated, Stated] | None:
    """The stacked derivatives and the identity behind them, if the step is an outer product."""
    model, name = simplified.model, step.equation.target.name
    match step.value:
        case Outer(left=Ref(name=adjoint), right=Ref(name=source)) if isinstance(name, Adjoint):
            inputs = {array.name for array in model.role("input")}
            if source not in inputs or not isinstance(adjoint, Adjoint):
                return None
        case _:
            return None
    sizes = dict(model.example)
    symbols, general = Symbols(model, sizes), Symbols(model)
    weight = model.array(name.by)
    rows, columns = weight.indices
    deltas = (Entry(adjoint, (row,)) for row in range(1, sizes[rows.size] + 1))
    column = [product_of_adjoint(simplified, delta, sizes) for delta in deltas]
    scalar, column = _common_factor(column)
    front = "" if scalar is None else entry_latex(scalar, symbols) + " "
    count = sizes[columns.size]
    ratios: list[Printed] = []
    block: list[list[Printed]] = []
    for place in range(1, count + 1):
        for row, delta in enumerate(column, 1):
            by = Entry(weight.name, (row, place))
            ratios.append(printed_ratio(Entry(model.error), by, symbols))
            shown = printed(delta, symbols)
            places = range(1, count + 1)
            block.append([shown if other == place else Printed("0") for other in places])
    shown_block, given = pmatrix(block), array_entries(model.array(str(source)), symbols)
    product = f"{shown_block} {given}"
    if model.notation.rows:
        shown_block = pmatrix([list(entries) for entries in zip(*block, strict=True)])
        product = f"{given} {shown_block}"
    id_, size = step.equation.id, columns.size
    identity = r"\mathrm{Id}" + subscript(name_latex(size, model))
    symbol = array_latex(adjoint, general)
    stacked = Stated(
        f"stacked-{id_}",
        str(vector(ratios, model)),
        (f"{front}{product}",),
        weight.name,
        size,
    )
    left = f"{front}{shown_block}"
    sides: tuple[str, ...] = (rf"{identity} \otimes {symbol}",)
    if scalar is not None:
        factors = _without(_value(program, adjoint), scalar.name)
        if factors is not None:
            inner = entrywise_latex(factors, general)
            sides = (rf"{front}\bigl( {identity} \otimes ({inner}) \bigr)", *sides)
    return stacked, Stated(f"block-{id_}", left, sides, weight.name, size)


def product_of_adjoint(
    simplified: Simplified, entry: Entry, sizes: Mapping[str, int]
) -> Expression:
    """What an entry of an adjoint is where that is another adjoint times something; else itself."""
    assert isinstance(entry.name, Adjoint)
    found = simplified.adjoint(entry.name)
    place: dict[Index, Subscript] = dict(
        zip(found.equation.target.letters, entry.indices, strict=True)
    )
    value = write_out(substitute(found.value, place), sizes)
    return value if _scalar(value) else entry


def _scalar(value: Expression) -> Entry | None:
    """The adjoint in front of a product."""
    first = value.factors[0] if isinstance(value, Multiply) else None
    return first if isinstance(first, Entry) and isinstance(first.name, Adjoint) else None


def _common_factor(column: list[Expression]) -> tuple[Entry | None, list[Expression]]:
    scalars = {_scalar(entry) for entry in column}
    (scalar, *others) = scalars
    if others or scalar is None:
        return None, column
    rest = [multiply(*entry.factors[1:]) for entry in column if isinstance(entry, Multiply)]
    return scalar, rest


def _value(program: Program, name: Name) -> Node:
    return next(step.value for step in program.backward if step.equation.target.name == name)


def _without(node: Node, scalar: Name) -> tuple[Node, ...] | None:
    """A δ_o ⊙ b with the scalar δ_o taken out: A, which has one column, and b."""
    if not isinstance(node, Product) or node.divisors:
        return None
    factors = [
        factor.left if isinstance(factor, MatMul) and factor.right == Ref(scalar) else factor
        for factor in node.factors
    ]
    return None if tuple(factors) == node.factors else tuple(factors)
