"""Records -> the texts of the modules that a user imports."""

from derive.code.amalgamate import TRAINER, amalgamate
from derive.code.body import define
from derive.code.estimator import estimator
from derive.code.trainer import trainer
from derive.code.weights import weights_file
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.model.model import Model


def trainer_text(model: Model, batched: Simplified, weighted: Simplified | None = None) -> str:
    """The trainer of a model; `batched` is the derivation of its batch form, and `weighted` that
    of the estimator which is to stand beside it.
    """
    record = trainer(model, batched, weighted)
    template = environment().get_template("numpy/trainer.py.jinja")
    own = template.render(banner=banner(model.name), t=record, define=define)
    return amalgamate(own, (*TRAINER, *record.helpers))


def weights_text(model: Model) -> str:
    """The module that saves and loads the weights of a model's trainer."""
    record = weights_file(model)
    template = environment().get_template("numpy/weights.py.jinja")
    return amalgamate(template.render(banner=banner(model.name), w=record), record.runtime)


def estimator_text(model: Model, weighted: Simplified) -> str:
    """The estimator of a model; `weighted` is the derivation of its weighted batch form."""
    record = estimator(model, weighted)
    template = environment().get_template("numpy/estimator.py.jinja")
    own = template.render(banner=banner(model.name), e=record, define=define)
    return amalgamate(own, record.runtime)
