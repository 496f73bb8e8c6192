r"""Rational numbers, the shortest exact way: 2, 1/3, 0.0447, 1.5e20; \frac{1}{3} in LaTeX."""

import re
from collections.abc import Callable
from fractions import Fraction

from derive.errors import InternalError
from derive.expressions.expression import Multiply, Number
from derive.printing.precedence import Quotient, in_latex, in_line
from derive.printing.printed import Printed

_MOST_ZEROS = 6
"""How many zeros a number is written with behind its digits; before them, if that is shorter."""


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


def in_text(value: Fraction) -> Printed:
    """The same in a line of text, a fraction with a stroke."""
    above, below = over(abs(value))
    text = _decimal(above, _e) if below == 1 else f"{_decimal(above, _e)}/{_decimal(below, _e)}"
    return Printed(text, in_line(Number if below == 1 else Quotient), negative=value < 0)


def over(value: Fraction) -> tuple[Fraction, Fraction]:
    """What stands above the line of a number, and what below, which is 1 where it has none."""
    above, below = (Fraction(each) for each in value.as_integer_ratio())
    if below == 1 or _power_of_ten(value) is None:
        return above, below
    shorter = _length(_decimal(value)) < len(str(above)) + len(str(below))
    return (value, Fraction(1)) if shorter else (above, below)


def _length(text: str) -> int:
    """How many signs are read."""
    return len(re.sub(r"[{}^ ]|\\cdot", "", text))


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


def _times_ten(digits: str, exponent: str) -> str:
    ten = f"10^{exponent}" if len(exponent) == 1 else f"10^{{{exponent}}}"
    return ten if digits == "1" else rf"{digits} \cdot {ten}"


def _e(digits: str, exponent: str) -> str:
    return f"{digits}e{exponent}"


def _decimal(value: Fraction, scaled: Callable[[str, str], str] = _times_ten) -> str:
    """A number that is a multiple of a power of ten, written out, or times that where it is
    very large or small, as `scaled` says it.
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
    rest = f".{digits[1:]}" if len(digits) > 1 else ""
    short = scaled(f"{digits[0]}{rest}", str(point - 1))
    plain = f"0.{'0' * -point}{digits}"
    return plain if power < 0 and len(plain) <= _length(short) else short
