"""LaTeX that is no formula, and formulas that mean nothing."""

import pytest

import derive
from derive.page.check import setting
from derive.readback.reader import read_formula
from derive.readback.setting import MeaningError, heads
from derive.readback.tokens import LatexError
from derive.readback.value import value

FUNCTIONS = {"f_h", "f_o"}


@pytest.mark.parametrize(
    "text", ["a +", "(a", "a)", r"\frac{a}", r"\foo{a} @", r"\begin{pmatrix} a & b \\ c \end{pmatrix}",
             r"\sum_{k=2}^{3} k", "a^", ""],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(LatexError):
        read_formula(text, FUNCTIONS)


@pytest.mark.parametrize(
    "text",
    [
        "Q",
        "H_{in,9}",
        "W W",
        "W + H",
        r"W \odot H",
        r"\frac{\partial H}{\partial W}",
        "H^2",
        r"\frac{H_1}{O_1 - O_1}",
        "(O_1 - O_1)^{-2}",
    ],
)
def test_what_means_nothing_is_refused(text: str, derivation: derive.Derivation) -> None:
    where = setting(derivation, {"n": 3, "m": 2, "K": 2})
    (side,) = read_formula(text, FUNCTIONS, heads(derivation.model)).sides
    with pytest.raises(MeaningError):
        value(side, where)
