"""A reading that does not hold -> small numbers that show it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from derive.auditing.file import Reading
from derive.auditing.settings import Exact, Known, small_settings
from derive.auditing.sides import Pair, read_sides, sides_of, step_sides
from derive.auditing.verdicts import Refutation
from derive.derivation.derivation import Derivation
from derive.errors import DeriveError
from derive.readback.setting import Setting

Given = tuple[tuple[str, str], ...]
"""Names with the numbers that they stand for."""


# --- refutation -------------------------------------------------------------------------------


def leaves_held(pairs: list[Pair], where: Setting) -> set[str]:
    """The printed names of the leaves that the sides depend on."""
    sides = [np.asarray(side, object).ravel() for _, a, b in pairs for side in (a, b)]
    held = {symbol for side in sides for x in side for symbol in sympy.sympify(x).free_symbols}
    return {name for name, symbol in where.leaves if symbol in held}


def refute(reading: Reading, derivation: Derivation, sizes: Known, held: set[str]) -> Refutation:
    """The sample for which the sides differ in the smallest numbers."""
    found = []
    for sample, where in small_settings(derivation, sizes, tuple(reading.free)):
        for what, letters, (relation, left, right) in _compared(reading, where, derivation):
            if not _equal(relation, left, right):
                given = (*letters, *_given(sample, held))
                found.append(Refutation(given, _number(left), _number(right), what))
                break
    if not found:
        problem = f"no small numbers refute {reading.formula or reading.steps}"
        raise DeriveError(problem, "look whether it holds as it stands")
    return min(found, key=_size)


def _compared(
    reading: Reading, where: Setting, derivation: Derivation
) -> Iterator[tuple[str, Given, Pair]]:
    """The weight that two sides are about, or the numbers that its letters stand for, and they."""
    if reading.steps:
        for what, pair in step_sides(reading, where, derivation):
            yield what, (), pair
        return
    for formula in (read_sides(text, reading, where) for text in reading.formula):
        for place, pair in sides_of(formula, reading, where):
            yield "", tuple((letter, str(number)) for letter, number in place.items()), pair


def _size(found: Refutation) -> tuple[int, int]:
    """How hard the numbers are to check: digits of the sides, then of what is given."""
    zeros = 3 * (found.left.strip("(0, )") == "") + 3 * (found.right.strip("(0, )") == "")
    given = sum(len(number) for _, number in found.given)
    return len(found.left) + len(found.right) + zeros, given


def _equal(relation: str, left: Any, right: Any) -> bool:
    a, b = (np.asarray(side, object).ravel() for side in (left, right))
    if relation == "<":
        return all(x < y for x, y in zip(a, b, strict=True))
    return all(x == y for x, y in zip(a, b, strict=True))


def _given(sample: Exact, held: set[str]) -> Given:
    return tuple((name, _number(number)) for name, number in sample.given if name in held)


def _number(found: Any) -> str:
    if isinstance(found, np.ndarray):
        return "(" + ", ".join(_number(entry) for entry in found.ravel()) + ")"
    number = Fraction(found)
    return str(number) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"
