"""Modules of plain Python: what stands in them, and that they compute what the equations say."""

from typing import Any

import numpy as np
import pytest

import derive
from derive import locate
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.model.batch import batch
from derive.model.model import Model
from derive.pipeline import Edition, make
from derive.proof.certificate import Certificate
from derive.reading.resolve import resolve
from derive.reading.source import Source
from derive.unrolled.check import check_unrolled
from derive.unrolled.text import unrolled_text
from tests.conftest import model_of
from tests.stress.models import made

SEEDS = (*range(36), 313, 320, 324)

SMALL = [name for name in locate.shipped() if name not in ("deep_tanh", "digits")]
"""Those whose check takes no seconds."""


def derived(model: Model) -> Simplified:
    return simplify(differentiate(with_sides(model)))


def text_of(model: Model) -> str:
    return unrolled_text(derived(model))


def module_of(model: Model) -> Any:
    return load(text_of(model), "unrolled")


def trainer_of(model: Model) -> str:
    return trainer_text(model, simplify(differentiate(batch(with_sides(model)))))


def certificate(model: Model, text: str) -> Certificate:
    return check_unrolled(text, trainer_of(model), derived(model))


def random_model(seed: int) -> Model:
    return resolve(f"random{seed}", Source(f"random{seed}.toml", made(seed).text))


@pytest.mark.parametrize("name", SMALL)
def test_the_gallery_unrolled_computes_what_the_equations_say(name: str) -> None:
    model = derive.load(name)
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_models_of_the_whole_language_unroll(seed: int) -> None:
    model = random_model(seed)
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("H_in_1 = w_11 * I_1 + w_21 * I_2", "H_in_1 = w_11 * I_1 - w_21 * I_2"),
        ("EQ = 0.5 * (E * E)", "EQ = E * E"),
        ("delta_h_1 * I_2,", "delta_h_2 * I_2,"),
        ("w_21 - t * (delta_h_1 * I_2)", "w_21 + t * (delta_h_1 * I_2)"),
        ("for I, y in samples:", "for I, y in reversed(samples):"),
        ("return EQ, (", "return 2.0 * EQ, ("),
        ("import exp", "import cosh as exp"),
        ("(1.0 + e_O_in)", "(1.0000001 + e_O_in)"),
        ("I_1, I_2 = I", "I_2, I_1 = I"),
    ],
)
def test_a_module_with_a_fault_is_not_certified(right: str, wrong: str) -> None:
    model = derive.load("pelogia2019")
    text = text_of(model)
    assert right in text
    assert not certificate(model, text.replace(right, wrong))


def test_a_build_that_asks_for_it_writes_it_and_says_that_it_holds() -> None:
    made_ = make(derive.load("pelogia2019"), Edition(targets=("unrolled",)))
    made_.require()
    assert made_.files["unrolled.py"] == text_of(derive.load("pelogia2019"))
    assert "the unrolled module" in [each.title for each in made_.certificates]
    assert "unrolled.py" not in make(derive.load("pelogia2019")).files


def test_numbers_have_the_names_of_the_paper_and_stand_as_ravel_has_them() -> None:
    model = derive.load("pelogia2019")
    module: Any = module_of(model)
    trainer: Any = load(trainer_of(model), "trainer")
    assert "parameters = w_11, w_21, w_12, w_22, v_11, v_21" in module.__doc__
    parameters = trainer.initialise(2, 2, 1, seed=3)
    flat = trainer.ravel(parameters).tolist()
    I, y, t = [0.3, -0.7], [0.9], 0.25
    value, partials = trainer.gradient(parameters, I, y)
    ours, slopes = module.gradient(flat, I, y)
    np.testing.assert_allclose(ours, value, rtol=1e-14)
    np.testing.assert_allclose(slopes, trainer.ravel(partials), rtol=1e-13)
    moved = trainer.ravel(trainer.update(parameters, I, y, t))
    np.testing.assert_allclose(module.update(flat, I, y, t), moved, rtol=1e-14)
    np.testing.assert_allclose(module.forward(flat, I), trainer.forward(parameters, I), rtol=1e-14)


def test_training_sample_by_sample_is_that_of_batches_of_one() -> None:
    model = derive.load("pelogia2019")
    module: Any = module_of(model)
    trainer: Any = load(trainer_of(model), "trainer")
    I, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [[1.0], [1.0], [0.0]]
    start = trainer.initialise(2, 2, 1, seed=5)
    trained, _ = trainer.train_on(start, trainer.in_batches(1, I, y), t=0.5, passes=20)
    samples = list(zip(I, y, strict=True))
    ours = module.train(trainer.ravel(start).tolist(), samples, 0.5, 20)
    np.testing.assert_allclose(ours, trainer.ravel(trained), rtol=1e-12)


def test_only_the_standard_library_is_imported() -> None:
    for name in SMALL:
        lines = text_of(derive.load(name)).splitlines()
        found = {line.split()[1] for line in lines if line.startswith(("import ", "from "))}
        assert found <= {"collections.abc", "math"}


def test_lines_are_no_longer_than_a_reader_has_them() -> None:
    for name in SMALL:
        _, code = text_of(derive.load(name)).split("\nfrom collections.abc")
        assert max(map(len, code.splitlines())) <= 100


@pytest.mark.parametrize("far", [1.0, 30.0, 800.0, 1e4])
@pytest.mark.parametrize(
    "error",
    [
        "-sum(k, y[k] * log(softmax(k, z[k])))",
        "log(sum(k, exp(z[k]))) - sum(k, z[k] * y[k])",
        "-sum(k, y[k] * log(logistic(z[k])) + (1 - y[k]) * log(1 - logistic(z[k])))",
        "sum(k, softplus(z[k]) - y[k] * z[k])",
        "sum(k, (tanh(z[k]) - y[k])^2)",
        "sum(k, (elu(z[k]) - y[k])^2 + silu(z[k]) + gelu(z[k]) / 1000)",
    ],
)
def test_far_logits_are_as_right_as_the_trainer_has_them(
    tmp_path: Any, error: str, far: float
) -> None:
    text = f"z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i]))\nE = {error}"
    model = model_of(tmp_path, text)
    module: Any = module_of(model)
    trainer: Any = load(trainer_of(model), "trainer")
    for sign in (1.0, -1.0):
        W, V = np.array([[1.0, 0.25], [0.5, 1.0]]), sign * far * np.array([[1.0, 0.5], [-1.0, 0.1]])
        I, y = [0.8, 0.6], [1.0, 0.0]
        value, partials = trainer._gradient(trainer.Parameters(W, V), np.array([I]), np.array([y]))
        flat = trainer.ravel(trainer.Parameters(W, V)).tolist()
        ours, slopes = module.gradient(flat, I, y)
        assert np.isfinite(value)
        np.testing.assert_allclose(ours, value, rtol=1e-12)
        np.testing.assert_allclose(slopes, trainer.ravel(partials), rtol=1e-12, atol=1e-300)


def test_a_network_of_very_many_numbers_is_refused_by_its_count(tmp_path: Any) -> None:
    model = derive.dense([400, 300, 10], ["tanh", "softmax"], loss="cross_entropy")
    with pytest.raises(DeriveError, match="124254 numbers, one by one.*NumPy trainer"):
        text_of(model)
