"""derive show: equations and partial derivatives in a terminal."""

from functools import partial as partial_function
from itertools import islice

import click

from derive.commands.reporting import reporting
from derive.derivation.differentiate import differentiate
from derive.derivation.partials import partial, scalar_weights, ways
from derive.derivation.simplify import Simplified, SimplifiedAdjoint, simplify
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.expressions.expression import Adjoint, Entry, Expression, Name, entries
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
    derivation, own = simplified.derivation, simplified.model
    at_sizes = Symbols(own, dict(own.example))
    general, starts = paper(Symbols(own)), _starts(simplified)
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
    for place, entry in enumerate(chosen[:MOST_SHOWN]):
        if place or equations:
            click.echo()
        count = ways(derivation, str(entry.name))
        if count > MOST_WAYS:
            shown = f"∂{own.error}/∂{paper(at_sizes).entry(entry)}"
            said = f"{shown} goes {count} ways; `derive show {model}` has the equations they share"
            click.echo(said)
            continue
        chain = partial(derivation, entry, at_sizes.sizes, starts)
        click.echo("\n".join(partial_lines(chain, at_sizes)))
    if len(chosen) > MOST_SHOWN:
        click.echo(f"\n... and so on; name one, such as {paper(at_sizes).entry(chosen[-1])}")


def _starts(simplified: Simplified) -> dict[Name, Expression]:
    """The adjoints in which something cancels, from which a chain starts: each by what it is
    equal to, or by its name where that holds other adjoints.
    """
    return {
        each.equation.target.name: each.equation.target if _holds_adjoints(each) else each.value
        for each in simplified.adjoints
        if any(step.reason != "own value" for step in each.steps)
    }


def _holds_adjoints(each: SimplifiedAdjoint) -> bool:
    return any(isinstance(entry.name, Adjoint) for entry in entries(each.value))


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


MOST_WAYS = 100
"""Ways up to which a chain is written whole; skip connections double them at each."""


MOST_SHOWN = 24
"""Of partial derivatives in a terminal."""
