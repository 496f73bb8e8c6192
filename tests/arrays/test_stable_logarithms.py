"""The identities of logarithms: each a true one, found in what it is about and nowhere else."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from derive.arrays.stable_logarithms import IDENTITIES, behind, logarithms
from derive.evaluation.evaluate import Arithmetic, evaluate_expression
from derive.expressions.building import add
from derive.expressions.contents import walk
from derive.expressions.expression import Apply, Entry, Expression, Index, Number
from derive.expressions.rules import Found, filled, pattern
from derive.functions.rational import Z
from derive.functions.table import TABLE
from derive.training.data import trainer_of
from tests.conftest import model_of

LETTERS = ("a", "x", "y", "z")

SIZES = {"m": 3}


def sides(form: str, value: str, n: int) -> tuple[Expression, Expression]:
    """Both sides of an identity, of scalars with the letters' names and that exponent."""
    parts: dict[str, Expression] = {letter: Entry(letter) for letter in LETTERS}
    found = Found({**parts, "n": Number(Fraction(n))}, {"k": (Index("k", "m"),)})
    left, right = (filled(pattern(text), found) for text in (form, value))
    return left, right


def definitions(name: str, order: int, argument: Any) -> Any:
    return TABLE[name].derivative(order).subs(Z, argument)


@pytest.mark.parametrize("n", [-2, 3])
@pytest.mark.parametrize(("form", "value"), IDENTITIES)
def test_an_identity_is_one_by_algebra(form: str, value: str, n: int) -> None:
    symbols = {(letter, ()): sympy.Symbol(letter, positive=True) for letter in LETTERS}
    how = Arithmetic(lambda x: sympy.Rational(x.numerator, x.denominator), definitions)
    left, right = (
        evaluate_expression(side, {}, SIZES, symbols, how) for side in sides(form, value, n)
    )
    assert sympy.cancel(sympy.exp(left) - sympy.exp(right)) == 0


@pytest.mark.parametrize("n", [-2, 3])
@pytest.mark.parametrize(("form", "value"), IDENTITIES)
def test_an_identity_is_one_in_numbers(form: str, value: str, n: int) -> None:
    with mpmath.workdps(50):
        given = {(letter, ()): mpmath.mpf(k + 1) / 7 for k, letter in enumerate(LETTERS)}

        def apply(name: str, order: int, argument: Any) -> Any:
            return sympy.lambdify(Z, TABLE[name].derivative(order), "mpmath")(argument)

        how = Arithmetic(lambda x: mpmath.mpf(x.numerator) / x.denominator, apply)
        left, right = (
            evaluate_expression(side, {}, SIZES, given, how) for side in sides(form, value, n)
        )
        assert abs(left - right) < mpmath.mpf(10) ** -45


def examples(form: str) -> tuple[Expression, Expression]:
    """The left-hand side of things whose logarithms are stable, and its mutant, 2 more of each."""
    parts: dict[str, Expression] = {
        **{letter: Apply("exp", Entry(letter)) for letter in ("x", "y")},
        "a": Entry("a", (Index("k", "m"),)),
        "z": Entry("z"),
        "n": Number(Fraction(3)),
    }
    node = filled(pattern(form), Found(parts, {"k": (Index("k", "m"),)}))
    assert isinstance(node, Apply)
    return node, Apply("log", add(Number(Fraction(2)), node.argument))


@pytest.mark.parametrize(("form", "value"), IDENTITIES)
def test_an_example_of_each_is_found_and_its_mutant_is_not(form: str, value: str) -> None:
    node, mutant = examples(form)
    found = logarithms(node, behind([]))
    kept = [part for part in walk(found) if isinstance(part, Apply) and part.function == "log"]
    assert (found == node) == (form == value)
    assert len(kept) == (form == value)
    assert logarithms(mutant, behind([])) == mutant


def test_a_product_with_one_other_factor_stays() -> None:
    node = Apply("log", filled(pattern("exp(a) * z"), Found({"a": Entry("a"), "z": Entry("z")})))
    assert logarithms(node, behind([])) == node


def test_a_softmax_in_pieces_overflows_nowhere(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """h[j] = sum(i, W[j,i] * I[i])
        z[k] = sum(j, V[k,j] * h[j])
        e[k] = exp(z[k])
        S = sum(k, e[k])
        p[k] = e[k] / S
        EQ = -sum(k, y[k] * log(p[k]))""",
    )
    trainer = trainer_of(model)
    weights = trainer.Parameters(W=np.eye(2) * 30, V=np.array([[-30.0, 0], [0, 1]]))
    I, y = np.array([[1.0, 1.0]]), np.array([[1.0, 0]])
    assert trainer.error(weights, I, y) == pytest.approx(930)
