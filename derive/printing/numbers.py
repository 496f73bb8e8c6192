r"""Rational numbers in LaTeX, the shortest exact way: 2, \frac{1}{3}, 0.0447, 1.5 \cdot 10^{20}."""

from fractions import Fraction

from derive.errors import InternalError
from derive.expressions.expression import Multiply, Number
from derive.printing.precedence import Quotient, in_latex
from derive.printing.printed import Printed

_MOST_ZEROS = 6
"""How many zeros before or behind its digits a number is written with."""


def number(value: Fraction) -> Printed:
    """A number that is not whole as a fraction, or as a decimal where that is shorter."""
    above, below = over(abs(value))
    if below == 1:
        text = _decimal(above)
        binds = in_latex(Multiply if "^" in text else Number)
    else:
        text = rf"\frac{{{_decimal(above)}}}{{{_decimal(below)}}}"
        binds = in_latex(Quotient)
    return Printed(text, binds, negative=value < 0, tall=below != 1, scalar=True)


def over(value: Fraction) -> tuple[Fraction, Fraction]:
    """What stands above the line of a number, and what below, which is 1 where it has none."""
    above, below = (Fraction(each) for each in value.as_integer_ratio())
    if below == 1 or _power_of_ten(value) is None:
        return above, below
    shorter = len(_decimal(value)) < len(str(above)) + len(str(below))
    return (value, Fraction(1)) if shorter else (above, below)


def _power_of_ten(value: Fraction) -> int | None:
    """The greatest power of ten of which a number is a multiple, if it is one of any."""
    if not value:
        return 0
    power, rest = 0, value.denominator
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        power = max(power, count)
    if rest != 1:
        return None
    scaled = value * 10**power
    while scaled % 10 == 0:
        scaled, power = scaled / 10, power - 1
    return -power


def _decimal(value: Fraction) -> str:
    """A number that is a multiple of a power of ten, written out, or times that where it is
    very large or small.
    """
    power = _power_of_ten(value)
    if power is None:
        raise InternalError("no decimal", str(value))
    digits = str(value / Fraction(10) ** power)
    point = len(digits) + power  # how many of them stand before the point
    if 0 <= power <= _MOST_ZEROS:
        return digits + "0" * power
    if power < 0 < point:
        return f"{digits[:point]}.{digits[point:]}"
    if power < 0 and -point < _MOST_ZEROS:
        return f"0.{'0' * -point}{digits}"
    exponent = str(point - 1)
    ten = f"10^{exponent}" if len(exponent) == 1 else f"10^{{{exponent}}}"
    if digits == "1":
        return ten
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    return rf"{digits[0]}{rest} \cdot {ten}"
