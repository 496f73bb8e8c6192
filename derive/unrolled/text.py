"""The text of an unrolled module."""

from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.scalar.lower import lower_to_scalars
from derive.unrolled.module import unrolled


def unrolled_text(one: Simplified) -> str:
    """The module of one sample's derivation, in plain Python."""
    template = environment().get_template("unrolled/unrolled.py.jinja")
    record = unrolled(lower_to_scalars(one))
    return template.render(banner=banner(record.name), u=record)
