"""Steps of a program -> a function that computes them in arrays that are made once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.arrays.program import Node, Step, parts
from derive.code.body import tuple_of
from derive.code.in_place_lines import Writer
from derive.code.lines import helper
from derive.code.names import code_name, code_names
from derive.code.rooms import Rooms
from derive.expressions.expression import Adjoint
from derive.model.model import Model


@dataclass(frozen=True)
class InPlace:
    """The record of `_in_place`; every string is source text."""

    unpacked: str
    """dEQ_dW, dEQ_dV: the arrays that are given for the derivatives."""
    made: tuple[str, ...]
    """Lines that name the sizes, and make arrays and what else is the same at every call."""
    lines: tuple[str, ...]
    error: str


def in_place(model: Model, steps: tuple[Step, ...]) -> InPlace | None:
    """The steps of a gradient in place; None where numbers leave the format (`Scaled`)."""
    if any(step.scaled or _is_scaled(step.value) for step in steps):
        return None
    rooms = Rooms(model, {array.name: array.shape for array in model.arrays})
    writer = Writer(model, rooms)
    for step in steps:
        writer.write(step)
    partials = code_names([Adjoint(model.error, weight.name) for weight in model.weights], model)
    made = rooms.lines(partials)
    return InPlace(
        unpacked=tuple_of(partials),
        made=(*_size_lines(model, made + writer.lines), *made),
        lines=tuple(writer.lines),
        error=code_name(model.error, model),
    )


def _is_scaled(node: Node) -> bool:
    return any(helper(part) in ("Scaled", "power_or_zero") for part in parts(node))


def _size_lines(model: Model, code: list[str]) -> Iterator[str]:
    """N = x.shape[0], for every size that the code speaks of."""
    words = set(re.findall(r"\w+", " ".join(line for line in code if not line.startswith("#"))))
    arrays = (*model.role("input"), *model.weights, *model.role("target"))
    for size in dict.fromkeys(symbol for array in arrays for symbol in array.shape):
        if (name := code_name(size, model)) in words:
            array = next(array for array in arrays if size in array.shape)
            yield f"{name} = {code_name(array.name, model)}.shape[{array.shape.index(size)}]"
