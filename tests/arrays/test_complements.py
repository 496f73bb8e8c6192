"""Differences in forms that keep their digits: each a true one, found in what it is about."""

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import mpmath
import pytest
import sympy

from derive.arrays.complements import (
    BESIDE_ONE,
    DIFFERENCES,
    LACKS,
    ODD,
    complement,
    complements,
    difference,
    tails,
)
from derive.arrays.logistics import logistics
from derive.evaluation.evaluate import Arithmetic, evaluate_expression, high_precision
from derive.expressions.building import add, multiply, power
from derive.expressions.contents import walk
from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    Apply,
    Entry,
    Expression,
    Index,
    Number,
    Size,
    Sum,
)
from derive.expressions.rules import Found, Matcher, filled, pattern
from derive.functions.rational import Z
from derive.functions.table import TABLE

A, X, Y, ZED = sympy.symbols("a x y z", positive=True)
GIVEN = {("a", ()): A, ("x", ()): X, ("y", ()): Y, ("z", ()): ZED}


def at_letters(text: str) -> Expression:
    """A pattern with letters for itself."""
    return filled(pattern(text), Found({name: Entry(name) for (name, _) in GIVEN}))


def in_algebra(node: Expression) -> Any:
    def apply(name: str, order: int, argument: Any) -> Any:
        value = TABLE[name].derivative(order).subs(Z, argument)
        return value.rewrite(sympy.exp).rewrite(sympy.erf)

    how = Arithmetic(lambda x: sympy.Rational(x.numerator, x.denominator), apply)
    return evaluate_expression(node, {}, {}, GIVEN, how)


def same(one: Expression, other: Expression) -> bool:
    return bool(sympy.simplify(in_algebra(one) - in_algebra(other)) == 0)


@pytest.mark.parametrize(("form", "value"), LACKS)
def test_what_an_expression_lacks_of_1_is_1_less_it(form: str, value: str) -> None:
    assert same(add(ONE, multiply(MINUS_ONE, at_letters(form))), at_letters(value))


@pytest.mark.parametrize(("form", "value"), LACKS)
def test_it_is_found_from_both_sides_and_nowhere_else(form: str, value: str) -> None:
    node = at_letters(form)
    lack = add(ONE, multiply(MINUS_ONE, node))
    assert complement(lack, Matcher()) == at_letters(value)
    if form != "1 - x":  # which 1 is taken from is one sum with it
        other = add(node, MINUS_ONE)
        assert complement(other, Matcher()) == multiply(MINUS_ONE, at_letters(value))
    assert complement(add(at_letters("x + 2"), multiply(MINUS_ONE, node)), Matcher()) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 - x / (x + y + z) - y / (x + y + z)", "z / (x + y + z)"),
        ("1 - x / (x + y + z)", "(y + z) / (x + y + z)"),
        ("1 - x / (x + y + z) - a / (x + y)", "(y + z) / (x + y + z) - a / (x + y)"),
        ("1 - a / (x + y + z) - a / (x + y)", None),
        ("1 - x * (x + y + z)^(-2) - y * (x + y + z)^(-2)", None),
        ("1 - x / (a * (x + y)) - y / (a * (x + y))", None),
        ("1 - logistic(z) + x", "logistic(-z) + x"),
    ],
)
def test_what_several_shares_leave_of_a_whole_is_a_share(text: str, found: str | None) -> None:
    want = None if found is None else at_letters(found)
    assert complement(at_letters(text), Matcher()) == want


def test_a_little_beside_1_is_kept_beside_what_is_left() -> None:
    """1 - tanh(z)² + 10^-6, as in the entropy of a squashed normal variable."""
    little = Number(Fraction(1, 10**6))
    node = add(at_letters("1 - tanh(z)^2"), little)
    found = complement(node, Matcher())
    assert found == add(at_letters("4 * logistic(2*z) * logistic(-2*z)"), little)
    assert complement(add(node, Number(Fraction(1, 2))), Matcher()) is None


def test_it_is_taken_in_logarithms_and_powers_and_left_elsewhere() -> None:
    lack, value = at_letters("1 - logistic(z)"), at_letters("logistic(-z)")

    def inside(make: Callable[[Expression], Expression]) -> bool:
        return complements(make(lack), Matcher()) == make(value)

    assert inside(lambda node: Apply("log", multiply(at_letters("x"), node)))
    assert inside(lambda node: multiply(node, node)) is False
    assert complements(lack, Matcher()) == lack


@pytest.mark.parametrize(("form", "value"), DIFFERENCES)
def test_a_difference_near_one_end_is_what_it_is(form: str, value: str) -> None:
    a, x = Entry("a"), Entry("x")
    parts = {"a": a, "b": x, "d": add(a, multiply(MINUS_ONE, x))}
    node, found = (filled(pattern(text), Found(parts)) for text in (form, value))
    assert same(node, found)
    assert difference(node, Matcher()) == found
    assert complements(power(node, -1), Matcher()) == power(found, -1)


def test_what_two_arguments_share_is_not_in_their_difference() -> None:
    """The cumulative probabilities of McCullagh 1980: a threshold lies exp(δ) above the other."""
    behind = {Entry("x"): add(Entry("a"), Apply("exp", Entry("y")))}
    matcher = Matcher(opened=lambda node: behind.get(node, node))
    node = at_letters("logistic(x - z) - logistic(a - z)")
    value = at_letters("logistic(x - z) * logistic(-(a - z)) * (1 - exp(-exp(y)))")
    assert difference(node, matcher) == value


@pytest.mark.parametrize(("form", "value"), BESIDE_ONE)
@pytest.mark.parametrize("z", [-50, -1, 2])
def test_a_function_that_goes_to_minus_1_is_no_difference_beside_1(
    form: str, value: str, z: int
) -> None:
    node, found = at_letters(form), at_letters(value)
    assert tails(node, Matcher()) == found
    model: Any = SimpleNamespace(function=TABLE.__getitem__)
    with mpmath.workdps(60):
        given = {("z", ()): mpmath.mpf(z)}
        how = high_precision(model)
        one, other = (evaluate_expression(x, {}, {}, given, how) for x in (node, found))
        assert abs(one - other) <= mpmath.mpf(10) ** -50


def test_what_a_mean_lacks_of_1_is_the_mean_of_what_each_lacks() -> None:
    """A sparse autoencoder's 1 - ρ̂; a sum over another size is no mean."""
    c, j = Index("c", "m"), Index("j", "h")
    a, lack = (Apply("logistic", multiply(sign, Entry("z", (c, j)))) for sign in (ONE, MINUS_ONE))

    def mean(body: Expression, size: str) -> Expression:
        return multiply(power(Size(size), -1), Sum((c,), body))

    found = complement(add(ONE, multiply(MINUS_ONE, mean(a, "m"))), Matcher())
    assert found == mean(lack, "m")
    assert complement(add(ONE, multiply(MINUS_ONE, mean(a, "h"))), Matcher()) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 / (1 + exp(-z))", "logistic(z)"),
        ("x / (exp(a) + 1)", "logistic(-a) * x"),
        ("exp(a) / (1 + exp(a))", "logistic(a)"),
        ("exp(-z) / (1 + exp(-z))^2", "logistic(z) * logistic(-z)"),
        ("x / (1 + exp(x - y))", "logistic(-x + y) * x"),
        ("x / (2 + exp(a))", "x / (2 + exp(a))"),
    ],
)
def test_the_logistic_function_is_found_however_it_is_written(text: str, found: str) -> None:
    assert same(logistics(at_letters(text)), at_letters(found))
    assert logistics(at_letters(text)) == at_letters(found)


@pytest.mark.parametrize("function", ODD)
def test_an_odd_function_beside_1_is_what_it_lacks(function: str) -> None:
    for text in (f"1 - {function}(z)", f"x + 2 * y + 2 * {function}(z) * y", f"{function}(z) - 1"):
        node = at_letters(text)
        found = tails(node, Matcher())
        assert same(found, node)
        assert all(not (isinstance(x, Apply) and x.function == function) for x in walk(found))
    for text in (f"1 + x * {function}(z)", f"2 - {function}(z)", f"1 + {function}(z)^2"):
        assert tails(at_letters(text), Matcher()) == at_letters(text)
