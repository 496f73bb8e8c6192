"""What people type is understood, or answered with what is written here; all of it at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive.commands.main import main
from derive.expressions.indices import canonical
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import NETWORK, declarations

LAST = "EQ = sum(k, (O[k] - y[k])^2) / 2"


def model(text: str, name: str = "example") -> derive.Model:
    return resolve(name, Source(f"{name}.toml", text))


def faults(text: str) -> list[derive.ModelError]:
    with pytest.raises(derive.ModelError) as caught:
        model(text)
    return list(caught.value.all)


# What is typed in the last equation of the network, and what it means.
UNDERSTOOD = {
    "1e-3 * sum(k, O[k] * y[k])": "sum(k, O[k] * y[k]) / 1000",
    "1.5E+1 * sum(k, O[k] * y[k])": "15 * sum(k, O[k] * y[k])",
    ".5 * sum(k, O[k] * y[k])": "0.5 * sum(k, O[k] * y[k])",
    "2. * sum(k, O[k] * y[k])": "2 * sum(k, O[k] * y[k])",
    "½ sum(k, (O[k] − y[k])²)": "sum(k, (O[k] - y[k])^2) / 2",
    "½·sum(k, (O[k] – y[k])**2)": "sum(k, (O[k] - y[k])^2) / 2",
    "sum(k, O[k] × y[k] ⋅ O[k]⁻¹)": "sum(k, O[k] * y[k] * O[k]^(-1))",
    "∑(k, O[k] ÷ y[k])": "sum(k, O[k] / y[k])",
    "Σ(k, O[k] * y[k])": "sum(k, O[k] * y[k])",
    "sum(k, σ(O[k]) * y[k])": "sum(k, logistic(O[k]) * y[k])",
    "sum(k, sigmoid(O[k]) * y[k])": "sum(k, logistic(O[k]) * y[k])",
    "sum(k, ReLU(O[k]) * y[k])": "sum(k, relu(O[k]) * y[k])",
    "sum(k, ln(1 + np.exp(O[k])) * y[k])": "sum(k, log(1 + exp(O[k])) * y[k])",
    "sum(k, torch.sigmoid(O[k]) * y[k])": "sum(k, logistic(O[k]) * y[k])",
    "sum(k, maximum(O[k], 0) * y[k])": "sum(k, max(O[k], 0) * y[k])",
    "sum(k, where(O[k] ≥ y[k], O[k], 0))": "sum(k, where(O[k] >= y[k], O[k], 0))",
    "sum(k, Tanh(O[k]) * sign(y[k]))": "sum(k, tanh(O[k]) * sgn(y[k]))",
}


@pytest.mark.parametrize("typed", UNDERSTOOD)
def test_what_means_the_same_is_taken(typed: str) -> None:
    read, meant = (
        model(declarations(NETWORK.replace(LAST, f"EQ = {value}"))).equations[-1].value
        for value in (typed, UNDERSTOOD[typed])
    )
    assert canonical(read) == canonical(meant)


def test_greek_letters_are_their_names_wherever_they_are_typed() -> None:
    text = declarations(NETWORK.replace("V[", "Θ[").replace(LAST, f"{LAST} + λ·Δw²"))
    text = text.replace('"V[k,j]"', '"Θ[k,j]", "Δw"') + '\n[hyperparameters]\n"λ" = 0.1\n'
    read = model(text)
    assert [array.name for array in read.weights] == ["W", "Theta", "Delta_w"]
    assert read.array("lambda").role == "hyperparameter"


def test_a_name_of_the_model_is_no_synonym() -> None:
    text = declarations("sigma[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\nEQ = sum(k, sigma(y[k]))")
    (fault,) = (f for f in faults(text) if "sigma" in f.problem)
    assert "sigma is an array and no function" in str(fault)
    text = declarations(NETWORK.replace("f_h(", "sigmoid("))
    text = text.replace('f_h = "logistic"', 'sigmoid = "tanh"')
    assert dict(model(text).functions)["sigmoid"].name == "tanh"


def test_a_function_of_the_file_may_have_another_name_for_what_it_computes() -> None:
    text = declarations(NETWORK).replace('"logistic"', '"sigmoid"').replace('"tanh"', '"ReLU"')
    assert [f.name for _, f in model(text).functions] == ["logistic", "relu"]


# What is typed in place of the last equation, and the words that answer it.
ANSWERED = {
    "EQ = 2(O[k] - y[k])": "write * between them",
    "EQ = sum(k, O[k] y[k])": "write * between them",
    "EQ = sum(k, j, V[k][j] * y[k])": "write V[k,j]",
    "EQ = sum(k, j, V(k,j) * y[k])": "V[k,j]",
    "EQ = sum(k, where(O[k] == y[k], 1, 0))": "the comparisons are >, <, >= and <=",
    "EQ = sum(k, where(O[k] != y[k], 1, 0))": "the comparisons are >, <, >= and <=",
    "EQ = V @ H": "sum(j, V[k,j] * H[j])",
    "EQ = V * H": "sum(j, V[k,j] * H[j])",
    "EQ = O * y": "O[k] * y[k]",
    "EQ = V.T": "an attribute has no place",
    "EQ = y @ O": "sum(k, y[k] * O[k])",
    "EQ = mse(O, y)": "squared_error(k, o[k], y[k]) is half the sum of squares",
    "EQ = nn.CrossEntropyLoss(O, y)": "of probabilities",
    "EQ = F.cross_entropy(O, y)": "of probabilities",
    "EQ = sum(k, sigmoud(O[k]))": "did you mean logistic",
    "EQ = sum(k, V_kj)": "write V[k,j]",
    "EQ = sum_k O[k]": "write sum(i, W[j,i] * x[i])",
    "EQ = sum(k, log(2*pi*O[k]))": "pi = 3.14159",
    "EQ = \\sum_{k} O[k]": "no LaTeX",
    "EQ := sum(k, O[k])": "write = between",
    "EQ = sum(k, |O[k]|)": "write abs(z)",
    "EQ = sum(k, O[k]);": "an equation ends with its line",
    "EQ = sum(k, Oin[k])": "did you mean O_in",
    "EQ = sum(k, ŷ[k])": "such as y_hat",
    f"{LAST}\nM = 3 * sum(k, O[k])": "the last equation is the error, and M stands behind EQ",
    f"{LAST}\nM[k] = 3 * O[k]": "the last equation is the error, and M stands behind EQ",
}  # fmt: skip


@pytest.mark.parametrize("typed", ANSWERED)
def test_what_is_written_otherwise_here_is_said(typed: str) -> None:
    text = declarations(NETWORK.replace(LAST, typed)).replace('"""', "'''")
    (said,) = [str(fault) for fault in faults(text) if ANSWERED[typed] in str(fault)]
    assert said.startswith("example.toml:13:" if "\n" not in typed else "example.toml:14:")


def declared(old: str, new: str) -> str:
    text = declarations(NETWORK)
    assert old in text
    return text.replace(old, new)


MISDECLARED = {
    "a key misspelt": (declared("weights =", "weight ="), 4, "did you mean weights"),
    "a text for a list": (declared('["I[i]"]', '"I[i]"'), 5, 'write inputs = ["I[i]"]'),
    "a size of none": (declared("m = 2", "m = 0"), 24, "a whole number from 1"),
    "a size in quotes": (declared("m = 2", 'm = "2"'), 24, "a whole number from 1"),
    "a key too low": (declared('targets = ["y[k]"]', "").replace("[functions]", 'targets = ["y[k]"]\n[functions]'),
                      27, "move it above the first line in [ ]"),
    "a title that a terminal obeys": (declared("A test", r"\u001b[31m"), 2, "U+001B"),
    "a title that turns its direction": (declared("A test", "a \u202egpj.exe"), 2, "U+202E"),
    "a title of nothing": (declared("A test", r"a\u0000b"), 2, "U+0000"),
    "a Greek key without quotes": (declared("[functions]", "[hyperparameters]\nλ = 1\n[functions]").replace("/ 2", "/ λ"),
                                   28, '"λ" = ..., or as lambda'),
    "a number of 5,000 digits": (declared("/ 2", f"/ 2 + {'9' * 5000}"), 13, "5000 digits"),
    "a text of 5,000 digits": (declared('"tanh"', f'"{"9" * 5000} * z"'), 29, "5000 digits"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISDECLARED)
def test_a_wrong_declaration_is_told_at_its_line_and_nothing_follows(what: str) -> None:
    text, line, words = MISDECLARED[what]
    (fault,) = faults(text)
    assert words in str(fault)
    assert fault.position.number == line


def test_title_and_source_may_be_left_out(tmp_path: Path) -> None:
    text = declarations(NETWORK).replace('title   = "A test"', "").replace('source  = "tests"', "")
    path = tmp_path / "plain.toml"
    path.write_text(text)
    made = CliRunner().invoke(main, ["build", str(path), "--out", str(tmp_path / "out")])
    assert made.exit_code == 0, made.output
    page = (tmp_path / "out" / "plain" / "derivation.en.md").read_text()
    assert "\n# plain\n\n## " in page


# --- all at once ------------------------------------------------------------------------------


def test_every_mistake_of_a_file_is_told_and_what_follows_from_one_is_not() -> None:
    text = declared("sizes", "sizes").replace("weights =", "weight =").replace("K = 2", "K = 0")
    text = text.replace("I[i])", "x[i] + x[i])").replace("f_o(O_in", "V(k,l) + mse(O_in")
    text = text.replace("/ 2", "/ 2 +").replace('"tanh"', '"z / 0"')
    lines = {fault.position.number for fault in faults(text)}
    assert lines == {4, 9, 12, 13, 25, 29}


def test_an_open_bracket_ends_where_the_next_equation_begins() -> None:
    text = declarations(NETWORK.replace("I[i])", "I[i]").replace("f_o(", "foo("))
    assert [fault.position.number for fault in faults(text)] == [9, 12]


def test_names_of_a_broken_line_are_not_told_again() -> None:
    text = declarations(NETWORK.replace("H[j] = f_h(H_in[j])", "H[j] = f_h(H_in[j]) +"))
    (fault,) = faults(text)
    assert "write a number, a name" in str(fault)


def test_an_undeclared_index_is_told_once() -> None:
    text = declarations(NETWORK.replace("sum(i, W[j,i] * I[i])", "sum(r, W[j,r] * I[r])"))
    (fault,) = (f for f in faults(text) if "declared" in f.problem)
    assert fault.position.number == 9


def test_a_long_report_is_cut() -> None:
    text = declarations(
        "\n".join(f"q{n}_a[j] = foo{n}(sum(i, W[j,i] * I[i]))" for n in range(30)) + f"\n{LAST}"
    )
    with pytest.raises(derive.ModelError, match="and 11 more"):
        model(text)


# --- names of files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "works"),
    [
        ("lambda", "lambda_model"),
        ("import", "import_model"),
        ("my-model", "my_model"),
        ("3d", "model_3d"),
        ("a b", "a_b"),
    ],
)
def test_a_name_that_cannot_be_imported_is_refused_with_one_that_can(
    name: str, works: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = CliRunner().invoke(main, ["new", name])
    assert asked.exit_code == 2
    assert works in asked.output
    with pytest.raises(derive.ModelError, match=works):
        model(declarations(NETWORK), name)
    assert CliRunner().invoke(main, ["new", works]).exit_code == 0


@pytest.mark.parametrize(
    ("name", "works"),
    [("numpy", "numpy_model"), ("random", "random_model"), ("pelogia2019", "my_pelogia2019")],
)
def test_a_new_model_hides_no_module_and_no_model(
    name: str, works: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = CliRunner().invoke(main, ["new", name])
    assert asked.exit_code == 2
    assert works in asked.output
    assert not list(tmp_path.iterdir())


def test_a_new_model_may_be_asked_for_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(main, ["new", "mine.toml"]).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["mine.toml"]
    assert derive.load("mine.toml").title == "mine"
