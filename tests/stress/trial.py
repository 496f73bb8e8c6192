"""One model through the whole build, and its gradient against one that derive has no part in."""

import re
import resource
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

from derive.code.module import load
from derive.errors import DeriveError, InternalError, ProofError
from derive.model.model import Model
from derive.pipeline import Build, make
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.stress.extremes import At, differing, lost

Witness = Callable[[Model], tuple[list[Any], list[Any], float, list[Any]]]
"""A model -> weights and data, and the error and the gradient that they are to give."""


@dataclass(frozen=True)
class Trial:
    """A model file's text, and who knows its gradient: at some point, and at any sizes and point."""

    name: str
    text: str
    witness: Witness
    error: At


@dataclass(frozen=True)
class Outcome:
    """How a trial ended: `fault` is empty where all is well, and the kind of fault else.

    `limit` says which digits are lost at arguments that should cost none.
    """

    name: str
    fault: str
    words: str
    seconds: float
    limit: str = ""


class OutOfTime(BaseException):
    """Raised by the clock; no `except Exception` on the way takes it for a check that failed."""


class Fault(Exception):
    """What is wrong with a model's build: kind and words."""


def attempt(trial: Trial, limit: float) -> Outcome:
    """Build and prove within so many seconds of processor time; run, and compare."""
    began, spent, less = _seconds(), 0.0, ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with _clock(limit):
                made = built(trial)
            spent = _seconds() - began
            if made is not None:
                _compare(made, trial.witness(made.model))
                less = _compare_far(made, trial)
    except OutOfTime as late:
        return Outcome(trial.name, "slow", str(late), limit)
    except Fault as fault:
        return Outcome(trial.name, *fault.args, spent or _seconds() - began)
    except Exception:  # whatever else happens is a fault to report, with where it happened
        return Outcome(trial.name, "traceback", traceback.format_exc(), _seconds() - began)
    return Outcome(trial.name, "", "", spent, less)


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextmanager
def _clock(limit: float) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise OutOfTime("".join(traceback.format_stack(frame)[-12:]))

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def built(trial: Trial) -> Build | None:
    """The build of a model; None where it is refused rightly, its error not depending on a weight."""
    try:
        model = resolve(trial.name, Source(f"{trial.name}.toml", trial.text))
        made = make(model)
        made.require()
    except ProofError as error:
        raise Fault("not proven", str(error)) from error
    except InternalError as error:
        raise Fault("traceback", traceback.format_exc()) from error
    except DeriveError as error:
        idle = IDLE.search(str(error))
        if idle and _is_idle(idle[1], trial, model):
            return None
        raise Fault("refused", str(error)) from error
    return made


IDLE = re.compile(r"the derivative of \w+ by (\w+) is zero everywhere")


def _is_idle(name: str, trial: Trial, model: Model) -> bool:
    """Whether the witness, too, finds no derivative by a weight."""
    *_, gradient = trial.witness(model)
    names = [weight.name for weight in model.weights]
    return bool(np.max(np.abs(gradient[names.index(name)])) <= 1e-12)


def _compare(made: Build, wanted: tuple[list[Any], list[Any], float, list[Any]]) -> None:
    weights, data, value, gradient = wanted
    if not all(np.isfinite(x).all() for x in (value, *gradient)):
        return  # the witness has lost it, in floats
    trainer: Any = load(made.files["trainer.py"], made.model.name)
    got, partials = trainer.gradient(trainer.Parameters(*weights), *data)
    if not abs(got - value) <= 1e-9 * max(1, abs(value)):
        raise Fault("wrong", f"{made.model.error} is {got!r}, and by autograd {value!r}")
    largest = max(1.0, *(float(np.max(np.abs(p))) for p in gradient))
    for weight, one, other in zip(made.model.weights, partials, gradient, strict=True):
        if not np.max(np.abs(one - other)) <= 1e-8 * largest:
            words = f"by {weight.name} it is\n{one!r}\nand by autograd\n{other!r}"
            raise Fault("wrong", words)


def _compare_far(made: Build, trial: Trial) -> str:
    """Compare at extreme points; what digits the trainer has lost there."""
    with np.errstate(all="ignore"):
        wrong = differing(made, trial.error)
    if wrong:
        raise Fault("wrong", wrong)
    return lost(made)
