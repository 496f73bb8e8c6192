"""The one Jinja environment of every template."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derive.locate import templates


@cache
def environment() -> Environment:
    """One environment for every target; << >> and <% %> leave LaTeX's braces alone."""
    made = Environment(
        loader=FileSystemLoader(templates()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    made.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return made


def banner(model: str, target: str = "") -> str:
    """What the first line of every generated file of a model says: the command that writes it."""
    command = f"derive build {model} --target {target}" if target else f"derive build {model}"
    return f"Generated from {model} by `{command}`; do not edit."
