"""derive show: the formulas of the page, in the page's notation, for every model."""

from pathlib import Path

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
    assert "pelogia2019 has no Q; its quantities are H_in, H, O_in, O, E, EQ" in shown.output
    assert "its weights are w_11, w_12" in shown.output


def shown(*arguments: str) -> str:
    return CliRunner().invoke(main, ["show", *arguments]).output


def test_show_knows_a_derivative_as_it_is_typed_and_by_its_id() -> None:
    for name in ("dEQ/dH", "dEQ-dH", "∂EQ/∂H"):
        assert shown("pelogia2019", name) == "∂EQ/∂H_j = Σ_k δ_o,k · v_jk\n"


def test_show_says_what_is_given_and_where_it_is_used() -> None:
    used = "H_in,j = Σ_i w_ij · I_i\n"
    assert shown("pelogia2019", "I") == f"I_i is an input\n{used}"
    assert shown("attention", "scale").startswith("scale = 0.5\nS_ab = scale · ")
    assert shown("pelogia2019", "f_h") == (
        "f_h is free on the page; the code computes the logistic function\n"
    )
    assert shown("pelogia2019", "m").startswith("m is a size, 2 ")


@pytest.mark.parametrize(
    ("typed", "meant"), [("w11", "w_11"), ("Hin", "H_in"), ("W[1,2", "W[1,2]"), ("eq", "EQ")]
)
def test_a_name_mistyped_is_answered_with_the_nearest(typed: str, meant: str) -> None:
    assert f"pelogia2019 has no {typed}; did you mean {meant}? " in shown("pelogia2019", typed)


def test_a_model_mistyped_is_answered_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "did you mean pelogia2019?" in shown("Pelogia")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").touch()
    for typed in ("mine", "mine.tml", "./mien.toml"):
        assert "did you mean mine.toml?" in shown(typed)


def test_list_names_every_model_with_its_title() -> None:
    shown = CliRunner().invoke(main, ["list"]).output.splitlines()
    assert [line.split()[0] for line in shown] == list(locate.shipped())
    assert any("Backpropagation e o método do gradiente" in line for line in shown)
