"""A row of the table is all that a new function needs; what the code has of it is faster only."""

from pathlib import Path

import pytest
import sympy

import derive
from derive.code import spelling
from derive.code.check import check_estimator, check_trainer
from derive.code.names import called
from derive.derivation.differentiate import differentiate
from derive.functions.rational import Z
from derive.functions.table import TABLE, Function
from derive.model.batch import batch, batch_weighted
from tests.code.runtime.example import TEXT, model_of_text, texts

NEW = {
    "arctan": sympy.atan(Z),
    "softsign": Z / (1 + sympy.Abs(Z)),
    "mish_like": Z * sympy.tanh(sympy.exp(Z / 4)),
    "round": sympy.sinh(Z) / sympy.cosh(Z / 2) ** 2,
}


@pytest.mark.parametrize("name", NEW)
def test_a_function_of_one_row_is_built_proven_and_runs(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Function(name, "a new function", rf"\operatorname{{{name}}}", NEW[name])
    monkeypatch.setitem(TABLE, name, row)
    model = model_of_text(TEXT.replace("h[j] = tanh(", f"h[j] = {name}("))
    written = texts(model)
    assert check_trainer(written["trainer"], differentiate(batch(model)))
    weighted = differentiate(batch_weighted(model))
    assert check_estimator(written["estimator"], written["trainer"], weighted)
    assert derive.prove(derive.differentiate(model))


def test_what_numpy_has_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, "arctan", Function("arctan", "", "", sympy.atan(Z)))
    model = model_of_text(TEXT.replace("h[j] = tanh(", "h[j] = arctan("))
    assert called("arctan", 0, model) == "np.arctan"
    assert called("tanh", 0, model) == "np.tanh"
    assert called("abs", 1, model) == "absolute_prime"


def test_what_the_code_has_of_a_function_is_of_a_row_that_there_is() -> None:
    """And the rows themselves say nothing of NumPy."""
    assert spelling.VALUES.keys() | spelling.NAMES.keys() <= TABLE.keys()
    assert spelling.VALUES
    assert "np." not in Path(str(derive.__file__)).parent.joinpath("functions/table.py").read_text()


@pytest.mark.parametrize("name", sorted(spelling.VALUES))
def test_without_its_row_in_the_code_a_function_works_all_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slower or with fewer digits, and right: the definition is what is computed."""
    monkeypatch.delitem(spelling.VALUES, name)
    model = model_of_text(TEXT.replace("h[j] = tanh(", f"h[j] = {name}("))
    if name == "sgn":
        model = model_of_text(TEXT.replace("h[j] = tanh(a[j])", "h[j] = a[j] + sgn(a[j])"))
    assert check_trainer(texts(model)["trainer"], differentiate(batch(model)))
