"""A run kept in a file: one that the model's weights.py writes and loads.

All else that a prediction needs, how the columns are read and the classes, is a note in it.
"""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from derive.code.module import load
from derive.code.texts import weights_text
from derive.disk import fail_to_write
from derive.errors import DeriveError
from derive.model.model import Model
from derive.model.output import output_kind
from derive.training.data import Run, trainer_of
from derive.training.encoding import Encoding
from derive.training.features import Feature

NOTE = "training"
"""The name of the note beside the weights, a JSON object."""

KINDS = ("number", "truth", "date", "word")
MISSING = ("refuse", "drop", "mean")


def weights_of(model: Model) -> Any:
    """The module that saves and loads the weights of that trainer."""
    return load(weights_text(model), f"{model.name}/weights.py", trainer=trainer_of(model))


def save_run(run: Run, path: Path) -> None:
    """Write a run to a file of weights, whole or not at all. Raises DeriveError."""
    taken = run.encoding
    note = {
        "inputs": [asdict(each) for each in taken.features],
        "targets": [asdict(each) for each in taken.targets],
        "classes": taken.classes,
        "missing": taken.missing,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        weights_of(run.model).save(path, run.weights, {NOTE: json.dumps(note)})
    except OSError as error:
        fail_to_write(path, error)


def load_run(model: Model, path: Path) -> Run:
    """A run that was kept. Raises DeriveError for another model's, or what is none."""
    module = weights_of(model)
    try:
        weights, note = module.load(path), module.load_notes(path).get(NOTE, "")
    except OSError as error:
        cure = "give the weights.npz of a training"
        raise DeriveError(f"{path} cannot be read: {error.strerror}", cure) from None
    except (ValueError, TypeError) as error:
        raise DeriveError(str(error), "give the weights that this model was trained to") from None
    try:
        taken = _encoding(model, json.loads(note))
        outputs = trainer_of(model).forward(weights, np.zeros((1, taken.width))).size
    except (ValueError, KeyError, TypeError, RecursionError):
        _fail_without_note(path)
    if taken.height != outputs:
        _fail_without_note(path)
    return Run(model, taken, weights)


def _encoding(model: Model, held: Any) -> Encoding:
    """The encoding of a note. Raises ValueError, KeyError or TypeError for what is none."""
    kind = output_kind(model)
    features, targets = (tuple(map(_feature, held[name])) for name in ("inputs", "targets"))
    classes = _texts(held["classes"])
    if held["missing"] not in MISSING or not features or not targets:
        raise ValueError(held)
    if bool(classes) != kind.tells_classes or (classes and not kind.one_hot and len(classes) != 2):
        raise ValueError(classes)
    indexed = bool(model.role("target")[0].indices)
    return Encoding(features, targets, classes, held["missing"], kind, indexed)


def _feature(held: Any) -> Feature:
    known = Feature(**(held | {"words": _texts(held["words"]), "shares": tuple(held["shares"])}))
    numbers = (known.mean, known.scale, *known.shares)
    finite = all(isinstance(n, int | float) and math.isfinite(n) for n in numbers)
    texts = all(isinstance(text, str) for text in (known.column, known.style, known.form))
    if known.kind not in KINDS or not finite or not texts or not known.scale:
        raise ValueError(held)
    return known


def _texts(held: Any) -> tuple[str, ...]:
    if not isinstance(held, list) or not all(isinstance(text, str) for text in held):
        raise ValueError(held)
    return tuple(held)


def _fail_without_note(path: Path) -> NoReturn:
    problem = "holds weights without the columns and scales that `derive train` keeps with them"
    cure = "write it with derive train, or predict in Python with load and forward"
    raise DeriveError(problem, cure, str(path)) from None
