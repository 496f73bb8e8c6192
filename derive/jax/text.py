"""A model's passes -> the text of its functions of JAX."""

from importlib.resources import files

from derive.code.amalgamate import body
from derive.code.body import call, define, tuple_text, typed
from derive.code.passes import passes
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.jax.dialect import JAX
from derive.model.model import Model


def jax_text(model: Model, batched: Simplified) -> str:
    """The functions of a model; `batched` is the derivation of its batch form."""
    record = passes(model, batched, JAX)
    spelled = {"define": define, "typed": typed, "call": call, "tuple_text": tuple_text}
    template = environment().get_template("jax/functions.py.jinja")
    text = template.render(banner=banner(model.name, "jax"), t=record, **spelled)
    if "Scaled" not in record.helpers:
        return text
    scaled = files("derive.jax.runtime").joinpath("scaled.py").read_text("utf-8")
    return f"{text}\n\n{body(scaled).strip()}\n"
