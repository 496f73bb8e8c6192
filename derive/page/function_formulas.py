"""Formulas of a page that need no language, and the ids by which others refer to them."""

from dataclasses import replace

import sympy

from derive.derivation.derivation import identify
from derive.derivation.partials import Partial, links
from derive.derivation.rewriting import Rewriting, in_value
from derive.derivation.simplify import SimplifiedAdjoint
from derive.expressions.contents import walk
from derive.expressions.expression import Apply, Entry, Expression, Where
from derive.expressions.identities import Equality, of_letter
from derive.expressions.scalars import Scalars
from derive.functions.free import in_rows
from derive.functions.own_value import own_value
from derive.functions.rational import Z
from derive.model.model import Model, Notation
from derive.page.blocks import Formula
from derive.printing.latex import expression_latex, printed, ratios_latex, values_latex
from derive.printing.names_latex import ratio_latex
from derive.printing.symbols import Symbols, argument_letter


def step_id(found: SimplifiedAdjoint, step: Rewriting) -> str:
    """The id of an adjoint in another form."""
    return f"{found.equation.id}-{step.reason.replace(' ', '-')}"


def last_id(found: SimplifiedAdjoint) -> str:
    """The id of the last form of an adjoint."""
    return step_id(found, found.steps[-1]) if found.steps else found.equation.id


def prime_id(function: str) -> str:
    """The id of a function's derivative."""
    return f"prime-{identify(function)}"


def definitions(model: Model, free: bool) -> tuple[Formula, ...]:
    """f(z) of the functions that the model applies: of those that stay free, as the code
    computes them, or of the others. Where f has a kink, f'(z) says which side counts there.
    tanh, exp and the like need none, and what holds a root, or a function that is no row of the
    table, has no place in a page's formulas.
    """
    argument = Entry(argument_letter(model))
    formulas = []
    for name in _applied(model, free):
        row = model.function(name)
        if _is_written(row.definition) and (free or not (row.explicit or row.elementary)):
            value = _expression(row.definition, argument)
            shown = f"function-{identify(name)}"
            formulas.append(_of_argument(shown, Apply(name, argument), value, model))
            if row.kinks and _is_written(row.derivative()):
                slope = _expression(row.derivative(), argument)
                formulas.append(
                    _of_argument(prime_id(name), Apply(name, argument, 1), slope, model)
                )
    return tuple(formulas)


def own_values(model: Model, free: bool) -> tuple[Formula, ...]:
    """f'(z) in terms of f(z), of the functions that the model applies and for which it exists."""
    argument = Entry(argument_letter(model))
    formulas = []
    for name in _applied(model, free):
        row = model.function(name)
        form = None if row.explicit or row.kinks else own_value(row.definition)
        if form is not None:
            value = in_value(form, Apply(name, argument))
            formulas.append(_of_argument(prime_id(name), Apply(name, argument, 1), value, model))
    return tuple(formulas)


def _of_argument(formula: str, left: Expression, right: Expression, model: Model) -> Formula:
    """An equation between functions of z, whose letters mean nothing else on the page."""
    symbols = Symbols(replace(model, notation=Notation(), definitions=()))
    value = printed(right, symbols)
    return Formula(formula, expression_latex(left, symbols), (str(value),), signs=value.notation)


def identity_latex(identity: Equality, model: Model) -> str:
    """An identity of functions, for any number."""
    sides = of_letter(identity, Entry(argument_letter(model)))
    formula = _of_argument("", *sides, model)
    return " = ".join((formula.left, *formula.sides))


def _is_written(definition: sympy.Expr) -> bool:
    """Whether its numbers are fractions, its powers whole and its functions rows of the table."""
    functions = in_rows(definition).atoms(sympy.Function)
    if not all(isinstance(f, sympy.Piecewise) or hasattr(f, "applies") for f in functions):
        return False
    numbers = all(
        number.is_Rational for number in definition.atoms(sympy.Number, sympy.NumberSymbol)
    )
    return numbers and all(power.exp.is_Integer for power in definition.atoms(sympy.Pow))


def _expression(definition: sympy.Expr, argument: Entry) -> Expression:
    """A definition in Z as an expression in the argument."""
    if isinstance(definition, sympy.Piecewise):
        (then, holds), *others = definition.args
        parts = (holds.gts, holds.lts, then, sympy.Piecewise(*others))
        left, right, value, other = (_expression(part, argument) for part in parts)
        if isinstance(holds, sympy.GreaterThan):  # a >= b is not b > a
            return Where(right, left, other, value)
        return Where(left, right, value, other)
    scalars = Scalars()
    return scalars.as_written(in_rows(definition).subs(Z, scalars.scalar(argument)))


def _applied(model: Model, free: bool) -> tuple[str, ...]:
    """The functions in the equations, those that the file leaves free or the others."""
    nodes = (node for definition in model.equations for node in walk(definition.value))
    names = dict.fromkeys(node.function for node in nodes if isinstance(node, Apply))
    return tuple(name for name in names if (name in dict(model.functions)) == free)


def partial_formula(partial: Partial, symbols: Symbols) -> Formula:
    """∂EQ/∂w_11 = its local derivatives = their values."""
    left = ratio_latex(Entry(symbols.model.error), partial.weight, symbols)
    values = values_latex(partial.chain, symbols)
    ratios = ratios_latex(partial.chain, symbols)
    whole = all(link.whole for link in links(partial.chain))
    sides = (ratios, values) if whole and ratios != left else (values,)
    return Formula(partial.id, left, sides, concrete=True)
