"""A run kept in a file: one that the model's weights.py writes and loads.

All else that a prediction needs, the columns with their means and scales and the classes, is a
note in it.
"""

import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from derive.code.module import load
from derive.code.texts import weights_text
from derive.disk import fail_to_write
from derive.errors import DeriveError
from derive.model.model import Model
from derive.model.output import output_kind
from derive.training.data import Run, Scaling, trainer_of

NOTE = "training"
"""The name of the note beside the weights, a JSON object."""


def weights_of(model: Model) -> Any:
    """The module that saves and loads the weights of that trainer."""
    return load(weights_text(model), f"{model.name}/weights.py", trainer=trainer_of(model))


def save_run(run: Run, path: Path) -> None:
    """Write a run to a file of weights, whole or not at all. Raises DeriveError."""
    note = {
        "inputs": _entries(run.inputs),
        "targets": _entries(run.targets),
        "classes": run.classes,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        weights_of(run.model).save(path, run.weights, {NOTE: json.dumps(note)})
    except OSError as error:
        fail_to_write(path, error)


def _entries(scaling: Scaling) -> dict[str, Any]:
    mean, scale = scaling.mean.tolist(), scaling.scale.tolist()
    return {"columns": scaling.columns, "mean": mean, "scale": scale}


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
        held = json.loads(note)
        run = Run(
            model,
            _scaling_of(held["inputs"], path),
            _scaling_of(held["targets"], path),
            _texts(held["classes"], path),
            weights,
        )
        outputs = trainer_of(model).forward(weights, np.zeros((1, len(run.inputs.columns)))).size
    except (ValueError, KeyError, TypeError, RecursionError):
        _fail_without_note(path)
    kind = output_kind(model)
    columns = len(run.classes) if kind.tells_classes else len(run.targets.columns)
    if columns != (2 if kind.tells_classes and not kind.one_hot else outputs):
        _fail_without_note(path)
    return run


def _scaling_of(entries: Any, path: Path) -> Scaling:
    columns, mean, scale = (entries[name] for name in ("columns", "mean", "scale"))
    found = Scaling(_texts(columns, path), np.array(mean, float), np.array(scale, float))
    shapes = {found.mean.shape, found.scale.shape}
    if shapes != {(len(columns),)} or not np.isfinite([found.mean, found.scale]).all():
        _fail_without_note(path)
    return found


def _texts(held: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(held, list) or not all(isinstance(text, str) for text in held):
        _fail_without_note(path)
    return tuple(held)


def _fail_without_note(path: Path) -> NoReturn:
    problem = "holds weights without the columns and scales that `derive train` keeps with them"
    cure = "write it with derive train, or predict in Python with load and forward"
    raise DeriveError(problem, cure, str(path)) from None
