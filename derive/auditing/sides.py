"""A reading -> pairs of sides that are equal where it holds."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from derive.auditing.file import Reading
from derive.derivation.derivation import Derivation
from derive.evaluation.evaluate import array_cells
from derive.expressions.expression import Adjoint
from derive.readback.setting import MeaningError, Setting, find_cell
from derive.readback.tree import Formula, Symbol
from derive.readback.value import value


def read_sides(text: str, reading: Reading, where: Setting) -> Formula:
    """A formula with its symbols replaced as `let` says."""
    for symbol, meaning in reading.let.items():
        pattern = rf"(?<![A-Za-z\\_]){re.escape(symbol)}(?![A-Za-z_'])"
        text = re.sub(pattern, meaning.replace("\\", r"\\"), text)
    return where.read(text)


Pair = tuple[str, Any, Any]
"""A relation, and the values on its left and on its right."""


def sides_of(
    formula: Formula, reading: Reading, where: Setting
) -> Iterator[tuple[dict[str, int], Pair]]:
    """Neighbouring sides with their relation, at every value of the free letters, and these."""
    for place in _places(reading, where):
        sides = [value(side, where, place) for side in formula.sides]
        for pair in zip(formula.relations, sides, sides[1:], strict=False):
            yield place, pair


def _places(reading: Reading, where: Setting) -> Iterator[dict[str, int]]:
    indices = {i.name: i for array in where.model.arrays for i in array.indices}
    ranges = [range(1, where.sizes[indices[letter].size] + 1) for letter in reading.letters]
    for numbers in product(*ranges):
        yield dict(zip(reading.letters, numbers, strict=True))


def step_sides(
    reading: Reading, where: Setting, derivation: Derivation
) -> Iterator[tuple[str, Pair]]:
    """Each weight after the steps in their order, and after the gradient step."""
    after = _execute(reading, where)
    steps = gradient_step(where, derivation)
    for symbol in dict.fromkeys(symbol for step in reading.steps for symbol in step.left):
        cell = _cell(symbol, where)
        if cell in steps:
            yield symbol, ("=", after.values[cell], steps[cell])


def _execute(reading: Reading, where: Setting) -> Setting:
    """The weights and symbols after the steps; what was computed before stays as it was."""
    for step in reading.steps:
        (right,) = read_sides(step.right, reading, where).sides
        found = value(right, where)
        entries = found.ravel().tolist() if isinstance(found, np.ndarray) else [found]
        if len(step.left) == 1:
            cell = _cell(step.left[0], where)
            if cell is None:
                where = where.replaced({}, {(step.left[0], ""): found})
                continue
        if len(entries) != len(step.left):
            raise MeaningError(f"{len(step.left)} symbols get {len(entries)} entries")
        cells = [_cell(symbol, where) for symbol in step.left]
        known = {c: entry for c, entry in zip(cells, entries, strict=True) if c is not None}
        where = where.replaced(known, {})
    return where


def _cell(text: str, where: Setting) -> Any:
    (tree,) = where.read(text).sides
    assert isinstance(tree, Symbol)
    return find_cell(tree, where, {})


def gradient_step(where: Setting, derivation: Derivation) -> dict[Any, Any]:
    """Every scalar weight minus t times its derivative, all at the old weights."""
    t = where.also["t", ""]
    error = derivation.model.error
    return {
        cell: where.values[cell] - t * where.values[Adjoint(error, weight.name), cell[1]]
        for weight in derivation.model.weights
        for cell in array_cells(weight, where.sizes)
    }
