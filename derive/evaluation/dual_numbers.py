"""Exact numbers modulo a 61-bit prime, with their derivatives: a proof at any depth.

A dual number a + bε with ε² = 0 carries a derivative forwards through any equation. With
every function replaced by a random polynomial, two expressions that differ agree at a
random point with probability at most their degree over 2^61. The functions whose
derivatives a formula writes out, exp and the like, get random values that keep them.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import sympy

from derive.evaluation.evaluate import Arithmetic, Branch
from derive.expressions.expression import unknown
from derive.functions.free import explicit_name
from derive.functions.rational import Z
from derive.functions.stretches import stretches
from derive.functions.table import TABLE

PRIME = 2**61 - 1


DEGREE = 5
"""Of the polynomials that stand for functions."""


LARGEST_STEP = 1000
"""Whole numbers by which two exponents of one base may be apart and be known to be so."""


@dataclass(frozen=True)
class Dual:
    """value + slope·ε modulo PRIME; the slope may be an array, of one slope for each direction."""

    value: int
    slope: Any = 0

    def __add__(self, other: "Dual") -> "Dual":
        return Dual((self.value + other.value) % PRIME, (self.slope + other.slope) % PRIME)

    def __mul__(self, other: "Dual") -> "Dual":
        slope = self.value * other.slope + self.slope * other.value
        return Dual(self.value * other.value % PRIME, slope % PRIME)

    def __pow__(self, exponent: int) -> "Dual":
        slope = exponent * pow(self.value, exponent - 1, PRIME) * self.slope
        return Dual(pow(self.value, exponent, PRIME), slope % PRIME)

    def __rtruediv__(self, number: int) -> "Dual":
        """Number / self. Raises ValueError where self is zero modulo PRIME."""
        inverse = pow(self.value, -1, PRIME)
        slope = -number * inverse * inverse * self.slope
        return Dual(number * inverse % PRIME, slope % PRIME)


def modular(seed: int) -> Arithmetic:
    """Dual numbers, each function a random polynomial of its own."""
    chance = random.Random(seed)
    polynomials: dict[str, list[int]] = {}
    drawn: dict[tuple[str, int], int] = {}
    powers: dict[int, dict[int, int]] = {}

    def draw(name: str, z: int) -> int:
        """The value of exp and the like: random, but the same for the same z."""
        if (name, z) not in drawn:
            drawn[name, z] = chance.randrange(PRIME)
        return drawn[name, z]

    def apply(name: str, order: int, z: Any) -> Dual:
        if name in TABLE and TABLE[name].kinks:
            return by_stretches(TABLE[name].derivative(order), z)
        if name in TABLE and TABLE[name].explicit:
            slope = _at(TABLE[name].derivative(), z.value, draw)
            return Dual(draw(name, z.value), slope * z.slope % PRIME)
        if name not in polynomials:
            polynomials[name] = [chance.randrange(PRIME) for _ in range(DEGREE + 1)]
        coefficients = polynomials[name]
        for _ in range(order):
            coefficients = _derivative(coefficients)
        value = _horner(coefficients, z.value)
        return Dual(value, _horner(_derivative(coefficients), z.value) * z.slope % PRIME)

    def number(value: Fraction) -> Dual:
        return Dual(value.numerator * pow(value.denominator, -1, PRIME) % PRIME)

    def positive(difference: int) -> bool:
        """Whether a number is, drawn at random, but one of z and -z is; 0 is not."""
        drawn = bool(draw("where", min(difference, PRIME - difference)) % 2)
        return difference != 0 and drawn == (difference < PRIME - difference)

    def by_stretches(definition: Any, z: Dual) -> Dual:
        """A function with kinks, on the stretch that those draws say."""
        *beyond, (_, piece) = stretches(definition)
        for begins, other in reversed(beyond):
            if positive((z.value - _at(begins, 0, draw)) % PRIME):
                piece = other
        slope = _at(sympy.diff(piece, Z), z.value, draw)
        return Dual(_at(piece, z.value, draw), slope * z.slope % PRIME)

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        return then() if positive((left.value - right.value) % PRIME) else other()

    def raised(base: Any, exponent: Any, derived: bool) -> Dual:
        """Random but for whole powers: q^0 is 1, and q^(e + n) is q^e·q^n."""
        if base.value == 0:
            raise ZeroDivisionError("a power of zero, modulo a prime")
        known = powers.setdefault(base.value, {0: 1})
        apart = (exponent.value - e for e in known)
        steps = [(n if n <= PRIME // 2 else n - PRIME) for n in (d % PRIME for d in apart)]
        near = next((n for n in steps if abs(n) <= LARGEST_STEP), None)
        if near is None:
            known[exponent.value], near = chance.randrange(1, PRIME), 0
        value = known[(exponent.value - near) % PRIME] * pow(base.value, near, PRIME) % PRIME
        slope = exponent.value * value * pow(base.value, -1, PRIME) * base.slope
        return Dual(value, slope % PRIME)

    return Arithmetic(number, apply, choose, raised)


def _at(expression: Any, z: int, draw: Callable[[str, int], int]) -> int:
    """An expression in z modulo PRIME, where exp' is exp and sin' is cos."""
    if expression == Z:
        return z
    if expression.is_Rational:
        return int(expression.p) * pow(int(expression.q), -1, PRIME) % PRIME
    parts = [_at(part, z, draw) for part in expression.args]
    if expression.is_Add:
        return sum(parts) % PRIME
    if expression.is_Mul:
        return prod(parts) % PRIME
    if expression.is_Pow:
        return pow(parts[0], int(expression.exp), PRIME)
    name = explicit_name(expression.func)
    if name is None:
        unknown(expression, "modular")
    return draw(name, parts[0])


def _derivative(coefficients: list[int]) -> list[int]:
    """Of c_0 + c_1 z + c_2 z² + ..."""
    return [k * c % PRIME for k, c in enumerate(coefficients)][1:] or [0]


def _horner(coefficients: list[int], z: int) -> int:
    total = 0
    for coefficient in reversed(coefficients):
        total = (total * z + coefficient) % PRIME
    return total
