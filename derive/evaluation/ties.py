"""Points on the kinks of a model, and the error's slopes beside them.

A point on a kink is found along a random line through the weights, where the kink's argument
changes its sign.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from flint import arb

from derive.derivation.derivation import Derivation, Equation
from derive.derivation.kinks import kinks
from derive.evaluation.balls import UnsureError, ball, balls
from derive.evaluation.evaluate import (
    Arithmetic,
    Branch,
    Cell,
    Sizes,
    Values,
    array_cells,
    equation_cells,
    evaluate,
    evaluate_expression,
)
from derive.evaluation.random_points import random_rationals
from derive.expressions.expression import Apply, Expression, Index, Where
from derive.model.model import Definition, Kink, Model

BITS = 192
"""The precision at which ties are looked for."""


TIED = Fraction(1, 10**35)
"""What is nearer to a tie is one."""


JUMP = 1e-9
"""How far two branches are apart that do not meet."""


LINE = tuple(Fraction(n, 8) for n in (-32, -16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16, 32))
"""Where on a line the sign of a kink's argument is looked at."""


MOST_CELLS = 3
"""Points on a kink that are looked at, on a line or among binary fractions."""


STEPS = 40
"""Of the search for a sign's change, which ends after twelve as a rule, and at a jump never."""


@dataclass(frozen=True)
class Met:
    """A kink at one of its cells, with its argument there: positive beyond the tie."""

    kink: Kink
    cell: tuple[int, ...]
    argument: Any
    place: Fraction = Fraction(0)
    """Where a function has the kink."""
    jumps: bool = False
    """Whether the two branches of the tie are two numbers."""

    @property
    def key(self) -> "Key":
        """What it is at other points."""
        return self.kink, self.cell, self.place


Key = tuple[Kink, tuple[int, ...], Fraction]
"""A kink, the cell and the numbers of the sums' letters, and where a function has it."""


@dataclass(frozen=True)
class Tie:
    """A point on a kink: what is given there, and which kinks meet."""

    given: Values
    met: tuple[Met, ...]


Seeds = tuple[int, int]
"""Of a line: of its direction, and of the point that it goes through."""


Direction = Mapping[Cell, Any]
"""A step for every scalar weight."""


def tied(model: Model) -> Arithmetic:
    """Balls that are on a kink, and at a root of zero, where they are there but for rounding."""
    how, near = balls(model), exactly(TIED)

    def apply(name: str, order: int, z: Any) -> Any:
        for kink in map(exactly, model.function(name).kinks):
            z = kink if abs(z - kink) <= near else z
        return how.apply(name, order, z)

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        return then() if left - right > near else other()

    def raised(base: Any, exponent: Any, derived: bool) -> Any:
        return how.raised(arb(0) if abs(base) <= near else base, exponent, derived)

    return Arithmetic(how.number, apply, choose, raised)


@dataclass(frozen=True)
class _Line:
    """The points `given` + t·`way`."""

    derivation: Derivation
    sizes: Sizes
    given: Values
    way: Direction

    def at(self, t: Any) -> Values:
        """One of them."""
        return moved(self.given, self.way, t)

    def met(self, t: Any) -> tuple[Met, ...]:
        """The kinks there."""
        return kinks_at(self.derivation, self.sizes, self.at(t))

    def argument(self, met: Met) -> Callable[[Any], Any]:
        """The argument of one of them, None where it has none."""
        how, forward = tied(self.derivation.model), _forward(self.derivation)
        last = [equation.target.name for equation in forward].index(met.kink.equation)
        standing = standing_kinks(forward[last], self.derivation.model, self.sizes)
        node, place = next((n, p) for kink, n, cell, p in standing if (kink, cell) == met.key[:2])

        def at(t: Any) -> Any:
            try:
                values = evaluate(forward[:last], self.sizes, self.at(t), how)
                argument = _argument(node, met.place, _at(place, self.sizes, values, how))
            except UnsureError:
                return None
            return argument if argument.is_finite() else None

        return at


def ties(derivation: Derivation, sizes: Sizes, lines: Sequence[Seeds]) -> Iterator[Tie]:
    """Points on each kink at which the error and all that is derived from it are numbers."""
    return (tie for tie in met_on(derivation, sizes, lines) if is_defined(derivation, sizes, tie))


def met_on(
    derivation: Derivation, sizes: Sizes, lines: Sequence[Seeds], least: int = 1
) -> Iterator[Tie]:
    """Points on each kink: those on the first lines, and on more until every kink has been met."""
    unmet = {
        kink
        for equation in _forward(derivation)
        for kink, *_ in kinks(Definition(equation.target, equation.value), derivation.model)
    }
    for number, (seed, through) in enumerate(lines):
        if number >= least and not unmet:
            return
        for tie in crossings(derivation, sizes, seed, through):
            unmet -= {met.kink for met in tie.met}
            yield tie


def crossings(derivation: Derivation, sizes: Sizes, seed: int, through: int) -> Iterator[Tie]:
    """Points on each kink, where some of its cells change sides along a random line, `through`
    being the seed of a point on it.
    """
    chance, given = random.Random(seed), drawn(derivation, sizes, through)
    weights = weights_of(derivation.model, sizes)
    way = {cell: exactly(Fraction(chance.randint(-40, 40), 40)) for cell in weights}
    line = _Line(derivation, sizes, given, way)
    looked_at = [(t, line.met(t)) for t in map(exactly, LINE)]
    found: Counter[Kink] = Counter()
    for (low, before), (high, after) in pairwise(looked_at):
        for one, two in zip(before, after, strict=False):
            if found[one.kink] < MOST_CELLS and one.argument * two.argument < 0:
                point = _between(line, one, low, high)
                if point is not None:
                    found.update({met.kink for met in point.met})
                    yield point


def _between(line: _Line, met: Met, low: Any, high: Any) -> Tie | None:
    """The point on a kink between two of a line, by the Illinois method."""
    argument = line.argument(met)
    below, above = argument(low), argument(high)
    for _ in range(STEPS):
        if below is None or above is None or below == above:
            return None
        t = (high - above * (high - low) / (above - below)).mid()
        here = argument(t)
        if here is None:
            return None
        if abs(here) <= exactly(TIED) / 10**5:
            there = (x for x in line.met(t) if abs(x.argument) <= exactly(TIED))
            return Tie(line.at(t), tuple(there))
        if here * above < 0:
            low, below = high, above
        else:
            below /= 2
        high, above = t, here
    return None


def is_defined(derivation: Derivation, sizes: Sizes, tie: Tie) -> bool:
    """Whether the error and all that is derived from it are numbers at a point."""
    try:
        values = evaluate(derivation.equations, sizes, tie.given, tied(derivation.model))
    except UnsureError:
        return False
    return all(value.is_finite() for value in values.values())


def has_root_of_zero(derivation: Derivation, sizes: Sizes, given: Values) -> bool:
    """Whether a root of zero is taken at a point, beside which √(z²) is |z|."""
    how, near, found = tied(derivation.model), exactly(TIED), []

    def raised(base: Any, exponent: Any, derived: bool) -> Any:
        found.append(abs(base) <= near)
        return how.raised(base, exponent, derived)

    evaluate(derivation.forward, sizes, given, replace(how, raised=raised))
    return any(found)


def kinks_at(derivation: Derivation, sizes: Sizes, given: Values) -> tuple[Met, ...]:
    """The arguments of all kinks at a point; none if undefined."""
    model, how = derivation.model, tied(derivation.model)
    found: list[Met] = []
    try:
        values = evaluate(_forward(derivation), sizes, given, how)
        for equation in _forward(derivation):
            found += _of(equation, model, sizes, values, how)
    except UnsureError:
        return ()
    return tuple(found) if all(value.is_finite() for value in values.values()) else ()


def _forward(derivation: Derivation) -> list[Equation]:
    return [e for e in derivation.forward if isinstance(e.target.name, str)]


def standing_kinks(
    equation: Equation, model: Model, sizes: Sizes
) -> Iterator[tuple[Kink, Expression, tuple[int, ...], Mapping[Index, int]]]:
    """The kinks of an equation in all of its cells, and at all values of the sums' letters: each
    with its node, those numbers, and the place that they are.
    """
    for kink, node, bound in kinks(Definition(equation.target, equation.value), model):
        letters = (*equation.target.letters, *bound)
        ranges = [range(1, sizes[index.size] + 1) for index in bound]
        for cell, numbers in product(equation_cells(equation, sizes), product(*ranges)):
            here = (*cell[1], *numbers)
            yield kink, node, here, dict(zip(letters, here, strict=True))


def _of(
    equation: Equation, model: Model, sizes: Sizes, values: Values, how: Arithmetic
) -> Iterator[Met]:
    """The arguments of an equation's kinks."""
    for kink, node, cell, place in standing_kinks(equation, model, sizes):
        at = _at(place, sizes, values, how)
        for begins in _beginnings(node, model):
            argument = _argument(node, begins, at)
            near = abs(argument) <= exactly(TIED)
            yield Met(
                kink, cell, argument, begins, near and abs(_jump(node, begins, at, how)) > JUMP
            )


def _beginnings(node: Expression, model: Model) -> tuple[Fraction, ...]:
    """Where a kink's argument has a tie: a choice's at 0."""
    return model.function(node.function).kinks if isinstance(node, Apply) else (Fraction(0),)


At = Callable[[Expression], Any]
"""The value of an expression where a kink is looked at."""


def _at(place: Mapping[Index, int], sizes: Sizes, values: Values, how: Arithmetic) -> At:
    return lambda part: evaluate_expression(part, place, sizes, values, how)


def _argument(node: Expression, begins: Fraction, at: At) -> Any:
    """What changes its sign at a kink."""
    if isinstance(node, Where):
        return at(node.left) - at(node.right)
    assert isinstance(node, Apply)
    return at(node.argument) - exactly(begins)


def _jump(node: Expression, begins: Fraction, at: At, how: Arithmetic) -> Any:
    """How far the branches are apart that meet at a kink."""
    if isinstance(node, Where):
        return at(node.then) - at(node.other)
    assert isinstance(node, Apply)
    step = JUMP**2
    sides = (how.apply(node.function, 0, exactly(begins) + s) for s in (-step, step))
    return next(sides) - next(sides)


def weights_of(model: Model, sizes: Sizes) -> list[Cell]:
    """Every scalar weight, and every scalar of the inputs asked for."""
    return [cell for array in model.differentiated for cell in array_cells(array, sizes)]


def moved(given: Values, way: Direction, by: Any) -> Values:
    """A point some steps further in a direction."""
    return {**given, **{cell: given[cell] + by * step for cell, step in way.items()}}


def exactly(value: Fraction) -> Any:
    """A fraction at the working precision."""
    return ball(value)


def drawn(derivation: Derivation, sizes: Sizes, seed: int) -> Values:
    """A random point of the model, in balls."""
    return {c: ball(x) for c, x in random_rationals(derivation, sizes, seed).items()}
