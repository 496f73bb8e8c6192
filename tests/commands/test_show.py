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


def test_show_prints_what_is_known_of_a_quantity() -> None:
    shown = CliRunner().invoke(main, ["show", "pelogia2019", "H"]).output
    assert shown == "H_j = f_h(H_in,j)\n∂EQ/∂H_j = Σ_k δ_o,k · v_jk\n"


def test_show_knows_a_derivative_by_the_papers_name() -> None:
    shown = CliRunner().invoke(main, ["show", "pelogia2019", "delta_o"]).output
    assert shown == "δ_o,k = E_k · f'_o(O_in,k)\n"


def test_an_unknown_name_is_told_what_there_is() -> None:
    shown = CliRunner().invoke(main, ["show", "pelogia2019", "Q"])
    assert shown.exit_code == 2
    assert "pelogia2019 has no Q; its quantities are H_in, H, O_in, O, E, EQ" in shown.stderr
    assert "its weights are w_11, w_12" in shown.stderr


def test_list_names_every_model_with_its_title() -> None:
    shown = CliRunner().invoke(main, ["list"]).output.splitlines()
    assert [line.split()[0] for line in shown] == list(locate.shipped())
    assert any("Backpropagation e o método do gradiente" in line for line in shown)
