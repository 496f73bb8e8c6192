"""Regression with four layers of tanh: forward pass, gradient and training.

Generated from deep_tanh by `derive build deep_tanh`; do not edit.

    z1[j] = sum(i, W1[j,i] * x[i]) + b1[j]
    h1[j] = tanh(z1[j])
    z2[k] = sum(j, W2[k,j] * h1[j]) + b2[k]
    h2[k] = tanh(z2[k])
    z3[l] = sum(k, W3[l,k] * h2[k]) + b3[l]
    h3[l] = tanh(z3[l])
    z4[o] = sum(l, W4[o,l] * h3[l]) + b4[o]
    L = sum(o, (z4[o] - y[o])^2) / 2

A deep network as in LeCun, Bottou, Orr and Müller, Efficient backprop, 1998

Samples are rows: x is (n0,) or (N, n0), y is (n4,) or (N, n4). Over N samples
L is their mean. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from typing import NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    W1: np.ndarray
    """Shape (n1, n0): W1[j,i]."""
    b1: np.ndarray
    """Shape (n1,): b1[j]."""
    W2: np.ndarray
    """Shape (n2, n1): W2[k,j]."""
    b2: np.ndarray
    """Shape (n2,): b2[k]."""
    W3: np.ndarray
    """Shape (n3, n2): W3[l,k]."""
    b3: np.ndarray
    """Shape (n3,): b3[l]."""
    W4: np.ndarray
    """Shape (n4, n3): W4[o,l]."""
    b4: np.ndarray
    """Shape (n4,): b4[o]."""




def initialise(n0, n1, n2, n3, n4, seed):
    """Parameters of random normal numbers, each scaled by 1/sqrt(number of its inputs).

    n0, n1, n2, n3, n4 are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n0": n0, "n1": n1, "n2": n2, "n3": n3, "n4": n4}.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name}: expected a whole number, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    random = np.random.default_rng(seed)
    return Parameters(
        W1=random.standard_normal((n1, n0)) / np.sqrt(n0),
        b1=np.zeros((n1,)),
        W2=random.standard_normal((n2, n1)) / np.sqrt(n1),
        b2=np.zeros((n2,)),
        W3=random.standard_normal((n3, n2)) / np.sqrt(n2),
        b3=np.zeros((n3,)),
        W4=random.standard_normal((n4, n3)) / np.sqrt(n3),
        b4=np.zeros((n4,)),
    )


def forward(parameters, x):
    """The output z4: (n4,) for one sample, (N, n4) for N."""
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
    W1, b1, W2, b2, W3, b3, W4, b4 = parameters
    z1 = x @ W1.T + b1   # z1: z1[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    h1 = np.tanh(z1)     # h1: h1[s,j] = tanh(z1[s,j])
    z2 = h1 @ W2.T + b2  # z2: z2[s,k] = sum(j, W2[k,j] * h1[s,j]) + b2[k]
    h2 = np.tanh(z2)     # h2: h2[s,k] = tanh(z2[s,k])
    z3 = h2 @ W3.T + b3  # z3: z3[s,l] = sum(k, W3[l,k] * h2[s,k]) + b3[l]
    h3 = np.tanh(z3)     # h3: h3[s,l] = tanh(z3[s,l])
    z4 = h3 @ W4.T + b4  # z4: z4[s,o] = sum(l, W4[o,l] * h3[s,l]) + b4[o]
    return z4


def _error(parameters, x, y):
    z4 = _forward(parameters, x)
    N = x.shape[0]
    L = np.sum((z4 - y) ** 2) / (2 * N)  # L: L = sum(s, sum(o, (z4[s,o] - y[s,o])^2) / 2) / N
    return L


def _gradient(parameters, x, y):
    W1, b1, W2, b2, W3, b3, W4, b4 = parameters
    N = x.shape[0]
    z1 = x @ W1.T + b1                   # z1: z1[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    h1 = np.tanh(z1)                     # h1: h1[s,j] = tanh(z1[s,j])
    z2 = h1 @ W2.T + b2                  # z2: z2[s,k] = sum(j, W2[k,j] * h1[s,j]) + b2[k]
    h2 = np.tanh(z2)                     # h2: h2[s,k] = tanh(z2[s,k])
    z3 = h2 @ W3.T + b3                  # z3: z3[s,l] = sum(k, W3[l,k] * h2[s,k]) + b3[l]
    h3 = np.tanh(z3)                     # h3: h3[s,l] = tanh(z3[s,l])
    z4 = h3 @ W4.T + b4                  # z4: z4[s,o] = sum(l, W4[o,l] * h3[s,l]) + b4[o]
    L = np.sum((z4 - y) ** 2) / (2 * N)  # L: L = sum(s, sum(o, (z4[s,o] - y[s,o])^2) / 2) / N

    # dL-dz4: ∂L/∂z4[s,o] = (z4[s,o] - y[s,o]) / N
    dL_dz4 = (z4 - y) / N
    # dL-dz3: ∂L/∂z3[s,l] = sum(o, ∂L/∂z4[s,o] * W4[o,l]) * (1 - h3[s,l]^2)
    dL_dz3 = (dL_dz4 @ W4) * (1 - h3 ** 2)
    # dL-dz2: ∂L/∂z2[s,k] = sum(l, ∂L/∂z3[s,l] * W3[l,k]) * (1 - h2[s,k]^2)
    dL_dz2 = (dL_dz3 @ W3) * (1 - h2 ** 2)
    # dL-dz1: ∂L/∂z1[s,j] = sum(k, ∂L/∂z2[s,k] * W2[k,j]) * (1 - h1[s,j]^2)
    dL_dz1 = (dL_dz2 @ W2) * (1 - h1 ** 2)
    # dL-dW1: ∂L/∂W1[j,i] = sum(s, ∂L/∂z1[s,j] * x[s,i])
    dL_dW1 = dL_dz1.T @ x
    # dL-db1: ∂L/∂b1[j] = sum(s, ∂L/∂z1[s,j])
    dL_db1 = np.sum(dL_dz1, axis=0)
    # dL-dW2: ∂L/∂W2[k,j] = sum(s, ∂L/∂z2[s,k] * h1[s,j])
    dL_dW2 = dL_dz2.T @ h1
    # dL-db2: ∂L/∂b2[k] = sum(s, ∂L/∂z2[s,k])
    dL_db2 = np.sum(dL_dz2, axis=0)
    # dL-dW3: ∂L/∂W3[l,k] = sum(s, ∂L/∂z3[s,l] * h2[s,k])
    dL_dW3 = dL_dz3.T @ h2
    # dL-db3: ∂L/∂b3[l] = sum(s, ∂L/∂z3[s,l])
    dL_db3 = np.sum(dL_dz3, axis=0)
    # dL-dW4: ∂L/∂W4[o,l] = sum(s, ∂L/∂z4[s,o] * h3[s,l])
    dL_dW4 = dL_dz4.T @ h3
    # dL-db4: ∂L/∂b4[o] = sum(s, ∂L/∂z4[s,o])
    dL_db4 = np.sum(dL_dz4, axis=0)
    return L, Parameters(dL_dW1, dL_db1, dL_dW2, dL_db2, dL_dW3, dL_db3, dL_dW4, dL_db4)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W1": ("n1", "n0"),
    "b1": ("n1",),
    "W2": ("n2", "n1"),
    "b2": ("n2",),
    "W3": ("n3", "n2"),
    "b3": ("n3",),
    "W4": ("n4", "n3"),
    "b4": ("n4",),
    "x": ("n0",),
    "y": ("n4",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 8:
        raise TypeError(f"parameters: expected Parameters(W1, b1, W2, b2, W3, b3, W4, b4), got {parameters!r}")
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
