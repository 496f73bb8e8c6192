"""Rules as rows: what a pattern says, what it matches, and what it does not."""

import re
from fractions import Fraction

import pytest

from derive.errors import InternalError
from derive.expressions.building import add, multiply, power, summation
from derive.expressions.expression import Apply, Entry, Expression, Index, Number, Where
from derive.expressions.rules import EXTREMES, Found, Matcher, as_maximum, filled, pattern

i, j, k = Index("i", "n"), Index("j", "m"), Index("k", "m")
x, y, z = (Entry(name) for name in "xyz")
W, h, b = Entry("W", (j, i)), Entry("h", (i,)), Entry("b", (j,))


def number(value: int) -> Number:
    return Number(Fraction(value))


def minus(node: Expression) -> Expression:
    return multiply(number(-1), node)


def exp(node: Expression) -> Expression:
    return Apply("exp", node)


FITS: dict[str, tuple[str, Expression, dict[str, Expression]]] = {
    "a letter": ("a", exp(x), {"a": exp(x)}),
    "a function": ("exp(a)", exp(add(x, y)), {"a": add(x, y)}),
    "any function": ("f(a)", exp(x), {"f": exp(x), "a": x}),
    "factors in another order": ("y * exp(a)", multiply(exp(x), z), {"y": z, "a": x}),
    "the letters that are left": ("x * y", multiply(x, y, z), {"x": x, "y": multiply(y, z)}),
    "terms and a number": ("1 - a", add(minus(x), number(1)), {"a": x}),
    "any exponent": ("a^n", power(x, -3), {"a": x, "n": number(-3)}),
    "an exponent": ("a^2", power(x, 2), {"a": x}),
    "a layer": (
        "sum(i, W[j,i] * h[i]) + b[j]",
        add(b, summation((i,), multiply(h, W))),
        {"W": W, "h": h, "b": b},
    ),
    "a sum over any indices": (
        "sum(k, exp(a))",
        summation((i, j), exp(W)),
        {"a": W},
    ),
}

FAILS: dict[str, tuple[str, Expression]] = {
    "another function": ("exp(a)", Apply("tanh", x)),
    "a derivative": ("exp(a)", Apply("exp", x, 1)),
    "a letter for two things": ("a * exp(a)", multiply(x, exp(y))),
    "a factor too many": ("exp(a) * log(b)", multiply(exp(x), Apply("log", y), z)),
    "a factor too few": ("x * y", x),
    "another number": ("1 - a", add(x, y)),
    "another exponent": ("a^2", power(x, 3)),
    "other indices": ("W[j,i] * h[i]", multiply(W, b)),
    "an index summed elsewhere": ("sum(j, W[j,i] * h[i])", summation((i,), multiply(W, h))),
    "an expression for an entry": ("h[i]", exp(h)),
    "indices where a sum has one": ("sum(k, exp(z[k]))", summation((i, j), exp(W))),
}


@pytest.mark.parametrize("name", FITS)
def test_a_pattern_matches(name: str) -> None:
    text, node, parts = FITS[name]
    found = Matcher().match(pattern(text), node)
    assert found is not None
    assert found.parts == parts


@pytest.mark.parametrize("name", FAILS)
def test_a_pattern_matches_nothing_else(name: str) -> None:
    text, node = FAILS[name]
    assert Matcher().match(pattern(text), node) is None


def test_what_is_found_within_stands_beside_others() -> None:
    node = exp(add(x, multiply(number(2), y, exp(z))))
    assert Matcher().match(pattern("y * exp(a)"), node) is None
    found = Matcher().within(pattern("exp(a) * y"), node)
    assert found is not None
    assert found.parts == {"a": z, "y": number(2)}


def test_a_condition_says_what_a_letter_may_be() -> None:
    matcher = Matcher({"y": lambda node: node == y})
    found = matcher.match(pattern("y * a"), multiply(x, y))
    assert found is not None
    assert found.parts == {"y": y, "a": x}
    assert matcher.match(pattern("y * a"), multiply(x, z)) is None


def test_a_name_is_looked_behind_where_the_pattern_needs_it() -> None:
    matcher = Matcher(opened=lambda node: exp(x) if node == y else node)
    found = matcher.match(pattern("log(exp(a))"), Apply("log", y))
    assert found is not None
    assert found.parts == {"a": x}
    found = matcher.match(pattern("log(a)"), Apply("log", y))
    assert found is not None
    assert found.parts == {"a": y}


WITHOUT_INDICES = [name for name, (text, _, _) in FITS.items() if not re.search(r"\[|f\(", text)]


@pytest.mark.parametrize("name", WITHOUT_INDICES)
def test_what_matched_is_filled_in_again(name: str) -> None:
    text, node, _ = FITS[name]
    found = Matcher().match(pattern(text), node)
    assert found is not None
    assert Matcher().match(pattern(text), filled(pattern(text), found)) == found


@pytest.mark.parametrize(("name", "form"), EXTREMES)
def test_the_greater_and_the_lesser_are_recognised(name: str, form: Expression) -> None:
    node = filled(form, Found({"a": exp(x), "b": y}))
    assert isinstance(node, Where)
    assert as_maximum(node) == (name, exp(x), y)
    assert as_maximum(Where(node.left, node.right, node.then, z)) is None


@pytest.mark.parametrize("text", ["a and b", "a.b", "exp(a, b)", "a if b else c", "'a'"])
def test_a_pattern_that_is_none_names_itself(text: str) -> None:
    with pytest.raises(InternalError):
        pattern(text)
