"""Numbers in LaTeX: exact, in the shortest way."""

from fractions import Fraction

import pytest

from derive.printing.numbers import number

SHORTEST = {
    "7": "7",
    "0": "0",
    "1000000": "1000000",
    "100000000": "10^8",
    "299792458e24": r"2.99792458 \cdot 10^{32}",
    "123456789012345678901234567": "123456789012345678901234567",
    "-3/2": r"-\frac{3}{2}",
    "1/3": r"\frac{1}{3}",
    "0.1": r"\frac{1}{10}",
    "1/1024": r"\frac{1}{1024}",
    "0.044715": "0.044715",
    "-1.001": "-1.001",
    "0.0001001": "0.0001001",
    "3.14159265358979323846264338": "3.14159265358979323846264338",
    "1e-16": "10^{-16}",
    "1e-6": "10^{-6}",
    "1/10000": "10^{-4}",
    "1.23456789e-16": r"1.23456789 \cdot 10^{-16}",
    "1/299792458e24": r"\frac{1}{2.99792458 \cdot 10^{32}}",
}


@pytest.mark.parametrize(("value", "text"), SHORTEST.items())
def test_a_number_is_a_fraction_or_a_decimal_where_that_is_shorter(value: str, text: str) -> None:
    above, _, below = value.partition("/")
    assert str(number(Fraction(above) / Fraction(below or 1))) == text


@pytest.mark.parametrize("value", SHORTEST)
def test_a_number_is_exact(value: str) -> None:
    above, _, below = value.partition("/")
    shown = str(number(Fraction(above) / Fraction(below or 1)))
    assert _read(shown) == Fraction(above) / Fraction(below or 1)


def _read(text: str) -> Fraction:
    if text.startswith("-"):
        return -_read(text[1:])
    if text.startswith(r"\frac{"):
        above, below = text.removeprefix(r"\frac{").removesuffix("}").split("}{")
        return _read(above) / _read(below)
    found = Fraction(1)
    for factor in text.split(r" \cdot "):
        base, _, exponent = factor.partition("^")
        found *= Fraction(base) ** int(exponent.strip("{}") or 1)
    return found
