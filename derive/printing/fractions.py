"""A product as a fraction: its number, what stands above the bar, what below."""

from dataclasses import dataclass
from fractions import Fraction

from derive.expressions.expression import Expression, Number, Power, RealPower
from derive.expressions.powers import inverse, is_below


@dataclass(frozen=True)
class Parts:
    """number · above / below, the factors in their order."""

    number: Fraction
    above: tuple[Expression, ...]
    below: tuple[Expression, ...]


def parts(factors: tuple[Expression, ...]) -> Parts:
    """The parts of a product; a power below has the exponent that it has there."""
    number = Fraction(1)
    above: list[Expression] = []
    below: list[Expression] = []
    for factor in factors:
        if isinstance(factor, Number):
            number *= factor.value
        elif isinstance(factor, Power) and factor.exponent < 0:
            whole = factor.exponent == -1
            below.append(factor.base if whole else Power(factor.base, -factor.exponent))
        elif isinstance(factor, RealPower) and is_below(factor):
            below.append(inverse(factor))
        else:
            above.append(factor)
    return Parts(number, tuple(above), tuple(below))
