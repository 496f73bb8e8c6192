"""derive show: equations and partial derivatives in a terminal."""

from functools import partial as partial_function
from itertools import islice

import click

from derive.commands.reporting import reporting
from derive.derivation.differentiate import differentiate
from derive.derivation.partials import scalar_weights
from derive.derivation.simplify import simplify
from derive.derivation.starts import started
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.expressions.expression import Adjoint, Entry
from derive.printing.symbols import Symbols
from derive.printing.text import as_model_file, equation_text, paper, partial_lines
from derive.reading.resolve import load


@click.command("show")
@click.argument("model")
@click.argument("weight", required=False)
@reporting
def show_command(model: str, weight: str | None) -> None:
    """Print the formulas of MODEL, or the derivative by one WEIGHT, such as w_11 or 'W[1,1]'."""
    simplified = simplify(differentiate(with_sides(load(model))))
    own = simplified.model
    at_sizes, general = Symbols(own, dict(own.example)), paper(Symbols(own))
    if weight is None:
        click.echo(f"{own.title}\n{own.source}\n")
        equations = [*simplified.forward, *simplified.backward]
        chosen = list(islice(scalar_weights(own, at_sizes.sizes), MOST_SHOWN + 1))
    else:
        whole = {Adjoint(own.error, array.name) for array in own.weights if array.name == weight}
        equations = [each for each in simplified.backward if each.target.name in whole]
        chosen = _named(weight, at_sizes)
    for equation in equations:
        click.echo(equation_text(equation, general))
    for place, found in enumerate(started(simplified, chosen[:MOST_SHOWN], at_sizes.sizes)):
        if place or equations:
            click.echo()
        click.echo("\n".join(partial_lines(found.partial, at_sizes)))
    if len(chosen) > MOST_SHOWN:
        click.echo(f"\n... and so on; name one, such as {paper(at_sizes).entry(chosen[-1])}")


def _named(weight: str, symbols: Symbols) -> list[Entry]:
    """The scalar weights of that name: one, or the first ones of an array."""
    model = symbols.model
    styles = (paper(symbols), as_model_file(model))
    wanted = weight.replace(" ", "").replace("{", "").replace("}", "")

    def fits(entry: Entry) -> bool:
        return entry.name == wanted or wanted in [style.entry(entry) for style in styles]

    there = partial_function(scalar_weights, model, symbols.sizes)
    chosen = list(islice(filter(fits, there()), MOST_SHOWN + 1))
    if not chosen:
        names = [styles[0].entry(entry) for entry in islice(there(), MOST_SHOWN + 1)]
        shown = ", ".join(names[:MOST_SHOWN]) + ", ..." * (len(names) > MOST_SHOWN)
        raise DeriveError(f"{model.name} has no weight {weight}", f"its weights are {shown}")
    return chosen


MOST_SHOWN = 24
"""Of partial derivatives in a terminal."""
