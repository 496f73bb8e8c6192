"""A chain's values as a person multiplies them: signs and numbers in front, no 1."""

from pathlib import Path

import pytest

import derive
from derive.derivation.differentiate import differentiate
from derive.derivation.partials import partials
from derive.printing.latex import values_latex
from derive.printing.symbols import Symbols
from tests.conftest import declarations, write_text

SIZES = {"n": 2, "m": 2, "K": 2}


def values(folder: Path, equations: str) -> dict[str, str]:
    """The line of values of each partial derivative, by its id."""
    model = derive.load(write_text(folder, declarations(equations)))
    found = partials(differentiate(model), SIZES)
    return {each.id: values_latex(each.chain, Symbols(model, SIZES)) for each in found}


def test_a_sign_within_a_chain_stands_before_it(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        "z[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\ne[k] = y[k] - z[k]\nEQ = sum(k, e[k]^2) / 2",
    )
    assert found["dEQ-dV11"] == r"-e_1 \cdot \sum_{i=1}^{2} W_{1i} I_i"
    assert not any(r"\cdot (-" in each or r"\cdot 1" in each for each in found.values())


def test_numbers_are_one_in_front_and_one_is_left_out(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        "p[k] = sum(j, V[k,j] + sum(i, W[j,i] * I[i]))\ns[k] = 3 * p[k]\nr[k] = 2 * s[k]\n"
        "EQ = sum(k, r[k] * y[k])",
    )
    assert found["dEQ-dV11"] == r"6 \cdot y_1"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        ("sum(k, y[k] * s[k])", r"\frac{y_1}{p_1} \cdot h_1"),
        ("-2 * sum(k, s[k])", r"-\frac{2}{p_1} \cdot h_1"),
    ],
)
def test_a_reciprocal_stands_below_what_is_before_it(error: str, line: str, tmp_path: Path) -> None:
    """∂EQ/∂s = y, and ∂s/∂r = 1/p: together y/p; and no -2 · 1/p."""
    found = values(
        tmp_path,
        "p[k] = 1 + y[k]^2\nh[j] = sum(i, W[j,i] * I[i])\nr[k] = sum(j, V[k,j] * h[j])\n"
        f"s[k] = r[k] / p[k]\nEQ = {error}",
    )
    assert found["dEQ-dV11"] == line
