"""How far rounding takes a computation."""

from fractions import Fraction

import numpy as np
import pytest

import derive
from derive.evaluation.balls import ball
from derive.evaluation.evaluate import Values
from derive.evaluation.rounding import COPIES, Units, rounded, spread
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
