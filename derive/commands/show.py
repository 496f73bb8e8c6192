"""derive show: equations and partial derivatives in a terminal."""

from dataclasses import replace
from itertools import islice

import click

from derive.commands import completion
from derive.commands.reporting import reporting
from derive.derivation.derivation import Equation
from derive.derivation.differentiate import differentiate
from derive.derivation.partials import scalar_weights
from derive.derivation.simplify import Simplified, simplify
from derive.derivation.starts import started
from derive.errors import DeriveError
from derive.evaluation.sides import with_sides
from derive.expressions.contents import entries
from derive.expressions.expression import Adjoint, Entry
from derive.printing.called import called, nearest, spellings
from derive.printing.symbols import Symbols
from derive.printing.text import (
    Style,
    equation_text,
    name_text,
    paper,
    partial_lines,
)
from derive.reading.resolve import load


@click.command("show", short_help="Print the formulas of MODEL.")
@click.argument("model", shell_complete=completion.models)
@click.argument("name", required=False)
@reporting
def show_command(model: str, name: str | None) -> None:
    """Print the formulas of MODEL, or those of one NAME: of a quantity H its equation and the
    derivative by it, of an input or a number where it is used, of a weight such as w_11 or
    'W[1,1]' its chain.
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
        chosen = list(islice(called(name, at_sizes), MOST_SHOWN + 1))
        if not equations and not chosen:
            said, equations = _given(name, simplified, general)
            click.echo(said)
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
    a derivative by the paper's name for it, by its two names or its id, dEQ-dH.
    """
    model = simplified.model

    def names(equation: Equation) -> tuple[str, ...]:
        target = equation.target.name
        if not isinstance(target, Adjoint):
            return (target,)
        plain = f"d{target.of}/d{target.by}"
        named = name_text(target, model), model.notation.adjoint(target) or ""
        return *named, target.by, plain, plain.replace("/", "-")

    return [e for e in (*simplified.forward, *_adjoints(simplified)) if name in names(e)]


def _adjoints(simplified: Simplified) -> list[Equation]:
    """Every derivative in its last form, those that are written where they are used too."""
    return [replace(each.equation, value=each.value) for each in simplified.adjoints]


def _given(name: str, simplified: Simplified, style: Style) -> tuple[str, list[Equation]]:
    """What is said of an input, a target, a number or a function, and the equations that use it.

    Raises DeriveError where there is nothing of that name.
    """
    model = simplified.model
    numbers, functions = dict(model.hyperparameters), dict(model.functions)
    using = [
        each
        for each in simplified.forward
        if name in {str(entry.name) for entry in entries(each.value)}
    ]
    for array in model.arrays:
        if array.name == name and array.role in ("input", "target"):
            return f"{style.entry(array.entry)} is {_ARTICLES[array.role]}", using
    if name in numbers:
        return f"{style.entry(Entry(name))} = {float(numbers[name]):g}", using
    if name in functions:
        return f"{name} is free on the page; the code computes {functions[name].words}", []
    if name in dict(model.example):
        return f"{name} is a size, {dict(model.example)[name]} where weights have numbers", []
    raise _unknown(name, simplified, Symbols(model, dict(model.example)))


_ARTICLES = {"input": "an input", "target": "a target"}


def _unknown(name: str, simplified: Simplified, symbols: Symbols) -> DeriveError:
    model = simplified.model
    quantities = [str(equation.target.name) for equation in simplified.forward]
    there, typed = spellings(symbols)
    near = nearest(name, [*quantities, *(array.name for array in model.arrays), *there, *typed])
    shown = ", ".join(there[:MOST_NAMED]) + ", ..." * (len(there) > MOST_NAMED)
    meant = f"did you mean {near}? " if near else ""
    cure = f"{meant}its quantities are {', '.join(quantities)}; its weights are {shown}"
    return DeriveError(f"{model.name} has no {name}", cure)


MOST_SHOWN = 24
"""Of partial derivatives in a terminal."""


MOST_NAMED = 12
"""Of weights in a message."""
