"""A residual block: forward pass, gradient and training.

Generated from residual by `derive build residual`; do not edit.

    a[j] = sum(l, W[j,l] * x[l]) + b[j]
    h[j] = relu(a[j])
    r[l] = x[l] + sum(j, U[l,j] * h[j])
    o[k] = sum(l, V[k,l] * r[l])
    L = sum(k, (o[k] - y[k])^2) / 2

He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2016

Samples are rows: x is (n,) or (N, n), y is (K,) or (N, K). Over N samples
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
    """Shape (m, n): W[j,l]."""
    b: np.ndarray
    """Shape (m,): b[j]."""
    U: np.ndarray
    """Shape (n, m): U[l,j]."""
    V: np.ndarray
    """Shape (K, n): V[k,l]."""


def relu(z):
    """The rectifier, with relu'(0) = 0, Piecewise((z, z > 0), (0, True))."""
    return np.where(z.real > 0, z, np.zeros_like(z))


def relu_prime(z):
    """The derivative of the rectifier, with relu'(0) = 0, Piecewise((z, z > 0), (0, True))."""
    return np.where(z.real > 0, np.ones_like(z), np.zeros_like(z))




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
        b=np.zeros((m,)),
        U=random.standard_normal((n, m)) / np.sqrt(m),
        V=random.standard_normal((K, n)) / np.sqrt(n),
    )


def forward(parameters, x):
    """The output o: (K,) for one sample, (N, K) for N."""
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
    W, b, U, V = parameters
    a = x @ W.T + b  # a: a[s,j] = sum(l, W[j,l] * x[s,l]) + b[j]
    h = relu(a)      # h: h[s,j] = relu(a[s,j])
    r = x + h @ U.T  # r: r[s,l] = x[s,l] + sum(j, U[l,j] * h[s,j])
    o = r @ V.T      # o: o[s,k] = sum(l, V[k,l] * r[s,l])
    return o


def _error(parameters, x, y):
    o = _forward(parameters, x)
    N = x.shape[0]
    L = np.sum((o - y) ** 2) / (2 * N)  # L: L = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N
    return L


def _gradient(parameters, x, y):
    W, b, U, V = parameters
    N = x.shape[0]
    a = x @ W.T + b                     # a: a[s,j] = sum(l, W[j,l] * x[s,l]) + b[j]
    h = relu(a)                         # h: h[s,j] = relu(a[s,j])
    r = x + h @ U.T                     # r: r[s,l] = x[s,l] + sum(j, U[l,j] * h[s,j])
    o = r @ V.T                         # o: o[s,k] = sum(l, V[k,l] * r[s,l])
    L = np.sum((o - y) ** 2) / (2 * N)  # L: L = sum(s, sum(k, (o[s,k] - y[s,k])^2) / 2) / N

    # dL-do: ∂L/∂o[s,k] = (o[s,k] - y[s,k]) / N
    dL_do = (o - y) / N
    # dL-dr: ∂L/∂r[s,l] = sum(k, ∂L/∂o[s,k] * V[k,l])
    dL_dr = dL_do @ V
    # dL-da: ∂L/∂a[s,j] = sum(l, ∂L/∂r[s,l] * U[l,j]) * relu'(a[s,j])
    dL_da = (dL_dr @ U) * relu_prime(a)
    # dL-dW: ∂L/∂W[j,l] = sum(s, ∂L/∂a[s,j] * x[s,l])
    dL_dW = dL_da.T @ x
    # dL-db: ∂L/∂b[j] = sum(s, ∂L/∂a[s,j])
    dL_db = np.sum(dL_da, axis=0)
    # dL-dU: ∂L/∂U[l,j] = sum(s, ∂L/∂r[s,l] * h[s,j])
    dL_dU = dL_dr.T @ h
    # dL-dV: ∂L/∂V[k,l] = sum(s, ∂L/∂o[s,k] * r[s,l])
    dL_dV = dL_do.T @ r
    return L, Parameters(dL_dW, dL_db, dL_dU, dL_dV)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W": ("m", "n"),
    "b": ("m",),
    "U": ("n", "m"),
    "V": ("K", "n"),
    "x": ("n",),
    "y": ("K",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 4:
        raise TypeError(f"parameters: expected Parameters(W, b, U, V), got {parameters!r}")
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
