"""What derive writes of a model, loaded: from the sources as they are, not from generated/."""

from functools import cache
from typing import Any

from derive.code.module import load
from derive.code.texts import estimator_text, trainer_text
from derive.code.weighted import weighted_steps
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.jax.text import jax_text
from derive.model.batch import batch, batch_weighted
from derive.model.model import Model
from derive.reading.dense import dense_text
from derive.reading.resolve import resolve
from derive.reading.source import Source
from derive.torch.text import torch_text


@cache
def dense(layers: tuple[int, ...]) -> Model:
    """Layers of tanh, and at the end a softmax and its cross-entropy; targets are classes."""
    last = len(layers) - 1
    text = dense_text(layers, [*["tanh"] * (last - 1), "softmax"], "cross_entropy")
    classes = f'assumptions = ["one_hot(j{last}, y[j{last}])"]\n'
    return resolve("dense", Source("dense.toml", classes + text))


@cache
def batched(model: Model) -> Simplified:
    """The derivation for N samples."""
    return simplify(differentiate(batch(model)))


@cache
def trainer(model: Model) -> Any:
    """The trainer."""
    return load(trainer_text(model, batched(model)), "trainer")


@cache
def estimator(model: Model) -> Any:
    """The estimator, beside a trainer that lends it its functions."""
    weighted = simplify(differentiate(batch_weighted(model)))
    steps = weighted_steps(weighted)
    beside = load(trainer_text(model, batched(model), steps), "trainer")
    return load(estimator_text(model, weighted, steps), "estimator", trainer=beside)


@cache
def network(model: Model) -> Any:
    """The module of PyTorch."""
    return load(torch_text(model, batched(model)), "network")


@cache
def functions(model: Model) -> Any:
    """The functions of JAX."""
    return load(jax_text(model, batched(model)), "functions")
