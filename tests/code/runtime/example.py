"""The model whose own parts `derive.code.runtime.example` holds, and texts made of it."""

from pathlib import Path

import derive
from derive.code.texts import estimator_text, trainer_text, weights_text
from derive.code.weighted import weighted_steps
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch, batch_weighted
from derive.model.output import has_estimator
from derive.reading.declarations import Source
from derive.reading.resolve import resolve

TEXT = Path(__file__).with_suffix(".toml").read_text("utf-8")


def model_of_text(text: str, name: str = "example") -> derive.Model:
    return resolve(name, Source(f"{name}.toml", text))


def texts(model: derive.Model) -> dict[str, str]:
    """Trainer, weights and estimator of a model, without the proofs and the pages."""
    batched = simplify(differentiate(batch(model)))
    if not has_estimator(model):
        return {"trainer": trainer_text(model, batched), "weights": weights_text(model)}
    weighted = simplify(differentiate(batch_weighted(model)))
    steps = weighted_steps(weighted)
    return {
        "trainer": trainer_text(model, batched, steps),
        "weights": weights_text(model),
        "estimator": estimator_text(model, weighted, steps),
    }
