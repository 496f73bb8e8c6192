"""Balls: they hold what 50 digits give, and say where they cannot tell."""

from fractions import Fraction
from itertools import product

import flint
import mpmath
import numpy as np
import pytest
from flint import arb

from derive.evaluation.balls import UnsureError, ball, balls, choose, midpoints, sign
from derive.evaluation.evaluate import DIGITS, high_precision
from derive.functions.table import ROWS
from derive.reading.resolve import load

BITS = 200


PLACES = [Fraction(n, 8) for n in (-18, -3, 0, 5, 44)]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_ball_holds_the_number_of_fifty_digits(row, order) -> None:
    model = load("pelogia2019")
    with flint.ctx.workprec(BITS), mpmath.workdps(DIGITS):
        exact, wide = balls(model), high_precision(model)
        for place in PLACES:
            if row.positive and place <= 0:
                continue
            got = exact.apply(row.name, order, ball(place))
            want = wide.apply(row.name, order, wide.number(place))
            middle = mpmath.mpf(got.mid().str(DIGITS + 5, radius=False))
            assert abs(middle - want) <= mpmath.mpf(10) ** (5 - DIGITS) * max(1, abs(want)), place


def test_what_is_not_defined_is_no_finite_ball() -> None:
    exact = balls(load("pelogia2019"))
    assert not exact.apply("log", 0, arb(-1)).is_finite()
    assert not (1 / arb(0)).is_finite()


def test_a_wide_ball_has_no_sign_and_a_number_less_itself_is_zero() -> None:
    third = ball(Fraction(1, 3)).tanh()
    assert sign(third - third) == 0
    with pytest.raises(UnsureError):
        sign(arb(1, 2))
    assert (sign(third), sign(-third)) == (1, -1)


def test_each_entry_of_an_array_takes_its_own_branch() -> None:
    left = np.array([arb(1), arb(-1), arb(0), arb(1, 2)], object)
    taken = choose(left, arb(0), lambda: left * 0 + 10, lambda: arb(20))
    assert [float(ball) for ball in taken[:3]] == [10, 20, 20]
    assert not taken[3].is_finite()


def test_only_the_branch_that_all_take_is_worked_out() -> None:
    def never() -> arb:
        raise AssertionError("not taken")

    left = np.array([arb(1), arb(2)], object)
    assert choose(left, arb(0), lambda: arb(3), never) == arb(3)
    assert choose(-left, arb(0), never, lambda: arb(4)) == arb(4)


@pytest.mark.parametrize("digits", [50, 400])
def test_midpoints_are_what_mpmath_says(digits: int) -> None:
    model = load("pelogia2019")
    with mpmath.workdps(digits):
        found, known = midpoints(model), high_precision(model)
        for row, order, place in product(ROWS, (0, 1), (Fraction(3, 7), Fraction(9, 4))):
            got, want = (how.apply(row.name, order, how.number(place)) for how in (found, known))
            assert abs(got - want) <= mpmath.mpf(10) ** (3 - digits) * max(1, abs(want)), row.name
        assert mpmath.isnan(found.apply("log", 0, mpmath.mpf(-1)))
