"""A Step by Step Backpropagation Example: forward pass, gradient and training.

Generated from mazur2015 by `derive build mazur2015`; do not edit.

    net_h[j] = sum(i, W[j,i] * x[i]) + b1
    out_h[j] = logistic(net_h[j])
    net_o[k] = sum(j, V[k,j] * out_h[j]) + b2
    out_o[k] = logistic(net_o[k])
    E_total = sum(k, (target[k] - out_o[k])^2) / 2

Matt Mazur, 2015, https://mattmazur.com/2015/03/17/a-step-by-step-
backpropagation-example/

Samples are rows: x is (n,) or (N, n), target is (K,) or (N, K). Over N samples
E_total is their mean. Quantities have no units. What is given converts to the dtype of the
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
    V: np.ndarray
    """Shape (K, m): V[k,j]."""


def logistic(z):
    """The logistic function, 1/(1 + exp(-z))."""
    e = np.exp(np.where(z.real < 0, z, -z))
    return np.where(z.real < 0, e, 1) / (1 + e)



# Hyperparameters, as in the model file.
b1 = 0.35
b2 = 0.6


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
        W=random.standard_normal((m, n)) / np.sqrt(n),
        V=random.standard_normal((K, m)) / np.sqrt(m),
    )


def forward(parameters, x):
    """The output out_o: (K,) for one sample, (N, K) for N."""
    parameters, data, single = _check(parameters, {"x": x})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters, x, target):
    """The error E_total, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"x": x, "target": target})
    return float(_error(parameters, *data))


def gradient(parameters, x, target):
    """The error, and its partial derivatives as Parameters: (E_total, ∇E_total)."""
    parameters, data, _ = _check(parameters, {"x": x, "target": target})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters, x, target, t):
    """One step of the gradient method, x - t ∇E_total, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"x": x, "target": target})
    return _step(parameters, _gradient(parameters, *data)[1], _step_size(t))


def train(parameters, x, target, t, iterations, tolerance=0.0):
    """The gradient method: `iterations` steps of size t, or fewer.

    Stops early where no partial derivative exceeds `tolerance` in absolute value. Returns
    the parameters reached and the errors: errors[r] is E_total after r steps, so the
    last one is that of the parameters returned. Raises FloatingPointError where the
    error grows out of all bounds; a smaller t then helps.
    """
    parameters, data, _ = _check(parameters, {"x": x, "target": target})
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
                f"E_total is {value} after {len(errors)} steps of size {t}: take a smaller t"
            )
        errors.append(float(value))
        largest = max(np.max(np.abs(partial)) for partial in partials)
        if len(errors) > iterations or largest <= tolerance:
            return parameters, np.array(errors)
        parameters = _step(parameters, partials, t)


# The equations, samples in rows. Each line is commented with the equation it is.


def _forward(parameters, x):
    W, V = parameters
    net_h = x @ W.T + b1      # net-h: net_h[s,j] = sum(i, W[j,i] * x[s,i]) + b1
    out_h = logistic(net_h)   # out-h: out_h[s,j] = logistic(net_h[s,j])
    net_o = out_h @ V.T + b2  # net-o: net_o[s,k] = sum(j, V[k,j] * out_h[s,j]) + b2
    out_o = logistic(net_o)   # out-o: out_o[s,k] = logistic(net_o[s,k])
    return out_o


def _error(parameters, x, target):
    out_o = _forward(parameters, x)
    N = x.shape[0]
    # E-total: E_total = sum(s, sum(k, (target[s,k] - out_o[s,k])^2) / 2) / N
    E_total = np.sum((target - out_o) ** 2) / (2 * N)
    return E_total


def _gradient(parameters, x, target):
    W, V = parameters
    N = x.shape[0]
    # net-h: net_h[s,j] = sum(i, W[j,i] * x[s,i]) + b1
    net_h = x @ W.T + b1
    # out-h: out_h[s,j] = logistic(net_h[s,j])
    out_h = logistic(net_h)
    # net-o: net_o[s,k] = sum(j, V[k,j] * out_h[s,j]) + b2
    net_o = out_h @ V.T + b2
    # out-o: out_o[s,k] = logistic(net_o[s,k])
    out_o = logistic(net_o)
    # E-total: E_total = sum(s, sum(k, (target[s,k] - out_o[s,k])^2) / 2) / N
    E_total = np.sum((target - out_o) ** 2) / (2 * N)

    # dE-total-dnet-o: ∂E_total/∂net_o[s,k] = (out_o[s,k] - target[s,k]) * out_o[s,k] * (1 - out_o[s,k]) / N
    dE_total_dnet_o = (out_o - target) * out_o * (1 - out_o) / N
    # dE-total-dW: ∂E_total/∂W[j,i] = sum(s, sum(k, ∂E_total/∂net_o[s,k] * V[k,j]) * out_h[s,j] * (1 - out_h[s,j]) * x[s,i])
    dE_total_dW = ((dE_total_dnet_o @ V) * out_h * (1 - out_h)).T @ x
    # dE-total-dV: ∂E_total/∂V[k,j] = sum(s, ∂E_total/∂net_o[s,k] * out_h[s,j])
    dE_total_dV = dE_total_dnet_o.T @ out_h
    return E_total, Parameters(dE_total_dW, dE_total_dV)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W": ("m", "n"),
    "V": ("K", "m"),
    "x": ("n",),
    "target": ("K",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 2:
        raise TypeError(f"parameters: expected Parameters(W, V), got {parameters!r}")
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
