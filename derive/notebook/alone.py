"""An equation without its derivation -> a model that has its names, so that they can be printed."""

from derive.derivation.derivation import Equation
from derive.expressions.contents import entries
from derive.expressions.expression import Adjoint, Entry
from derive.model.model import Array, Model


def model_of(equation: Equation) -> Model:
    """The arrays of an equation, with the indices that they have there."""
    arrays: dict[str, Array] = {}
    for entry in (equation.target, *entries(equation.value)):
        for array in _arrays(entry):
            arrays.setdefault(array.name, array)
    return Model(equation.id, "", "", tuple(arrays.values()), ())


def _arrays(entry: Entry) -> tuple[Array, ...]:
    """The array of an entry; of a derivative those of what it is of and by."""
    if isinstance(entry.name, Adjoint):
        of, by = entry.name.of, entry.name.by
        return Array(by, entry.letters, "quantity"), Array(of, (), "quantity")
    return (Array(entry.name, entry.letters, "quantity"),)
