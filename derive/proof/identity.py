"""Two SymPy expressions -> whether they are the same function of their symbols.

First as fractions, exactly (`proof.fractions`). What differs there may still be equal, by a
relation such as exp(u + v) = exp(u)·exp(v) or √u² = |u|, or be too long: then numbers decide,
in balls, at places where both sides are defined.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, ctx

from derive.errors import ProofError
from derive.evaluation.balls import Apply, UnsureError, ball, compiled, value_of
from derive.functions.table import TABLE
from derive.proof.certificate import Check
from derive.proof.fractions import equal_fractions
from derive.proof.numbers import BITS, first_difference

PLACES = 2


PLACES_TRIED = 200


Known = tuple[dict[Any, Any], Apply]
"""The symbols of a place in balls, and what undefined functions are there."""


Place = Callable[[], Known]
"""A place at which expressions are compared, at FLINT's working precision."""


def identical(left: Any, right: Any) -> bool:
    """Whether two SymPy expressions are the same function of their symbols.

    Raises ProofError where no place is found at which both are defined.
    """
    return equal_fractions(left, right) or not _apart(left, right, _free_places(left, right))


def first_failure(
    claim: str, sides: Iterable[tuple[str, Any, Any]], places: Sequence[Place]
) -> Check:
    """The check that pairs of SymPy expressions are the same functions; the first that is not.

    What algebra leaves open is decided in numbers at the places.
    """
    for what, got, expected in sides:
        if got != expected and not equal_fractions(got, expected):
            numbers = _apart(got, expected, places)
            if numbers:
                shown = f"{what} came out as {got}, and it should be {expected}"
                return Check(claim, False, f"{shown}; {numbers}")
    return Check(claim, True)


def is_gradient(value: Any, gradient: Mapping[sympy.Symbol, Any]) -> bool:
    """Whether a gradient holds the derivative of `value` by each of its symbols, as fractions.

    One sympy.diff decides on all of them: along a curve x(s) it is Σ ∂value/∂x · x'(s), and
    slopes x'(s) that are symbols of their own leave nothing to cancel between two terms.
    """
    s = sympy.Dummy(real=True)
    curve = {x: sympy.Function(x.name, real=True)(s) for x in gradient}
    slopes = {x: sympy.Dummy(real=True) for x in gradient}
    back = {point: x for x, point in curve.items()}
    back |= {sympy.Derivative(point, s): slopes[x] for x, point in curve.items()}
    along = sympy.diff(value.xreplace(curve), s).xreplace(back)
    return equal_fractions(along, sympy.Add(*(slopes[x] * y for x, y in gradient.items())))


def _apart(left: Any, right: Any, places: Sequence[Place]) -> str:
    """What two expressions are at the first of some places where they differ, or nothing."""

    def sides() -> Iterator[tuple[str, Any, Any]]:
        for place in places:
            known, apply = place()
            first, second = (value_of(side, known, apply) for side in (left, right))
            yield "at a random point the first", first, second

    return first_difference("they are the same", sides).detail


# --- free symbols -----------------------------------------------------------------------------


def _free_places(left: Any, right: Any) -> tuple[Place, ...]:
    """Random places of two expressions in free symbols at which both are defined.

    Raises ProofError where none is found.
    """
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    found: list[Place] = []
    with ctx.workprec(BITS[0]):
        for seed in range(PLACES_TRIED):
            place = _drawn(symbols, seed)
            if _defined(left, place) and _defined(right, place):
                found.append(place)
            if len(found) == PLACES:
                return tuple(found)
    problem = f"at no place are both {left} and {right} real numbers"
    raise ProofError(problem, "look for a root or a logarithm of what is negative", "algebra")


def _defined(expression: Any, place: Place) -> bool:
    known, apply = place()
    try:
        return bool(value_of(expression, known, apply).is_finite())
    except UnsureError:
        return False


def _drawn(symbols: list[Any], seed: int) -> Place:
    """Every symbol a random number, every undefined function a sine with values in (0, 1)."""
    chance = random.Random(seed)
    low, high = ((-2, 2), (0, 1), (1, 3))[seed % 3]
    numbers = {x: low + (high - low) * Fraction(chance.randint(1, 4000), 4001) for x in symbols}

    def apply(name: str, order: int, z: Any) -> Any:
        if name in TABLE:
            return compiled(TABLE[name].derivative(order))(z)
        own = random.Random(f"{name} {seed}")
        rate, shift = (ball(Fraction(own.randint(50, 150), 100)) for _ in range(2))
        phase = rate * z + shift + arb.pi() * order / 2
        return (arb(int(order == 0)) + rate**order * phase.sin() * 4 / 5) / 2

    def place() -> Known:
        return {x: ball(number) for x, number in numbers.items()}, apply

    return place
