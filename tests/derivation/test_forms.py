"""Derivatives as a person would write them, and losses that are numbers wherever they are one."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

import derive
from derive import locate
from derive.derivation import rewriting
from derive.derivation.derivation import ChainRule, Derivation
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.expressions.contents import entries
from derive.expressions.expression import Number
from derive.model.batch import batch
from derive.printing.text import as_model_file, expression_text
from tests.conftest import declarations, files_of, proven_trainer, write_text

SOFTMAX = "p[k] = softmax(k, z[k])"
WRITTEN_OUT = "p[k] = exp(z[k]) / sum(q, exp(z[q]))"
ROOT = "u[k] = z[k]^2 + 1\nr[k] = exp(-log(u[k]) / 2)"
SQUARED = "EQ = squared_error(k, r[k], y[k])"
SIGMOID = "p[k] = logistic(z[k])"
CROSS = "EQ = cross_entropy(k, p[k], y[k])"
BINARY = "EQ = binary_cross_entropy(k, p[k], y[k])"
SOFTPLUS = "EQ = sum(k, softplus(z[k]) - y[k] * z[k])"
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
            if any(reason.kind == "cancelled" for reason in step.reasons):
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
            held = {entry.name for entry in entries(found.value)}
            assert all(name in held or is_constant(derivation, name) for name in upstream)


def is_constant(derivation: Derivation, name: Any) -> bool:
    """Whether an adjoint is a hyperparameter, which needs no other name."""
    held = {entry.name for entry in entries(derivation.equation(name).value)}
    return held <= {array.name for array in derivation.model.role("hyperparameter")}


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
    assert proven_trainer(model_of(tmp_path, equations)).gradient


def test_the_mean_of_a_poisson_regression_is_mu_minus_y(tmp_path: Path) -> None:
    model = model_of(tmp_path, "mu[k] = exp(z[k])\nEQ = poisson(k, mu[k], y[k])")
    assert by(differentiate(model), "z") == "mu[k] - y[k]"


def test_softmax_with_a_squared_error_keeps_its_jacobian(tmp_path: Path) -> None:
    model = model_of(tmp_path, f"{SOFTMAX}\nEQ = squared_error(k, p[k], y[k])")
    got = by(differentiate(model), "z")
    assert got == "p[k] * (∂EQ/∂p[k] - sum(k', ∂EQ/∂p[k'] * p[k']))"


# --- as a person writes it --------------------------------------------------------------------

LAYER = "a[k] = sum(j, i, V[k,j] * W[j,i] * I[i])"
P = "p[k] = softmax(k, a[k])"

FORMS = {
    "the name of an exponential is put for it": (
        "r[k] = (a[k] - y[k])^2\nphi[k] = exp(-r[k] / 2)\nEQ = sum(k, phi[k])",
        "r",
        "-phi[k] / 2",
    ),
    "a logistic function of -a is one of a": (
        "EQ = -sum(k, y[k] * log(logistic(a[k])) + log(logistic(-a[k])))",
        "a",
        "logistic(a[k]) * (1 + y[k]) - y[k]",
    ),
    "the softplus function has the logistic one for its derivative": (
        "EQ = sum(k, softplus(a[k]) - y[k] * a[k])",
        "a",
        "logistic(a[k]) - y[k]",
    ),
    "log cosh, written in exponentials, has tanh for its derivative": (
        "EQ = sum(k, log((exp(a[k]) + exp(-a[k])) / 2) - y[k])",
        "a",
        "tanh(a[k])",
    ),
    "log cosh has tanh for its derivative": (
        "EQ = sum(k, log(cosh(a[k])) - y[k])",
        "a",
        "tanh(a[k])",
    ),
    "log cosh, written with softplus, has it too": (
        "EQ = sum(k, a[k] + softplus(-2 * a[k]) - y[k])",
        "a",
        "tanh(a[k])",
    ),
    "a gate keeps the derivative of its own function": (
        "g[k] = logistic(a[k])\nd[k] = tanh(y[k])\nh[k] = d[k] * g[k]\n"
        "EQ = squared_error(k, h[k], y[k])",
        "a",
        "(h[k] - y[k]) * d[k] * g[k] * (1 - g[k])",
    ),
    "a cell's derivative is that of tanh": (
        "g[k] = logistic(y[k])\nh[k] = g[k] * tanh(a[k])\nEQ = squared_error(k, h[k], y[k])",
        "a",
        "(h[k] - y[k]) * g[k] * (1 - tanh(a[k])^2)",
    ),
    "a condition stands as its author wrote it": (
        "EQ = sum(k, max(a[k] - y[k] + 1/2, 0))",
        "a",
        "where(a[k] - y[k] + 1/2 > 0, 1, 0)",
    ),
    "a choice keeps the signs of its branches": (
        "d[k] = y[k]^2\ne[k] = a[k] - y[k]\nEQ = sum(k, max(-d[k] * e[k], (1 - d[k]) * e[k]))",
        "a",
        "where(-d[k] * e[k] > (1 - d[k]) * e[k], -d[k], 1 - d[k])",
    ),
    "a mixture's weights less what each is responsible for": (
        f"{P}\nG[k] = exp(-y[k]^2 / 2)\nM = sum(k, p[k] * G[k])\nEQ = -log(M)",
        "a",
        "p[k] - G[k] * p[k] / M",
    ),
    "an entropy's derivative holds the entropy": (
        f"{P}\nH = -sum(k, p[k] * log(p[k]))\nEQ = -H - sum(k, y[k] * a[k])",
        "a",
        "p[k] * (log(p[k]) + H) - y[k]",
    ),
    "a divergence's derivative holds the divergence": (
        f"{P}\nEQ = sum(k, p[k] * log(p[k] / y[k]))",
        "a",
        "p[k] * (log(p[k] / y[k]) - EQ)",
    ),
    "smoothed labels add up to one where the labels do": (
        f"{P}\nu[k] = 9/10 * y[k] + 1/10 * mean(q, y[q])\nEQ = cross_entropy(k, p[k], u[k])",
        "a",
        "p[k] - u[k]",
    ),
    "the cosine stands in its own derivative": (
        "b = sum(k, a[k]^2)\nd = sum(k, y[k]^2)\n"
        "c = sum(k, a[k] * y[k]) / (sqrt(b) * sqrt(d))\nEQ = 1 - c",
        "a",
        "c * a[k] / b - y[k] / (sqrt(b) * sqrt(d))",
    ),
    "what is left of a mean adds up to nothing": (
        "mu = mean(k, a[k])\nv = mean(k, (a[k] - mu)^2)\nc = mean(k, (a[k] - mu) * y[k])\n"
        "EQ = c / v",
        "a",
        "(y[k] - 1 / K - 2 * EQ * (a[k] - mu)) / (K * v)",
    ),
    "batch normalisation has a derivative of three terms": (
        "mu = mean(k, a[k])\nv = mean(k, (a[k] - mu)^2)\nr = 1 / sqrt(v + 1/100)\n"
        "h[k] = (a[k] - mu) * r\nEQ = sum(k, exp(h[k]) - y[k])",
        "a",
        "r * (K * exp(h[k]) - sum(k', exp(h[k'])) - h[k] * sum(k', exp(h[k']) * h[k'])) / K",
    ),
    "the focal loss of one class in closed form": (
        "p[k] = logistic(a[k])\nEQ = -sum(k, y[k] * (1 - p[k])^2 * log(p[k]))",
        "a",
        "-y[k] * (1 - p[k])^2 * (1 - p[k] - 2 * log(p[k]) * p[k])",
    ),
    "a Gaussian's scale is one fraction": (
        "s1[k] = exp(a[k])\nEQ = sum(k, log(s1[k]) + y[k]^2 / (2 * s1[k]^2))",
        "a",
        "1 - y[k]^2 / s1[k]^2",
    ),
}


@pytest.mark.parametrize("statement", FORMS)
def test_a_derivative_is_as_a_person_writes_it(statement: str, tmp_path: Path) -> None:
    equations, name, form = FORMS[statement]
    text = declarations(f"{LAYER}\n{equations}").replace("[sizes]", f"{ONE}\n[sizes]", 1)
    derivation = differentiate(derive.load(write_text(tmp_path, text)))
    assert by(derivation, name) == form
    assert derive.prove(derivation)


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


@pytest.mark.parametrize("rule", rewriting._RULES, ids=lambda rule: rule.__name__)
def test_a_wrong_rewriting_is_not_proven(
    rule: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each rule in turn answers with something else; the certificate says no."""

    def wrong(form: Any, known: Any) -> Any:
        return ((reason, Number(Fraction(1, 2))) for reason, _ in rule(form, known))

    losses = {"_through_own_values": f"{SIGMOID}\n{BINARY}", "_by_identities": SOFTPLUS}
    derivation = differentiate(
        model_of(tmp_path, losses.get(rule.__name__, f"{SOFTMAX}\n{CROSS}"), ONE)
    )
    others = tuple(wrong if each is rule else each for each in rewriting._RULES)
    monkeypatch.setattr(rewriting, "_RULES", others)
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

    def trainer(name: str) -> Any:
        return proven_trainer(model_of(tmp_path_factory.mktemp(name), "\n".join(LOSSES[name][:2])))

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


def test_no_name_is_divided_by_a_factor_that_may_be_zero(tmp_path: Path) -> None:
    """s = z v says that v is s/z, and where z is 0 there is no such number."""
    text = "s[q] = z[q] * mean(j, V[q,j])\nEQ = squared_error(q, s[q], y[q])"
    derivation = differentiate(model_of(tmp_path, text))
    assert "/ z" not in by(derivation, "z")
    assert "/ z" not in by(derivation, "V")
