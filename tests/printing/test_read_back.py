"""Random expressions printed and read back by readers that know nothing of the printers.

A bracket that is lost, or a sign that slips, makes another value of random numbers: exact
fractions, with polynomials for the functions.
"""

import random
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from derive.errors import ModelError
from derive.evaluation.evaluate import Arithmetic, Values, evaluate_expression
from derive.expressions.contents import free_indices
from derive.expressions.expression import (
    ONE,
    ZERO,
    Add,
    Adjoint,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    Size,
    Sum,
    Where,
)
from derive.model.model import Model
from derive.printing.latex import expression_latex
from derive.printing.macros import plain
from derive.printing.symbols import Symbols
from derive.printing.text import as_model_file, expression_text
from derive.readback.reader import read_formula
from derive.readback.setting import Setting
from derive.readback.value import value
from derive.reading.resolve import resolve
from derive.reading.source import Source

MODEL = '''
title = "Whatever can be written"
source = "tests"
weights = ["W[i,j]", "b[i]"]
inputs = ["net[i]", "c", "delta[i,j]", "dEQ", "db[i]", "named[i]", "count"]
equations = """
out[i,j] = W[i,j] + {text}
h[i] = b[i]
EQ = sum(i, j, out[i,j] * net[i] * h[i] * named[i] * db[i] * delta[i,j]) * c * dEQ * count + sum(k, l, W[k,l])
"""
[sizes]
i = "n"
j = "n"
k = "n"
l = "n"
[example]
n = 2
[functions]
f = "tanh"
f_one = "tanh"
f_two = "tanh"
[notation]
W = "w_{{ji}}"
[adjoints]
h = "delta_h"
'''  # fmt: skip


def model(text: str = "0") -> Model:
    return resolve("read_back", Source("read_back.toml", MODEL.format(text=text)))


SHOWN = model()
SIZES = {"n": 2}
LETTERS = {letter: Index(letter, "n") for letter in "ijkl"}
PLACE = {LETTERS["i"]: 1, LETTERS["j"]: 2}
UNNAMED, NAMED = Adjoint("EQ", "b"), Adjoint("EQ", "h")

# --- expressions ------------------------------------------------------------------------------

NUMBERS = st.sampled_from([Fraction(n, d) for n in (-3, -2, -1, 1, 2, 5) for d in (1, 2, 3)])


@st.composite
def expressions(draw: st.DrawFn, free: tuple[str, ...] = ("i", "j"), depth: int = 3) -> Expression:
    """Any node around any others, in orders too that no rule of the calculus leaves standing."""

    def inner(letters: tuple[str, ...] = free) -> Expression:
        return draw(expressions(letters, depth - 1))

    if depth == 0:
        return draw(leaves(free))
    kinds = ["leaf", "add", "multiply", "quotient", "power", "apply", "where", "max", "bracket"]
    kind = draw(st.sampled_from(kinds + ["sum"] * (len(free) < len(LETTERS))))
    match kind:
        case "add":
            return Add(tuple(inner() for _ in range(draw(st.integers(2, 3)))))
        case "multiply":
            return Multiply(tuple(inner() for _ in range(draw(st.integers(2, 3)))))
        case "quotient":
            return Multiply((inner(), Power(inner(), -1)))
        case "power":
            return Power(inner(), draw(st.sampled_from([-2, -1, 2, 3])))
        case "apply":
            name, order = draw(st.sampled_from([("f", 0), ("f", 1), ("f", 2), ("tanh", 0)]))
            return Apply(*draw(st.sampled_from([(name, inner(), order), ("abs", inner(), 0)])))
        case "where":
            return Where(inner(), inner(), inner(), inner())
        case "max":
            one, other = inner(), inner()
            return draw(
                st.sampled_from([Where(one, other, one, other), Where(other, one, one, other)])
            )
        case "bracket":
            return Where(inner(), inner(), *draw(st.permutations([ONE, ZERO])))
        case "sum":
            letter = next(letter for letter in LETTERS if letter not in free)
            body, index = inner((*free, letter)), LETTERS[letter]
            held = index in free_indices(body)
            return Sum((index,), body if held else Multiply((Entry("b", (index,)), body)))
    return draw(leaves(free))


@st.composite
def leaves(draw: st.DrawFn, free: tuple[str, ...]) -> Expression:
    one, other = (LETTERS[draw(st.sampled_from(free))] for _ in range(2))
    entries = [("W", (one, other)), ("b", (one,)), ("net", (one,)), ("c", ())]
    entries += [(UNNAMED, (one,)), (NAMED, (one,))]
    return draw(
        st.one_of(
            st.builds(Number, NUMBERS),
            st.sampled_from([Entry(*entry) for entry in entries]),
            st.sampled_from([Size("n"), Delta(one, other)]),
        )
    )


# --- numbers ----------------------------------------------------------------------------------


SLOPES = {"f_one": 1, "f_two": 2}
"""What f' and f'' are called in the language, which has no primes."""


def _apply(name: str, order: int, z: Fraction) -> Fraction:
    match name, SLOPES.get(name, order):
        case "tanh", 0:
            return 7 - z
        case "abs", 0:
            return abs(z)
        case _, 0:
            return z * z + 1
        case _, 1:
            return z - 3
        case _, 2:
            return 2 * z + 5
    raise AssertionError(name)


HOW = Arithmetic(lambda number: number, _apply)


def values(seed: int) -> Values:
    """Every array at random small fractions; δ as what it is, a derivative as its quotient."""
    chance = random.Random(seed)
    found: Values = {}
    for array in SHOWN.arrays:
        places: list[tuple[int, ...]] = [()]
        for _ in array.indices:
            places = [(*place, number) for place in places for number in (1, 2)]
        for place in places:
            found[array.name, place] = Fraction(chance.choice([-5, -3, -2, 1, 3, 4, 7]), 3)
    for place in ((1,), (2,)):
        found[UNNAMED, place] = found["dEQ", ()] / found["db", place]
        found[NAMED, place] = found["named", place]
    for one in (1, 2):
        for other in (1, 2):
            found["delta", (one, other)] = Fraction(one == other)
    return {**found, ("count", ()): Fraction(2)}


def number(node: Expression, of: Values) -> Fraction:
    return Fraction(evaluate_expression(node, PLACE, SIZES, of, HOW))


VALUES = (values(1), values(2))


# --- read back --------------------------------------------------------------------------------

OUTSIDE_THE_LANGUAGE = {
    r"\[(\w) = (\w)\]": r"delta[\1,\2]",
    r"f''\(": "f_two(",
    r"f'\(": "f_one(",
    r"∂EQ/∂b": "dEQ/db",
    r"δ_h": "named",
    r"\bn\b": "count",
}
"""What is printed and no model file can say -> arrays and functions that mean it."""


REFUSED = ("divide by a number other than 0", "inside the sum")
"""What the language says of a branch that cannot be taken: it works out what numbers compare to."""


def read_text(node: Expression) -> Expression:
    """What the language takes the printed text of a node for."""
    text = expression_text(node, as_model_file(SHOWN))
    for printed, said in OUTSIDE_THE_LANGUAGE.items():
        text = re.sub(printed, said, text)
    read = model(text).equations[0].value
    return Add((read, Multiply((Number(Fraction(-1)), Entry("W", (LETTERS["i"], LETTERS["j"]))))))


def known(node: Expression) -> list[Fraction]:
    """The values of a node; what divides by zero has none, and is no example."""
    try:
        return [number(node, of) for of in VALUES]
    except ZeroDivisionError:
        assume(False)
        raise


DERIVATIVES = (  # ∂EQ/∂b, where a quotient would lose its bracket
    Power(Entry(UNNAMED, (LETTERS["i"],)), 2),
    Multiply((Entry("c"), Power(Entry(UNNAMED, (LETTERS["i"],)), -1))),
)


@settings(max_examples=200, deadline=None)
@given(expressions())
@example(DERIVATIVES[0])
@example(DERIVATIVES[1])
def test_the_language_reads_a_printed_expression_as_itself(node: Expression) -> None:
    want = known(node)
    try:
        read = read_text(node)
    except ModelError as error:
        assume(not any(cure in str(error) for cure in REFUSED))
        raise
    assert [number(read, of) for of in VALUES] == want, expression_text(node, as_model_file(SHOWN))


def read_latex(text: str, of: Values) -> Any:
    """What the reader of LaTeX takes a formula for; no formula here has local derivatives."""
    setting = Setting(SHOWN, SIZES, of, HOW, local=lambda of, by: pytest.fail(f"∂{of}/∂{by}"))
    read = read_formula(text, setting.functions, setting.names)
    place = {index.name: at for index, at in PLACE.items()}
    return value(read.sides[0], setting, place)


@settings(max_examples=200, deadline=None)
@given(expressions())
def test_the_reader_of_latex_reads_a_printed_expression_as_itself(node: Expression) -> None:
    text = plain(expression_latex(node, Symbols(SHOWN)))
    want = known(node)
    assert [read_latex(text, of) for of in VALUES] == want, text
