"""Planar data classification with one hidden layer: forward pass, gradient and training.

Generated from planar by `derive build planar`; do not edit.

    z1[j] = sum(i, W1[j,i] * x[i]) + b1[j]
    a1[j] = tanh(z1[j])
    z2[k] = sum(j, W2[k,j] * a1[j]) + b2[k]
    a2[k] = logistic(z2[k])
    J = -sum(k, y[k] * log(a2[k]) + (1 - y[k]) * log(1 - a2[k]))

deeplearning.ai, Neural Networks and Deep Learning, week 3

Samples are rows: x is (n,) or (N, n), y is (K,) or (N, K). Over N samples
J is their mean. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from typing import NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    W1: np.ndarray
    """Shape (m, n): W1[j,i]."""
    b1: np.ndarray
    """Shape (m,): b1[j]."""
    W2: np.ndarray
    """Shape (K, m): W2[k,j]."""
    b2: np.ndarray
    """Shape (K,): b2[k]."""


def logistic(z):
    """The logistic function, 1/(1 + exp(-z))."""
    e = np.exp(np.where(z.real < 0, z, -z))
    return np.where(z.real < 0, e, 1) / (1 + e)


def softplus(z):
    """The softplus function, log(exp(z) + 1)."""
    return np.where(z.real > 0, z, 0) + np.log1p(np.exp(np.where(z.real < 0, z, -z)))




def initialise(n, m, K, seed):
    """Parameters of random normal numbers, each scaled by 1/sqrt(number of its inputs).

    n, m, K are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n": n, "m": m, "K": K}.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name}: expected a whole number, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    random = np.random.default_rng(seed)
    return Parameters(
        W1=random.standard_normal((m, n)) / np.sqrt(n),
        b1=np.zeros((m,)),
        W2=random.standard_normal((K, m)) / np.sqrt(m),
        b2=np.zeros((K,)),
    )


def forward(parameters, x):
    """The output a2: (K,) for one sample, (N, K) for N."""
    parameters, data, single = _check(parameters, {"x": x})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters, x, y):
    """The error J, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters, x, y):
    """The error, and its partial derivatives as Parameters: (J, ∇J)."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters, x, y, t):
    """One step of the gradient method, x - t ∇J, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return _step(parameters, _gradient(parameters, *data)[1], _step_size(t))


def train(parameters, x, y, t, iterations, tolerance=0.0):
    """The gradient method: `iterations` steps of size t, or fewer.

    Stops early where no partial derivative exceeds `tolerance` in absolute value. Returns
    the parameters reached and the errors: errors[r] is J after r steps, so the
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
                f"J is {value} after {len(errors)} steps of size {t}: take a smaller t"
            )
        errors.append(float(value))
        largest = max(np.max(np.abs(partial)) for partial in partials)
        if len(errors) > iterations or largest <= tolerance:
            return parameters, np.array(errors)
        parameters = _step(parameters, partials, t)


# The equations, samples in rows. Each line is commented with the equation it is.


def _forward(parameters, x):
    W1, b1, W2, b2 = parameters
    z1 = x @ W1.T + b1   # z1: z1[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    a1 = np.tanh(z1)     # a1: a1[s,j] = tanh(z1[s,j])
    z2 = a1 @ W2.T + b2  # z2: z2[s,k] = sum(j, W2[k,j] * a1[s,j]) + b2[k]
    a2 = logistic(z2)    # a2: a2[s,k] = logistic(z2[s,k])
    return a2


def _error(parameters, x, y):
    W1, b1, W2, b2 = parameters
    N = x.shape[0]
    # z1: z1[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    z1 = x @ W1.T + b1
    # a1: a1[s,j] = tanh(z1[s,j])
    a1 = np.tanh(z1)
    # z2: z2[s,k] = sum(j, W2[k,j] * a1[s,j]) + b2[k]
    z2 = a1 @ W2.T + b2
    # J: J = sum(s, -sum(k, y[s,k] * log(a2[s,k]) + (1 - y[s,k]) * log(1 - a2[s,k]))) / N
    J = -np.sum(-y * softplus(-z2) - (1 - y) * softplus(z2)) / N
    return J


def _gradient(parameters, x, y):
    W1, b1, W2, b2 = parameters
    N = x.shape[0]
    # z1: z1[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    z1 = x @ W1.T + b1
    # a1: a1[s,j] = tanh(z1[s,j])
    a1 = np.tanh(z1)
    # z2: z2[s,k] = sum(j, W2[k,j] * a1[s,j]) + b2[k]
    z2 = a1 @ W2.T + b2
    # a2: a2[s,k] = logistic(z2[s,k])
    a2 = logistic(z2)
    # J: J = sum(s, -sum(k, y[s,k] * log(a2[s,k]) + (1 - y[s,k]) * log(1 - a2[s,k]))) / N
    J = -np.sum(-y * softplus(-z2) - (1 - y) * softplus(z2)) / N

    # dJ-dz2: ∂J/∂z2[s,k] = (a2[s,k] - y[s,k]) / N
    dJ_dz2 = (a2 - y) / N
    # dJ-dz1: ∂J/∂z1[s,j] = sum(k, ∂J/∂z2[s,k] * W2[k,j]) * (1 - a1[s,j]^2)
    dJ_dz1 = (dJ_dz2 @ W2) * (1 - a1 ** 2)
    # dJ-dW1: ∂J/∂W1[j,i] = sum(s, ∂J/∂z1[s,j] * x[s,i])
    dJ_dW1 = dJ_dz1.T @ x
    # dJ-db1: ∂J/∂b1[j] = sum(s, ∂J/∂z1[s,j])
    dJ_db1 = np.sum(dJ_dz1, axis=0)
    # dJ-dW2: ∂J/∂W2[k,j] = sum(s, ∂J/∂z2[s,k] * a1[s,j])
    dJ_dW2 = dJ_dz2.T @ a1
    # dJ-db2: ∂J/∂b2[k] = sum(s, ∂J/∂z2[s,k])
    dJ_db2 = np.sum(dJ_dz2, axis=0)
    return J, Parameters(dJ_dW1, dJ_db1, dJ_dW2, dJ_db2)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W1": ("m", "n"),
    "b1": ("m",),
    "W2": ("K", "m"),
    "b2": ("K",),
    "x": ("n",),
    "y": ("K",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 4:
        raise TypeError(f"parameters: expected Parameters(W1, b1, W2, b2), got {parameters!r}")
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
        _require("y", array, (array >= 0) & (array <= 1), "y[k] in [0, 1]")


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
