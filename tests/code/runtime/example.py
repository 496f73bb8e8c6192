"""The model whose own parts `derive.code.runtime.example` holds, and texts made of it."""

from pathlib import Path

import derive
from derive.code.texts import estimator_text, trainer_text, weights_text
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
    weighted = simplify(differentiate(batch_weighted(model))) if has_estimator(model) else None
    made = {
        "trainer": trainer_text(model, simplify(differentiate(batch(model))), weighted),
        "weights": weights_text(model),
    }
    if weighted is not None:
        made["estimator"] = estimator_text(model, weighted)
    return made
