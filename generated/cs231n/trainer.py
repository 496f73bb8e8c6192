"""Two-layer network with softmax and regularisation: forward pass, gradient and training.

Generated from cs231n by `derive build cs231n`; do not edit.

    a[j] = sum(i, W1[j,i] * x[i]) + b1[j]
    h[j] = relu(a[j])
    scores[k] = sum(j, W2[k,j] * h[j]) + b2[k]
    p[k] = exp(scores[k]) / sum(k', exp(scores[k']))
    R = sum(j, i, W1[j,i]^2) + sum(k, j, W2[k,j]^2)
    L = -sum(k, y[k] * log(p[k])) + reg * R

CS231n, assignment 1, two_layer_net

Samples are rows: x is (D,) or (N, D), y is (C,) or (N, C). Over N samples
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
    """Shape (H, D): W1[j,i]."""
    b1: np.ndarray
    """Shape (H,): b1[j]."""
    W2: np.ndarray
    """Shape (C, H): W2[k,j]."""
    b2: np.ndarray
    """Shape (C,): b2[k]."""


def relu(z):
    """The rectifier, with relu'(0) = 0, Piecewise((z, z > 0), (0, True))."""
    return np.where(z.real > 0, z, np.zeros_like(z))


def relu_prime(z):
    """The derivative of the rectifier, with relu'(0) = 0, Piecewise((z, z > 0), (0, True))."""
    return np.where(z.real > 0, np.ones_like(z), np.zeros_like(z))


def softmax(z, axis):
    """exp(z) over its sum along an axis; what the largest z has in common is taken out first."""
    e = np.exp(z - np.max(z.real, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def logsumexp(z, axis):
    """The logarithm of the sum of exp(z) along an axis, without overflow."""
    largest = np.max(z.real, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(z - largest), axis=axis)) + np.squeeze(largest, axis)



# Hyperparameters, as in the model file.
reg = 0.05


def initialise(D, H, C, seed):
    """Parameters of random normal numbers, each scaled by 1/sqrt(number of its inputs).

    D, H, C are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"D": D, "H": H, "C": C}.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name}: expected a whole number, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    random = np.random.default_rng(seed)
    return Parameters(
        W1=random.standard_normal((H, D)) / np.sqrt(D),
        b1=np.zeros((H,)),
        W2=random.standard_normal((C, H)) / np.sqrt(H),
        b2=np.zeros((C,)),
    )


def forward(parameters, x):
    """The output p: (C,) for one sample, (N, C) for N."""
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
    W1, b1, W2, b2 = parameters
    a = x @ W1.T + b1       # a: a[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    h = relu(a)             # h: h[s,j] = relu(a[s,j])
    scores = h @ W2.T + b2  # scores: scores[s,k] = sum(j, W2[k,j] * h[s,j]) + b2[k]
    p = softmax(scores, 1)  # p: p[s,k] = exp(scores[s,k]) / sum(k', exp(scores[s,k']))
    return p


def _error(parameters, x, y):
    W1, b1, W2, b2 = parameters
    N = x.shape[0]
    # a: a[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    a = x @ W1.T + b1
    # h: h[s,j] = relu(a[s,j])
    h = relu(a)
    # scores: scores[s,k] = sum(j, W2[k,j] * h[s,j]) + b2[k]
    scores = h @ W2.T + b2
    # R: R = sum(j, i, W1[j,i]^2) + sum(k, j, W2[k,j]^2)
    R = np.sum(W1 ** 2) + np.sum(W2 ** 2)
    # L: L = sum(s, -sum(k, y[s,k] * log(p[s,k]))) / N + reg * R
    L = -np.sum(y * (scores - logsumexp(scores, 1)[:, None])) / N + reg * R
    return L


def _gradient(parameters, x, y):
    W1, b1, W2, b2 = parameters
    N = x.shape[0]
    # a: a[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    a = x @ W1.T + b1
    # h: h[s,j] = relu(a[s,j])
    h = relu(a)
    # scores: scores[s,k] = sum(j, W2[k,j] * h[s,j]) + b2[k]
    scores = h @ W2.T + b2
    # p: p[s,k] = exp(scores[s,k]) / sum(k', exp(scores[s,k']))
    p = softmax(scores, 1)
    # R: R = sum(j, i, W1[j,i]^2) + sum(k, j, W2[k,j]^2)
    R = np.sum(W1 ** 2) + np.sum(W2 ** 2)
    # L: L = sum(s, -sum(k, y[s,k] * log(p[s,k]))) / N + reg * R
    L = -np.sum(y * (scores - logsumexp(scores, 1)[:, None])) / N + reg * R

    # dL-dR: ∂L/∂R = reg
    dL_dR = reg
    # dL-dscores: ∂L/∂scores[s,k] = (p[s,k] - y[s,k]) / N
    dL_dscores = (p - y) / N
    # dL-da: ∂L/∂a[s,j] = sum(k, ∂L/∂scores[s,k] * W2[k,j]) * relu'(a[s,j])
    dL_da = (dL_dscores @ W2) * relu_prime(a)
    # dL-dW1: ∂L/∂W1[j,i] = sum(s, ∂L/∂a[s,j] * x[s,i]) + 2 * ∂L/∂R * W1[j,i]
    dL_dW1 = dL_da.T @ x + 2 * dL_dR * W1
    # dL-db1: ∂L/∂b1[j] = sum(s, ∂L/∂a[s,j])
    dL_db1 = np.sum(dL_da, axis=0)
    # dL-dW2: ∂L/∂W2[k,j] = sum(s, ∂L/∂scores[s,k] * h[s,j]) + 2 * ∂L/∂R * W2[k,j]
    dL_dW2 = dL_dscores.T @ h + 2 * dL_dR * W2
    # dL-db2: ∂L/∂b2[k] = sum(s, ∂L/∂scores[s,k])
    dL_db2 = np.sum(dL_dscores, axis=0)
    return L, Parameters(dL_dW1, dL_db1, dL_dW2, dL_db2)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W1": ("H", "D"),
    "b1": ("H",),
    "W2": ("C", "H"),
    "b2": ("C",),
    "x": ("D",),
    "y": ("C",),
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
        _require("y", array, np.isin(array, [0, 1]), "y[k] in {0, 1}")
        _require("y", array, abs(np.sum(array, axis=1) - 1) <= np.finfo(array.dtype).eps ** 0.5, "sum(k, y[k]) = 1")


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
