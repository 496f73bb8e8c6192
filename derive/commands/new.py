"""derive new: a model file to start from, one that teaches the language or a dense network's."""

import re
from pathlib import Path

import click

from derive.commands.reporting import reporting
from derive.errors import DeriveError
from derive.reading.dense import dense_text
from derive.reading.losses import LOSSES
from derive.reading.new import new_model
from derive.reading.resolve import require_name, resolve
from derive.reading.source import Source


def sizes(context: click.Context, option: click.Parameter, text: str | None) -> list[int]:
    """The sizes of 64-32-10."""
    if text is None:
        return []
    if not re.fullmatch(r"[0-9]+(-[0-9]+)+", text, re.ASCII):
        raise click.BadParameter(f"{text!r}: expected sizes such as 64-32-10")
    return [int(size) for size in text.split("-")]


@click.command("new", short_help="Write a model file to start from.")
@click.argument("name")
@click.option("--dense", "layers", metavar="64-32-10", callback=sizes,
              help="A network of dense layers of these sizes, the inputs' first.")  # fmt: skip
@click.option("--activation", default="tanh", metavar="FUNCTION", show_default=True,
              help="Of its hidden layers.")  # fmt: skip
@click.option("--output", metavar="FUNCTION",
              help="Of its last layer; by default that which goes with the loss.")  # fmt: skip
@click.option(
    "--loss", type=click.Choice(tuple(LOSSES)), default="squared_error", show_default=True
)
@reporting
def new_command(
    *, name: str, layers: list[int], activation: str, output: str | None, loss: str
) -> None:
    """Write NAME.toml, a model file that says what is what, to start from."""
    name = name.removesuffix(".toml")
    path = Path(f"{name}.toml")
    require_name(name)
    text = new_model(name)
    if layers:
        hidden = [activation] * (len(layers) - 2)
        text = dense_text(layers, [*hidden, output or LOSSES[loss].output], loss)
    resolve(name, Source(path.name, text))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise DeriveError(f"{path} is there already", "choose another name") from None
    except OSError as error:
        cure = "change to a folder that you may write to"
        raise DeriveError(f"cannot write {path}: {error.strerror}", cure) from error
    click.echo(f"{path} is written. Change it, then: derive build {path}")
