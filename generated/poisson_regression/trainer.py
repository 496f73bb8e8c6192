"""Poisson regression: forward pass, gradient and training.

Generated from poisson_regression by `derive build poisson_regression`; do not edit.

    eta = sum(i, w[i] * x[i]) + b
    mu = exp(eta)
    L = mu - y * log(mu)

Nelder and Wedderburn, Generalized linear models, 1972

Samples are rows: x is (n,) or (N, n), y is () or (N,). Over N samples
L is their mean. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from typing import NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    w: np.ndarray
    """Shape (n,): w[i]."""
    b: np.ndarray
    """Shape (): b."""




def initialise(n, seed):
    """Parameters of random normal numbers, each scaled by 1/sqrt(number of its inputs).

    n are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n": n}.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name}: expected a whole number, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    random = np.random.default_rng(seed)
    return Parameters(
        w=random.standard_normal((n,)) / np.sqrt(n),
        b=np.zeros(()),
    )


def forward(parameters, x):
    """The output mu: () for one sample, (N,) for N."""
    parameters, data, single = _check(parameters, {"x": x})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters, x, y):
    """The error L, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters, x, y):
    """The error, and its partial derivatives as Parameters: (L, ∇L)."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters, x, y, t):
    """One step of the gradient method, x - t ∇L, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return _step(parameters, _gradient(parameters, *data)[1], _step_size(t))


def train(parameters, x, y, t, iterations, tolerance=0.0):
    """The gradient method: `iterations` steps of size t, or fewer.

    Stops early where no partial derivative exceeds `tolerance` in absolute value. Returns
    the parameters reached and the errors: errors[r] is L after r steps, so the
    last one is that of the parameters returned. Raises FloatingPointError where the
    error grows out of all bounds; a smaller t then helps.
    """
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    t, tolerance = _step_size(t), _step_size(tolerance, "tolerance")
    if isinstance(iterations, bool) or not isinstance(iterations, (int, np.integer)):
        raise TypeError(f"iterations: expected a whole number, got {iterations!r}")
    if iterations < 0:
        raise ValueError(f"iterations: expected at least 0, got {iterations}")
    errors = []
    while True:
        with np.errstate(over="ignore", invalid="ignore"):
            value, partials = _gradient(parameters, *data)
        if not np.isfinite(value):
            raise FloatingPointError(
                f"L is {value} after {len(errors)} steps of size {t}: take a smaller t"
            )
        errors.append(float(value))
        largest = max(np.max(np.abs(partial)) for partial in partials)
        if len(errors) > iterations or largest <= tolerance:
            return parameters, np.array(errors)
        parameters = _step(parameters, partials, t)


# The equations, samples in rows. Each line is commented with the equation it is.


def _forward(parameters, x):
    w, b = parameters
    eta = x @ w + b   # eta: eta[s] = sum(i, w[i] * x[s,i]) + b
    mu = np.exp(eta)  # mu: mu[s] = exp(eta[s])
    return mu


def _error(parameters, x, y):
    w, b = parameters
    N = x.shape[0]
    eta = x @ w + b               # eta: eta[s] = sum(i, w[i] * x[s,i]) + b
    mu = np.exp(eta)              # mu: mu[s] = exp(eta[s])
    L = np.sum(mu - y * eta) / N  # L: L = sum(s, mu[s] - y[s] * log(mu[s])) / N
    return L


def _gradient(parameters, x, y):
    w, b = parameters
    N = x.shape[0]
    eta = x @ w + b               # eta: eta[s] = sum(i, w[i] * x[s,i]) + b
    mu = np.exp(eta)              # mu: mu[s] = exp(eta[s])
    L = np.sum(mu - y * eta) / N  # L: L = sum(s, mu[s] - y[s] * log(mu[s])) / N

    dL_deta = (mu - y) / N   # dL-deta: ∂L/∂eta[s] = (mu[s] - y[s]) / N
    dL_dw = x.T @ dL_deta    # dL-dw: ∂L/∂w[i] = sum(s, ∂L/∂eta[s] * x[s,i])
    dL_db = np.sum(dL_deta)  # dL-db: ∂L/∂b = sum(s, ∂L/∂eta[s])
    return L, Parameters(dL_dw, dL_db)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "w": ("n",),
    "b": (),
    "x": ("n",),
    "y": (),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 2:
        raise TypeError(f"parameters: expected Parameters(w, b), got {parameters!r}")
    sizes, weights, rows = {}, {}, {}
    for name, value in zip(Parameters._fields, parameters):
        weights[name] = _fit(name, _numbers(name, value), [_AXES[name]], sizes)
    floats = [array.dtype for array in weights.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype(float)
    places = [0, 1]  # how many axes stand before those of one sample
    for name, value in data.items():
        array = _numbers(name, value)
        rows[name] = _fit(name, array, [("N",) * place + _AXES[name] for place in places], sizes)
        places = [array.ndim - len(_AXES[name])]  # the first array decides for all
    single = places == [0]
    parameters = Parameters(*(_finite(name, array, dtype) for name, array in weights.items()))
    for name, array in rows.items():
        array = _finite(name, array, dtype)
        rows[name] = array[np.newaxis] if single else array
    _assume(rows)
    return parameters, list(rows.values()), single


def _numbers(name, value):
    """An array of integers or floats."""
    one, many = _AXES[name], ("N", *_AXES[name])
    expected = _shapes([one] if name in Parameters._fields else [one, many])
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: expected shape {expected}, got rows of unequal length") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name}: expected real numbers of shape {expected}, "
            f"got {array.dtype} of shape {array.shape}"
        )
    return array


def _fit(name, array, choices, sizes):
    """The array, if its shape is one of the choices; sizes not met before are noted."""
    for axes in choices:
        fits = array.ndim == len(axes) and all(
            size > 0 and sizes.get(axis, size) == size for axis, size in zip(axes, array.shape)
        )
        if fits:
            sizes.update(zip(axes, array.shape))
            return array
    known = ", ".join(f"{axis} = {sizes[axis]}" for axis in choices[-1] if axis in sizes)
    where = f" with {known}" if known else ""
    raise ValueError(f"{name}: expected shape {_shapes(choices)}{where}, got {array.shape}")


def _finite(name, array, dtype):
    """The array in that dtype, every number finite."""
    with np.errstate(over="ignore"):
        array = array.astype(dtype)
    if not np.isfinite(array).all():
        place = [int(index) for index in np.argwhere(~np.isfinite(array))[0]]
        raise ValueError(
            f"{name}: expected finite numbers of shape {_shapes([_AXES[name]])}, "
            f"got {array[tuple(place)]} at {place} of shape {array.shape}"
        )
    return array


def _assume(rows):
    """What the model assumes of its data holds in every row."""
    if "y" in rows:
        array = rows["y"]
        _require("y", array, array >= 0, "y >= 0")


def _require(name, array, holds, assumption):
    """Raise ValueError for the first row where an assumption does not hold."""
    bad = np.flatnonzero(~holds.reshape(len(array), -1).all(axis=1))
    if bad.size:
        raise ValueError(
            f"{name}: the model assumes {assumption}; row {bad[0]} (the first is row 0) "
            f"is {array[bad[0]].tolist()}"
        )


def _shapes(choices):
    """(n,) or (N, n): what is expected, for a message."""
    return " or ".join(f"({', '.join(axes)}{',' * (len(axes) == 1)})" for axes in choices)


def _step_size(t, name="t"):
    """A finite float that is not negative."""
    number = np.asarray(t)
    if number.ndim or number.dtype.kind not in "iuf":
        raise TypeError(f"{name}: expected a real number, got {t!r}")
    if not 0 <= number < np.inf:
        raise ValueError(f"{name}: expected a finite number that is not negative, got {t!r}")
    return float(number)
