"""A model's derivation at the extreme points of its certificate, against HIPS autograd in balls."""

import re
from collections.abc import Callable

from derive.code.extremes import Search
from derive.code.module import load
from derive.code.trial import Trial
from derive.derivation.differentiate import differentiate
from derive.evaluation.evaluate import Values, array_cells
from derive.evaluation.sides import with_sides
from derive.expressions.expression import Adjoint
from derive.model.batch import batch
from derive.pipeline import Build
from tests.stress.exact import Known, Sizes, beside, here, is_known, same
from tests.stress.witness import Error

At = Callable[[Sizes], Error]
"""Sizes -> one sample's error there."""


LINES = (1, 2)
"""Through a point: on one alone both sides may agree where there is no derivative."""

REACH = 1e4
"""Up to this no argument of a function may cost a trainer its digits."""


def differing(made: Build, error: At) -> str:
    """Where at an extreme point autograd knows other values than the derivation has, or the
    trainer has lost them; nothing where all is well.
    """
    module = load(made.files["trainer.py"], made.model.name)
    search = Search.of(module, differentiate(batch(with_sides(made.model))))
    trial = search.trial
    points = [*search.scaled(), *search.special()]
    for point, values in zip(points, trial.values(points), strict=True):
        ours = _arrays(trial, values)
        if not all(map(is_known, values.values())):
            continue  # there is no value, or none that so many digits know
        for line in LINES:
            where = error(trial.sizes), trial.model, trial.sizes, point.given
            known = beside(*where, line)
            if known is None or same(ours, known) or _jumps_to(ours, known, here(*where)):
                break
        else:
            return f"with {point.words} it is\n{ours}\nand by autograd\n{known}"
    return ""


def _jumps_to(ours: Known, known: Known, at: Known | None) -> bool:
    """Whether the error is another at the point than beside it, and ours is that at the point."""
    return at is not None and not same(at[:1], known[:1]) and same(ours, at)


def _arrays(trial: Trial, values: Values) -> Known:
    error = trial.model.error
    cells = [
        [(Adjoint(error, weight.name), place) for _, place in array_cells(weight, trial.sizes)]
        for weight in trial.model.weights
    ]
    return [values[error, ()], *([values[cell] for cell in each] for each in cells)]


def lost(made: Build) -> str:
    """What a trainer loses where arguments are within reach, by its own certificate, or nothing."""
    (trainer,) = (each for each in made.certificates if each.title == "the NumPy trainer")
    for check in trainer.limits:
        reach = ARGUMENTS.search(check.limit)
        if reach is None or float(reach[1]) <= REACH:
            return f"{check.claim}\n{check.limit}"
    return ""


ARGUMENTS = re.compile(r"arguments up to ([\d.e+]+\d|inf)")
