"""A model file to start from."""

from derive.environment import environment


def new_model(name: str) -> str:
    """A model file that teaches the language."""
    return environment().get_template("model/new.toml.jinja").render(name=name)
