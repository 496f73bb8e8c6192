"""Layer normalisation: forward pass, gradient and training.

Generated from layer_norm by `derive build layer_norm`; do not edit.

    a[j] = sum(i, W[j,i] * x[i])
    mu = sum(j, a[j]) / m
    sigma = sum(j, (a[j] - mu)^2) / m + epsilon
    q = 1 / sqrt(sigma)
    o[j] = g[j] * (a[j] - mu) * q + b[j]
    L = sum(j, (o[j] - y[j])^2) / 2

Ba, Kiros and Hinton, Layer normalization, 2016

Samples are rows: x is (n,) or (N, n), y is (m,) or (N, m). Over N samples
L is their mean. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    W: np.ndarray
    """Shape (m, n): W[j,i]."""
    g: np.ndarray
    """Shape (m,): g[j]."""
    b: np.ndarray
    """Shape (m,): b[j]."""


# Hyperparameters, as in the model file.
epsilon = 0.01


def initialise(n: int, m: int, seed: int) -> Parameters:
    """Parameters to begin with: random, of variance 2/(inputs + outputs) (Glorot and Bengio, 2010).

    n, m are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n": n, "m": m}.items():
        _whole(size, name, 1)
    random = np.random.default_rng(seed)
    return Parameters(
        W=np.sqrt(6 / (n + m)) * random.uniform(-1, 1, (m, n)),
        g=np.ones(m),
        b=np.zeros(m),
    )


def forward(parameters: Parameters, x: ArrayLike) -> np.ndarray:
    """The output o: (m,) for one sample, (N, m) for N."""
    parameters, data, single = _check(parameters, {"x": x})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> float:
    """The error L, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> tuple[float, Parameters]:
    """The error, and its partial derivatives as Parameters: (L, ∇L)."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters: Parameters, x: ArrayLike, y: ArrayLike, t: float) -> Parameters:
    """One step of the gradient method, x - t ∇L, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return _moved(parameters, data, _step_size(t))


def train(
    parameters: Parameters,
    x: ArrayLike,
    y: ArrayLike,
    t: float | Callable[[int], float],
    iterations: int,
    tolerance: float = 0.0,
    *,
    step: str = "fixed",
    validation: tuple[ArrayLike, ...] | None = None,
    patience: int | None = None,
    fall: float = 0.0,
    callback: Callable[[int, float, Parameters], object] | None = None,
    progress: bool = False,
) -> tuple[Parameters, np.ndarray]:
    """The gradient method over all samples at once: `iterations` steps, or fewer.

    Returns the parameters reached and the errors: errors[r] is L after r steps.
    `step` says how far each step goes:

    - "fixed": t, a number or a function of r such as inverse_decay(t, rate);
    - "armijo": from t on, halved until the error falls by at least t/10^4 times the squared
      gradient (Armijo 1966), doubled for the next step; the error never rises;
    - "barzilai-borwein": what the last two gradients say of the curvature (1988), halved
      until the error is below the largest of the last ten (Raydan 1997).

    Stops early where no partial derivative exceeds `tolerance` in absolute value; where for
    `patience` steps L, or that of the samples `validation` = (x, y), has not
    fallen by more than `fall`; and where `callback(r, error, parameters)` is true. With
    validation samples, and after an interruption from the keyboard, the parameters with the
    least error are returned. Raises FloatingPointError where the error grows out of all
    bounds; a smaller t then helps.
    """
    return _train(
        parameters, {"x": x, "y": y}, t, iterations, tolerance, step,
        validation, patience, fall, callback, progress,
    )


def in_batches(
    batch_size: int, x: ArrayLike, y: ArrayLike, seed: int | None = None
) -> Callable[[], Iterator[tuple[np.ndarray, ...]]]:
    """The batches of `train_on`: the rows in order, or in a new random order for each pass.

    The arrays may be memory maps; only the rows of one batch are read at a time.
    """
    return _in_batches(batch_size, {"x": x, "y": y}, seed)


def objective(
    like: Parameters, x: ArrayLike, y: ArrayLike
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """A function of the raveled parameters, (L, its flat gradient).

    It is what scipy.optimize.minimize(..., ravel(parameters), jac=True) minimises.
    """
    return _objective(like, {"x": x, "y": y})


# The equations, samples in rows. Each line is commented with the equation it is.


def _forward(parameters: Parameters, x: np.ndarray) -> np.ndarray:
    W, g, b = parameters
    m = W.shape[0]
    # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    a = x @ W.T
    # mu: mu[s] = sum(j, a[s,j]) / m
    mu = np.sum(a, axis=1) / m
    # sigma: sigma[s] = sum(j, (a[s,j] - mu[s])^2) / m + epsilon
    sigma = np.sum((a - mu[:, None]) ** 2, axis=1) / m + epsilon
    # q: q[s] = 1 / sqrt(sigma[s])
    q = 1 / np.sqrt(sigma)
    # o: o[s,j] = g[j] * (a[s,j] - mu[s]) * q[s] + b[j]
    o = g * (a - mu[:, None]) * q[:, None] + b
    return o


def _error(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> Any:
    o = _forward(parameters, x)
    N = x.shape[0]
    L = np.sum((o - y) ** 2) / (2 * N)  # L: L = sum(s, sum(j, (o[s,j] - y[s,j])^2) / 2) / N
    return L


def _gradient(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> tuple[Any, Parameters]:
    W, g, b = parameters
    m = W.shape[0]
    N = x.shape[0]
    # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    a = x @ W.T
    # mu: mu[s] = sum(j, a[s,j]) / m
    mu = np.sum(a, axis=1) / m
    # sigma: sigma[s] = sum(j, (a[s,j] - mu[s])^2) / m + epsilon
    sigma = np.sum((a - mu[:, None]) ** 2, axis=1) / m + epsilon
    # q: q[s] = 1 / sqrt(sigma[s])
    q = 1 / np.sqrt(sigma)
    # o: o[s,j] = g[j] * (a[s,j] - mu[s]) * q[s] + b[j]
    o = g * (a - mu[:, None]) * q[:, None] + b
    # L: L = sum(s, sum(j, (o[s,j] - y[s,j])^2) / 2) / N
    L = np.sum((o - y) ** 2) / (2 * N)

    # dL-do: ∂L/∂o[s,j] = (o[s,j] - y[s,j]) / N
    dL_do = (o - y) / N
    # dL-dsigma: ∂L/∂sigma[s] = -q[s]^3 * sum(j, ∂L/∂o[s,j] * g[j] * (a[s,j] - mu[s])) / 2
    dL_dsigma = -q ** 3 * (dL_do * (a - mu[:, None]) @ g) / 2
    # dL-dmu: ∂L/∂mu[s] = -q[s] * sum(j, ∂L/∂o[s,j] * g[j])
    dL_dmu = -q * (dL_do @ g)
    # dL-da: ∂L/∂a[s,j] = ∂L/∂mu[s] / m + 2 * ∂L/∂sigma[s] * (a[s,j] - mu[s]) / m + ∂L/∂o[s,j] * g[j] * q[s]
    dL_da = (dL_dmu / m)[:, None] + 2 * dL_dsigma[:, None] * (a - mu[:, None]) / m + dL_do * g * q[:, None]
    # dL-dW: ∂L/∂W[j,i] = sum(s, ∂L/∂a[s,j] * x[s,i])
    dL_dW = dL_da.T @ x
    # dL-dg: ∂L/∂g[j] = sum(s, ∂L/∂o[s,j] * (a[s,j] - mu[s]) * q[s])
    dL_dg = (dL_do * (a - mu[:, None])).T @ q
    # dL-db: ∂L/∂b[j] = sum(s, ∂L/∂o[s,j])
    dL_db = np.sum(dL_do, axis=0)
    return L, Parameters(dL_dW, dL_dg, dL_db)


def _in_place(
    parameters: Parameters, partials: Parameters, x: np.ndarray, y: np.ndarray
) -> Callable[..., Any]:
    """`_gradient` of as many samples in arrays that are made once, and in those of `partials`,
    which lie row by row.
    """
    W, g, b = parameters
    dL_dW, dL_dg, dL_db = partials
    N = x.shape[0]
    m = W.shape[0]
    a = np.empty((N, m), W.dtype)
    mu = np.empty((N,), W.dtype)
    sigma = np.empty((N,), W.dtype)
    spare = np.empty((N, m), W.dtype)
    spare_2 = np.empty((N, m), W.dtype)
    q = np.empty((N,), W.dtype)
    o = np.empty((N, m), W.dtype)
    dL_do = np.empty((N, m), W.dtype)
    dL_dsigma = np.empty((N,), W.dtype)
    spare_3 = np.empty((N,), W.dtype)
    dL_dmu = np.empty((N,), W.dtype)
    dL_da = np.empty((N, m), W.dtype)
    number = np.array(1 / m, W.dtype)
    ones = np.ones((m,), W.dtype)
    mu_view = mu[:, None]
    one = np.array(1, W.dtype)
    q_view = q[:, None]
    number_2 = np.array(1 / N, W.dtype)
    number_3 = np.array(-1 / 2, W.dtype)
    number_4 = np.array(-1, W.dtype)
    spare_3_view = spare_3[:, None]
    number_5 = np.array(2 / m, W.dtype)
    dL_dsigma_view = dL_dsigma[:, None]
    dL_da_T = dL_da.T
    spare_2_T = spare_2.T
    ones_2 = np.ones((N,), W.dtype)

    def gradient(parameters: Parameters, x: np.ndarray, y: np.ndarray) -> Any:
        W, g, b = parameters
        # a: a[s,j] = sum(i, W[j,i] * x[s,i])
        np.dot(x, W.T, out=a)
        # mu: mu[s] = sum(j, a[s,j]) / m
        np.dot(a, ones, out=mu)
        np.multiply(mu, number, out=mu)
        # sigma: sigma[s] = sum(j, (a[s,j] - mu[s])^2) / m + epsilon
        np.subtract(a, mu_view, out=spare_2)
        np.multiply(spare_2, spare_2, out=spare)
        np.dot(spare, ones, out=sigma)
        np.multiply(sigma, number, out=sigma)
        np.add(sigma, epsilon, out=sigma)
        # q: q[s] = 1 / sqrt(sigma[s])
        np.sqrt(sigma, out=q)
        np.divide(one, q, out=q)
        # o: o[s,j] = g[j] * (a[s,j] - mu[s]) * q[s] + b[j]
        np.subtract(a, mu_view, out=o)
        np.multiply(o, g, out=o)
        np.multiply(o, q_view, out=o)
        np.add(o, b, out=o)
        # L: L = sum(s, sum(j, (o[s,j] - y[s,j])^2) / 2) / N
        np.subtract(o, y, out=spare_2)
        total = np.vdot(spare_2, spare_2)
        L = total / (2 * N)
        # dL-do: ∂L/∂o[s,j] = (o[s,j] - y[s,j]) / N
        np.subtract(o, y, out=dL_do)
        np.multiply(dL_do, number_2, out=dL_do)
        # dL-dsigma: ∂L/∂sigma[s] = -q[s]^3 * sum(j, ∂L/∂o[s,j] * g[j] * (a[s,j] - mu[s])) / 2
        np.subtract(a, mu_view, out=spare_2)
        np.multiply(spare_2, dL_do, out=spare_2)
        np.matmul(spare_2, g, out=spare_3)
        np.multiply(q, q, out=dL_dsigma)
        np.multiply(dL_dsigma, q, out=dL_dsigma)
        np.multiply(dL_dsigma, spare_3, out=dL_dsigma)
        np.multiply(dL_dsigma, number_3, out=dL_dsigma)
        # dL-dmu: ∂L/∂mu[s] = -q[s] * sum(j, ∂L/∂o[s,j] * g[j])
        np.matmul(dL_do, g, out=dL_dmu)
        np.multiply(dL_dmu, q, out=dL_dmu)
        np.multiply(dL_dmu, number_4, out=dL_dmu)
        # dL-da: ∂L/∂a[s,j] = ∂L/∂mu[s] / m + 2 * ∂L/∂sigma[s] * (a[s,j] - mu[s]) / m + ∂L/∂o[s,j] * g[j] * q[s]
        np.multiply(dL_dmu, number, out=spare_3)
        np.multiply(dL_do, g, out=spare_2)
        np.multiply(spare_2, q_view, out=spare_2)
        np.subtract(a, mu_view, out=dL_da)
        np.multiply(dL_da, dL_dsigma_view, out=dL_da)
        np.multiply(dL_da, number_5, out=dL_da)
        np.add(dL_da, spare_3_view, out=dL_da)
        np.add(dL_da, spare_2, out=dL_da)
        # dL-dW: ∂L/∂W[j,i] = sum(s, ∂L/∂a[s,j] * x[s,i])
        np.dot(dL_da_T, x, out=dL_dW)
        # dL-dg: ∂L/∂g[j] = sum(s, ∂L/∂o[s,j] * (a[s,j] - mu[s]) * q[s])
        np.subtract(a, mu_view, out=spare_2)
        np.multiply(spare_2, dL_do, out=spare_2)
        np.matmul(spare_2_T, q, out=dL_dg)
        # dL-db: ∂L/∂b[j] = sum(s, ∂L/∂o[s,j])
        np.dot(ones_2, dL_do, out=dL_db)
        return L

    return gradient


def _gathered(errors: Sequence[float], counts: Sequence[float]) -> float:
    """The error of all samples, from those of batches of so many samples: their mean."""
    return float(np.average(errors, weights=counts))


_ERROR = "L"
_SAMPLES = "N"
_DATA = ("x", "y")
_AXES: dict[str, tuple[str, ...]] = {
    "W": ("m", "n"),
    "g": ("m",),
    "b": ("m",),
    "x": ("n",),
    "y": ("m",),
}
"""The sizes of every array, of data those of one sample."""
_ASSUMED: list[tuple[str, str, Callable[[np.ndarray], np.ndarray]]] = []
"""What the model assumes of its data: an array, the words, and where it holds."""


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


# What optimizers that know no model minimise.


def _objective(
    like: Parameters, given: Mapping[str, object]
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    like, data, _ = _check(like, given)

    def value_and_gradient(vector: np.ndarray) -> tuple[float, np.ndarray]:
        value, partials = _quiet(_gradient, unravel(vector, like), data)
        return float(value), ravel(partials)

    return value_and_gradient


# The errors as a curve.


def plot(errors: np.ndarray, path: str | PathLike[str] | None = None, by: str = "step") -> Any:
    """The errors by steps or passes, in a file or on the axes returned (needs matplotlib)."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plot needs matplotlib: pip install matplotlib") from None
    if np.ndim(errors) != 1 or not np.size(errors):
        raise ValueError(f"errors: expected one after the other, got shape {np.shape(errors)}")
    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(errors)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(xlabel=by, ylabel=_ERROR)
    if np.min(errors) > 0:
        axes.set_yscale("log")
    if path is not None:
        figure.savefig(path, dpi=150)
    return axes


# How far a step goes. Each yields the parameters and their error, step after step.


def _fixed(
    parameters: Parameters, data: list[np.ndarray], t: Callable[[int], float], tolerance: float
) -> _Steps:
    """In place, but from parameters that have to stay: then in a second set of arrays."""
    (x, parameters), (g, partials) = _as_one(parameters), _as_one(parameters)
    gradient, other = _in_place(parameters, partials, *data), None
    for r in itertools.count():
        value, size = gradient(parameters, *data), t(r)
        if not math.isfinite(value):
            raise _unbounded(value, f"after {r} steps of size {size}")
        kept = yield parameters, value
        if _is_flat(g, tolerance):
            return
        np.multiply(g, size, out=g)
        if kept is parameters:
            (reached, parameters), other = other or _as_one(parameters), (x, parameters)
        else:
            reached = x
        np.subtract(x, g, out=reached)
        x = reached


def _armijo(parameters: Parameters, data: list[np.ndarray], t: float, tolerance: float) -> _Steps:
    value, partials = _quiet(_gradient, parameters, data)
    while True:
        if not math.isfinite(value):
            raise _unbounded(value, "at the start")
        yield parameters, value
        if _is_flat(ravel(partials), tolerance):
            return
        t, parameters, value = _backtrack(parameters, partials, data, t, value)
        if t == 0:  # no step changes the weights and lowers the error: as near as numbers go
            return
        t, partials = min(2 * t, LARGEST), _quiet(_gradient, parameters, data)[1]


def _barzilai_borwein(
    parameters: Parameters, data: list[np.ndarray], t: float, tolerance: float
) -> _Steps:
    value, partials = _quiet(_gradient, parameters, data)
    recent = [value]
    while True:
        if not math.isfinite(value):
            raise _unbounded(value, "at the start")
        yield parameters, value
        if _is_flat(ravel(partials), tolerance):
            return
        size, moved, value = _backtrack(parameters, partials, data, t, max(recent))
        if size == 0:
            return
        recent = [*recent[-9:], value]
        new = _quiet(_gradient, moved, data)[1]
        t = min(_by_curvature(moved, parameters, new, partials) or 2 * size, LARGEST)
        parameters, partials = moved, new


def _backtrack(
    parameters: Parameters, partials: Parameters, data: list[np.ndarray], t: float, value: float
) -> tuple[float, Parameters, float]:
    """(t, the parameters a step of t away, their error) for t, t/2, t/4, ...: the first where the
    error is below `value` by t/10^4 times the squared gradient; t = 0 where there is none.
    """
    square = _quiet(_square, partials, ())  # whose products are silent
    if not np.isfinite(square):
        raise FloatingPointError(f"the squared gradient is {square}: scale the data")
    while True:
        moved = _step(parameters, partials, t)
        if all(np.array_equal(x, new) for x, new in zip(parameters, moved, strict=True)):
            return 0, parameters, value
        reached = _quiet(_error, moved, data)
        if reached <= value - 1e-4 * t * square:
            return t, moved, reached
        t = t / 2


def _by_curvature(
    moved: Parameters, parameters: Parameters, new: Parameters, partials: Parameters
) -> float:
    """(s·s)/(s·d) of the steps s in the weights and d in the gradient; 0 where it says nothing."""
    s, d = ravel(moved) - ravel(parameters), ravel(new) - ravel(partials)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        size = s @ s / (s @ d)
    return float(size) if 0 < size < np.inf else 0


def _square(partials: Parameters) -> float:
    return float(sum(np.sum(partial**2) for partial in partials))


LARGEST = float(np.finfo(float).max)
"""Of step sizes: one beyond stays infinite when it is halved."""

STEPS: dict[str, Callable[..., _Steps]] = {
    "fixed": _fixed,
    "armijo": _armijo,
    "barzilai-borwein": _barzilai_borwein,
}


# Where a step goes. A method moves the vector x of all weights in place, given that of the partial
# derivatives, g, which it may overwrite, their first and second moments, the number of the step and
# its size.

_Constants = dict[str, float]
_Method = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, float, _Constants], object]


class _State(NamedTuple):
    """The steps done, and the moments of all partial derivatives that the method has."""

    steps: int
    first: np.ndarray
    second: np.ndarray


def _at_rest(x: np.ndarray, method: _Method) -> _State:
    moments = MOMENTS[method]
    return _State(0, *(np.zeros_like(x[: len(x) * (moments > place)]) for place in range(2)))


def _plain(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(g, t, out=g)
    np.subtract(x, g, out=x)


def _momentum(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(m, c["momentum"], out=m)
    np.add(m, g, out=m)
    np.multiply(m, t, out=g)
    np.subtract(x, g, out=x)


def _nesterov(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(m, c["momentum"], out=m)
    np.add(m, g, out=m)
    _plain(x, g, m, v, r, t, c)
    np.multiply(m, t * c["momentum"], out=g)
    np.subtract(x, g, out=x)


def _adam(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    # m and v are held as sums, without their factors 1 - β, which are taken with the step.
    np.multiply(m, c["beta1"], out=m)
    np.add(m, g, out=m)
    np.multiply(g, g, out=g)
    np.multiply(v, c["beta2"], out=v)
    np.add(v, g, out=v)
    root = math.sqrt((1 - c["beta2"]) / (1 - c["beta2"] ** r))
    np.sqrt(v, out=g)
    np.add(g, c["epsilon"] / root, out=g)
    np.divide(m, g, out=g)
    np.multiply(g, t * (1 - c["beta1"]) / (1 - c["beta1"] ** r) / root, out=g)
    np.subtract(x, g, out=x)


def _adamw(
    x: np.ndarray, g: np.ndarray, m: np.ndarray, v: np.ndarray, r: int, t: float, c: _Constants
) -> None:
    np.multiply(x, 1 - t * c["weight_decay"], out=x)
    _adam(x, g, m, v, r, t, c)


METHODS: dict[str, _Method] = {
    "gradient": _plain,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adam": _adam,
    "adamw": _adamw,
}

MOMENTS: dict[_Method, int] = {_plain: 0, _momentum: 1, _nesterov: 1, _adam: 2, _adamw: 2}
"""How many moments a method follows: what it does not is not held."""


def _move(
    method: _Method, state: _State, x: np.ndarray, g: np.ndarray, constants: _Constants, t: float
) -> _State:
    """A step of one of the METHODS, in the arrays of the weights and of the state."""
    r = state.steps + 1
    method(x, g, state.first, state.second, r, t, constants)
    return _State(r, state.first, state.second)


def _method(name: object) -> _Method:
    if not isinstance(name, str) or name not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {name!r}")
    return METHODS[name]


def _constants(
    momentum: float, beta1: float, beta2: float, epsilon: float, weight_decay: float
) -> _Constants:
    """The constants of the methods by their names."""
    fractions = {"momentum": momentum, "beta1": beta1, "beta2": beta2}
    others = {"epsilon": epsilon, "weight_decay": weight_decay}
    constants = {name: _step_size(x, name) for name, x in (fractions | others).items()}
    for name in fractions:
        if constants[name] >= 1:
            raise ValueError(f"{name}: expected a number in [0, 1), got {constants[name]}")
    if not constants["epsilon"]:
        raise ValueError(
            "epsilon: expected a number above 0, got 0: it divides where nothing moves"
        )
    return constants


# Samples in batches.

_Prepared = Callable[[], Iterator[Sequence[np.ndarray]]]
"""What gives the batches of a pass, checked: their arrays in one dtype, samples in rows."""


TOGETHER = 2**16
"""The numbers in rows that are taken together."""


class _Batches:
    """The batches of some arrays: their rows in order, or in a new random order for each pass."""

    def __init__(self, size: int, data: list[Any], seed: int | None) -> None:
        self.size, self.data = size, data
        self.random = None if seed is None else np.random.default_rng(seed)

    def __call__(self) -> Iterator[tuple[Any, ...]]:
        N = len(self.data[0])
        order = None if self.random is None else self.random.permutation(N)
        if order is not None and self.lies_in_memory:
            yield from _shuffled(self.data, order, self.size)
            return
        for start in range(0, N, self.size):
            rows: Any = slice(start, start + self.size)
            if order is not None:
                rows = np.sort(order[rows])  # a file is read forwards
            yield tuple(array[rows] for array in self.data)

    @property
    def lies_in_memory(self) -> bool:
        """Whether all arrays are there whole, and none is a file's."""
        return all(type(array) is np.ndarray for array in self.data)


def _shuffled(
    data: Sequence[np.ndarray], order: np.ndarray, size: int
) -> Iterator[tuple[np.ndarray, ...]]:
    """Batches of the rows in that order, those of several batches taken at once."""
    numbers = sum(array[:1].size for array in data)
    together = size * max(1, TOGETHER // (size * max(1, numbers)))
    for start in range(0, len(order), together):
        rows = order[start : start + together]
        taken = [array.take(rows, axis=0) for array in data]
        for place in range(0, len(rows), size):
            yield tuple(array[place : place + size] for array in taken)


def _in_batches(batch_size: int, given: Mapping[str, Any], seed: int | None) -> _Batches:
    """`in_batches`, of samples by their names."""
    size = _whole(batch_size, "batch_size", 1)
    data = [_rows_by_place(array) for array in given.values()]
    counts = [np.shape(array)[:1] for array in data]
    if () in counts or len(set(counts)) > 1:
        shapes = ", ".join(
            f"{name} {np.shape(array)}" for name, array in zip(given, data, strict=True)
        )
        raise ValueError(f"expected as many rows of each array, got the shapes {shapes}")
    return _Batches(size, data, seed)


def _prepared(batches: Any, parameters: Parameters) -> _Prepared:
    """What gives the batches of each pass, for a list of them or a function that returns them."""
    if isinstance(batches, _Batches) and batches.lies_in_memory:
        data = _check(parameters, _named("batches", batches.data))[1]
        checked = _Batches(batches.size, data, None)
        checked.random = batches.random
        return checked
    if isinstance(batches, (list, tuple)):
        apart = {id(batch): batch for batch in batches}
        known = {
            place: _check(parameters, _named("batches", batch))[1] for place, batch in apart.items()
        }
        return lambda: (known[id(batch)] for batch in batches)
    return lambda: _as_they_come(batches, parameters)


def _as_they_come(batches: Any, parameters: Parameters) -> Iterator[list[np.ndarray]]:
    given = batches() if callable(batches) else batches
    if not hasattr(given, "__iter__"):
        found = type(given).__name__
        raise TypeError(f"batches: expected a list, or a function that returns them, got {found}")
    for batch in given:
        yield _check(parameters, _named("batches", batch))[1]


def _named(where: str, data: Any) -> dict[str, Any]:
    """Each array of a tuple of samples by its name."""
    if not _DATA:
        raise TypeError(f"{where}: the model has no inputs and no targets; train needs none")
    if not isinstance(data, (tuple, list)) or len(data) != len(_DATA):
        given = type(data).__name__ + (f" of {len(data)}" if hasattr(data, "__len__") else "")
        raise TypeError(f"{where}: expected ({', '.join(_DATA)}), got {given}")
    return dict(zip(_DATA, data, strict=True))


def _rows_by_place(array: Any) -> Any:
    """An array whose rows are numbered from 0: a list's become so, a table's lose their labels."""
    plain = not isinstance(array, (list, tuple)) and not hasattr(array, "iloc")
    return array if plain else np.asarray(array)


# One step, and what overflows on the way.

_Steps = Generator[tuple[Parameters, Any], Parameters, None]
"""Yields the parameters and their error, step after step; is sent those that have to stay."""


def _copied(parameters: Parameters) -> Parameters:
    return Parameters(*map(np.copy, parameters))


def _as_one(parameters: Parameters) -> tuple[np.ndarray, Parameters]:
    """A copy of all weights in one vector, and the Parameters that are its parts."""
    vector = ravel(parameters)
    return vector, unravel(vector, parameters)


def _moved(parameters: Parameters, data: Sequence[np.ndarray], t: float) -> Parameters:
    """X - t∇f in the arrays that the gradient was written into."""
    partials = Parameters(*[np.empty(x.shape, x.dtype) for x in parameters])
    with np.errstate(over="ignore", invalid="ignore"):
        _in_place(parameters, partials, *data)(parameters, *data)
        for x, partial in zip(parameters, partials, strict=True):
            np.multiply(partial, t, out=partial)
            np.subtract(x, partial, out=partial)
    return partials


def _step(parameters: Parameters, partials: Parameters, t: float) -> Parameters:
    with np.errstate(over="ignore", invalid="ignore"):
        return Parameters(
            *(x - t * partial for x, partial in zip(parameters, partials, strict=True))
        )


def _quiet(function: Callable[..., Any], parameters: Parameters, data: Sequence[np.ndarray]) -> Any:
    """What overflows on the way is seen in the error."""
    with np.errstate(over="ignore", invalid="ignore"):
        return function(parameters, *data)


def _made_anew(
    gradient: Callable[..., tuple[Any, Parameters]], partials: Parameters
) -> Callable[..., Any]:
    """What `_in_place` returns, of a gradient whose arrays are made at every step."""

    def copying(parameters: Parameters, *data: np.ndarray) -> Any:
        value, found = gradient(parameters, *data)
        for partial, new in zip(partials, found, strict=True):
            np.copyto(partial, new)
        return value

    return copying


def _unbounded(value: Any, when: str) -> FloatingPointError:
    """What is raised where the error is no number any more."""
    return FloatingPointError(f"{_ERROR} is {value} {when}: take a smaller t, or scale the data")


def _is_flat(g: np.ndarray, tolerance: float) -> bool:
    """Whether no partial derivative exceeds the tolerance; mostly the first one does."""
    return not abs(g[0]) > tolerance and bool(np.max(np.abs(g)) <= tolerance)


# All parameters in one vector.


def ravel(parameters: Parameters) -> np.ndarray:
    """All parameters in one vector, in their order."""
    return np.concatenate([np.ravel(x) for x in parameters])


def unravel(vector: np.ndarray, like: Parameters) -> Parameters:
    """The Parameters in a vector, shaped like others."""
    ends = np.cumsum([np.size(x) for x in like])
    if np.shape(vector) != (ends[-1],):
        raise ValueError(f"vector: expected shape ({ends[-1]},), got {np.shape(vector)}")
    parts = np.split(np.asarray(vector), ends[:-1])
    return Parameters(*(part.reshape(np.shape(x)) for part, x in zip(parts, like, strict=True)))


# What is given, checked.

FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
"""The types in which nothing has to be converted."""


def _check(
    parameters: object, data: Mapping[str, object]
) -> tuple[Parameters, list[np.ndarray], bool]:
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    found = _as_they_are(parameters, data)
    if found is not None:
        return found
    fields = Parameters._fields
    if not isinstance(parameters, (tuple, list)) or len(parameters) != len(fields):
        count = f" of {len(parameters)}" if hasattr(parameters, "__len__") else ""
        given = type(parameters).__name__ + count
        raise TypeError(f"parameters: expected Parameters({', '.join(fields)}), got {given}")
    sizes: dict[str, int] = {}
    weights, rows = {}, {}
    for name, value in zip(fields, parameters, strict=True):
        weights[name] = _fit(name, _numbers(name, value), [_AXES[name]], sizes)
    floats = [array.dtype for array in weights.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype(float)
    places = [0, 1]  # how many axes stand before those of one sample
    for name, value in data.items():
        array = _numbers(name, value)
        choices = [(_SAMPLES,) * place + _AXES[name] for place in places]
        rows[name] = _fit(name, array, choices, sizes)
        places = [array.ndim - len(_AXES[name])]  # the first array decides for all
    single = places == [0]
    checked = Parameters(*(_finite(name, array, dtype) for name, array in weights.items()))
    for name, array in rows.items():
        finite = _finite(name, array, dtype)
        rows[name] = finite[np.newaxis] if single else finite
    _assume(rows)
    return checked, list(rows.values()), single


def _as_they_are(
    parameters: object, data: Mapping[str, object]
) -> tuple[Parameters, list[np.ndarray], bool] | None:
    """What `_check` returns, where nothing has to be converted and all that was given fits; else
    None, as where the sum of the squares is infinite, and what is wrong is then looked for.
    """
    if type(parameters) is not Parameters:
        return None
    given: tuple[Any, ...] = (*parameters, *data.values())
    dtype = getattr(given[0], "dtype", None)
    if dtype not in FLOATS:
        return None
    for value in given:
        if type(value) is not np.ndarray or value.dtype is not dtype:
            return None
    single = _fitting(tuple(data), tuple([value.shape for value in given]))
    if single is None:
        return None
    for value in given:
        if not math.isfinite(np.vdot(value, value)):
            return None
    rows = list(given[len(parameters) :])
    rows = [array[np.newaxis] for array in rows] if single else rows
    if _ASSUMED:
        _assume(dict(zip(data, rows, strict=True)))
    return parameters, rows, single


@functools.lru_cache(maxsize=64)
def _fitting(data: tuple[str, ...], shapes: tuple[tuple[int, ...], ...]) -> bool | None:
    """Whether parameters and data of these shapes are of one sample; None where they do not fit."""
    names = (*Parameters._fields, *data)
    single = bool(data) and len(shapes[len(Parameters._fields)]) == len(_AXES[data[0]])
    sizes: dict[str, int] = {}
    for name, shape in zip(names, shapes, strict=True):
        axes = _AXES[name] if single or name not in data else (_SAMPLES, *_AXES[name])
        if len(axes) != len(shape) or 0 in shape:
            return None
        if any(
            sizes.setdefault(axis, size) != size for axis, size in zip(axes, shape, strict=True)
        ):
            return None
    return single


def _numbers(name: str, value: object) -> np.ndarray:
    """An array of integers or floats."""
    try:
        array = np.asarray(value)
    except ValueError:
        expected = f"{name}: expected shape {_expected(name)}"
        raise ValueError(f"{expected}, got rows of unequal length") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name}: expected real numbers of shape {_expected(name)}, "
            f"got {array.dtype} of shape {array.shape}"
        )
    return array


def _fit(
    name: str, array: np.ndarray, choices: Sequence[tuple[str, ...]], sizes: dict[str, int]
) -> np.ndarray:
    """The array, if its shape is one of the choices; sizes not met before are noted."""
    for axes in choices:
        agreed = dict(zip(axes, array.shape, strict=False)) | sizes
        if array.shape == tuple(map(agreed.get, axes)) and 0 not in array.shape:
            sizes.update(agreed)
            return array
    known = ", ".join(f"{axis} = {sizes[axis]}" for axis in choices[-1] if axis in sizes)
    where = f" with {known}" if known else ""
    raise ValueError(f"{name}: expected shape {_shapes(choices)}{where}, got {array.shape}")


def _finite(name: str, array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The array in that dtype, every number finite."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype, copy=False)
    if not np.isfinite(array).all():
        place = [int(index) for index in np.argwhere(~np.isfinite(array))[0]]
        raise ValueError(
            f"{name}: expected finite numbers of shape {_shapes([_AXES[name]])}, "
            f"got {array[tuple(place)]} at {place} of shape {array.shape}"
        )
    return array


def _assume(rows: dict[str, np.ndarray]) -> None:
    """Raise ValueError for the first row where what the model assumes does not hold."""
    for name, assumption, holds in _ASSUMED:
        if name not in rows:
            continue
        array = rows[name]
        bad = np.flatnonzero(~holds(array).reshape(len(array), -1).all(axis=1))
        if bad.size:
            raise ValueError(
                f"{name}: the model assumes {assumption}; row {bad[0]} (the first is row 0) "
                f"is {array[bad[0]].tolist()}"
            )


def _near(total: np.ndarray, number: float) -> np.ndarray:
    """Whether sums of rounded numbers are a number: half the digits of their dtype agree."""
    return abs(total - number) <= np.finfo(total.dtype).eps ** 0.5


def _expected(name: str) -> str:
    """The shape of a weight, or those of one sample and of many, for a message."""
    one, many = _AXES[name], (_SAMPLES, *_AXES[name])
    return _shapes([one] if name in Parameters._fields else [one, many])


def _shapes(choices: Sequence[tuple[str, ...]]) -> str:
    """(n,) or (N, n): what is expected, for a message."""
    return " or ".join(f"({', '.join(axes)}{',' * (len(axes) == 1)})" for axes in choices)


# Single numbers, checked.


def _whole(number: object, name: str, least: int) -> int:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{name}: expected a whole number, got {number!r}")
    if number < least:
        raise ValueError(f"{name}: expected at least {least}, got {number}")
    return int(number)


def _step_size(t: object, name: str = "t") -> float:
    """A finite float that is not negative."""
    if type(t) is float and 0 <= t < math.inf:
        return t
    number = np.asarray(t)
    if number.ndim or number.dtype.kind not in "iuf":
        raise TypeError(f"{name}: expected a real number, got {t!r}")
    if not 0 <= number < np.inf:
        raise ValueError(f"{name}: expected a finite number that is not negative, got {t!r}")
    return float(number)
