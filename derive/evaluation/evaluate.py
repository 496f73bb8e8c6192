"""Equations at concrete sizes, with numbers of any kind.

One evaluator serves SymPy expressions (expanding EQ whole), 50-digit numbers (finite
differences) and floats: it knows only +, ·, whole powers and what `Arithmetic` says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from itertools import product
from typing import Any

import mpmath
import sympy

from derive.derivation.derivation import Equation
from derive.errors import DeriveError
from derive.evaluation.formulas import Formula, formula
from derive.expressions.expression import Entry, Expression, Index, Name, Subscript
from derive.functions.free import undefined
from derive.functions.rational import Z
from derive.functions.stretches import stretches
from derive.functions.table import TABLE, Function
from derive.model.model import Array, Model

DIGITS = 50


STEP = Fraction(1, 10**17)
"""h of the central difference (EQ(w + h) − EQ(w − h)) / 2h."""


Cell = tuple[Name, tuple[int, ...]]
"""One number of an array: its name, and its indices from 1."""


Values = dict[Cell, Any]


Sizes = Mapping[str, int]


Branch = Callable[[], Any]


def choose_number(left: Any, right: Any, then: Branch, other: Branch) -> Any:
    """The branch that real numbers take."""
    return then() if left > right else other()


def raise_number(base: Any, exponent: Any, derived: bool) -> Any:
    """A power of real numbers, a derived one 0 where it would be infinite.

    Raises ZeroDivisionError for zero to a negative power that is no derived one.
    """
    return base * 0 if derived and base == 0 and exponent < 0 else base**exponent


@dataclass(frozen=True)
class Arithmetic:
    """A kind of number: how one is made, a function (of an order of derivative) applied,
    `then` chosen where left > right, else `other` (only the branch taken need be worked out),
    and a base raised to an exponent, `derived` as a `RealPower` is.
    """

    number: Callable[[Fraction], Any]
    apply: Callable[[str, int, Any], Any]
    choose: Callable[[Any, Any, Branch, Branch], Any] = choose_number
    raised: Callable[[Any, Any, bool], Any] = raise_number


def cells(name: Name, indices: Iterable[Subscript], sizes: Sizes) -> list[Cell]:
    """Every cell of an array, the last index running fastest."""
    ranges = [_range(index, sizes) for index in indices]
    return [(name, place) for place in product(*ranges)]


def array_cells(array: Array, sizes: Sizes) -> list[Cell]:
    """Every cell of a model's array."""
    return cells(array.name, array.indices, sizes)


def evaluate(
    equations: Iterable[Equation], sizes: Sizes, given: Values, arithmetic: Arithmetic
) -> Values:
    """The given values and every cell that the equations define, in their order."""
    values = dict(given)
    for equation in equations:
        values.update(list(evaluate_equation(equation, sizes, values, arithmetic)))
    return values


def equation_cells(equation: Equation, sizes: Sizes) -> tuple[Cell, ...]:
    """Every cell that an equation defines."""
    return _equation_cells(equation.target, tuple(sizes.items()))


@lru_cache(2**12)
def _equation_cells(target: Entry, sizes: tuple[tuple[str, int], ...]) -> tuple[Cell, ...]:
    return tuple(cells(target.name, target.letters, dict(sizes)))


def evaluate_equation(
    equation: Equation, sizes: Sizes, values: Values, how: Arithmetic
) -> Iterator[tuple[Cell, Any]]:
    """Every cell of an equation and its value, one after another; none holds another."""
    found = equation_cells(equation, sizes)
    function, places = formula(equation.value, equation.target.letters), [c[1] for c in found]
    yield from zip(found, _computed(function, places, sizes, values, how), strict=True)


def evaluate_cell(
    equation: Equation, cell: Cell, sizes: Sizes, values: Values, how: Arithmetic
) -> Any:
    """The right-hand side of an equation at one of its cells."""
    function = formula(equation.value, equation.target.letters)
    return next(_computed(function, [cell[1]], sizes, values, how))


def evaluate_expression(
    node: Expression, place: Mapping[Index, int], sizes: Sizes, values: Values, how: Arithmetic
) -> Any:
    """The value of an expression, its free indices at the given place."""
    function = formula(node, tuple(place))
    return next(_computed(function, [tuple(place.values())], sizes, values, how))


def _computed(
    function: Formula,
    places: Iterable[tuple[int, ...]],
    sizes: Sizes,
    values: Values,
    how: Arithmetic,
) -> Iterator[Any]:
    """An expression at several places, each the numbers that its letters stand for."""
    constants, run = function.numbers(sizes, how.number), function.run
    apply, choose, raised = how.apply, how.choose, how.raised
    try:
        for place in places:
            yield run(values, sizes, constants, apply, choose, raised, *place)
    except KeyError as missing:
        (cell,) = missing.args
        if not isinstance(cell, tuple):
            raise
        problem = f"{show_cell(*cell)} does not exist at these sizes"
        cure = "an equation reads what nothing defines: look at its indices"
        raise DeriveError(problem, cure) from missing


def show_cell(name: Name, place: tuple[int, ...]) -> str:
    """W[1,2], or ∂EQ/∂W[1,2]."""
    numbers = f"[{','.join(map(str, place))}]" if place else ""
    return f"{name}{numbers}" if isinstance(name, str) else f"∂{name.of}/∂{name.by}{numbers}"


def _range(index: Subscript, sizes: Sizes) -> range:
    return range(index, index + 1) if isinstance(index, int) else range(1, sizes[index.size] + 1)


# --- kinds of number --------------------------------------------------------------------------


def symbolic() -> Arithmetic:
    """SymPy expressions, every function left undefined but exp, log, sin and cos."""

    def apply(name: str, order: int, argument: Any) -> Any:
        if name not in TABLE:
            return undefined(name, order)(argument)
        if TABLE[name].kinks:
            return _by_stretches(TABLE[name].derivative(order), argument)
        if TABLE[name].explicit:
            return TABLE[name].derivative(order).xreplace({Z: argument})
        return undefined(name, order)(argument)

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        step = _step(left - right)
        if step.is_number:  # the other branch need not exist
            return then() if step == 1 else other()
        return step * then() + (1 - step) * other()

    def raised(base: Any, exponent: Any, derived: bool) -> Any:
        return PositivePower(base, exponent)

    return Arithmetic(
        lambda value: sympy.Rational(value.numerator, value.denominator), apply, choose, raised
    )


class Step(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """1 where its argument is positive, else 0; constant but for its jump."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.Integer(0)

    def _eval_power(self, exponent: Any) -> Any:
        return self if exponent.is_Integer and exponent > 0 else None


def _step(difference: Any) -> Any:
    """The step of a difference: one for all its multiples, z > 0 being 2z > 0 and not -z > 0."""
    _, bare = sympy.expand(difference).primitive()
    if bare.is_number:
        return sympy.Integer(int(bool(bare > 0)))
    return 1 - Step(-bare) if bare.could_extract_minus_sign() else Step(bare)


def _by_stretches(definition: Any, argument: Any) -> Any:
    """A function with kinks as the sum of what it is on each stretch."""
    *beyond, (_, first) = stretches(definition)
    value = first.xreplace({Z: argument})
    for begins, piece in reversed(beyond):
        value += _step(argument - begins) * (piece.xreplace({Z: argument}) - value)
    return value


class PositivePower(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """(base, exponent) of a positive base, whole powers of which stand apart: q^(3/2) is q·√q.

    Equal powers are then equal expressions, √q·√q and q included. No base is taken apart, so that
    √(z²) is not taken for z.
    """

    nargs = 2

    @classmethod
    def eval(cls, base: Any, exponent: Any) -> Any:
        whole = sympy.floor(exponent.as_coeff_Add()[0])
        if base.is_Rational or exponent == whole:
            return base**exponent
        return base**whole * cls(base, exponent - whole) if whole else None

    def _eval_power(self, exponent: Any) -> Any:
        base, own = self.args
        return PositivePower(base, own * exponent) if exponent.is_Integer else None

    def _eval_derivative(self, by: Any) -> Any:
        base, exponent = self.args
        return exponent * PositivePower(base, exponent - 1) * base.diff(by)


def high_precision(model: Model) -> Arithmetic:
    """Mpmath numbers at the working precision, functions by the definitions in their table."""

    def apply(name: str, order: int, argument: Any) -> Any:
        return _compiled(model.function(name), order)(argument)

    return Arithmetic(lambda value: mpmath.mpf(value.numerator) / value.denominator, apply)


@cache
def _compiled(function: Function, order: int) -> Callable[[Any], Any]:
    """A derivative of a function, for mpmath numbers of any precision."""
    made: Callable[[Any], Any] = sympy.lambdify(Z, function.derivative(order), "mpmath")
    return made
