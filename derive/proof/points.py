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

import sympy
from flint import ctx

from derive.derivation.derivation import Derivation
from derive.evaluation.balls import ball, balls
from derive.evaluation.evaluate import Arithmetic, Cell, Sizes, Values, evaluate
from derive.evaluation.random_points import random_rationals
from derive.functions.rational import Z
from derive.functions.table import Function
from derive.model.model import Model


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

    def values(self) -> Values:
        """Every quantity and every adjoint, at FLINT's working precision."""
        if ctx.prec not in self._known:
            leaves = {cell: ball(number) for cell, number in self.given.items()}
            equations = self.derivation.equations
            self._known[ctx.prec] = evaluate(equations, self.sizes, leaves, self.how)
        return self._known[ctx.prec]


def points(derivation: Derivation, sizes: Sizes, count: int) -> tuple[Point, ...]:
    """Random points of a derivation, free functions stretched.

    Raises ProofError where none turns up.
    """
    general = replace(derivation, model=_stretched(derivation.model))
    return tuple(
        Point(general, sizes, random_rationals(general, sizes, seed)) for seed in range(count)
    )


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
