"""A model's record -> the text of its module of PyTorch."""

from importlib.resources import files

from derive.code.amalgamate import body
from derive.code.body import define
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.model.model import Model
from derive.torch.dialect import torch_dialect
from derive.torch.network import network


def torch_text(model: Model, batched: Simplified) -> str:
    """The module of a model; `batched` is the derivation of its batch form."""
    record = network(model, batched, torch_dialect())
    template = environment().get_template("torch/network.py.jinja")
    own = template.render(banner=banner(model.name), t=record, define=define, checks=_checks)
    if "Scaled" not in record.helpers:
        return own
    scaled = files("derive.torch.runtime").joinpath("scaled.py").read_text("utf-8")
    return f"{own}\n\n{body(scaled).strip()}\n"


def _checks(shapes: tuple[tuple[str, str], ...]) -> str:
    """x.shape != (N, n) or y.shape != (N, K)."""
    return " or ".join(f"{name}.shape != {shape}" for name, shape in shapes)
