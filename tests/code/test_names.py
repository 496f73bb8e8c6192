"""Names that are right on the page and taken in the code: words of Python, names of modules."""

import keyword
import re
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.code.check import check_estimator, check_trainer, check_weights
from derive.code.module import load
from derive.code.names import called, code_name, module_names, reserved
from derive.derivation.differentiate import differentiate
from derive.expressions.expression import Adjoint
from derive.functions.table import TABLE
from derive.model.batch import batch, batch_weighted
from derive.reading.names import RESERVED
from tests.code.runtime.example import TEXT, model_of_text, texts

OF_THE_PAGE = {*RESERVED, *TABLE}
"""Names that no model has, whatever the code is."""

TAKEN = sorted(name for name in reserved() - OF_THE_PAGE if re.fullmatch(r"[A-Za-z]\w*", name))


PLACES = {
    "a weight": "W",
    "an input": "x",
    "a target": "y",
    "a quantity": "h",
    "the output": "o",
    "the error": "E",
    "a size": "m",
}


def renamed(names: dict[str, str]) -> derive.Model:
    """The example with other names in some places."""
    head, equations, rest = TEXT.split("'''")
    title, declared = re.split(r"(?=^weights)", head, flags=re.MULTILINE)
    for place, name in names.items():
        old = re.compile(rf"\b{PLACES[place]}\b")
        if place == "a size":
            rest = rest.replace('"m"', f'"{name}"').replace("\nm = ", f"\n{name} = ")
        else:
            declared, equations = (old.sub(name, part) for part in (declared, equations))
    return model_of_text(f"{title}{declared}'''{equations}'''{rest}")


def require(model: derive.Model) -> dict[str, str]:
    """The texts of a model, each of them run and held against the derivation."""
    written = texts(model)
    batched, weighted = differentiate(batch(model)), differentiate(batch_weighted(model))
    for certificate in (
        check_trainer(written["trainer"], batched),
        check_weights(written["weights"], written["trainer"], model),
        check_estimator(written["estimator"], written["trainer"], weighted),
    ):
        assert certificate, certificate.failures
    return written


def test_the_names_that_are_taken_are_those_of_the_modules() -> None:
    assert set(keyword.kwlist) <= reserved()
    for name in ("np", "Parameters", "train", "train_on", "error", "random", "seed", "itertools",
                 "softmax", "trainer", "zip", "absolute", "logistic_prime"):  # fmt: skip
        assert name in reserved(), name
    for name in ("x", "W", "n", "h", "EQ", "E", "a", "omega", "sum", "input", "rows", "array"):
        assert name not in module_names() - set(RESERVED), name
    assert len(TAKEN) > 80
    assert [name for name in reserved() if name.endswith("_")] == ["_"]


@pytest.mark.parametrize("first", range(0, len(TAKEN), len(PLACES)))
def test_a_model_with_names_that_the_code_has_is_proven_and_runs(first: int) -> None:
    """Every one of them, in one place or another, and several at once."""
    names = (TAKEN[first:] + TAKEN)[: len(PLACES)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        require(renamed(dict(zip(PLACES, names, strict=True))))


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(TAKEN), st.sampled_from(sorted(PLACES)))
def test_and_so_it_is_in_any_place(name: str, place: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        require(renamed({place: name}))


@pytest.mark.parametrize("place", PLACES)
def test_lambda_is_right_on_the_page_and_lambda__in_the_code(place: str) -> None:
    model = renamed({place: "lambda"})
    written = require(model)
    assert derive.prove(derive.differentiate(model))
    trainer: Any = load(written["trainer"], "trainer")
    names = {*trainer._AXES, *(size for axes in trainer._AXES.values() for size in axes)}
    assert ("lambda_" in names) == (place not in ("a quantity", "the output", "the error"))
    assert "lambda" not in names
    assert "lambda" in (trainer.__doc__ or "") or place == "a size"


def test_a_weight_keeps_its_name_among_the_parameters_and_the_fitted() -> None:
    written = require(renamed({"a weight": "class"}))
    trainer: Any = load(written["trainer"], "trainer")
    assert trainer.Parameters._fields == ("class_", "V")
    estimator: Any = load(written["estimator"], "estimator", trainer=trainer)
    X = np.eye(3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = estimator.Regressor(m=4, max_iter=2).fit(X, [0.0, 0.5, -0.5])
    assert fitted.class_.shape == (4, 3)


def test_every_taken_name_gets_another_that_no_other_name_is() -> None:
    """Whatever else the model is called: lambda, lambda_ on the page print alike and are no model."""
    for name in TAKEN:
        model = renamed({"a weight": name})
        found = [code_name(each, model) for each in (name, "V", "x", "h", "n", "m")]
        assert len(set(found)) == len(found)
        assert not set(found) & reserved()


@cache
def with_functions(**functions: str) -> derive.Model:
    lines = "".join(f'{name} = "{value}"\n' for name, value in functions.items())
    text = TEXT + f"\n[functions]\n{lines}"
    first, *rest = functions
    text = text.replace("tanh(a[j])", f"{first}(a[j])")
    for other in rest:
        text = text.replace("tanh(b[k])", f"{other}(b[k])")
    return model_of_text(text)


@pytest.mark.parametrize(
    "functions",
    [
        {"train": "logistic"},
        {"lambda": "z / (1 + abs(z))"},
        {"f": "logistic", "f_prime": "tanh"},
        {"absolute": "abs", "np": "gelu"},
        {"map": "tanh", "str": "z / (1 + abs(z))"},
        {"LARGEST": "logistic", "omega": "tanh"},
    ],
)
def test_functions_have_names_of_their_own_too(functions: dict[str, str]) -> None:
    model = with_functions(**functions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        require(model)
    names = [called(name, order, model) for name in functions for order in (0, 1)]
    assert len(set(names)) == len(names)


def test_a_hyperparameter_may_be_called_as_the_code_is() -> None:
    text = TEXT.replace("y[k])\n", "y[k]) + error * sum(k, j, V[k,j]^2)\n")
    model = model_of_text(text + "\n[hyperparameters]\nerror = 0.25\n")
    written = require(model)
    assert "\nerror_ = 0.25\n" in written["trainer"]
    assert "\ndef error(" in written["trainer"]


def test_a_quantity_named_as_a_derivative_is_not_taken_for_it() -> None:
    model = renamed({"a quantity": "dE_dW"})
    require(model)
    assert code_name("dE_dW", model) == "dE_dW"
    assert code_name(Adjoint("E", "W"), model) == "dE_dW_"


def test_a_free_derivative_s_name_is_taken() -> None:
    text = TEXT.replace("tanh(a[j])", "f(a[j])").replace("b[k]", "f_prime[k]")
    model = model_of_text(text + '\n[functions]\nf = "logistic"\n')
    require(model)
    assert code_name("f_prime", model) == "f_prime_"
    assert called("f", 1, model) == "f_prime"


def test_the_paper_s_name_for_an_adjoint_may_be_taken() -> None:
    model = model_of_text(TEXT + '\n[adjoints]\nb = "zip"\n')
    written = require(model)
    assert "\n    zip_ = " in written["trainer"]
