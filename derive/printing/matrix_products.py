"""Products of arrays entry by entry, as matrix algebra has them.

In a product that is a matrix, a vector along its rows or columns is a diagonal matrix beside
it, diag(r) M diag(c), or r cᵀ where there is no matrix.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import prod

from derive.arrays.conditions import ZERO, apart
from derive.arrays.program import (
    Choose,
    Constant,
    Identity,
    MatMul,
    Node,
    Outer,
    Product,
    Raised,
    RealRaised,
    Ref,
    Total,
    Widen,
)
from derive.arrays.shapes import Shape
from derive.printing.latex import fraction, power
from derive.printing.macros import DIVIDED, HADAMARD
from derive.printing.matrix_signs import (
    ONES_EVERYWHERE,
    diagonal,
    told,
    transposed,
)
from derive.printing.matrix_vectors import Writer, ones, row, side_by_side, upright
from derive.printing.numbers import number, over
from derive.printing.precedence import Binding, in_latex
from derive.printing.printed import Printed, joined, negated, times
from derive.printing.signs import ODOT, OSLASH
from derive.printing.spacing import beside

Axes = tuple[bool, ...]
"""Which axes of a product a factor has."""


BOTH, ROWS, COLUMNS, ALONG = (True, True), (True, False), (False, True), (True,)


@dataclass(frozen=True)
class Factors:
    """Those that have the same axes, and those that they are divided by."""

    above: tuple[Node, ...] = ()
    below: tuple[Node, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.above or self.below)

    def __add__(self, other: "Factors") -> "Factors":
        return Factors(self.above + other.above, self.below + other.below)


Parts = dict[Axes, Factors]
"""The factors of a product by their axes; the numbers are those that have none."""


# --- products ---------------------------------------------------------------------------------


def product(node: Product, shape: Shape, to: Writer) -> Printed:
    """Numbers in front, as a fraction where there are divisors; then the arrays, which fill an
    array of that shape: what they are added to may be longer than they are.
    """
    parts = factors_of(node, (True,) * len(shape), to)
    return after_numbers(parts, _arrays(parts, shape, to), to)


def by_axes(parts: Parts) -> tuple[Factors, Factors, Factors]:
    """The factors that are matrices, those along rows, and those along columns."""
    return parts.get(BOTH, Factors()), parts.get(ROWS, Factors()), parts.get(COLUMNS, Factors())


def factors_of(node: Node, axes: Axes, to: Writer) -> Parts:
    found: Parts = {}
    for own, below, factor in _pieces(node, axes, to):
        new = Factors(below=(factor,)) if below else Factors((factor,))
        found[own] = found.get(own, Factors()) + new
    return found


def _pieces(
    node: Node, axes: Axes, to: Writer, below: bool = False
) -> Iterator[tuple[Axes, bool, Node]]:
    """Every factor with its axes and whether it is divided by, those in factors too."""
    match node:
        case Product():
            for factor in node.factors:
                yield from _pieces(factor, axes, to, below)
            for divisor in node.divisors:
                yield from _pieces(divisor, axes, to, not below)
        case Widen():
            yield from _pieces(node.operand, node.own, to, below)
        case Outer() if axes == BOTH:
            yield from _pieces(node.left, ROWS, to, below)
            yield from _pieces(node.right, COLUMNS, to, below)
        case Raised(Ref() as base, 2) if to.shape(base):
            yield from [(axes, below, base)] * 2
        case Choose(other=other) if other == ZERO and (found := apart(node, to.shape)):
            yield from _pieces(found, axes, to, below)
        case RealRaised(base, Constant(value)) if value < 0:
            under = base if value == -1 else replace(node, exponent=Constant(-value))
            yield from _pieces(under, axes, to, not below)
        case _:
            yield (axes if to.shape(node) else ()), below, node


def _arrays(parts: Parts, shape: Shape, to: Writer) -> Printed | None:
    """What is no number of a product."""
    if len(shape) < 2:
        return entrywise(parts[ALONG], to) if shape else None
    return matrix_of(parts, shape, to)


def matrix_of(parts: Parts, shape: Shape, to: Writer) -> Printed:
    """The same of a product that is a matrix."""
    middle, rows, columns = by_axes(parts)
    if not (rows or columns):
        return entrywise(middle, to)
    if not middle.above:
        left, right = column(rows, shape[0], to), as_row(columns, shape[1], to)
        outer = side_by_side(left, right, Outer)
        return _divided(outer, middle.below, to)
    if not middle.below and all(isinstance(factor, Identity) for factor in middle.above):
        return diagonal(entrywise(rows + columns, to))
    made = entrywise(middle, to)
    if rows:
        made = side_by_side(scaling(rows, to), made, MatMul)
    return side_by_side(made, scaling(columns, to), MatMul) if columns else made


def entrywise(factors: Factors, to: Writer) -> Printed:
    """Arrays of one shape multiplied and divided entry by entry; one alone as it stands."""
    above = [to.at(factor) for factor in factors.above] or [ONES_EVERYWHERE]
    made = above[0]
    if len(above) > 1:
        around = [factor.within(Binding.FRACTION) for factor in above]
        made = told(times(around, partial(joined, f" {HADAMARD} "), in_latex(Product)), ODOT)
    return _divided(made, factors.below, to)


def _divided(above: Printed, below: tuple[Node, ...], to: Writer) -> Printed:
    if not below:
        return above
    divisor = entrywise(Factors(below), to).within(Binding.FRACTION)
    dividend = above if above.binds is Binding.ARRAYS else above.within(Binding.FRACTION)
    pair = [dividend, divisor]
    return told(times(pair, partial(joined, f" {DIVIDED} "), in_latex(Product)), OSLASH)


def column(factors: Factors, size: str | None, to: Writer) -> Printed:
    """A vector as a column, of ones where there are no factors."""
    if not factors:
        return ones(size, to)
    if len(factors.above) == 1 and not factors.below:
        return upright(factors.above[0], to)
    made = entrywise(factors, to)
    return transposed(made) if _lie(factors, to) else made


def as_row(factors: Factors, size: str | None, to: Writer) -> Printed:
    """The same as a row."""
    if not factors:
        return transposed(ones(size, to))
    if len(factors.above) == 1 and not factors.below:
        return row(factors.above[0], to)
    made = entrywise(factors, to)
    return made if _lie(factors, to) else transposed(made)


def _lie(factors: Factors, to: Writer) -> bool:
    first, *_ = factors.above + factors.below
    return to.lies(first)


def scaling(factors: Factors, to: Writer) -> Printed:
    """The matrix that scales rows from the left, or columns from the right."""
    if factors.above:
        return diagonal(entrywise(factors, to))
    return power(diagonal(entrywise(Factors(factors.below), to)), "{-1}", Raised)


# --- the numbers in front ---------------------------------------------------------------------


def scaled(factor: Node, array: Printed, to: Writer) -> Printed:
    """An array times a number."""
    return after_numbers(factors_of(factor, (), to), array, to)


def after_numbers(parts: Parts, array: Printed | None, to: Writer) -> Printed:
    numbers = parts.get((), Factors())
    (above, upper), (below, lower) = map(_counted, (numbers.above, numbers.below))
    coefficient = upper / lower
    front = _in_front(abs(coefficient), above, below, to)
    made = _product(front if array is None else [*front, array])
    return negated(made) if coefficient < 0 else made


def _counted(factors: tuple[Node, ...]) -> tuple[list[Node], Fraction]:
    """The factors that are no constants, and the product of those that are."""
    constants = [factor.value for factor in factors if isinstance(factor, Constant)]
    others: list[Node] = [factor for factor in factors if not isinstance(factor, Constant)]
    return others, prod(constants, start=Fraction(1))


def _in_front(
    coefficient: Fraction, above: list[Node], below: list[Node], to: Writer
) -> list[Printed]:
    """A coefficient and numbers, over others; a sum or a fraction stands beside one, not on it."""
    numerator, denominator = over(coefficient)
    factors = [(factor, to.at(factor)) for factor in above]
    under = [number(denominator)] * (denominator != 1) + [to.at(factor) for factor in below]
    aside = [made for factor, made in factors if under and _stands_beside(factor, made)]
    top = [number(numerator)] * (numerator != 1)
    top += [made for factor, made in factors if not (under and _stands_beside(factor, made))]
    return [_fraction(_product(top), _product(under)), *aside] if under else top


def _stands_beside(factor: Node, made: Printed) -> bool:
    return isinstance(factor, Total) or made.binds is Binding.FRACTION


def _fraction(above: Printed, below: Printed) -> Printed:
    signed = above.negative and above.binds > Binding.SUM  # of a sum it is the first term's alone
    made = fraction(replace(above, negative=above.negative and not signed), below)
    return replace(made, negative=signed)


def _product(factors: list[Printed]) -> Printed:
    """Numbers side by side, the last of which may be an array; each in brackets where needed."""
    if len(factors) < 2:
        return factors[0] if factors else number(Fraction(1))
    first, *middle, last = factors
    pieces = [first.leading(Binding.FRACTION)]
    pieces += [factor.within(Binding.FRACTION) for factor in middle]
    pieces.append(last.within(Binding.PRODUCT if last.scalar else Binding.ARRAYS))
    return times(pieces, beside, in_latex(MatMul))
