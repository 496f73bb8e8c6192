"""On kinks: the error's derivative where there is one, the documented choice where there is none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flint import ctx

import derive
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.code.ties import check_on_kinks
from derive.derivation.differentiate import differentiate
from derive.derivation.kinks import kinks
from derive.derivation.simplify import simplify
from derive.evaluation.evaluate import Values, evaluate
from derive.evaluation.exact_ties import exact_ties
from derive.evaluation.sides import with_sides
from derive.evaluation.ties import BITS, tied, ties
from derive.expressions.expression import Adjoint
from derive.model.batch import batch
from derive.model.model import Side
from derive.pipeline import make
from derive.printing.text import as_model_file, equation_text
from derive.proof.ties import check_ties
from tests.conftest import declarations, write_text

SIZES = {"n": 2, "m": 2, "K": 2}

NET = "z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i]))\n"
END = "\nEQ = squared_error(k, h[k], y[k])"

SMOOTH = {
    "max and max": ("h[k] = max(z[k], 0) - max(-z[k], 0)", "h[k] = z[k]"),
    "with factors": ("h[k] = 3*max(z[k], 0) - max(-3*z[k], 0)", "h[k] = 3*z[k]"),
    "relu and abs": ("h[k] = relu(z[k]) - abs(z[k])/2", "h[k] = z[k]/2"),
    "leaky": ("h[k] = leaky_relu(z[k]) - leaky_relu(-z[k])", "h[k] = 101*z[k]/100"),
    "under names": ("a[k] = relu(z[k])\nb[k] = relu(-z[k])\nh[k] = a[k] - b[k]", "h[k] = z[k]"),
    "one in another": ("h[k] = relu(relu(z[k])) - relu(-z[k])", "h[k] = z[k]"),
    "abs in abs": ("h[k] = abs(z[k] + abs(z[k])) - abs(z[k])", "h[k] = z[k]"),
    "max and min": ("h[k] = max(z[k], y[k]) + min(z[k], y[k])", "h[k] = z[k] + y[k]"),
    "a hinge and its mirror": ("h[k] = max(0, 1 - z[k]) - max(0, z[k] - 1)", "h[k] = 1 - z[k]"),
    "a jump and a kink": ("h[k] = z[k]*where(z[k] > 0, 1, 0) - relu(-z[k])", "h[k] = z[k]"),
    "a sign": ("h[k] = 3*z[k] - z[k]*sgn(z[k]) + 2*relu(-z[k])", "h[k] = 2*z[k]"),
}
"""Kinks that cancel, and what they are together."""

LONE = {
    "relu": "h[k] = relu(z[k])",
    "max": "h[k] = max(z[k], 0)",
    "leaky": "h[k] = leaky_relu(z[k])",
    "abs": "h[k] = abs(z[k])",
    "two that make one": "h[k] = relu(z[k]) + relu(-z[k])",
    "two that agree": "h[k] = relu(z[k]) + max(2*z[k], 0)",
    "far apart": "h[k] = relu(z[k]) - relu(z[k] - 1)",
}


def model_of(folder: Path, text: str, end: str = END) -> derive.Model:
    return derive.load(write_text(folder, declarations(NET + text + end)))


def gradients(derivation: derive.Derivation, given: Values) -> Values:
    """Every derivative that is asked for."""
    model = derivation.model
    values = evaluate(derivation.equations, SIZES, given, tied(model))
    names = {Adjoint(model.error, array.name) for array in model.differentiated}
    return {cell: value for cell, value in values.items() if cell[0] in names}


@pytest.mark.parametrize("name", SMOOTH)
def test_where_kinks_cancel_the_gradient_is_that_of_what_they_are(
    name: str, tmp_path: Path
) -> None:
    kinked, plain = (derive.differentiate(model_of(tmp_path, text)) for text in SMOOTH[name])
    with ctx.workprec(BITS):
        points = list(ties(kinked, SIZES, [(5, 5)]))
        assert len(points) >= 2
        for tie in points:
            wanted = gradients(plain, tie.given)
            for cell, got in gradients(kinked, tie.given).items():
                assert abs(got - wanted[cell]) < 1e-30, (cell, got, wanted[cell])


def test_where_a_bend_is_sharp_the_slopes_on_its_kink_are_one(tmp_path: Path) -> None:
    text = "h[k] = z[k] / (1 + 10^12 * abs(z[k]))\nEQ = sum(k, h[k] - y[k])"
    derivation = derive.differentiate(model_of(tmp_path, text, end=""))
    checks = list(check_ties(derivation, SIZES))
    assert [check.claim.split(", ")[0] for check in checks] == [
        "on a kink where EQ has a derivative"
    ]
    assert all(checks)


def test_an_antisymmetric_sum_of_kinks_is_taken_halfway(tmp_path: Path) -> None:
    """Of each pair of cells one has z[k] - z[q] and one its negative: no side fits both."""
    text = "EQ = sum(k, q, (y[k] - y[q]) * max(z[k] - z[q], 0))"
    derivation = derive.differentiate(model_of(tmp_path, text, end=""))
    assert {side for _, side in derivation.model.sides} == {"mean"}
    assert derive.prove(derivation)


def test_what_is_smooth_by_itself_is_so_where_a_kink_follows(tmp_path: Path) -> None:
    """h is z; the kink of |h| is there all the same, and at a size of one softmax hides it."""
    text = "h[k] = max(z[k], 0) - max(-z[k], 0)\n"
    text += "p[k] = softmax(k, abs(h[k]))\nEQ = sum(k, h[k] + y[k]*p[k])"
    sided = with_sides(model_of(tmp_path, text, end=""))
    assert [kink.equation for kink, _ in sided.sides] == ["h", "h"]
    for sizes in (SIZES, {**SIZES, "K": 1}):
        checks = list(check_ties(derive.differentiate(sided), sizes))
        assert all(check.holds for check in checks), checks


def test_a_condition_has_no_slope_by_itself(tmp_path: Path) -> None:
    text = "g[k] = where(z[k] > 0, 1, where(z[k] > 1, 1, -1))\nEQ = sum(k, z[k]*g[k]*y[k])"
    assert derive.prove(derive.differentiate(model_of(tmp_path, text, end="")))


@pytest.mark.parametrize("name", LONE)
def test_other_kinks_keep_their_choice(name: str, tmp_path: Path) -> None:
    assert with_sides(model_of(tmp_path, LONE[name])).sides == ()


def test_the_clipped_objective_of_ppo_has_its_slope_on_the_clip(tmp_path: Path) -> None:
    """For A < 0 the objective is r*A on both sides of r = 1 + c, and its choices say 0 there."""
    text = "r = sum(k, z[k] * y[k])\nEQ = -min(r*I[1], max(min(r, 5/4), 3/4)*I[1])"
    text = text.replace("I[1]", "sum(i, I[i])")
    derivation = derive.differentiate(model_of(tmp_path, text, end=""))
    assert derivation.model.sides
    assert on_kinks(derivation)
    assert not on_kinks(differentiate(replace(derivation.model, sides=())))


@pytest.mark.parametrize("sign", ["", "-"])
def test_a_norm_has_a_kink_of_its_own_where_it_is_zero(sign: str, tmp_path: Path) -> None:
    """(max(z, 0))² has none where it ties, and √(Σ V²z²) beside it is not its choice."""
    text = f"EQ = sum(k, max({sign}z[k], 0)^2 + norm(j, V[k,j]*z[k]) - y[k])"
    derivation = derive.differentiate(model_of(tmp_path, text, end=""))
    assert all(check.holds for check in check_ties(derivation, SIZES))


# --- what is written --------------------------------------------------------------------------


def trainer_of(model: derive.Model) -> tuple[str, derive.Derivation]:
    batched = simplify(differentiate(batch(with_sides(model))))
    return trainer_text(model, batched), batched.derivation


@pytest.mark.parametrize("name", ["max and max", "relu and abs", "under names", "one in another"])
def test_the_trainer_gives_the_derivative_on_the_kink(name: str, tmp_path: Path) -> None:
    kinked, plain = (
        load(trainer_of(model_of(tmp_path, text))[0], "trainer") for text in SMOOTH[name]
    )
    W, V = np.array([[2.0, -1.0], [-4.0, 2.0]]), np.array([[3.0, 1.0], [-2.0, 5.0]])
    I, y = np.array([[1.0, 2.0], [-2.0, -4.0]]), np.array([[1.0, -3.0], [0.5, 2.0]])
    for mine, its in zip(
        kinked.gradient(kinked.Parameters(W, V), I, y)[1],
        plain.gradient(plain.Parameters(W, V), I, y)[1],
        strict=True,
    ):
        assert mine == pytest.approx(its, rel=1e-14)
    assert np.any(plain.gradient(plain.Parameters(W, V), I, y)[1][0])


def test_a_sum_of_kinks_that_cancel_leaves_no_choice_on_the_page(tmp_path: Path) -> None:
    derivation = derive.differentiate(model_of(tmp_path, SMOOTH["max and max"][0]))
    shown = equation_text(simplify(derivation).backward[0], as_model_file(derivation.model))
    assert shown == "∂EQ/∂z[k] = h[k] - y[k]"


def test_a_whole_build_of_kinks_that_cancel_is_proven(tmp_path: Path) -> None:
    made = make(model_of(tmp_path, SMOOTH["one in another"][0]))
    made.require()
    titles = [certificate.title for certificate in made.certificates]
    assert "the NumPy trainer on kinks" in titles


# --- mutants ----------------------------------------------------------------------------------


def on_kinks(derivation: derive.Derivation) -> bool:
    checks = list(check_ties(derivation, SIZES))
    assert checks
    return all(check.holds for check in checks)


@pytest.mark.parametrize("name", SMOOTH)
def test_conventions_taken_one_by_one_are_caught(name: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, SMOOTH[name][0])
    assert on_kinks(differentiate(with_sides(model)))
    assert not on_kinks(differentiate(model))


@pytest.mark.parametrize("side", ["below", "above"])
def test_one_side_for_kinks_that_face_each_other_is_caught(side: Side, tmp_path: Path) -> None:
    model = with_sides(model_of(tmp_path, SMOOTH["under names"][0]))
    swapped = replace(model, sides=tuple((kink, side) for kink, _ in model.sides))
    assert not on_kinks(differentiate(swapped))


@pytest.mark.parametrize("name", ["relu", "max", "leaky", "abs"])
def test_another_choice_for_a_lone_kink_is_caught(name: str, tmp_path: Path) -> None:
    model = model_of(tmp_path, LONE[name])
    derivation = differentiate(model)
    assert on_kinks(derivation)
    (kink,) = (kink for e in model.equations for kink, *_ in kinks(e, model))
    other = differentiate(replace(model, sides=((kink, "above"),)))
    assert not on_kinks(replace(other, model=derivation.model))


def test_another_choice_in_the_code_is_caught(tmp_path: Path) -> None:
    text, derivation = trainer_of(model_of(tmp_path, LONE["max"]))
    (certificate,) = check_on_kinks(text, derivation)
    assert certificate
    assert "np.where(z > 0, " in text
    (certificate,) = check_on_kinks(
        text.replace("np.where(z > 0, ", "np.where(z >= 0, "), derivation
    )
    assert not certificate


def test_code_that_fails_on_a_kink_is_a_check_that_fails(tmp_path: Path) -> None:
    text, derivation = trainer_of(model_of(tmp_path, LONE["max"]))
    (certificate,) = check_on_kinks(text.replace("np.where(", "np.whereabouts("), derivation)
    (failure,) = certificate.failures
    assert "whereabouts" in failure.detail


# --- points -----------------------------------------------------------------------------------


def test_points_lie_on_kinks_and_beside_all_others(tmp_path: Path) -> None:
    derivation = differentiate(model_of(tmp_path, LONE["far apart"]))
    with ctx.workprec(BITS):
        found = list(ties(derivation, SIZES, [(3, 3)]))
        assert {met.place for tie in found for met in tie.met} == {0}
        assert len({met.kink for tie in found for met in tie.met}) == 2
        for tie in found:
            assert all(abs(met.argument) <= 1e-35 for met in tie.met)
            assert len(tie.met) == 1
        exact = list(exact_ties(derivation, SIZES, seed=3))
        assert exact
        assert all(float(value) == value for tie in exact for value in tie.given.values())


def test_floats_do_not_tie_where_probabilities_add_up_to_one(tmp_path: Path) -> None:
    """Their mean of two equal weights is the weight, but for rounding; and 0 where both are 0."""
    text = "p[j] = softmax(j, sum(i, W[j,i]*I[i]))\n"
    text += (
        "h[k] = max(sum(j, V[k,j]*p[j]) - mean(j, V[k,j]), 0)\nEQ = squared_error(k, h[k], y[k])"
    )
    derivation = differentiate(derive.load(write_text(tmp_path, declarations(text))))
    with ctx.workprec(BITS):
        found = list(exact_ties(derivation, SIZES, seed=3))
        assert found
        for tie in found:
            values = evaluate(derivation.forward, SIZES, tie.given, tied(derivation.model))
            halves = values["p", (1,)] == values["p", (2,)]
            equal = [k for k in (1, 2) if tie.given["V", (k, 1)] == tie.given["V", (k, 2)]]
            assert halves or all(tie.given["V", (k, 1)] == 0 for k in equal)


def test_a_branch_that_is_not_taken_may_divide_by_zero(tmp_path: Path) -> None:
    text = "EQ = sum(k, q, where(y[k] > y[q], z[k] / (y[k] - y[q]), z[k]))"
    assert derive.prove(derive.differentiate(model_of(tmp_path, text, end="")))
