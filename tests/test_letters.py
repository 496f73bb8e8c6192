"""The letters of authors are theirs: what derive needs besides is named around them."""

import re
from typing import Any

import numpy as np
import pytest

import derive
from derive.code.module import load
from derive.model.batch import batch
from derive.pipeline import Build, Edition, make
from derive.reading.resolve import resolve
from derive.reading.source import Source

TEXT = """
weights = ["W[b,a]", "c[b]"]
inputs = ["x[a]"]
targets = ["y[b]"]
equations = '''
q[b] = sum(a, W[b,a] * x[a]) + c[b]
L = squared_error(b, q[b], y[b]) / K
'''
[sizes]
a = "n"
b = "K"
[example]
n = 2
K = 2
"""


def renamed(**names: str) -> derive.Model:
    """The model with other letters in place of its own."""
    text = re.sub(r"\b[A-Za-z]\b", lambda found: names.get(found[0], found[0]), TEXT)
    return resolve("letters", Source("letters.toml", text))


def proven(model: derive.Model) -> tuple[Build, Any]:
    made = make(model, Edition(("en",)))
    made.require()
    return made, load(made.files["trainer.py"], "letters")


LETTERS = {
    "scores, times and N outputs": {"q": "s", "a": "t", "K": "N"},
    "a sample index that is theirs": {"b": "s", "y": "t", "n": "N", "x": "S"},
    "a target t, a weight N": {"y": "t", "W": "N", "a": "r", "b": "s", "K": "S", "n": "M"},
}


@pytest.mark.parametrize("what", LETTERS)
def test_page_and_code_hold_whatever_letters_a_model_has(what: str) -> None:
    names = LETTERS[what]
    made, trainer = proven(renamed(**names))
    random = np.random.default_rng(3)
    W, c, x, y = (random.normal(size=shape) for shape in ((2, 3), (2,), (5, 3), (5, 2)))
    error, (by_W, by_c) = trainer.gradient(trainer.Parameters(W, c), x, y)
    missed = x @ W.T + c - y
    assert error == pytest.approx(np.sum(missed**2) / 2 / 2 / 5, rel=1e-14)
    assert np.allclose(by_W, missed.T @ x / 2 / 5, rtol=1e-14)
    assert np.allclose(by_c, missed.sum(axis=0) / 2 / 5, rtol=1e-14)
    step = r"- t \," if "t" not in names.values() else r"- \eta \,"
    assert step in made.files["derivation.en.md"]


def test_the_sample_index_is_no_letter_of_the_model() -> None:
    model = renamed(**LETTERS["a target t, a weight N"])
    sample = batch(model).sample
    assert sample == model.sample
    assert not {sample.name, sample.size} & model.letters


def test_where_s_and_N_are_free_they_are_taken() -> None:
    assert (renamed().sample.name, renamed().sample.size) == ("s", "N")


def test_a_size_of_a_model_called_N_is_no_number_of_samples() -> None:
    _, trainer = proven(renamed(**LETTERS["scores, times and N outputs"]))
    weights = trainer.initialise(n=3, N=2, seed=1)
    trainer.error(weights, np.ones((5, 3)), np.ones((5, 2)))
    with pytest.raises(ValueError, match=r"y: expected shape \(S, N\) with S = 5"):
        trainer.error(weights, np.ones((5, 3)), np.ones((4, 2)))


@pytest.mark.parametrize(
    ("size", "weight", "letter"),
    [
        ("n_of_in", "W12b", "tau"),
        ("n1a", "Wab", "in"),
        ("lambda", "abc", "ij"),
        ("Omega", "varepsilon", "tau"),
        ("n_of_in", "Omega", "in"),
        ("n1a", "omicron", "ij"),
        ("lambda", "h2o_x1", "tau"),
    ],
)
def test_sizes_weights_and_indices_may_have_any_name(size: str, weight: str, letter: str) -> None:
    text = TEXT.replace('"K"', f'"{size}"').replace("K = 2", f"{size} = 2")
    text = text.replace("/ K", f"/ {size}").replace("W[", f"{weight}[")
    text = text.replace("[a]", f"[{letter}]").replace(",a]", f",{letter}]")
    text = text.replace("sum(a", f"sum({letter}").replace("\na =", f"\n{letter} =")
    proven(resolve("letters", Source("letters.toml", text)))
