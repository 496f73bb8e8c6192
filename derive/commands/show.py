"""derive show: equations and partial derivatives in a terminal."""

from dataclasses import replace
from itertools import islice

import click

from derive.commands.reporting import reporting
from derive.derivation.derivation import Equation
from derive.derivation.differentiate import differentiate
from derive.derivation.partials import scalar_weights
from derive.derivation.simplify import Simplified, simplify
from derive.derivation.starts import started
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.expressions.expression import Adjoint, Entry
from derive.printing.symbols import Symbols
from derive.printing.text import as_model_file, equation_text, name_text, paper, partial_lines
from derive.reading.resolve import load


@click.command("show")
@click.argument("model")
@click.argument("name", required=False)
@reporting
def show_command(model: str, name: str | None) -> None:
    """Print the formulas of MODEL, or those of one NAME: of a quantity H its equation and the
    derivative by it, of a weight such as w_11 or 'W[1,1]' its chain.
    """
    simplified = simplify(differentiate(with_sides(load(model))))
    own = simplified.model
    at_sizes, general = Symbols(own, dict(own.example)), paper(Symbols(own))
    if name is None:
        click.echo(f"{own.title}\n{own.source}\n")
        equations = [*simplified.forward, *simplified.backward]
        chosen = list(islice(scalar_weights(own, at_sizes.sizes), MOST_SHOWN + 1))
    else:
        equations = _about(name, simplified)
        chosen = _named(name, at_sizes)
        if not equations and not chosen:
            raise _unknown(name, simplified, at_sizes)
    for equation in equations:
        click.echo(equation_text(equation, general))
    for place, found in enumerate(started(simplified, chosen[:MOST_SHOWN], at_sizes.sizes)):
        if place or equations:
            click.echo()
        click.echo("\n".join(partial_lines(found.partial, at_sizes)))
    if len(chosen) > MOST_SHOWN:
        click.echo(f"\n... and so on; name one, such as {paper(at_sizes).entry(chosen[-1])}")


def _about(name: str, simplified: Simplified) -> list[Equation]:
    """The equations of what has that name: a quantity, an array that it is differentiated by, or
    a derivative by the paper's name for it.
    """
    model = simplified.model

    def names(equation: Equation) -> tuple[str, ...]:
        target = equation.target.name
        if not isinstance(target, Adjoint):
            return (target,)
        return name_text(target, model), model.notation.adjoint(target) or "", target.by

    return [e for e in (*simplified.forward, *_adjoints(simplified)) if name in names(e)]


def _adjoints(simplified: Simplified) -> list[Equation]:
    """Every derivative in its last form, those that are written where they are used too."""
    return [replace(each.equation, value=each.value) for each in simplified.adjoints]


def _named(name: str, symbols: Symbols) -> list[Entry]:
    """The scalar weights of that name: one, or the first ones of an array."""
    model = symbols.model
    styles = (paper(symbols), as_model_file(model))
    wanted = name.replace(" ", "").replace("{", "").replace("}", "")

    def fits(entry: Entry) -> bool:
        return entry.name == wanted or wanted in [style.entry(entry) for style in styles]

    there = scalar_weights(model, symbols.sizes)
    return list(islice(filter(fits, there), MOST_SHOWN + 1))


def _unknown(name: str, simplified: Simplified, symbols: Symbols) -> DeriveError:
    model, style = simplified.model, paper(symbols)
    there = scalar_weights(model, symbols.sizes)
    names = [style.entry(entry) for entry in islice(there, MOST_SHOWN + 1)]
    shown = ", ".join(names[:MOST_SHOWN]) + ", ..." * (len(names) > MOST_SHOWN)
    others = ", ".join(str(equation.target.name) for equation in simplified.forward)
    cure = f"its quantities are {others}; its weights are {shown}"
    return DeriveError(f"{model.name} has no {name}", cure)


MOST_SHOWN = 24
"""Of partial derivatives in a terminal."""
