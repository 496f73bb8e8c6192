"""Exact numbers modulo a 61-bit prime, with their derivatives: a proof at any depth.

A dual number a + bε with ε² = 0 carries a derivative forwards through any equation. With
every function replaced by a random polynomial, two expressions that differ agree at a
random point with probability at most their degree over 2^61. The functions whose
derivatives a formula writes out, exp and the like, get random values that keep them.

No number modulo a prime is positive. So each carries the real number that it stands for at a
random point of the model, and that says which branch is taken: one on which the model is defined.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import sympy
from flint import arb, ctx

from derive.evaluation.balls import ball, balls, sign
from derive.evaluation.evaluate import Arithmetic, Branch, Cell, Values
from derive.expressions.expression import unknown
from derive.functions.free import explicit_name
from derive.functions.rational import Z
from derive.functions.stretches import stretches
from derive.functions.table import TABLE
from derive.model.model import Model

PRIME = 2**61 - 1


BITS = 200
"""Of the real numbers."""


DEGREE = 5
"""Of the polynomials that stand for functions."""


LARGEST_STEP = 1000
"""Whole numbers by which two exponents of one base may be apart and be known to be so."""


@dataclass(frozen=True)
class Dual:
    """value + slope·ε modulo PRIME; the slope may be an array, of one slope for each direction.

    `real` is the real number that it stands for.
    """

    value: int
    slope: Any = 0
    real: arb = field(default_factory=arb.nan, compare=False)

    def __add__(self, other: "Dual") -> "Dual":
        slope = (self.slope + other.slope) % PRIME
        return Dual((self.value + other.value) % PRIME, slope, self.real + other.real)

    def __mul__(self, other: "Dual") -> "Dual":
        slope = self.value * other.slope + self.slope * other.value
        return Dual(self.value * other.value % PRIME, slope % PRIME, self.real * other.real)

    def __pow__(self, exponent: int) -> "Dual":
        slope = exponent * pow(self.value, exponent - 1, PRIME) * self.slope if exponent else 0
        return Dual(pow(self.value, exponent, PRIME), slope % PRIME, self.real**exponent)

    def __rtruediv__(self, number: int) -> "Dual":
        """Number / self. Raises ZeroDivisionError where self is zero modulo PRIME."""
        inverse = _inverse(self.value)
        slope = -number * inverse * inverse * self.slope
        return Dual(number * inverse % PRIME, slope % PRIME, number / self.real)


def random_duals(point: Mapping[Cell, Fraction], seed: int) -> Values:
    """Random numbers modulo PRIME that stand for those of a point."""
    chance = random.Random(seed)
    with ctx.workprec(BITS):
        return {cell: Dual(chance.randrange(1, PRIME), 0, ball(x)) for cell, x in point.items()}


def _inverse(number: int) -> int:
    if number % PRIME == 0:
        raise ZeroDivisionError("a division by zero, modulo a prime")
    return pow(number, -1, PRIME)


def modular(model: Model, seed: int) -> Arithmetic:
    """Dual numbers, each function a random polynomial of its own."""
    chance, reals = random.Random(seed), balls(model)
    polynomials: dict[str, list[int]] = {}
    drawn: dict[tuple[str, int], int] = {}
    powers: dict[int, dict[int, int]] = {}

    def draw(name: str, z: int) -> int:
        """The value of exp and the like: random, but the same for the same z."""
        if (name, z) not in drawn:
            drawn[name, z] = chance.randrange(PRIME)
        return drawn[name, z]

    def apply(name: str, order: int, z: Dual) -> Dual:
        real = reals.apply(name, order, z.real)
        if name in TABLE and TABLE[name].kinks:
            definition = _stretch(TABLE[name].derivative(order), z)
            slope = _at(sympy.diff(definition, Z), z.value, draw)
            return Dual(_at(definition, z.value, draw), slope * z.slope % PRIME, real)
        if name in TABLE and TABLE[name].explicit:
            slope = _at(TABLE[name].derivative(), z.value, draw)
            return Dual(draw(name, z.value), slope * z.slope % PRIME, real)
        if name not in polynomials:
            polynomials[name] = [chance.randrange(PRIME) for _ in range(DEGREE + 1)]
        coefficients = polynomials[name]
        for _ in range(order):
            coefficients = _derivative(coefficients)
        slope = _horner(_derivative(coefficients), z.value)
        return Dual(_horner(coefficients, z.value), slope * z.slope % PRIME, real)

    def number(value: Fraction) -> Dual:
        return Dual(value.numerator * _inverse(value.denominator) % PRIME, 0, ball(value))

    def choose(left: Dual, right: Dual, then: Branch, other: Branch) -> Any:
        is_tie = left.value == right.value
        return then() if not is_tie and sign(left.real - right.real) > 0 else other()

    def raised(base: Dual, exponent: Dual, derived: bool) -> Dual:
        """Random but for whole powers: q^0 is 1, and q^(e + n) is q^e·q^n. What is zero there is
        so at all weights, as a relu that is dead: its powers are constant.
        """
        if base.value == 0 and exponent.value != 0:
            if exponent.real > 0 or derived:
                return Dual(0, 0 * base.slope, arb(0))
            raise ZeroDivisionError("a power of zero, modulo a prime")
        known = powers.setdefault(base.value, {0: 1})
        apart = (exponent.value - e for e in known)
        steps = [(n if n <= PRIME // 2 else n - PRIME) for n in (d % PRIME for d in apart)]
        near = next((n for n in steps if abs(n) <= LARGEST_STEP), None)
        if near is None:
            known[exponent.value], near = chance.randrange(1, PRIME), 0
        value = known[(exponent.value - near) % PRIME] * pow(base.value, near, PRIME) % PRIME
        slope = exponent.value * value * _inverse(base.value) * base.slope if exponent.value else 0
        return Dual(value, slope % PRIME, reals.raised(base.real, exponent.real, derived))

    return Arithmetic(number, apply, choose, raised)


def _stretch(definition: Any, z: Dual) -> Any:
    """What a function with kinks is on the stretch on which a number lies."""
    *beyond, (_, piece) = stretches(definition)
    for begins, other in reversed(beyond):
        if sign(z.real - ball(Fraction(int(begins.p), int(begins.q)))) > 0:
            piece = other
    return piece


def _at(expression: Any, z: int, draw: Callable[[str, int], int]) -> int:
    """An expression in z modulo PRIME, where exp' is exp and sin' is cos."""
    if expression == Z:
        return z
    if expression.is_Rational:
        return int(expression.p) * _inverse(int(expression.q)) % PRIME
    parts = [_at(part, z, draw) for part in expression.args]
    if expression.is_Add:
        return sum(parts) % PRIME
    if expression.is_Mul:
        return prod(parts) % PRIME
    if expression.is_Pow:
        exponent = int(expression.exp)
        return pow(parts[0] if exponent > 0 else _inverse(parts[0]), abs(exponent), PRIME)
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
