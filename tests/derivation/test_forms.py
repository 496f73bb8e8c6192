"""Derivatives as a person would write them, and losses that are numbers wherever they are one."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import derive
from derive import locate
from derive.code.module import load
from derive.derivation import rewriting
from derive.derivation.derivation import ChainRule, Derivation
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.expressions.expression import Number, entries
from derive.model.batch import batch
from derive.pipeline import make
from derive.printing.text import as_model_file, expression_text
from tests.conftest import declarations, files_of, write_text

SOFTMAX = "p[k] = softmax(k, z[k])"
WRITTEN_OUT = "p[k] = exp(z[k]) / sum(q, exp(z[q]))"
ROOT = "u[k] = z[k]^2 + 1\nr[k] = exp(-log(u[k]) / 2)"
SQUARED = "EQ = squared_error(k, r[k], y[k])"
SIGMOID = "p[k] = logistic(z[k])"
CROSS = "EQ = cross_entropy(k, p[k], y[k])"
BINARY = "EQ = binary_cross_entropy(k, p[k], y[k])"
ONE = 'assumptions = ["sum(k, y[k]) = 1"]'


def model_of(tmp_path: Path, equations: str, extra: str = "") -> derive.Model:
    text = declarations("z[k] = sum(j, i, V[k,j] * W[j,i] * I[i])\n" + equations)
    return derive.load(write_text(tmp_path, text.replace("[sizes]", f"{extra}\n[sizes]", 1)))


def by(derivation: Derivation, name: str) -> str:
    (found,) = (f for f in simplify(derivation).adjoints if f.equation.target.name.by == name)  # type: ignore[union-attr]
    return expression_text(found.value, as_model_file(derivation.model))


# --- p − y ------------------------------------------------------------------------------------


@pytest.mark.parametrize("softmax", [SOFTMAX, WRITTEN_OUT])
def test_softmax_with_cross_entropy_is_p_sum_y_minus_y(softmax: str, tmp_path: Path) -> None:
    derivation = differentiate(model_of(tmp_path, f"{softmax}\n{CROSS}"))
    assert by(derivation, "z") == "p[k] * sum(k', y[k']) - y[k]"


@pytest.mark.parametrize("name", locate.shipped())
def test_where_something_cancels_a_quantity_is_gone(name: str) -> None:
    for found in simplify(differentiate(derive.load(name))).adjoints:
        forms = [found.equation.value, *(step.value for step in found.steps)]
        for before, after, step in zip(forms, forms[1:], found.steps, strict=False):
            if step.reason == "cancelled":
                assert len(entries(after)) < len(entries(before)), found.equation.id


@pytest.mark.parametrize("name", locate.shipped())
def test_the_derivative_by_a_weight_uses_the_one_before_it(name: str) -> None:
    """Each follows from the derivative by what the weight enters, by its name."""
    derivation = differentiate(derive.load(name))
    for found in simplify(derivation).adjoints:
        rule = found.equation.rule
        assert isinstance(rule, ChainRule)
        by = found.equation.target.name.by  # type: ignore[union-attr]
        if by in {array.name for array in derivation.model.weights}:
            upstream = {t.upstream.name for t in rule.terms if t.upstream is not None}
            assert upstream <= {entry.name for entry in entries(found.value)}


@pytest.mark.parametrize("softmax", [SOFTMAX, WRITTEN_OUT])
@pytest.mark.parametrize("assumption", [ONE, 'assumptions = ["one_hot(k, y[k])"]'])
def test_under_the_assumption_it_is_p_minus_y(
    softmax: str, assumption: str, tmp_path: Path
) -> None:
    model = model_of(tmp_path, f"{softmax}\n{CROSS}", assumption)
    assert by(differentiate(model), "z") == "p[k] - y[k]"
    assert by(differentiate(batch(model)), "z") == "(p[s,k] - y[s,k]) / N"


@pytest.mark.parametrize(
    "loss", [BINARY, "EQ = -sum(k, y[k] * log(p[k]) + (1 - y[k]) * log(1 - p[k]))"]
)
def test_logistic_with_binary_cross_entropy_is_p_minus_y(loss: str, tmp_path: Path) -> None:
    assert by(differentiate(model_of(tmp_path, f"{SIGMOID}\n{loss}")), "z") == "p[k] - y[k]"


def test_the_same_on_logits_needs_no_collapse(tmp_path: Path) -> None:
    equations = (
        "p[k] = logistic(z[k])\nEQ = binary_cross_entropy_logits(k, z[k], y[k]) + sum(k, p[k])"
    )
    make(model_of(tmp_path, equations)).require()


def test_the_mean_of_a_poisson_regression_is_mu_minus_y(tmp_path: Path) -> None:
    model = model_of(tmp_path, "mu[k] = exp(z[k])\nEQ = poisson(k, mu[k], y[k])")
    assert by(differentiate(model), "z") == "mu[k] - y[k]"


def test_softmax_with_a_squared_error_keeps_its_jacobian(tmp_path: Path) -> None:
    model = model_of(tmp_path, f"{SOFTMAX}\nEQ = squared_error(k, p[k], y[k])")
    got = by(differentiate(model), "z")
    assert got == "(∂EQ/∂p[k] - sum(k', ∂EQ/∂p[k'] * p[k'])) * p[k]"


def test_each_step_stands_on_the_page_with_its_reason_and_in_the_code(tmp_path: Path) -> None:
    files = files_of(model_of(tmp_path, f"{SOFTMAX}\n{CROSS}", ONE))
    page = files["derivation.tex"]
    for words in (
        "Written with $p_k$, by", "what stands above and below a fraction line cancels",
        r"It is assumed that $\sum_{k=1}^{K} y_k = 1$, so that",
    ):  # fmt: skip
        assert words in page
    assert files["equations/dEQ-dz-cancelled.tex"].splitlines()[-1] == (
        r"\frac{\partial EQ}{\partial z_k} = p_k \sum_{k'=1}^{K} y_{k'} - y_k"
    )
    assert files["equations/dEQ-dz-assumed.tex"].splitlines()[-1].endswith("= p_k - y_k")
    assert "dEQ_dz = (p - y) / N" in files["trainer.py"]
    assert "dEQ_dp" not in files["trainer.py"]


def test_a_derivative_through_its_own_value_is_a_step_with_its_reason(tmp_path: Path) -> None:
    files = files_of(model_of(tmp_path, "O[k] = tanh(z[k])\nEQ = squared_error(k, O[k], y[k])"))
    assert files["equations/prime-tanh.tex"].splitlines()[-1] == r"\tanh'(u) = 1 - \tanh(u)^2"
    assert files["equations/dEQ-dz-own-value.tex"].splitlines()[-1] == (
        r"\frac{\partial EQ}{\partial z_k} = (O_k - y_k) (1 - O_k^2)"
    )
    assert "(1 - O ** 2)" in files["trainer.py"]


def test_a_quantity_is_written_by_its_name_where_nothing_cancels(tmp_path: Path) -> None:
    files = files_of(model_of(tmp_path, f"{ROOT}\n{SQUARED}"))
    assert r"Written with $r_k$, by \eqref" in files["derivation.tex"]
    assert files["equations/dEQ-du-named.tex"].splitlines()[-1] == (
        r"\frac{\partial EQ}{\partial u_k} = -\frac{1}{2} (r_k - y_k) r_k^3"
    )
    assert files["trainer.py"].count("sqrt(u)") == files["trainer.py"].count("r = 1 / np.sqrt(u)")


def test_the_derivative_of_a_root_is_written_by_the_root(tmp_path: Path) -> None:
    files = files_of(model_of(tmp_path, f"u[k] = z[k]^2 + 1\nr[k] = sqrt(u[k])\n{SQUARED}"))
    assert files["equations/dEQ-du-named.tex"].splitlines()[-1] == (
        r"\frac{\partial EQ}{\partial u_k} = \frac{r_k - y_k}{2 r_k}"
    )


def test_a_sum_over_several_ways_to_the_error_keeps_its_name(tmp_path: Path) -> None:
    """∂L/∂a is used by ∂L/∂W alone; written out there, it would be three terms times x."""
    text = files_of(derive.load("layer_norm"))["trainer.py"]
    assert "dL_dW = dL_da.T @ x" in text


# --- what a shorter form claims is checked ------------------------------------------------------


@pytest.mark.parametrize("reason", ["own value", "cancelled", "named", "assumed"])
def test_a_wrong_rewriting_is_not_proven(
    reason: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule in turn answers with something else; the certificate says no."""
    right = dict(rewriting._RULES)

    def wrong(value: Any, model: Any) -> Any:
        new, because = right[reason](value, model)
        return (Number(Fraction(1, 2)) if new != value else value), because

    equations = {
        "own value": f"{SIGMOID}\n{BINARY}",
        "named": f"{ROOT}\n{SQUARED}",
    }.get(reason, f"{SOFTMAX}\n{CROSS}")
    derivation = differentiate(model_of(tmp_path, equations, ONE))
    assert derive.prove(derivation)
    monkeypatch.setitem(rewriting._RULES, reason, wrong)
    failures = [check.claim for check in derive.prove(derivation).failures]
    assert failures
    assert all("shorter form" in claim for claim in failures)


# --- the losses in numbers ----------------------------------------------------------------------

LOSSES = {
    "cross_entropy": (SOFTMAX, CROSS, lambda z, y: -sum(
        b * (a - mpmath.log(sum(map(mpmath.exp, z)))) for a, b in zip(z, y, strict=True))),
    "binary_cross_entropy": (SIGMOID, BINARY, lambda z, y: sum(
        mpmath.log(1 + mpmath.exp(a)) - b * a for a, b in zip(z, y, strict=True))),
    "logits": ("p[k] = z[k]", "EQ = binary_cross_entropy_logits(k, p[k], y[k])", lambda z, y: sum(
        mpmath.log(1 + mpmath.exp(a)) - b * a for a, b in zip(z, y, strict=True))),
    "poisson": ("p[k] = exp(z[k])", "EQ = poisson(k, p[k], y[k])", lambda z, y: sum(
        mpmath.exp(a) - b * a for a, b in zip(z, y, strict=True))),
}  # fmt: skip


@pytest.fixture(scope="module")
def trainer_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """The trainer of a network with that loss, proven."""

    @cache
    def trainer(name: str) -> Any:
        made = make(model_of(tmp_path_factory.mktemp(name), "\n".join(LOSSES[name][:2])))
        made.require()
        return load(made.files["trainer.py"], name)

    return trainer


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_and_its_gradient_agree_with_50_digits(
    name: str, trainer_of: Callable[[str], Any]
) -> None:
    """Within 1e-12·max(1, largest term), for |z| up to 30."""
    trainer = trainer_of(name)
    random = np.random.default_rng(5)
    for _ in range(50):
        z, y = random.uniform(-30, 30, 2), random.uniform(0, 1, 2)
        weights = trainer.Parameters(np.eye(2), np.eye(2))
        with mpmath.workdps(50):
            wide = [mpmath.mpf(float(a)) for a in z]
            exact = LOSSES[name][2](wide, [mpmath.mpf(float(b)) for b in y])
            terms = max(
                [1, *(abs(mpmath.exp(a)) for a in wide if name == "poisson"), *map(abs, wide)]
            )
            assert abs(trainer.error(weights, z, y) - exact) <= 1e-12 * terms
            p = [mpmath.exp(a) for a in wide]
            if name == "cross_entropy":
                p = [a / sum(p) * sum(map(mpmath.mpf, map(float, y))) for a in p]
            elif name in ("binary_cross_entropy", "logits"):
                p = [1 / (1 + mpmath.exp(-a)) for a in wide]
            _, gradient = trainer.gradient(weights, z, y)
            for k in range(2):
                want = (p[k] - mpmath.mpf(float(y[k]))) * wide[0]
                assert abs(gradient.V[k, 0] - want) <= 1e-12 * max(
                    1, abs(p[k] * wide[0]), abs(wide[0])
                )


def test_a_softmax_within_a_sum_is_one_too(tmp_path: Path) -> None:
    equations = "o = sum(k, softmax(k, z[k]) * y[k])\nP[k] = z[k]\nEQ = o^2 + sum(k, P[k])"
    code = files_of(model_of(tmp_path, equations))["trainer.py"]
    assert "np.sum(softmax(z, 1) * y, axis=1)" in code
    assert "np.exp(z" not in code.split("def _forward")[1].split("def softmax")[0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "logits"])
def test_no_argument_up_to_1e4_overflows(
    name: str, dtype: Any, trainer_of: Callable[[str], Any]
) -> None:
    trainer = trainer_of(name)
    weights = trainer.Parameters(np.eye(2, dtype=dtype), np.eye(2, dtype=dtype))
    corners = [-1e4, -800.0, -88.0, 0.0, 88.0, 800.0, 1e4]
    with np.errstate(all="raise", under="ignore"):
        for a in corners:
            for b in corners:
                for y in ([0.0, 1.0], [1.0, 0.0], [0.5, 0.5]):
                    z = np.array([a, b], dtype)
                    value, gradient = trainer.gradient(weights, z, y)
                    assert np.isfinite(value)
                    assert all(np.isfinite(part).all() for part in gradient)
                    assert np.isfinite(trainer.forward(weights, z)).all()
                    assert trainer.error(weights, z, y) == pytest.approx(value)
