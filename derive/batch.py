"""Model of one sample -> Model of N samples: the sample index put on the forward equations.

Inputs, targets and all that is computed from them get the index s; weights and what
depends on weights alone do not. The error becomes the mean over s of what depends on
the sample, plus the rest as it stands. The mean in a gradient is then derived, not typed.
"""

from dataclasses import replace

from derive.expression import (
    Add,
    Entry,
    Expression,
    Multiply,
    Size,
    Sum,
    add,
    children,
    entries,
    multiply,
    power,
    rebuild,
)
from derive.model import SAMPLE, Array, Definition, Model


def batch(model: Model) -> Model:
    """The model with N samples, its error the mean over them."""
    sampled = {array.name for array in model.data}
    for equation in model.equations[:-1]:
        if any(entry.name in sampled for entry in entries(equation.value)):
            sampled.add(equation.name)
    last = model.equations[-1]
    equations = [_put_sample(equation, sampled) for equation in model.equations[:-1]]
    error = Definition(last.target, _mean(_index(last.value, sampled)))
    definitions = tuple(_put_sample(definition, sampled) for definition in model.definitions)
    arrays = tuple(
        Array(array.name, (SAMPLE, *array.indices), array.role) if array.name in sampled else array
        for array in model.arrays
    )
    return replace(
        model,
        arrays=arrays,
        equations=(*equations, error),
        definitions=definitions,
        example=((SAMPLE.size, 2), *model.example),
    )


def _put_sample(definition: Definition, sampled: set[str]) -> Definition:
    value = _index(definition.value, sampled)
    target = definition.target
    if value != definition.value:
        target = Entry(target.name, (SAMPLE, *target.indices))
    return Definition(target, value)


def _index(node: Expression, sampled: set[str]) -> Expression:
    if isinstance(node, Entry):
        return Entry(node.name, (SAMPLE, *node.indices)) if node.name in sampled else node
    return rebuild(node, (_index(part, sampled) for part in children(node)))


def _mean(value: Expression) -> Expression:
    """The mean over samples of the terms that depend on the sample; the others once."""
    if not _depends(value):
        return value
    if isinstance(value, Add):
        return add(*(_mean(term) for term in value.terms))
    if isinstance(value, Multiply):
        parts = [_depends(factor) for factor in value.factors]
        if sum(parts) == 1 and isinstance(value.factors[parts.index(True)], Add):
            return multiply(*(_mean(factor) for factor in value.factors))
    return multiply(power(Size(SAMPLE.size), -1), Sum((SAMPLE,), value))


def _depends(value: Expression) -> bool:
    return any(SAMPLE in entry.indices for entry in entries(value))
