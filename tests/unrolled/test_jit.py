"""Unrolled modules for Numba, with arrays in and out; what needs Numba is left out without it."""

from typing import Any

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.errors import DeriveError
from derive.model.model import Model
from derive.pipeline import Edition, make
from derive.proof.certificate import Certificate
from derive.unrolled import check
from derive.unrolled.check import check_jit
from derive.unrolled.jit import jit_text
from tests.unrolled.test_unrolled import SMALL, derived, random_model, trainer_of

SEEDS = range(8)


def text_of(model: Model) -> str:
    return jit_text(derived(model))


def certificate(model: Model, text: str) -> Certificate:
    return check_jit(text, trainer_of(model), derived(model))


@pytest.fixture(scope="module")
def pelogia() -> Any:
    pytest.importorskip("numba")
    return load(text_of(derive.load("pelogia2019")), "jit")


@pytest.mark.parametrize("name", SMALL)
def test_the_gallery_compiled_computes_what_the_equations_say(name: str) -> None:
    pytest.importorskip("numba")
    model = derive.load(name)
    found = certificate(model, text_of(model))
    found.require()
    assert len(found.checks) > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_random_models_of_the_whole_language_compile(seed: int) -> None:
    pytest.importorskip("numba")
    model = random_model(seed)
    certificate(model, text_of(model)).require()


def test_a_fault_is_found() -> None:
    pytest.importorskip("numba")
    model = derive.load("pelogia2019")
    text = text_of(model)
    right = "parameters = _update(parameters, (I[n_, 0], I[n_, 1]), (y[n_, 0],), t)"
    assert right in text
    assert not certificate(model, text.replace(right, right.replace("n_, 1", "n_, 0")))


def test_without_numba_the_certificate_says_that_nothing_was_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check, "find_spec", lambda name: None)
    built = make(derive.load("pelogia2019"), Edition(targets=("jit",)))
    built.require()
    (found,) = [each for each in built.certificates if each.title == "the module for Numba"]
    assert "Numba is not installed" in found.limits[0].limit
    assert "jit.py" in built.files


def test_arrays_go_in_and_come_out(pelogia: Any) -> None:
    trainer: Any = load(trainer_of(derive.load("pelogia2019")), "trainer")
    start = trainer.initialise(2, 2, 1, seed=3)
    flat = trainer.ravel(start)
    I, y = np.array([[0.3, -0.7], [0.1, 0.2], [1.0, 1.0]]), np.array([[0.9], [0.4], [0.0]])
    moved = pelogia.update(flat, I[0], y[0], 0.25)
    assert isinstance(moved, np.ndarray)
    np.testing.assert_allclose(moved, trainer.ravel(trainer.update(start, I[0], y[0], 0.25)))
    trained, _ = trainer.train_on(start, trainer.in_batches(1, I, y), t=0.5, passes=20)
    ours = pelogia.train(flat, I, y, 0.5, passes=20)
    np.testing.assert_allclose(ours, trainer.ravel(trained), rtol=1e-12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([0.0] * 5, [1.0, 2.0], [0.5]), "parameters: expected 6 numbers, got 5"),
        (([0.0] * 6, [1.0], [0.5]), "I: expected 2 numbers, got 1"),
    ],
)
def test_arrays_of_another_length_are_refused(pelogia: Any, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pelogia.error(*given)


def test_rows_of_another_length_are_refused(pelogia: Any) -> None:
    with pytest.raises(ValueError, match=r"I: expected rows of 2 numbers, got shape \(2, 3\)"):
        pelogia.train([0.0] * 6, np.ones((2, 3)), np.ones((2, 1)), 0.1)
    with pytest.raises(ValueError, match="y: expected as many rows as I has"):
        pelogia.train([0.0] * 6, np.ones((2, 2)), np.ones((3, 1)), 0.1)


def test_what_numba_would_compile_for_long_is_refused_by_its_count() -> None:
    with pytest.raises(DeriveError, match="2410 parameters, each a variable.*unrolled or c"):
        text_of(derive.load("digits"))
