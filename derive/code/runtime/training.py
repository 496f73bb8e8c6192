"""Training: step after step over all samples, or batch after batch, until something ends it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from derive.code.runtime.arguments import _step_size, _whole
from derive.code.runtime.batches import _named, _prepared
from derive.code.runtime.checking import _check
from derive.code.runtime.descent import _as_one, _copied, _quiet, _Steps, _unbounded
from derive.code.runtime.example.model import _ERROR, Parameters, _error, _gathered, _in_place
from derive.code.runtime.methods import _at_rest, _Constants, _constants, _Method, _method, _move
from derive.code.runtime.steps import STEPS

# Training, step after step.

SHAPES = 8
"""Of batches, that arrays are held for at once."""


def train_on(
    parameters: Parameters,
    batches: Iterable[Any] | Callable[[], Iterable[Any]],
    t: float | Callable[[int], float],
    passes: int,
    *,
    method: str = "gradient",
    momentum: float = 0.9,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.01,
    validation: Any = None,
    patience: int | None = None,
    fall: float = 0.0,
    callback: Callable[[int, float, Parameters], object] | None = None,
    progress: bool = False,
) -> tuple[Parameters, np.ndarray]:
    """The gradient method on one batch of samples after the other, in constant memory.

    `batches()` returns the batches of one pass, each a tuple of inputs and targets; see
    in_batches. A list of batches will do. `t` is a number or a function of the number of
    steps. The methods are "gradient", "momentum" (Polyak 1964), "nesterov" (1983), "adam"
    (Kingma and Ba 2015) and "adamw" (Loshchilov and Hutter 2019, with its weight_decay).

    Returns the parameters reached and the errors: errors[r] is that of pass r, every batch
    at the weights it met. Stopping, validation and interruption are those of `train`, with
    passes for steps.
    """
    found = _method(method)
    constants = _constants(momentum, beta1, beta2, epsilon, weight_decay)
    steps = _passes(parameters, batches, _schedule(t), found, constants)
    count = _whole(passes, "passes", 1)
    watched = _samples(parameters, validation)
    return _run(steps, count, watched, patience, _step_size(fall, "fall"), callback, progress)


def inverse_decay(t: float, rate: float) -> Callable[[int], float]:
    """The step size t / (1 + rate·r) after r steps."""
    t, rate = _step_size(t), _step_size(rate, "rate")
    return lambda r: t / (1 + rate * r)


def exponential_decay(t: float, rate: float) -> Callable[[int], float]:
    """The step size t·exp(-rate·r) after r steps."""
    t, rate = _step_size(t), _step_size(rate, "rate")
    return lambda r: float(t * np.exp(-rate * r))


def _train(
    parameters: Parameters,
    given: Mapping[str, object],
    t: float | Callable[[int], float],
    iterations: int,
    tolerance: float,
    step: str,
    validation: Any,
    patience: int | None,
    fall: float,
    callback: Callable[[int, float, Parameters], object] | None,
    progress: bool,
) -> tuple[Parameters, np.ndarray]:
    """`train`, of samples by their names."""
    parameters, data, _ = _check(parameters, given)
    if not isinstance(step, str) or step not in STEPS:
        raise ValueError(f"step: expected one of {', '.join(STEPS)}, got {step!r}")
    size = _schedule(t) if step == "fixed" else _step_size(t)
    steps = STEPS[step](parameters, data, size, _step_size(tolerance, "tolerance"))
    count = _whole(iterations, "iterations", 0) + 1
    watched = _samples(parameters, validation)
    return _run(steps, count, watched, patience, _step_size(fall, "fall"), callback, progress)


def _passes(
    parameters: Parameters,
    batches: Any,
    t: Callable[[int], float],
    method: _Method,
    constants: _Constants,
) -> _Steps:
    """One pass after the other: the parameters, and the error of the pass.

    The parameters are moved in place; those that the loop keeps are copied before.
    """
    parameters, _, _ = _check(parameters, {})
    given = _prepared(batches, parameters)
    (x, parameters), (g, partials) = _as_one(parameters), _as_one(parameters)
    state, r = _at_rest(x, method), 0
    known: dict[tuple[tuple[int, ...], ...], Callable[..., Any]] = {}
    for number in itertools.count():
        errors, rows = [], []
        for data in given():
            shapes = tuple([array.shape for array in data])
            if shapes not in known:
                if len(known) == SHAPES:
                    known.clear()
                known[shapes] = _in_place(parameters, partials, *data)
            value, size = known[shapes](parameters, *data), t(r)
            if not math.isfinite(value):
                raise _unbounded(value, f"after {r} steps of size {size}")
            errors.append(value)
            rows.append(len(data[0]))
            state = _move(method, state, x, g, constants, size)
            r += 1
        if not rows:
            raise ValueError(f"batches: pass {number} has none; give a list, or a function")
        if (yield parameters, _gathered(errors, rows)) is parameters:
            x, parameters = _as_one(parameters)


def _run(
    steps: _Steps,
    count: int,
    validation: list[np.ndarray] | None,
    patience: int | None,
    fall: float,
    callback: Callable[[int, float, Parameters], object] | None,
    progress: bool,
) -> tuple[Parameters, np.ndarray]:
    """Take at most `count` steps; the parameters and the errors."""
    patience = count if patience is None else _whole(patience, "patience", 1)
    errors: list[float] = []
    least, best, mark, at = np.inf, None, np.inf, 0
    show = _Progress(count) if progress else None
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # it is seen in the error
            parameters, value = next(steps)
        while True:
            errors.append(float(value))
            watched = value if validation is None else _quiet(_error, parameters, validation)
            if best is None or watched < least:
                least, best = watched, parameters
            if watched < mark - fall:
                mark, at = watched, len(errors)
            if show:
                show(len(errors), errors[-1])
            shown = callback and callback(len(errors) - 1, errors[-1], _copied(parameters))
            if shown:
                break
            if len(errors) == count or len(errors) - at >= patience:
                break
            with np.errstate(over="ignore", invalid="ignore"):
                parameters, value = steps.send(best)
    except StopIteration:
        pass
    except KeyboardInterrupt:
        if best is None:
            raise
        print(f"interrupted: the best of {len(errors)} weights are returned")
        parameters = best
    finally:
        if show:
            show.close()
    return (parameters if validation is None or best is None else best), np.array(errors)


class _Progress:
    """A bar where tqdm is installed, else a line for every tenth."""

    def __init__(self, count: int) -> None:
        self.count, self.bar = count, None
        try:
            from tqdm import tqdm
        except ImportError:
            return
        self.bar = tqdm(total=count)

    def __call__(self, done: int, value: float) -> None:
        if self.bar is not None:
            self.bar.update()
            self.bar.set_postfix({_ERROR: f"{value:.6g}"}, refresh=False)
        elif done * 10 // self.count > (done - 1) * 10 // self.count:
            width = len(str(self.count))
            print(f"{done:>{width}} of {self.count}: {_ERROR} = {value:.6g}", flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def _samples(parameters: Parameters, validation: Any) -> list[np.ndarray] | None:
    """The validation samples, checked."""
    if validation is None:
        return None
    return _check(parameters, _named("validation", validation))[1]


def _schedule(t: float | Callable[[int], float]) -> Callable[[int], float]:
    """The step size as a function of the number of steps."""
    if callable(t):
        return lambda r: _step_size(t(r))
    size = _step_size(t)
    return lambda r: size
