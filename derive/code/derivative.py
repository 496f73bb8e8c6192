"""Simplified -> a function of NumPy that computes one derivative of one sample."""

from dataclasses import dataclass

from derive.arrays.lower import lower_stably
from derive.arrays.program import Step
from derive.code.amalgamate import amalgamate
from derive.code.applied import aliases_of, applied_in, functions_of
from derive.code.body import define, needed, shape_text, size_lines, step_lines, typed, uses
from derive.code.functions import FunctionCode
from derive.code.names import code_name, code_names
from derive.code.trainer import constants, helpers_of
from derive.code.untaken import leaves_numbers_aside
from derive.derivation.simplify import Simplified
from derive.environment import environment
from derive.expressions.expression import Adjoint
from derive.model.model import Array, Model
from derive.printing.text import name_text


@dataclass(frozen=True)
class DerivativeCode:
    """The record of the template; every string is source text."""

    model: str
    what: str
    name: str
    signature: str
    shapes: tuple[str, ...]
    functions: tuple[tuple[str, FunctionCode], ...]
    free_functions: tuple[tuple[str, str], ...]
    constants: tuple[tuple[str, str], ...]
    leaves_aside: bool
    lines: tuple[str, ...]


def derivative_text(one: Simplified, name: str) -> str:
    """The text of a module with the function of the derivative by an array."""
    model, program = one.model, lower_stably(one)
    adjoint = Adjoint(model.error, name)
    steps = needed((*program.forward, *program.backward), [adjoint])
    applied = applied_in(steps)
    functions = functions_of(model, applied)
    taken, used = _taken(model, steps), uses(model, steps)
    called = code_name(adjoint, model)
    takes = typed(code_names((array.name for array in taken), model), "np.ndarray")
    record = DerivativeCode(
        model=model.name,
        what=name_text(Adjoint(model.error, name), model),
        name=called,
        signature=define(called, takes, "np.ndarray"),
        shapes=tuple(f"{code_name(a.name, model)} is {shape_text(a, model)}" for a in taken),
        functions=functions,
        free_functions=aliases_of(model, applied),
        constants=tuple(
            each
            for each, (own, _) in zip(constants(model), model.hyperparameters, strict=True)
            if own in used
        ),
        leaves_aside=leaves_numbers_aside(steps, model),
        lines=(*size_lines(model, steps), *step_lines(model, steps)),
    )
    template = environment().get_template("numpy/derivative.py.jinja")
    return amalgamate(template.render(d=record), helpers_of(steps, functions))


def _taken(model: Model, steps: tuple[Step, ...]) -> tuple[Array, ...]:
    """The weights and data that the steps use, or take a size of."""
    used = uses(model, steps)
    return tuple(array for array in (*model.weights, *model.data) if array.name in used)
