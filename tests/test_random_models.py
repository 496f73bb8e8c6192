"""Any model of the language: its gradient is HIPS autograd's, and it is proven."""

import re
from typing import Any

import autograd
import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, note, reject, settings

from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.errors import ModelError, ProofError
from derive.evaluation.random_points import random_point
from derive.model.batch import batch
from derive.model.model import Model
from derive.pipeline import make
from derive.proof.certificate import proof_sizes
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.random_models import BY_TEXT, FUNCTIONS, Made, Reference_, models

N = 2


def model_of(made: Made) -> Model:
    try:
        return resolve("random", Source("random.toml", made.text))
    except ModelError as error:
        # A condition between numbers is decided, and the other branch is gone.
        assume("never reaches the error" not in str(error))
        raise


def _point(model: Model, made: Made) -> tuple[list[Any], list[Any]]:
    random = np.random.default_rng(len(made.text))
    weights = [random.normal(size=[made.sizes[s] for s in w.shape]) for w in model.weights]
    data = [random.normal(size=[N, *(made.sizes[s] for s in a.shape)]) for a in model.data]
    data[-1] = random.uniform(0.1, 0.9, size=data[-1].shape)
    return weights, data


@settings(
    phases=(Phase.generate,),
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(models())
def test_the_gradient_is_that_of_autograd(made: Made) -> None:
    note(made.text)
    model = model_of(made)
    trainer = load(trainer_text(model, simplify(differentiate(batch(model)))), "random")
    weights, data = _point(model, made)
    value, gradient = trainer.gradient(trainer.Parameters(*weights), *data)

    f = re.search(r'^f = "(.*)"$', made.text, re.MULTILINE)
    assert f
    functions = {**FUNCTIONS, "f": BY_TEXT[f[1]]}

    outputs: list[Any] = []

    def mean_error(*given: Any) -> Any:
        total = 0.0
        for row in range(N):
            names = [array.name for array in (*model.weights, *model.data)]
            values = dict(zip(names, (*given, *(d[row] for d in data)), strict=True))
            values["delta"] = 0.75
            reference = Reference_(made.sizes, values, functions)
            total = total + reference.error(made.equations)
            outputs.extend(reference.values["o"])
        return total / N

    with np.errstate(all="ignore"):  # the reference overflows where the trainer does not
        expected = mean_error(*weights)
        assume(max(map(abs, outputs)) < 8)  # and 1 - p loses its digits there
        partials = autograd.grad(mean_error, argnum=tuple(range(len(weights))))(*weights)
    assume(np.isfinite(expected) and all(np.isfinite(p).all() for p in partials))
    assert abs(value - expected) <= 1e-10 * max(1, abs(expected))
    largest = max(1, *(np.max(np.abs(p)) for p in partials))
    for array, got, want in zip(model.weights, gradient, partials, strict=True):
        assert np.allclose(got, want, rtol=1e-8, atol=1e-9 * largest), array.name


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(models())
def test_every_certificate_holds(made: Made) -> None:
    note(made.text)
    model = model_of(made)
    for derivation in (differentiate(model), differentiate(batch(model))):
        for sizes in proof_sizes(model):
            try:
                random_point(derivation, {"N": 2, **sizes}, seed=0)
            except ProofError:  # some equations leave |z| ≤ 8 wherever one looks
                reject()
    make(model).require()
