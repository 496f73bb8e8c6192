"""Model -> its dense layers, where it is a chain of them: what other libraries can hand over.

A chain is found by the structure of the equations, from the output back to the input:
every layer is z[j] = sum(i, W[j,i] * h[i]) + b[j], with or without b, and an activation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from derive.expressions.expression import (
    ZERO,
    Add,
    Apply,
    Entry,
    Expression,
    Multiply,
    Softmax,
    Sum,
    Where,
    as_maximum,
)
from derive.expressions.softmax import softmaxes
from derive.functions.table import TABLE
from derive.model.model import Definition, Model
from derive.model.output import output_of

IDENTITY = "identity"


SOFTMAX = "softmax"


@dataclass(frozen=True)
class Layer:
    """A dense layer: its weight W[j, i], its bias b[j] if any, and its activation by name."""

    weight: str
    bias: str | None
    activation: str


def chain(model: Model) -> tuple[Layer, ...]:
    """The dense layers of a model, the input's first; none where it is not a chain of them.

    Every weight belongs to one place in one layer, or something would be left undecided.
    """
    known = {equation.name: equation for equation in model.equations}
    layers: list[Layer] = []
    name = output_of(model).name
    while name in known:
        found = _layer(model, known, known[name])
        if found is None:
            return ()
        layer, name = found
        layers.insert(0, layer)
    used = [part for layer in layers for part in (layer.weight, layer.bias) if part]
    begins = [array.name for array in model.role("input")] == [name]
    complete = sorted(used) == sorted(weight.name for weight in model.weights)
    return tuple(layers) if begins and complete else ()


def _layer(
    model: Model, known: Mapping[str, Definition], equation: Definition
) -> tuple[Layer, str] | None:
    """The layer whose last equation this is, and the name of what goes into it."""
    activation, argument = _activated(model, softmaxes(equation.value))
    match argument:
        case Entry(str(name), indices) if name in known and indices == equation.target.indices:
            equation = known[name]  # the sum is a quantity of its own
            argument = equation.value
    terms = argument.terms if isinstance(argument, Add) else (argument,)
    sums = [term for term in terms if isinstance(term, Sum)]
    if len(equation.indices) != 1 or len(sums) != 1:
        return None
    weighed = _weighed(model, sums[0], equation)
    bias = _bias(model, [term for term in terms if term is not sums[0]], equation)
    if weighed is None or bias is None:
        return None
    weight, before = weighed
    return Layer(weight, bias or None, activation), before


def _activated(model: Model, value: Expression) -> tuple[str, Expression]:
    """The name of the activation, and what it is applied to."""
    match value:
        case Apply(function, argument, 0):
            return _table_name(model, function), argument
        case Softmax((_,), Entry(_, (_,)) as argument) if value.along == argument.indices:
            return SOFTMAX, argument
        case Where() if (greater := as_maximum(value)) and greater[0] == "max":
            parts = [part for part in greater[1:] if part != ZERO]
            if len(parts) == 1:
                return "relu", parts[0]
    return IDENTITY, value


def _table_name(model: Model, name: str) -> str:
    """The name in the table of the function that a name stands for, or the name itself."""
    definition = model.function(name).definition
    return next((row.name for row in TABLE.values() if row.definition == definition), name)


def _weighed(model: Model, total: Sum, equation: Definition) -> tuple[str, str] | None:
    """W and h, where the sum is sum(i, W[j,i] * h[i])."""
    match total:
        case Sum((i,), Multiply((Entry() as one, Entry() as other))):
            for weight, before in ((one, other), (other, one)):
                indices = ((*equation.indices, i), (i,))
                if (weight.indices, before.indices) == indices and _is_weight(model, weight):
                    return str(weight.name), str(before.name)
    return None


def _bias(model: Model, rest: list[Expression], equation: Definition) -> str | None:
    """The name of b where b[j] is all the rest, "" where there is none."""
    match rest:
        case []:
            return ""
        case [Entry(str(name), indices) as entry] if indices == equation.indices:
            return name if _is_weight(model, entry) else None
    return None


def _is_weight(model: Model, entry: Entry) -> bool:
    return model.array(str(entry.name)).role == "weight"
