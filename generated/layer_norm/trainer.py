"""Layer normalisation: forward pass, gradient and training.

Generated from layer_norm by `derive build layer_norm`; do not edit.

    a[j] = sum(i, W[j,i] * x[i])
    mu = sum(j, a[j]) / m
    sigma = sum(j, (a[j] - mu)^2) / m + epsilon
    q = exp(-log(sigma) / 2)
    o[j] = g[j] * (a[j] - mu) * q + b[j]
    L = sum(j, (o[j] - y[j])^2) / 2

Ba, Kiros and Hinton, Layer normalization, 2016

Samples are rows: x is (n,) or (N, n), y is (m,) or (N, m). Over N samples
L is their mean. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from typing import NamedTuple

import numpy as np


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


def initialise(n, m, seed):
    """Parameters of random normal numbers, each scaled by 1/sqrt(number of its inputs).

    n, m are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n": n, "m": m}.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name}: expected a whole number, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    random = np.random.default_rng(seed)
    return Parameters(
        W=random.standard_normal((m, n)) / np.sqrt(n),
        g=np.zeros((m,)),
        b=np.zeros((m,)),
    )


def forward(parameters, x):
    """The output o: (m,) for one sample, (N, m) for N."""
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
    W, g, b = parameters
    m = W.shape[0]
    # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    a = x @ W.T
    # mu: mu[s] = sum(j, a[s,j]) / m
    mu = np.sum(a, axis=1) / m
    # sigma: sigma[s] = sum(j, (a[s,j] - mu[s])^2) / m + epsilon
    sigma = np.sum((a - mu[:, None]) ** 2, axis=1) / m + epsilon
    # q: q[s] = exp(-log(sigma[s]) / 2)
    q = np.exp(-np.log(sigma) / 2)
    # o: o[s,j] = g[j] * (a[s,j] - mu[s]) * q[s] + b[j]
    o = g * (a - mu[:, None]) * q[:, None] + b
    return o


def _error(parameters, x, y):
    o = _forward(parameters, x)
    N = x.shape[0]
    L = np.sum((o - y) ** 2) / (2 * N)  # L: L = sum(s, sum(j, (o[s,j] - y[s,j])^2) / 2) / N
    return L


def _gradient(parameters, x, y):
    W, g, b = parameters
    m = W.shape[0]
    N = x.shape[0]
    # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    a = x @ W.T
    # mu: mu[s] = sum(j, a[s,j]) / m
    mu = np.sum(a, axis=1) / m
    # sigma: sigma[s] = sum(j, (a[s,j] - mu[s])^2) / m + epsilon
    sigma = np.sum((a - mu[:, None]) ** 2, axis=1) / m + epsilon
    # q: q[s] = exp(-log(sigma[s]) / 2)
    q = np.exp(-np.log(sigma) / 2)
    # o: o[s,j] = g[j] * (a[s,j] - mu[s]) * q[s] + b[j]
    o = g * (a - mu[:, None]) * q[:, None] + b
    # L: L = sum(s, sum(j, (o[s,j] - y[s,j])^2) / 2) / N
    L = np.sum((o - y) ** 2) / (2 * N)

    # dL-do: ∂L/∂o[s,j] = (o[s,j] - y[s,j]) / N
    dL_do = (o - y) / N
    # dL-dsigma: ∂L/∂sigma[s] = -sum(j, ∂L/∂o[s,j] * g[j] * (a[s,j] - mu[s])) * exp(-log(sigma[s]) / 2) / (2 * sigma[s])
    dL_dsigma = -(dL_do * (a - mu[:, None]) @ g) * np.exp(-np.log(sigma) / 2) / (2 * sigma)
    # dL-dW: ∂L/∂W[j,i] = sum(s, (2 * ∂L/∂sigma[s] * m * a[s,j] + 2 * ∂L/∂sigma[s] * sum(j', mu[s] - a[s,j']) + m^2 * q[s] * ∂L/∂o[s,j] * g[j] - 2 * ∂L/∂sigma[s] * m * mu[s] - m * q[s] * sum(j', ∂L/∂o[s,j'] * g[j'])) * x[s,i] / m^2)
    dL_dW = ((2 * dL_dsigma * m * a.T + 2 * dL_dsigma * np.sum(mu[:, None] - a, axis=1) + m ** 2 * q * dL_do.T * g[:, None] - 2 * dL_dsigma * m * mu - m * q * (dL_do @ g)) @ x) / m ** 2
    # dL-dg: ∂L/∂g[j] = sum(s, ∂L/∂o[s,j] * (a[s,j] - mu[s]) * q[s])
    dL_dg = (dL_do * (a - mu[:, None])).T @ q
    # dL-db: ∂L/∂b[j] = sum(s, ∂L/∂o[s,j])
    dL_db = np.sum(dL_do, axis=0)
    return L, Parameters(dL_dW, dL_dg, dL_db)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W": ("m", "n"),
    "g": ("m",),
    "b": ("m",),
    "x": ("n",),
    "y": ("m",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 3:
        raise TypeError(f"parameters: expected Parameters(W, g, b), got {parameters!r}")
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
