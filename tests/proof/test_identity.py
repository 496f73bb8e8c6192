"""Identity of SymPy expressions: exact, and by SymPy's slow ways only where nothing else decides."""

from typing import Any

import pytest
import sympy

from derive.functions.free import undefined
from derive.proof.identity import identical, is_gradient

x, y, z = sympy.symbols("x y z", real=True)
f, slope = undefined("f_h", 0), undefined("f_h", 1)
exp, log, root = sympy.exp, sympy.log, sympy.sqrt
softmax = exp(x) / (exp(x) + exp(y))

EQUAL = {
    "a product multiplied out": ((x + y) * (x - y), x**2 - y**2),
    "a common factor": (x * f(y) + x * f(z), x * (f(y) + f(z))),
    "a derivative of an undefined function": (sympy.diff(f(x * y), x), y * slope(x * y)),
    "fractions on one denominator": (1 / x + 1 / y, (x + y) / (x * y)),
    "a fraction in a fraction": (1 / (1 + 1 / x), x / (x + 1)),
    "fractions that sum to a number": (x / (x + y) + y / (x + y), sympy.Integer(1)),
    "powers of a root": (root(x + y) ** 3 / root(x + y) ** 5, 1 / (x + y)),
    "powers of an exponential": (exp(2 * x) * exp(-3 * x) * exp(x), sympy.Integer(1)),
    "a quotient of exponentials": (softmax, 1 / (1 + exp(y) / exp(x))),
    "the slope of softmax": (sympy.diff(softmax, x), softmax * (1 - softmax)),
    "a number with a root": (root(2) * root(2) * x, 2 * x),
}
SLOWLY = {
    "an exponential of a sum": (exp(x + y), exp(x) * exp(y)),
    "an argument multiplied out": (f((x + y) ** 2), f(x**2 + 2 * x * y + y**2)),
    "the square of a root": ((root(x + y) ** 3 - root(x + y) * y) / root(x + y), x),
}
UNEQUAL = {
    "another sign": ((x - y) ** 2, x**2 - y**2),
    "another function": (f(x), slope(x)),
    "another argument": (x * f(y), x * f(x)),
    "a lost prime": (sympy.diff(f(x) ** 2, x), 2 * f(x) ** 2),
    "another denominator": (x / (x + y), x / (x - y)),
    "another root": (root(x) * x, root(y) * x),
    "another sign of an exponent": (exp(x), exp(-x)),
    "a number": (x / 3, x / 2),
    "its negative": (x * f(y), -x * f(y)),
    "a hair": (x, x * (1 + sympy.Rational(1, 10**40))),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_functions_are_identical_without_expanding(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(sympy, "expand")
    left, right = EQUAL[name]
    assert identical(left, right)
    assert identical(right, left)


@pytest.mark.parametrize("name", SLOWLY)
def test_relations_among_functions_are_left_to_sympy(name: str) -> None:
    left, right = SLOWLY[name]
    assert identical(left, right)


@pytest.mark.parametrize("name", UNEQUAL)
def test_different_functions_are_not_identical(name: str) -> None:
    left, right = UNEQUAL[name]
    assert not identical(left, right)
    assert not identical(right, left)


def test_a_long_product_is_its_expansion() -> None:
    terms: list[Any] = [x, f(x), y / z, exp(-x), root(y + 2), sympy.Rational(3, 7)]
    whole = sympy.Mul(*(sympy.Add(*terms[k:]) for k in range(len(terms) - 1)))
    assert identical(whole, sympy.expand(whole))
    assert not identical(whole, sympy.expand(whole) + x / 10**9)


def test_a_gradient_is_right_in_every_symbol_or_not_at_all() -> None:
    value = f(x * y) * y + z / x
    right = {symbol: sympy.diff(value, symbol) for symbol in (x, y, z)}
    assert is_gradient(value, right)
    assert is_gradient(value, {x: right[x]})
    for wrong in (
        {x: right[y], y: right[x]},
        {x: right[x] + y, y: right[y] - x},
        {**right, z: sympy.Integer(0)},
        {x: right[x].subs(slope(x * y), f(x * y))},
    ):
        assert not is_gradient(value, wrong)
