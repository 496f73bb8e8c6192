"""Model -> what each weight begins as.

A weight that is summed with its inputs begins uniform, of variance 2/(inputs + outputs), so that
neither values nor derivatives grow or fade from layer to layer: X. Glorot and Y. Bengio,
Understanding the difficulty of training deep feedforward neural networks, 2010, eq. 16. Any
other begins without effect: a factor or divisor as one, a term as zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from derive.expressions.contents import entries, walk
from derive.expressions.expression import (
    Apply,
    Entry,
    Expression,
    Index,
    Multiply,
    Power,
    RealPower,
)
from derive.expressions.powers import is_below
from derive.model.model import Array, Definition, Model


@dataclass(frozen=True)
class Initial:
    """What a weight begins as: all ones, all zeros, or uniform with variance 2/(inputs + outputs).

    Inputs and outputs are products of sizes, by their symbols; of none the product is 1.
    """

    kind: Literal["uniform", "ones", "zeros"]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def initial(model: Model, array: Array) -> Initial:
    """What the weight begins as."""
    equation, entry = _first_use(model, array)
    subscripts = zip(entry.indices, array.indices, strict=True)
    summed = {own for index, own in subscripts if _is_summed(index, equation)}
    if summed:
        inputs = tuple(index.size for index in array.indices if index in summed)
        outputs = tuple(index.size for index in array.indices if index not in summed)
        return Initial("uniform", inputs, outputs)
    return Initial("ones" if _is_factor(equation, entry, model) else "zeros")


def _first_use(model: Model, array: Array) -> tuple[Definition, Entry]:
    return next(
        (equation, entry)
        for equation in model.equations
        for entry in entries(equation.value)
        if entry.name == array.name
    )


def _is_summed(index: object, equation: Definition) -> bool:
    return isinstance(index, Index) and index not in equation.indices


def _is_factor(equation: Definition, entry: Entry, model: Model) -> bool:
    """Whether the entry scales what is computed from the data, or stands where 0 has no value."""
    fixed = {name for name, _ in model.hyperparameters}
    for node in walk(equation.value):
        match node:
            case Multiply(factors) if entry in factors:
                others = [e.name for f in factors if f != entry for e in entries(f)]
                if not fixed.issuperset(others):
                    return True
            case Power(base, exponent) if exponent < 0 and entry in _factors(base):
                return True
            case RealPower(base) if is_below(node) and entry in _factors(base):
                return True
            case Apply("log", argument) if entry in _factors(argument):
                return True
    return False


def _factors(node: Expression) -> Iterator[Expression]:
    """What makes a product 0 where it is 0."""
    match node:
        case Multiply(factors):
            for factor in factors:
                yield from _factors(factor)
        case Power(base, exponent) if exponent > 0:
            yield from _factors(base)
        case RealPower(base):
            yield from _factors(base)
        case _:
            yield node
