"""Formulas of a page that need no language, and the ids by which others refer to them."""

from dataclasses import replace

from derive.collapse import Rewriting, Written, in_value
from derive.derivation import identify
from derive.expression import Apply, Entry, walk
from derive.latex import expression_latex, ratio_latex, ratios_latex, values_latex
from derive.model import Model, Notation
from derive.own_value import own_value
from derive.page import Formula
from derive.partials import Partial, links
from derive.symbols import Symbols, argument_letter


def step_id(found: Written, step: Rewriting) -> str:
    """The id of an adjoint in another form."""
    return f"{found.equation.id}-{step.reason.replace(' ', '-')}"


def last_id(found: Written) -> str:
    """The id of the last form of an adjoint."""
    return step_id(found, found.steps[-1]) if found.steps else found.equation.id


def own_value_id(function: str) -> str:
    """The id of a function's derivative through its own value."""
    return f"prime-{identify(function)}"


def own_values(model: Model) -> tuple[Formula, ...]:
    """f'(z) in terms of f(z), of the functions that the model applies and for which it exists."""
    plain_model = replace(model, notation=Notation(), definitions=())
    symbols = Symbols(plain_model)
    argument = Entry(argument_letter(model))
    nodes = (node for definition in model.equations for node in walk(definition.value))
    formulas = []
    for name in dict.fromkeys(node.function for node in nodes if isinstance(node, Apply)):
        row = model.function(name)
        form = None if row.explicit else own_value(row.definition)
        if form is not None:
            left = expression_latex(Apply(name, argument, 1), symbols)
            value = expression_latex(in_value(form, Apply(name, argument)), symbols)
            formulas.append(Formula(own_value_id(name), left, (value,)))
    return tuple(formulas)


def partial_formula(partial: Partial, symbols: Symbols) -> Formula:
    """∂EQ/∂w_11 = its local derivatives = their values."""
    left = ratio_latex(Entry(symbols.model.error), partial.weight, symbols)
    values = values_latex(partial.chain, symbols)
    ratios = ratios_latex(partial.chain, symbols)
    whole = all(link.whole for link in links(partial.chain))
    sides = (ratios, values) if whole and ratios != left else (values,)
    return Formula(partial.id, left, sides, concrete=True)
