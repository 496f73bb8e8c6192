"""What a model puts out, and what its error takes that for."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

import derive
from derive.model.output import FORMS, Form, computed, output_kind, takes_differences
from derive.reading.losses import LOSSES
from tests.conftest import write_text

TEXT = '''
title   = "A test"
source  = "tests"
weights = ["W[k,i]"]
inputs  = ["x[i]"]
targets = ["y[k]"]
assumptions = [{assumed}]

equations = """
z[k] = sum(i, W[k,i] * x[i])
{equations}
"""

[sizes]
i = "n"
k = "K"
{letters}
[example]
n = 3
K = 2

[hyperparameters]
{hyperparameters}

[functions]
{functions}
'''

DECLARED = {
    "letters": {"l": '"K"'},
    "hyperparameters": {"eps": "1e-7", "gamma": "0.5"},
    "functions": {"f": '"logistic"'},
}
"""What is declared where the equations use it."""


def text_of(equations: str, assumed: str = "") -> str:
    declared = {
        table: "\n".join(f"{n} = {v}" for n, v in rows.items() if re.search(rf"\b{n}\b", equations))
        for table, rows in DECLARED.items()
    }
    quoted = f'"{assumed}"' if assumed else ""
    return TEXT.format(equations=equations, assumed=quoted, **declared)


def model_of(folder: Path, equations: str, assumed: str = "") -> derive.Model:
    return derive.load(write_text(folder, text_of(equations, assumed)))


SOFTMAX = "p[k] = softmax(k, z[k])\n"
LOGISTIC = "p[k] = logistic(z[k])\n"
OWN = "e[k] = exp(z[k])\nS = sum(k, e[k])\np[k] = e[k] / S\n"

KINDS = {
    "a softmax written out": (OWN + "L = cross_entropy(k, p[k], y[k])", "softmax"),
    "a softmax in one line": (
        "p[k] = exp(z[k]) / sum(l, exp(z[l]))\nL = -sum(k, y[k] * log(p[k]))",
        "softmax",
    ),
    "a cross-entropy with weights": (SOFTMAX + "L = -sum(k, gamma * y[k] * log(p[k]))", "softmax"),
    "a cross-entropy kept from zero": (SOFTMAX + "L = -sum(k, y[k] * log(p[k] + eps))", "softmax"),
    "the focal loss": (SOFTMAX + "L = -sum(k, (1 - p[k])^2 * y[k] * log(p[k]))", "softmax"),
    "smoothed labels": (
        SOFTMAX + "L = -sum(k, ((1 - gamma) * y[k] + gamma / 2) * log(p[k]))",
        "softmax",
    ),
    "the probability of the class": (SOFTMAX + "L = -log(sum(k, y[k] * p[k]))", "softmax"),
    "a divergence": (SOFTMAX + "L = sum(k, y[k] * (log(y[k] + eps) - log(p[k])))", "softmax"),
    "a smoothed softmax": (
        "p[k] = (1 - gamma) * softmax(k, z[k]) + gamma / 2\nL = cross_entropy(k, p[k], y[k])",
        "scores",
    ),
    "the logarithm of a softmax": (
        "q[k] = z[k] - log(sum(l, exp(z[l])))\nL = -sum(k, y[k] * q[k])",
        "log_softmax",
    ),
    "the logarithm of a named softmax": (
        SOFTMAX + "q[k] = log(p[k])\nL = -sum(k, y[k] * q[k])",
        "log_softmax",
    ),
    "logits of several classes": ("L = log(sum(k, exp(z[k]))) - sum(k, y[k] * z[k])", "log_softmax"),
    "a logistic function written out": (
        "p[k] = 1 / (1 + exp(-z[k]))\nL = binary_cross_entropy(k, p[k], y[k])",
        "logistic",
    ),
    "a free logistic function": (
        "p[k] = f(z[k])\nL = binary_cross_entropy(k, p[k], y[k])",
        "logistic",
    ),
    "a binary focal loss": (
        LOGISTIC + "L = -sum(k, (1 - p[k])^2 * y[k] * log(p[k])"
        " + p[k]^2 * (1 - y[k]) * log(1 - p[k]))",
        "logistic",
    ),
    "a binary cross-entropy kept from zero": (
        LOGISTIC + "L = -sum(k, y[k] * log(p[k] + eps) + (1 - y[k]) * log(1 - p[k] + eps))",
        "logistic",
    ),
    "a binary cross-entropy clipped": (
        LOGISTIC + "c[k] = min(max(p[k], eps), 1 - eps)\n"
        "L = binary_cross_entropy(k, c[k], y[k])",
        "logistic",
    ),
    "the probability of either class": (
        LOGISTIC + "L = -sum(k, log(y[k] * p[k] + (1 - y[k]) * (1 - p[k])))",
        "logistic",
    ),
    "logits in another form": (
        "L = sum(k, y[k] * softplus(-z[k]) + (1 - y[k]) * softplus(z[k]))",
        "logits",
    ),
    "logits with a logarithm": ("L = sum(k, log(1 + exp(z[k])) - y[k] * z[k])", "logits"),
    "logits as libraries compute them": (
        "L = sum(k, max(z[k], 0) - z[k] * y[k] + log(1 + exp(-abs(z[k]))))",
        "logits",
    ),
    "the logistic loss of signs": ("L = sum(k, softplus(-y[k] * z[k]))", "margin"),
    "a hinge the other way round": ("L = sum(k, max(0, 1 - z[k] * y[k]))", "margin"),
    "a squared hinge": ("L = sum(k, relu(1 - y[k] * z[k])^2)", "margin"),
    "the perceptron's loss": ("L = sum(k, max(0, -y[k] * z[k]))", "margin"),
    "the exponential loss": ("L = sum(k, exp(-y[k] * z[k]))", "margin"),
    "counts": ("mu[k] = exp(z[k])\nL = poisson(k, mu[k], y[k])", "value"),
    "counts by their logarithm": ("L = sum(k, exp(z[k]) - y[k] * z[k])", "value"),
    "a squared error of a logistic": (LOGISTIC + "L = squared_error(k, p[k], y[k])", "value"),
    "a penalty": (LOGISTIC + "L = squared_error(k, p[k], y[k]) + gamma * sum(k, i, W[k,i]^2)", "value"),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_the_error_says_what_the_output_is(name: str, tmp_path: Path) -> None:
    equations, kind = KINDS[name]
    assert output_kind(model_of(tmp_path, equations)).name == kind


SQUARED = "L = squared_error(k, z[k], y[k])"
HOT, SIGNS, PAIR = "one_hot(k, y[k])", "y[k] in {-1, 1}", "y[k] in {0, 1}"

ASSUMED = {
    ("nothing", SQUARED): ("", "value"),
    ("an interval", SQUARED): ("y[k] in [0, 1]", "value"),
    ("parts of a whole", SQUARED): ("sum(k, y[k]) = 1", "value"),
    ("three numbers", SQUARED): ("y[k] in {0, 1, 2}", "value"),
    ("two numbers", SQUARED): (PAIR, "margin"),
    ("signs", SQUARED): (SIGNS, "margin"),
    ("one-hot", SQUARED): (HOT, "scores"),
    ("one-hot", SOFTMAX + "L = cross_entropy(k, p[k], y[k])"): (HOT, "softmax"),
    ("one-hot", LOGISTIC + "L = binary_cross_entropy(k, p[k], y[k])"): (HOT, "scores"),
    ("an interval", LOGISTIC + "L = binary_cross_entropy(k, p[k], y[k])"): (
        "y[k] in [0, 1]",
        "logistic",
    ),
    ("two numbers", "L = hinge(k, z[k], y[k])"): (PAIR, "margin"),
    ("signs", "L = hinge(k, z[k], y[k])"): (SIGNS, "margin"),
}


@pytest.mark.parametrize(("name", "equations"), ASSUMED)
def test_so_does_what_is_assumed_of_the_target(name: str, equations: str, tmp_path: Path) -> None:
    assumed, kind = ASSUMED[name, equations]
    found = output_kind(model_of(tmp_path, equations, assumed))
    assert found.name == kind
    if assumed in (SIGNS, PAIR):
        low = -1 if assumed == SIGNS else 0
        assert (found.low, found.high, found.middle) == (low, 1, Fraction(low + 1, 2))


def example(texts: tuple[str, ...]) -> str:
    """Patterns as terms of a model, p[k] being the output."""
    letters = {"o": "p[k]", "q": "p[k]", "y": "y[k]", "c": "gamma", "a": "gamma"}
    terms = [re.sub(r"\b[oqyca]\b", lambda found: letters[found[0]], text) for text in texts]
    return " + ".join(t if "sum(" in t else f"sum(k, {t})" for t in terms)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " and ".join(form.error))
def test_a_model_of_each_form_is_recognised_and_without_the_target_it_is_not(
    form: Form, tmp_path: Path
) -> None:
    for text in form.defined or ("gamma * z",):
        output = "p[k] = " + re.sub(r"\bz\b(?!\[)", "z[k]", text)
        error = example(form.error)
        assert output_kind(model_of(tmp_path, f"{output}\nL = {error}")) == form.kind
        error = error.replace("y[k]", "gamma") + " + squared_error(k, p[k], y[k])"
        assert output_kind(model_of(tmp_path, f"{output}\nL = {error}")).name == "value"


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_of_the_table_says_what_its_output_is(loss: str) -> None:
    activation = {"cross_entropy": "softmax", "poisson": "exp"}.get(loss, "identity")
    kinds = {
        "squared_error": ("value", True),
        "absolute_error": ("value", True),
        "huber": ("value", True),
        "binary_cross_entropy": ("logistic", False),
        "binary_cross_entropy_logits": ("logits", False),
        "cross_entropy": ("softmax", False),
        "poisson": ("value", False),
        "hinge": ("margin", False),
    }
    model = derive.dense([2, 3, 2], ["tanh", activation], loss)
    assert (output_kind(model).name, takes_differences(model)) == kinds[loss]


@pytest.mark.parametrize(
    ("error", "differences"),
    [
        ("sum(k, (y[k] - z[k])^2)", True),
        ("gamma * sum(k, abs(z[k] - y[k])) + sum(k, i, W[k,i]^2)", True),
        ("sum(k, (log(y[k]) - z[k])^2)", False),
        ("sum(k, (y[k] - z[k])^2 * y[k])", False),
        ("sum(k, (gamma * y[k] - z[k])^2)", False),
        ("sum(k, z[k]^2 - 2 * z[k] * y[k])", False),
    ],
)
def test_targets_in_differences_may_be_measured_from_another_zero(
    error: str, differences: bool, tmp_path: Path
) -> None:
    assert takes_differences(model_of(tmp_path, f"L = {error}")) == differences


RATE = '''
title = "A rate that is penalised"
source = "tests"
weights = ["w", "v[k]"]
inputs = ["x"]
targets = ["y[k]"]
equations = """
r = exp(w * x)
p[k] = softmax(k, v[k] * r)
L = r - sum(k, y[k] * log(p[k]))
"""
[sizes]
k = "K"
[example]
K = 2
'''


def test_what_the_error_adds_is_of_the_network_where_another_quantity_takes_it(
    tmp_path: Path,
) -> None:
    assert computed(derive.load(write_text(tmp_path, RATE))) == ("r", "p")
    alone = RATE.replace("v[k] * r", "v[k] * x")
    assert computed(derive.load(write_text(tmp_path, alone))) == ("p",)
