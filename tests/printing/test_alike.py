"""Names that would read as entries of other arrays, and how a reader tells them apart."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive.commands.main import main
from derive.page.check import setting
from derive.pipeline import make
from derive.printing.latex import expression_latex
from derive.printing.names_latex import array_latex, entry_latex, name_latex
from derive.printing.symbols import Symbols
from derive.readback.reader import read_formula
from derive.readback.setting import heads
from derive.readback.value import value
from tests.conftest import write_text

ALIKE = """
title = "Names that print alike"
source = "none"
weights = ["z[i]", "z1[i]", "z_2", "beta[i]", "W[k,i]", "W1[i]", "W_in[k,i]", "w0[i]", "dk[k]", "f[k]", "x_l"]
inputs = ["x[i]"]
targets = ["d[k]"]
equations = '''
o[k] = sum(i, (W[k,i] + W_in[k,i]) * f_1(z[i] * x[i] + z1[i] + W1[i] + w0[i])) + dk[k] * z_2 * (1 + f[k])
L = sum(k, (o[k] - d[k])^2) / d_k + x_l + sum(l, x[l]) + beta_1 * sum(i, beta[i]^2)
'''
[functions]
f_1 = "tanh"
[hyperparameters]
beta_1 = 0.9
[sizes]
i = "m"
l = "m"
k = "d_k"
[example]
m = 2
d_k = 2
"""


@pytest.fixture(name="alike", scope="module")
def fixture_alike(tmp_path_factory: pytest.TempPathFactory) -> derive.Model:
    path = tmp_path_factory.mktemp("alike") / "alike.toml"
    path.write_text(ALIKE, encoding="utf-8")
    return derive.load(path)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("z1", "z_{(1)}"),  # beside z_1, the first entry of z
        ("z_2", "z_{(2)}"),
        ("beta_1", r"\beta_{(1)}"),
        ("W1", "W_{(1)}"),  # W_{(1),2} beside W_{12}
        ("d_k", "d_{(k)}"),
        ("W_in", "W_{in}"),  # n is no index
        ("w0", "w_0"),  # entries count from 1
        ("x_l", "x_{(l)}"),  # l is an index where a sum binds it
        ("dk", "dk"),
        ("f_1", "f_{(1)}"),  # a function, beside f_1 (1 + x)
    ],
)
def test_a_name_that_reads_as_an_entry_of_another_stands_in_brackets(
    name: str, printed: str, alike: derive.Model
) -> None:
    assert name_latex(name, alike) == printed


def test_an_entry_of_such_an_array_has_its_indices_behind_the_bracket(alike: derive.Model) -> None:
    symbols = Symbols(alike)
    assert entry_latex(alike.array("z1").entry, symbols) == "z_{(1),i}"
    assert array_latex("z1", symbols) == r"\drvvector{z}_{(1)}"


def test_what_reads_as_an_entry_is_one_and_in_brackets_it_is_the_name(alike: derive.Model) -> None:
    where = setting(derive.differentiate(alike), {"m": 3, "d_k": 2})

    def read(text: str) -> object:
        (side,) = read_formula(text, where.functions, heads(alike)).sides
        return value(side, where)

    assert read("z_1") == where.values["z", (1,)] != where.values["z1", (1,)]
    assert read("z_{(1),1}") == where.values["z1", (1,)]
    assert read("z_2") == where.values["z", (2,)] != read("z_{(2)}")
    assert read("W_{12}") == where.values["W", (1, 2)] != read("W_{(1),2}")
    assert read("d_{(k)}") == 2
    assert read("dk_2") == where.values["dk", (2,)]


def test_a_model_with_such_names_is_proven_and_every_formula_has_its_own_id(
    alike: derive.Model, tmp_path: Path
) -> None:
    made = make(alike)
    made.require()
    tex = made.files["derivation.en.tex"]
    labels = [part.split("}")[0] for part in tex.split(r"\label{")[1:]]
    assert len(labels) == len(set(labels))
    assert r"\beta_{(1)}" in made.files["derivation.en.md"]


def test_the_terminal_writes_them_alike(tmp_path: Path) -> None:
    path = tmp_path / "alike.toml"
    path.write_text(ALIKE, encoding="utf-8")
    shown = CliRunner().invoke(main, ["show", str(path), "z1"]).output
    assert "∂L/∂z_(1),i = " in shown
    assert "f'_(1)(z_1 · x_1 + z_(1),1" in shown


@pytest.mark.parametrize(
    ("number", "sign"),
    [
        ("sigma", r"\operatorname{logistic}"),
        ("sigma_", r"\operatorname{logistic}"),
        ("tau", r"\sigma"),
    ],
)
def test_where_sigma_is_a_number_the_function_has_its_name(
    number: str, sign: str, tmp_path: Path
) -> None:
    """σ (s - r) is then a product, as in RankNet."""
    text = f"""
title = "t"
source = "none"
weights = ["w"]
inputs = ["x"]
targets = ["y"]
equations = "L = {number} * (y - logistic({number} * (w*x - y)))^2"
hyperparameters = {{ {number} = 2 }}
"""
    model = derive.load(write_text(tmp_path, text))
    shown = expression_latex(model.equations[0].value, Symbols(model))
    letter = r"\sigma" if "sigma" in number else r"\tau"
    assert rf"{sign}({letter} (w x - y))" in shown
    make(model).require()
