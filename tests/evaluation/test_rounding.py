"""How far rounding takes a computation."""

from fractions import Fraction

import numpy as np
import pytest

import derive
from derive.evaluation.balls import ball
from derive.evaluation.evaluate import Values
from derive.evaluation.rounding import COPIES, Units, rounded
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
