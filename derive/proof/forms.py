"""Rewritten adjoints -> checks: each form is the same function as the derivation's equation.

A form may rest on anything that holds in the model: a name for a right-hand side, a function's
derivative through its own value, what is assumed of the data. All of it holds in the numbers
at random points of the model, so no form is asked for its reason: at each point, and at every
cell, every form is to be the number that the derivation's own equation gives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from derive.derivation.simplify import Simplified, SimplifiedAdjoint
from derive.evaluation.evaluate import equation_cells, evaluate_cell, show_cell
from derive.expressions.expression import Expression
from derive.proof.certificate import Check, show_sizes
from derive.proof.numbers import first_difference
from derive.proof.points import Point


def check_forms(simplified: Simplified, tried: Sequence[Point]) -> Iterator[Check]:
    """Every adjoint that is rewritten, in each of its forms."""
    for found in simplified.adjoints:
        if found.steps:
            claim = f"{found.equation.id} is the same function in its shorter form"
            claim += f" ({show_sizes(tried[0].sizes)})"
            yield first_difference(claim, partial(_at_all, found, tried))


def _at_all(found: SimplifiedAdjoint, tried: Sequence[Point]) -> Iterator[tuple[str, Any, Any]]:
    for point in tried:
        yield from _sides(found, point)


def _sides(found: SimplifiedAdjoint, point: Point) -> Iterator[tuple[str, Any, Any]]:
    """Every form at every cell: (what, as rewritten, as derived)."""
    values = point.values()
    for reason, value in _forms(found):
        form = replace(found.equation, value=value)
        for cell in equation_cells(form, point.sizes):
            got = evaluate_cell(form, cell, point.sizes, values, point.how)
            yield f"{show_cell(*cell)} ({reason})", got, values[cell]


def _forms(found: SimplifiedAdjoint) -> Iterator[tuple[str, Expression]]:
    yield "written out", found.equation.value
    for step in found.steps:
        yield step.reason, step.value
