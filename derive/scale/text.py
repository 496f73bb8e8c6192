"""Records -> the texts of the files that train past one process."""

from importlib.resources import files

from derive.code.amalgamate import body
from derive.code.engine import engine
from derive.environment import environment
from derive.model.model import Model
from derive.scale.record import scale


def processes_text(model: Model, batched: Model) -> str:
    """The module that trains the network of PyTorch in several processes; where it can be run."""
    engine("torch", "ddp")
    return _text("processes", model, batched)


def partitions_text(model: Model, batched: Model) -> str:
    """The module that trains on partitions of Dask."""
    return _text("partitions", model, batched)


def _text(name: str, model: Model, batched: Model) -> str:
    """The own part of a file, and below it what is the same for every model."""
    source = files("derive.scale.runtime").joinpath(f"{name}.py").read_text("utf-8")
    template = environment().get_template(f"scale/{name}.py.jinja")
    return template.render(t=scale(model, batched), runtime=body(source).strip())
