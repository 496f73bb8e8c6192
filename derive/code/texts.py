"""Records -> the texts of the modules that a user imports."""

from derive.code.estimator import estimator
from derive.code.trainer import trainer
from derive.code.weights import weights_file
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.model.model import Model


def trainer_text(model: Model, batched: Simplified) -> str:
    """The trainer of a model; `batched` is the derivation of its batch form."""
    template = environment().get_template("numpy/trainer.py.jinja")
    return template.render(banner=banner(model.name), t=trainer(model, batched))


def weights_text(model: Model) -> str:
    """The module that saves and loads the weights of a model's trainer."""
    template = environment().get_template("numpy/weights.py.jinja")
    return template.render(banner=banner(model.name), w=weights_file(model))


def estimator_text(model: Model, weighted: Simplified) -> str:
    """The estimator of a model; `weighted` is the derivation of its weighted batch form."""
    template = environment().get_template("numpy/estimator.py.jinja")
    return template.render(banner=banner(model.name), e=estimator(model, weighted))
