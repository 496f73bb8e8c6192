"""How far rounding takes a computation."""

from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx

import derive
from derive.evaluation.balls import ball
from derive.evaluation.evaluate import Cell, Values
from derive.evaluation.rounding import COPIES, Rounding, Units, rounded, spread
from derive.expressions.expression import Adjoint
from derive.reading.resolve import resolve
from derive.reading.source import Source

TEXT = """title = "t"
source = "s"
weights = ["w"]
inputs = ["x"]
targets = ["y"]
equations = '''
EQUATIONS
'''
"""


@pytest.mark.parametrize("equations", ["L = w/3 + (x - y)^2", "c = 0.9\nL = c*w/3 + (x - y)^2"])
def test_a_number_that_is_the_same_everywhere_has_its_copies_at_every_point(
    equations: str,
) -> None:
    text = TEXT.replace("EQUATIONS", equations)
    derivation = derive.differentiate(resolve("t", Source("t.toml", text)))
    given: Values = {}
    for cell in (("w", ()), ("x", ()), ("y", ())):
        given[cell] = np.array([ball(Fraction(n)) for n in range(3)], object)
    units = Units(1e-3, 0.0, 1e-3)
    found = rounded(derivation.equations, {}, given, derivation.model, units)
    assert {numbers.shape for numbers in found.values()} == {(3, COPIES)}
    assert len({str(number) for number in found[Adjoint("L", "w"), ()][0]}) > 1


def test_a_product_too_small_for_its_digits_is_off_by_what_the_format_leaves_out() -> None:
    """1e-160 · 1e-155 is no float64 with all digits, and times 1e300 it lacks as many."""
    text = TEXT.replace("EQUATIONS", "q = w*x\nL = q*y")
    derivation = derive.differentiate(resolve("t", Source("t.toml", text)))
    numbers = {"w": Fraction(1, 10**160), "x": Fraction(1, 10**155), "y": Fraction(10**300)}
    given = {(name, ()): np.array([ball(number)], object) for name, number in numbers.items()}
    units = Units(2.0**-53, 2.0**-53, 2.0**-53, float(np.finfo(float).tiny))
    found = rounded(derivation.forward, {}, given, derivation.model, units)["L", ()]
    apart = spread(np.array([ball(Fraction(1, 10**15))], object), found)
    assert 1e-9 < apart[0] / 1e-15 < 1e-7


def test_a_logarithm_of_less_than_rounding_leaves_is_off_by_a_number() -> None:
    """w·x - 1 is 2^-60, and of the size of 2^-53 when it is rounded: log of it is off by log 2^7,
    whether that is above 0 or below.
    """
    text = TEXT.replace("EQUATIONS", "q = w*x\nr = q - 1\nL = log(r) + y")
    derivation = derive.differentiate(resolve("t", Source("t.toml", text)))
    numbers = {"w": Fraction(1), "x": 1 + Fraction(1, 2**60), "y": Fraction(0)}
    point, unit = {(name, ()): number for name, number in numbers.items()}, 2.0**-53
    rounding = Rounding(derivation.forward, {}, (point,), derivation.model, Units(unit, unit, unit))
    (apart,) = rounding.spread(("L", ()), np.array([ball(Fraction(1, 2**60)).log()], object))
    assert 4.8 < apart < 7


def test_a_root_of_less_than_rounding_leaves_is_off_by_the_root_of_a_unit() -> None:
    """(1 - w)^(3/2) · x where w is 1 but for 1e-600: what code takes of a softmax that decides."""
    text = TEXT.replace("EQUATIONS", "q = (1 - w)^(3/2)\nL = q*x + y")
    derivation = derive.differentiate(resolve("t", Source("t.toml", text)))
    numbers = {"w": 1 - Fraction(1, 10**600), "x": Fraction(1), "y": Fraction(0)}
    point, unit = {(name, ()): number for name, number in numbers.items()}, 2.0**-53
    rounding = Rounding(derivation.forward, {}, (point,), derivation.model, Units(unit, unit, unit))
    (apart,) = rounding.spread(("L", ()), np.array([ball(Fraction(0))], object))
    assert unit**1.5 / 4 < apart < 8 * unit**1.5


@pytest.mark.filterwarnings("error")
def test_a_spread_beyond_all_floats_bounds_nothing() -> None:
    text = TEXT.replace("EQUATIONS", "q = exp(w*x)\nL = q + y")
    derivation = derive.differentiate(resolve("t", Source("t.toml", text)))
    point = {("w", ()): Fraction(720), ("x", ()): Fraction(1), ("y", ()): Fraction(0)}
    rounding = Rounding(derivation.forward, {}, (point,), derivation.model, Units(0.1, 0.1, 0.1))
    assert rounding.spread(("L", ()), np.array([ball(Fraction(720)).exp()], object)) == [0.0]


def test_what_a_quantity_was_added_up_of_counts_in_products_and_in_no_logarithm() -> None:
    """1 - w is 1e-20 of terms of size 1: times y it is off by as much of y, and log of it not."""
    text = TEXT.replace("EQUATIONS", "q = 1 - w\nL = q*y + log(q) + relu(q)*x")
    derivation = derive.differentiate(resolve("t", Source("t.toml", text)))
    point = {("w", ()): 1 - Fraction(1, 10**20), ("x", ()): Fraction(0), ("y", ()): Fraction(5)}
    units = Units(0.0, 0.0, 1e-12)
    rounding = Rounding(derivation.equations, {}, (point,), derivation.model, units)
    (off,) = rounding.spread(("L", ()), np.array([value_at(point)], object))
    assert 1e-12 < off < 1e-10


def value_at(point: dict[Cell, Fraction]) -> arb:
    """q·y + log(q) + relu(q)·x for q = 1 - w."""
    with ctx.workprec(200):
        w, x, y = (ball(point[name, ()]) for name in "wxy")
        return (1 - w) * y + (1 - w).log() + (1 - w) * x
