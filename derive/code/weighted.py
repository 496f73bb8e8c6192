"""The weighted gradient, which an estimator has, and for which its trainer has the functions."""

from derive.arrays.lower import lower_stably
from derive.arrays.program import Step
from derive.code.body import needed
from derive.derivation.simplify import Simplified
from derive.expressions.expression import Adjoint


def weighted_steps(weighted: Simplified) -> tuple[Step, ...]:
    """Its steps; `weighted` is the derivation of a model's weighted batch form."""
    program, model = lower_stably(weighted), weighted.model
    adjoints = [Adjoint(model.error, weight.name) for weight in model.weights]
    return needed((*program.forward, *program.backward), [model.error, *adjoints])
