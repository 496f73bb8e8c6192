"""Records -> the texts of the modules that a user imports."""

from derive.arrays.program import Step
from derive.code.amalgamate import TRAINER, amalgamate
from derive.code.body import define
from derive.code.estimator import estimator
from derive.code.trainer import trainer
from derive.code.weights import weights_file
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.model.model import Model


def trainer_text(model: Model, batched: Simplified, lent: tuple[Step, ...] = ()) -> str:
    """The trainer of a model; `batched` is the derivation of its batch form, and `lent` are the
    steps of the estimator beside it, which borrows their functions.
    """
    record = trainer(model, batched, lent)
    template = environment().get_template("numpy/trainer.py.jinja")
    own = template.render(banner=banner(model.name), t=record, define=define)
    return amalgamate(own, (*TRAINER, *record.helpers))


def weights_text(model: Model) -> str:
    """The module that saves and loads the weights of a model's trainer."""
    record = weights_file(model)
    template = environment().get_template("numpy/weights.py.jinja")
    return amalgamate(template.render(banner=banner(model.name), w=record), record.runtime)


def estimator_text(model: Model, weighted: Simplified, steps: tuple[Step, ...]) -> str:
    """The estimator of a model; `weighted` is the derivation of its weighted batch form, and the
    steps are those of its gradient (`weighted_steps`).
    """
    record = estimator(model, weighted, steps)
    template = environment().get_template("numpy/estimator.py.jinja")
    own = template.render(banner=banner(model.name), e=record, define=define)
    return amalgamate(own, record.runtime)
