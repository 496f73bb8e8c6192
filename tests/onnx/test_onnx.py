"""The forward pass as a graph of ONNX: proven, and what users do with it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive import locate
from derive.code.module import load
from derive.code.reference import computed
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.functions.table import TABLE
from derive.model.batch import batch
from derive.model.model import Model
from derive.onnx.check import check_onnx
from derive.onnx.text import onnx_text
from derive.pipeline import Edition, make
from derive.proof.certificate import Certificate
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import UNIT, write_text
from tests.examples import run_examples
from tests.stress.models import made

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

REFUSED = (
    "the forward pass holds exponentials beyond the range of numbers, for which ONNX has no operator",
    "nothing is computed from inputs before the error",
)


def derived(model: Model) -> Simplified:
    return simplify(differentiate(batch(with_sides(model))))


def text_of(model: Model) -> str:
    return onnx_text(model, derived(model))


def certificate(model: Model, text: str) -> Certificate:
    batched = derived(model)
    trainer = trainer_text(model, batched)
    return check_onnx(text, trainer, batched.derivation, computed(batched))


def text_or_refusal(model: Model) -> str:
    try:
        return text_of(model)
    except DeriveError as error:
        return error.problem


@pytest.mark.parametrize("name", locate.shipped())
def test_the_gallery_gives_what_the_trainers_give(name: str) -> None:
    model = derive.load(name)
    certificate(model, text_of(model)).require()


def test_random_models_give_what_the_trainers_give_or_are_refused_by_name() -> None:
    proven = 0
    for seed in range(40):
        model = resolve(f"random{seed}", Source(f"random{seed}.toml", made(seed).text))
        text = text_or_refusal(model)
        if not text.startswith(REFUSED):
            certificate(model, text).require()
            proven += 1
    assert proven >= 10


@pytest.mark.parametrize("name", sorted(set(TABLE) - {"sgn"}))
def test_every_function_of_the_table_has_its_operators(name: str) -> None:
    text = UNIT.replace("a = w * x", f"a = {name}(w * x)")
    if name == "log":
        text = UNIT.replace("a = w * x", "a = log(1 + (w * x)^2)")
    model = resolve("unit", Source("unit.toml", text))
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("h = Tanh(z1)", "h = Sin(z1)"), ("perm = [1, 0]", "perm = [0, 1]"), ("axis = 1", "axis = 0")],
)
def test_a_wrong_graph_is_not_proven(right: str, wrong: str) -> None:
    model = derive.load("digits")
    text = text_of(model)
    assert right in text
    assert not certificate(model, text.replace(right, wrong))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_file_runs_with_any_number_of_samples(tmp_path: Path, dtype: Any) -> None:
    model = derive.load("digits")
    trainer = load(trainer_text(model, derived(model)), "trainer")
    module = load(text_of(model), "onnx_export")
    start = trainer.initialise(n=5, m=4, K=3, seed=0)
    parameters = trainer.Parameters(*(weight.astype(dtype) for weight in start))
    module.export(tmp_path / "digits.onnx", parameters)
    session = runtime.InferenceSession(str(tmp_path / "digits.onnx"))
    for N in (1, 7):
        x = np.random.default_rng(N).standard_normal((N, 5)).astype(dtype)
        (output,) = session.run(None, {"x": x})
        assert output.dtype == dtype
        np.testing.assert_allclose(output, trainer.forward(parameters, x), rtol=1e-5)


def test_it_is_written_for_whom_asks(tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, UNIT))
    build = make(model, Edition(targets=("onnx",)))
    build.require()
    assert build.certificates[-1].title == "the graph of ONNX"
    assert "GRAPH" in build.files["onnx_export.py"]


def test_the_examples_run(tmp_path: Path) -> None:
    run_examples("onnx", "digits.onnx_export", "", tmp_path)
