"""A model's passes -> the text of its module of PyTorch."""

from collections.abc import Iterable
from importlib.resources import files

from derive.code.amalgamate import body
from derive.code.body import call, define, tuple_text, typed
from derive.code.passes import passes
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.model.model import Model
from derive.torch.dialect import torch_dialect


def torch_text(model: Model, batched: Simplified) -> str:
    """The module of a model; `batched` is the derivation of its batch form."""
    record = passes(model, batched, torch_dialect())
    spelled = {
        "define": define,
        "typed": typed,
        "call": call,
        "own": _own,
        "tuple_text": tuple_text,
    }
    template = environment().get_template("torch/network.py.jinja")
    text = template.render(banner=banner(model.name, "torch"), t=record, **spelled)
    if "Scaled" not in record.helpers:
        return text
    scaled = files("derive.torch.runtime").joinpath("scaled.py").read_text("utf-8")
    return f"{text}\n\n{body(scaled).strip()}\n"


def _own(names: Iterable[str]) -> tuple[str, ...]:
    """What a module calls its weights: self.W."""
    return tuple(f"self.{name}" for name in names)
