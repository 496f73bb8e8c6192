"""Model -> its dense layers, where it is a chain of them: what other libraries can hand over.

A chain is found by the structure of the equations, from the output back to the input:
every layer is z[j] = sum(i, W[j,i] * h[i]) + b[j], with or without b, and an activation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from derive.expressions.expression import Apply, Entry, Expression, unknown
from derive.expressions.rules import Matcher, pattern
from derive.expressions.softmax import softmaxes
from derive.model.model import Definition, Model
from derive.model.output import in_table, output_of

IDENTITY = "identity"


SOFTMAX = "softmax"


ACTIVATIONS = (
    ("softmax(k, z[k])", SOFTMAX),
    ("max(z, 0)", "relu"),
    ("max(0, z)", "relu"),
    ("f(z)", "f"),
    ("z", IDENTITY),
)
"""The right-hand side of a layer, and the name of its activation; f is that of the table."""


SUMS = ("sum(i, W[j,i] * h[i]) + b[j]", "sum(i, W[j,i] * h[i])")
"""What an activation is applied to: W and b are weights, j is the index of the layer."""


@dataclass(frozen=True)
class Layer:
    """A dense layer: its weight W[j, i], its bias b[j] if any, and its activation by name."""

    weight: str
    bias: str | None
    activation: str


@dataclass(frozen=True)
class Units:
    """The quantities of a dense layer: its units, and their net inputs where these have a name."""

    unit: str
    net: str | None


def dense_layers(model: Model) -> tuple[Layer, ...]:
    """The dense layers of a model, the input's first; none where it is not a chain of them.

    Every weight belongs to one place in one layer, or something would be left undecided.
    """
    return tuple(layer for layer, _ in dense_chain(model))


def dense_chain(model: Model) -> tuple[tuple[Layer, Units], ...]:
    """The same with the quantities of each layer."""
    known = {equation.name: equation for equation in model.equations}
    chain: list[tuple[Layer, Units]] = []
    name = output_of(model).name
    while name in known:
        found = _layer(model, known, known[name])
        if found is None:
            return ()
        layer, net, source = found
        chain.insert(0, (layer, Units(name, net if net != name else None)))
        name = source
    used = [part for layer, _ in chain for part in (layer.weight, layer.bias) if part]
    begins = [array.name for array in model.role("input")] == [name]
    complete = sorted(used) == sorted(weight.name for weight in model.weights)
    return tuple(chain) if begins and complete else ()


def _layer(
    model: Model, known: Mapping[str, Definition], equation: Definition
) -> tuple[Layer, str, str] | None:
    """The layer whose last equation this is, with the names of its sum and of what goes in."""
    activation, argument = _activated(softmaxes(in_table(model, equation.value)))
    match argument:
        case Entry(str(name), indices) if name in known and indices == equation.target.indices:
            argument = known[name].value  # the sum is a quantity of its own
            equation = known[name]

    def is_weight(node: Expression) -> bool:
        return isinstance(node, Entry) and model.array(str(node.name)).role == "weight"

    matcher = Matcher({"W": is_weight, "b": is_weight})
    for text in SUMS:
        found = matcher.match(pattern(text), argument)
        if found is not None and found.indices["j"] == equation.target.indices:
            names = {
                x: str(part.name) for x, part in found.parts.items() if isinstance(part, Entry)
            }
            return Layer(names["W"], names.get("b"), activation), equation.name, names["h"]
    return None


def _activated(value: Expression) -> tuple[str, Expression]:
    """The name of the activation, and what it is applied to."""
    for text, name in ACTIVATIONS:
        found = Matcher().match(pattern(text), value)
        if found is not None:
            applied = found.parts.get("f")
            return applied.function if isinstance(applied, Apply) else name, found.parts["z"]
    unknown(value, "activation")
