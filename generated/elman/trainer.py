"""An Elman cell unrolled over three steps: forward pass, gradient and training.

Generated from elman by `derive build elman`; do not edit.

    a1[j] = sum(i, W[j,i] * x1[i]) + b[j]
    h1[j] = tanh(a1[j])
    a2[j] = sum(i, W[j,i] * x2[i]) + sum(l, U[j,l] * h1[l]) + b[j]
    h2[j] = tanh(a2[j])
    a3[j] = sum(i, W[j,i] * x3[i]) + sum(l, U[j,l] * h2[l]) + b[j]
    h3[j] = tanh(a3[j])
    o[k] = sum(j, V[k,j] * h3[j])
    L = sum(k, (o[k] - y[k])^2) / 2

Elman, Finding structure in time, 1990

Samples are rows: x1 is (n,) or (N, n), x2 is (n,) or (N, n), x3 is (n,) or (N, n), y is (K,) or (N, K). Over N samples
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
    U: np.ndarray
    """Shape (m, m): U[j,l]."""
    b: np.ndarray
    """Shape (m,): b[j]."""
    V: np.ndarray
    """Shape (K, m): V[k,j]."""




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
        U=random.standard_normal((m, m)) / np.sqrt(m),
        b=np.zeros((m,)),
        V=random.standard_normal((K, m)) / np.sqrt(m),
    )


def forward(parameters, x1, x2, x3):
    """The output o: (K,) for one sample, (N, K) for N."""
    parameters, data, single = _check(parameters, {"x1": x1, "x2": x2, "x3": x3})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters, x1, x2, x3, y):
    """The error L, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"x1": x1, "x2": x2, "x3": x3, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters, x1, x2, x3, y):
    """The error, and its partial derivatives as Parameters: (L, ∇L)."""
    parameters, data, _ = _check(parameters, {"x1": x1, "x2": x2, "x3": x3, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters, x1, x2, x3, y, t):
    """One step of the gradient method, x - t ∇L, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"x1": x1, "x2": x2, "x3": x3, "y": y})
    return _step(parameters, _gradient(parameters, *data)[1], _step_size(t))


def train(parameters, x1, x2, x3, y, t, iterations, tolerance=0.0):
    """The gradient method: `iterations` steps of size t, or fewer.

    Stops early where no partial derivative exceeds `tolerance` in absolute value. Returns
    the parameters reached and the errors: errors[r] is L after r steps, so the
    last one is that of the parameters returned. Raises FloatingPointError where the
    error grows out of all bounds; a smaller t then helps.
    """
    parameters, data, _ = _check(parameters, {"x1": x1, "x2": x2, "x3": x3, "y": y})
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


def _forward(parameters, x1, x2, x3):
    W, U, b, V = parameters
    # a1: a1[s,j] = sum(i, W[j,i] * x1[s,i]) + b[j]
    a1 = x1 @ W.T + b
    # h1: h1[s,j] = tanh(a1[s,j])
    h1 = np.tanh(a1)
    # a2: a2[s,j] = sum(i, W[j,i] * x2[s,i]) + sum(l, U[j,l] * h1[s,l]) + b[j]
    a2 = x2 @ W.T + h1 @ U.T + b
    # h2: h2[s,j] = tanh(a2[s,j])
    h2 = np.tanh(a2)
    # a3: a3[s,j] = sum(i, W[j,i] * x3[s,i]) + sum(l, U[j,l] * h2[s,l]) + b[j]
    a3 = x3 @ W.T + h2 @ U.T + b
    # h3: h3[s,j] = tanh(a3[s,j])
    h3 = np.tanh(a3)
    # o: o[s,k] = sum(j, V[k,j] * h3[s,j])
    o = h3 @ V.T
    return o


def _error(parameters, x1, x2, x3, y):
    o = _forward(parameters, x1, x2, x3)
    N = x1.shape[0]
    L = np.sum((o - y) ** 2) / (2 * N)  # L: L = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N
    return L


def _gradient(parameters, x1, x2, x3, y):
    W, U, b, V = parameters
    N = x1.shape[0]
    # a1: a1[s,j] = sum(i, W[j,i] * x1[s,i]) + b[j]
    a1 = x1 @ W.T + b
    # h1: h1[s,j] = tanh(a1[s,j])
    h1 = np.tanh(a1)
    # a2: a2[s,j] = sum(i, W[j,i] * x2[s,i]) + sum(l, U[j,l] * h1[s,l]) + b[j]
    a2 = x2 @ W.T + h1 @ U.T + b
    # h2: h2[s,j] = tanh(a2[s,j])
    h2 = np.tanh(a2)
    # a3: a3[s,j] = sum(i, W[j,i] * x3[s,i]) + sum(l, U[j,l] * h2[s,l]) + b[j]
    a3 = x3 @ W.T + h2 @ U.T + b
    # h3: h3[s,j] = tanh(a3[s,j])
    h3 = np.tanh(a3)
    # o: o[s,k] = sum(j, V[k,j] * h3[s,j])
    o = h3 @ V.T
    # L: L = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N
    L = np.sum((o - y) ** 2) / (2 * N)

    # dL-do: ∂L/∂o[s,k] = (o[s,k] - y[s,k]) / N
    dL_do = (o - y) / N
    # dL-da3: ∂L/∂a3[s,j] = sum(k, ∂L/∂o[s,k] * V[k,j]) * (1 - h3[s,j]^2)
    dL_da3 = (dL_do @ V) * (1 - h3 ** 2)
    # dL-da2: ∂L/∂a2[s,j] = sum(j', ∂L/∂a3[s,j'] * U[j',j]) * (1 - h2[s,j]^2)
    dL_da2 = (dL_da3 @ U) * (1 - h2 ** 2)
    # dL-da1: ∂L/∂a1[s,j] = sum(j', ∂L/∂a2[s,j'] * U[j',j]) * (1 - h1[s,j]^2)
    dL_da1 = (dL_da2 @ U) * (1 - h1 ** 2)
    # dL-dW: ∂L/∂W[j,i] = sum(s, ∂L/∂a1[s,j] * x1[s,i]) + sum(s, ∂L/∂a2[s,j] * x2[s,i]) + sum(s, ∂L/∂a3[s,j] * x3[s,i])
    dL_dW = dL_da1.T @ x1 + dL_da2.T @ x2 + dL_da3.T @ x3
    # dL-dU: ∂L/∂U[j,l] = sum(s, ∂L/∂a2[s,j] * h1[s,l]) + sum(s, ∂L/∂a3[s,j] * h2[s,l])
    dL_dU = dL_da2.T @ h1 + dL_da3.T @ h2
    # dL-db: ∂L/∂b[j] = sum(s, ∂L/∂a1[s,j]) + sum(s, ∂L/∂a2[s,j]) + sum(s, ∂L/∂a3[s,j])
    dL_db = np.sum(dL_da1, axis=0) + np.sum(dL_da2, axis=0) + np.sum(dL_da3, axis=0)
    # dL-dV: ∂L/∂V[k,j] = sum(s, ∂L/∂o[s,k] * h3[s,j])
    dL_dV = dL_do.T @ h3
    return L, Parameters(dL_dW, dL_dU, dL_db, dL_dV)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W": ("m", "n"),
    "U": ("m", "m"),
    "b": ("m",),
    "V": ("K", "m"),
    "x1": ("n",),
    "x2": ("n",),
    "x3": ("n",),
    "y": ("K",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 4:
        raise TypeError(f"parameters: expected Parameters(W, U, b, V), got {parameters!r}")
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
