"""An equation of a model -> a model of that equation alone, all that it holds being given."""

from dataclasses import replace

from derive.expressions.building import multiply, summation
from derive.expressions.contents import held
from derive.expressions.expression import Entry
from derive.model.model import Array, Definition, Model, Notation, free_letter


def alone(definition: Definition, model: Model) -> Model:
    """The equation's value, each entry times a number of the data, is the error; what it holds of
    weights and quantities are the weights.
    """
    names = held(definition.value)
    given = [array for array in model.arrays if array.name in names]
    weights = [replace(a, role="weight") if a.role == "quantity" else a for a in given]
    error, factor = (free_letter(letters, model.letters) for letters in ("LEJ", "rcg"))
    times = Array(factor, definition.indices, "input")
    total = summation(definition.indices, multiply(times.entry, definition.target))
    return replace(
        model,
        arrays=(
            *weights,
            times,
            Array(definition.name, definition.indices, "quantity"),
            Array(error, (), "quantity"),
        ),
        equations=(definition, Definition(Entry(error), total)),
        definitions=(),
        notation=Notation(),
        assumptions=tuple(a for a in model.assumptions if a.array in names),
        by=(),
    )
