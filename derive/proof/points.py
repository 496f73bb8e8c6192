"""Points at which proofs compare: exact numbers for all that a derivation is given.

The functions that a model leaves free stand for any function: at a point each is its own for
the code, stretched by a number of its own, f(5z/4), which keeps its domain and its values but
no relation such as f' = f(1 - f) that only holds of the one in the code.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from flint import ctx

from derive.derivation.derivation import Derivation
from derive.evaluation.balls import ball, balls
from derive.evaluation.evaluate import Arithmetic, Cell, Sizes, Values, cells, evaluate
from derive.evaluation.random_points import SEEDS, random_rationals
from derive.expressions.expression import Adjoint
from derive.functions.rational import Z
from derive.functions.table import Function
from derive.model.model import Model
from derive.proof.identity import Known, Place


@dataclass(frozen=True)
class Point:
    """What a derivation is given, exactly, and what it computes from that, in balls."""

    derivation: Derivation
    sizes: Sizes
    given: Mapping[Cell, Fraction]

    @cached_property
    def how(self) -> Arithmetic:
        """Its arithmetic, free functions stretched."""
        return balls(self.derivation.model)

    @cached_property
    def _known(self) -> dict[int, Values]:
        return {}

    @cached_property
    def _free(self) -> dict[int, Values]:
        return {}

    def values(self) -> Values:
        """Every quantity and every adjoint, at FLINT's working precision."""
        if ctx.prec not in self._known:
            leaves = {cell: ball(number) for cell, number in self.given.items()}
            equations = self.derivation.equations
            self._known[ctx.prec] = evaluate(equations, self.sizes, leaves, self.how)
        return self._known[ctx.prec]

    def free_adjoints(self) -> Values:
        """Every quantity what it is, every adjoint that is computed a random number; the others
        are zero, but that of the error by itself, which is 1. At FLINT's working precision.
        """
        if ctx.prec not in self._free:
            self._free[ctx.prec] = self._with_free_adjoints()
        return self._free[ctx.prec]

    def _with_free_adjoints(self) -> Values:
        model, chance = self.derivation.model, random.Random(len(self.given))
        known = {equation.target.name for equation in self.derivation.adjoints}
        values = dict(self.values())
        for array in model.arrays:
            name = Adjoint(model.error, array.name)
            for cell in cells(name, array.indices, self.sizes):
                number = Fraction(chance.randint(1, 4000), 2001)
                values[cell] = ball(number if name in known else Fraction(0))
        values[Adjoint(model.error, model.error), ()] = ball(Fraction(1))
        return values

    def error(self, steps: Values) -> Any:
        """The error where some of what is given is moved by a step."""
        leaves = {cell: ball(number) for cell, number in self.given.items()}
        leaves |= {cell: leaves[cell] + step for cell, step in steps.items()}
        there = evaluate(self.derivation.forward, self.sizes, leaves, self.how)
        return there[self.derivation.model.error, ()]

    def place(self, symbols: Mapping[sympy.Symbol, Cell]) -> Place:
        """The point as a place of symbols: quantities are what they are there, adjoints random."""
        chance = random.Random(len(symbols))
        drawn = {
            x: Fraction(chance.randint(1, 4000), 2001)
            for x, (name, _) in symbols.items()
            if isinstance(name, Adjoint)
        }
        seen: dict[int, Known] = {}

        def numbers() -> Known:
            if ctx.prec not in seen:
                values = self.values()
                known = {x: values[cell] for x, cell in symbols.items() if x not in drawn}
                known |= {x: ball(number) for x, number in drawn.items()}
                seen[ctx.prec] = known, self.how.apply
            return seen[ctx.prec]

        return numbers


def points(derivation: Derivation, sizes: Sizes) -> tuple[Point, ...]:
    """Random points of a derivation, free functions stretched.

    Raises ProofError where none turns up.
    """
    general = replace(derivation, model=_stretched(derivation.model))
    return tuple(Point(general, sizes, random_rationals(general, sizes, seed)) for seed in SEEDS)


def _stretched(model: Model) -> Model:
    chance = random.Random(len(model.functions))
    stretches = chance.sample(range(3, 12), len(model.functions))
    functions = (
        (name, _stretch(function, 1 + Fraction(1, n)))
        for (name, function), n in zip(model.functions, stretches, strict=True)
    )
    return replace(model, functions=tuple(functions))


def _stretch(function: Function, by: Fraction) -> Function:
    """f(by · z)."""
    definition = function.definition.subs(Z, sympy.Rational(by.numerator, by.denominator) * Z)
    kinks = tuple(kink / by for kink in function.kinks)
    return replace(function, definition=definition, kinks=kinks, stated=None)
