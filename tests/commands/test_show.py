"""derive show: the formulas of the page, in the page's notation, for every model."""

import pytest
from click.testing import CliRunner

import derive
from derive import locate
from derive.commands.main import main
from derive.printing.symbols import Symbols
from derive.printing.text import paper


def test_show_prints_the_form_of_the_page_in_one_notation() -> None:
    shown = CliRunner().invoke(main, ["show", "digits"]).output
    assert "∂L/∂z_2,k = p_k - y_k\n" in shown
    assert "= (Σ_k (p_k - y_k) · W_2,k1) · tanh'(z_1,1) · x_1\n" in shown
    assert "[" not in shown
    assert "sum(" not in shown


def test_show_starts_a_chain_where_something_cancels() -> None:
    shown = CliRunner().invoke(main, ["show", "attention"]).output
    equations, chains = shown.split("\n\n", 2)[1:]
    assert "∂L/∂S_ab = A_ab · (∂L/∂A_ab - (Σ_b' ∂L/∂A_a,b' · A_a,b'))\n" in equations
    assert "= Σ_a (Σ_b ∂L/∂S_ab · scale · K_b1) · X_a1\n" in chains
    assert "exp" not in chains


@pytest.mark.parametrize("name", locate.shipped())
def test_show_prints_every_gradient_of_every_model(name: str) -> None:
    """Those of names that the derivation puts for net inputs among them."""
    model = derive.load(name)
    result = CliRunner().invoke(main, ["show", name])
    assert result.exit_code == 0, result.output
    style = paper(Symbols(model))
    for weight in model.weights:
        assert f"∂{model.error}/∂{style.entry(weight.entry)} = " in result.output
