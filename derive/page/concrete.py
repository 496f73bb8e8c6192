"""Equations at concrete sizes, written out: matrices with their entries, sums with their terms."""

from collections.abc import Mapping
from itertools import product

from derive.derivation.derivation import Equation
from derive.expressions.building import add, rebuild
from derive.expressions.contents import children
from derive.expressions.expression import Entry, Expression, Index, Size, Subscript, Sum
from derive.expressions.indices import numbered, substitute
from derive.model.model import Array, Model
from derive.printing.latex import printed
from derive.printing.printed import Printed
from derive.printing.symbols import Symbols

LARGEST = 4
"""Rows or columns up to which a matrix is written with its entries."""


def small_enough(sizes: Mapping[str, int]) -> bool:
    """Whether arrays of these sizes can be written with their entries."""
    return max(sizes.values(), default=0) <= LARGEST


def write_out(node: Expression, sizes: Mapping[str, int]) -> Expression:
    """Every sum as its terms, every size as its number."""
    if isinstance(node, Size):
        return numbered(node, sizes)
    if not isinstance(node, Sum):
        return rebuild(node, (write_out(part, sizes) for part in children(node)))
    places = product(*(range(1, sizes[index.size] + 1) for index in node.over))
    terms = []
    for numbers in places:
        place: dict[Index, Subscript] = dict(zip(node.over, numbers, strict=True))
        terms.append(write_out(substitute(node.body, place), sizes))
    return add(*terms)


def pmatrix(rows: list[list[Printed]]) -> Printed:
    """Rows of entries between round brackets, further apart where they are tall."""
    tall = any(entry.tall for row in rows for entry in row)
    ending = r" \\[6pt] " if tall else r" \\ "
    spelled = ending.join(" & ".join(map(str, row)) for row in rows)
    return Printed(rf"\begin{{pmatrix}} {spelled} \end{{pmatrix}}", tall=True)


def array_entries(array: Array, symbols: Symbols) -> Printed:
    """A vector as a column or a row, or a matrix, with its entries."""
    return entries_of(array.entry, array.entry, symbols)


def value_entries(equation: Equation, symbols: Symbols) -> Printed:
    """The right-hand side of an equation entry by entry, in the shape of the left."""
    return entries_of(equation.target, write_out(equation.value, symbols.sizes), symbols)


def entries_of(target: Entry, value: Expression, symbols: Symbols) -> Printed:
    """A value for every entry of a vector or a matrix, in its shape."""
    ranges = [range(1, symbols.sizes[index.size] + 1) for index in target.letters]
    rows, columns = (*ranges, range(1, 2), range(1, 2))[:2]
    found = []
    for row in rows:
        entries = []
        for column in columns:
            place: dict[Index, Subscript] = dict(zip(target.letters, (row, column), strict=False))
            moved = substitute(value, place)
            entries.append(printed(moved, symbols))
        found.append(entries)
    if len(found) == len(found[0]) == 1:
        return found[0][0]
    in_a_row = len(ranges) == 1 and symbols.model.notation.rows
    if in_a_row or symbols.model.is_turned(target.name):
        found = [list(entries) for entries in zip(*found, strict=True)]
    return pmatrix(found)


def vector(entries: list[Printed], model: Model) -> Printed:
    """The entries of a vector: one under the other, or in a row."""
    rows = [[entry] for entry in entries]
    return pmatrix([entries] if model.notation.rows else rows)
