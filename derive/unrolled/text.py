"""The text of an unrolled module, or of a single number of one."""

from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.evaluation.evaluate import Cell
from derive.scalar.lower import lower_to_scalars
from derive.unrolled.module import single, unrolled


def unrolled_text(one: Simplified) -> str:
    """The module of one sample's derivation, in plain Python."""
    template = environment().get_template("unrolled/unrolled.py.jinja")
    record = unrolled(lower_to_scalars(one))
    return template.render(banner=banner(record.name, "unrolled"), u=record)


def single_text(one: Simplified, cell: Cell) -> str:
    """A module with a function of the numbers that one of them is computed from."""
    template = environment().get_template("unrolled/single.py.jinja")
    return template.render(s=single(lower_to_scalars(one), cell))
