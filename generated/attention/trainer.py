"""Scaled dot-product attention: forward pass, gradient and training.

Generated from attention by `derive build attention`; do not edit.

    Q[a,d] = sum(c, W_Q[d,c] * X[a,c])
    K[a,d] = sum(c, W_K[d,c] * X[a,c])
    V[a,d] = sum(c, W_V[d,c] * X[a,c])
    S[a,b] = scale * sum(d, Q[a,d] * K[b,d])
    A[a,b] = exp(S[a,b]) / sum(b', exp(S[a,b']))
    o[a,d] = sum(b, A[a,b] * V[b,d])
    L = sum(a, d, (o[a,d] - y[a,d])^2) / 2

Vaswani et al., Attention is all you need, 2017

Samples are rows: X is (T, p) or (N, T, p), y is (T, h) or (N, T, h). Over N samples
L is their mean. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from typing import NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    W_Q: np.ndarray
    """Shape (h, p): W_Q[d,c]."""
    W_K: np.ndarray
    """Shape (h, p): W_K[d,c]."""
    W_V: np.ndarray
    """Shape (h, p): W_V[d,c]."""


def softmax(z, axis):
    """exp(z) over its sum along an axis; what the largest z has in common is taken out first."""
    e = np.exp(z - np.max(z.real, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)



# Hyperparameters, as in the model file.
scale = 0.5


def initialise(T, p, h, seed):
    """Parameters of random normal numbers, each scaled by 1/sqrt(number of its inputs).

    T, p, h are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"T": T, "p": p, "h": h}.items():
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
            raise TypeError(f"{name}: expected a whole number, got {size!r}")
        if size < 1:
            raise ValueError(f"{name}: expected at least 1, got {size}")
    random = np.random.default_rng(seed)
    return Parameters(
        W_Q=random.standard_normal((h, p)) / np.sqrt(p),
        W_K=random.standard_normal((h, p)) / np.sqrt(p),
        W_V=random.standard_normal((h, p)) / np.sqrt(p),
    )


def forward(parameters, X):
    """The output o: (T, h) for one sample, (N, T, h) for N."""
    parameters, data, single = _check(parameters, {"X": X})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters, X, y):
    """The error L, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters, X, y):
    """The error, and its partial derivatives as Parameters: (L, ∇L)."""
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters, X, y, t):
    """One step of the gradient method, x - t ∇L, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
    return _step(parameters, _gradient(parameters, *data)[1], _step_size(t))


def train(parameters, X, y, t, iterations, tolerance=0.0):
    """The gradient method: `iterations` steps of size t, or fewer.

    Stops early where no partial derivative exceeds `tolerance` in absolute value. Returns
    the parameters reached and the errors: errors[r] is L after r steps, so the
    last one is that of the parameters returned. Raises FloatingPointError where the
    error grows out of all bounds; a smaller t then helps.
    """
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
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


def _forward(parameters, X):
    W_Q, W_K, W_V = parameters
    # Q: Q[s,a,d] = sum(c, W_Q[d,c] * X[s,a,c])
    Q = X @ W_Q.T
    # K: K[s,a,d] = sum(c, W_K[d,c] * X[s,a,c])
    K = X @ W_K.T
    # V: V[s,a,d] = sum(c, W_V[d,c] * X[s,a,c])
    V = X @ W_V.T
    # S: S[s,a,b] = scale * sum(d, Q[s,a,d] * K[s,b,d])
    S = scale * (Q @ np.swapaxes(K, -1, -2))
    # A: A[s,a,b] = exp(S[s,a,b]) / sum(b', exp(S[s,a,b']))
    A = softmax(S, 2)
    # o: o[s,a,d] = sum(b, A[s,a,b] * V[s,b,d])
    o = A @ V
    return o


def _error(parameters, X, y):
    o = _forward(parameters, X)
    N = X.shape[0]
    L = np.sum((o - y) ** 2) / (2 * N)  # L: L = sum(s, sum(a, d, (o[s,a,d] - y[s,a,d])^2) / 2) / N
    return L


def _gradient(parameters, X, y):
    W_Q, W_K, W_V = parameters
    N = X.shape[0]
    # Q: Q[s,a,d] = sum(c, W_Q[d,c] * X[s,a,c])
    Q = X @ W_Q.T
    # K: K[s,a,d] = sum(c, W_K[d,c] * X[s,a,c])
    K = X @ W_K.T
    # V: V[s,a,d] = sum(c, W_V[d,c] * X[s,a,c])
    V = X @ W_V.T
    # S: S[s,a,b] = scale * sum(d, Q[s,a,d] * K[s,b,d])
    S = scale * (Q @ np.swapaxes(K, -1, -2))
    # A: A[s,a,b] = exp(S[s,a,b]) / sum(b', exp(S[s,a,b']))
    A = softmax(S, 2)
    # o: o[s,a,d] = sum(b, A[s,a,b] * V[s,b,d])
    o = A @ V
    # L: L = sum(s, sum(a, d, (o[s,a,d] - y[s,a,d])^2) / 2) / N
    L = np.sum((o - y) ** 2) / (2 * N)

    # dL-do: ∂L/∂o[s,a,d] = (o[s,a,d] - y[s,a,d]) / N
    dL_do = (o - y) / N
    # dL-dA: ∂L/∂A[s,a,b] = sum(d, ∂L/∂o[s,a,d] * V[s,b,d])
    dL_dA = dL_do @ np.swapaxes(V, -1, -2)
    # dL-dS: ∂L/∂S[s,a,b] = (∂L/∂A[s,a,b] - sum(b', ∂L/∂A[s,a,b'] * A[s,a,b'])) * A[s,a,b]
    dL_dS = (dL_dA - np.sum(dL_dA * A, axis=2)[..., None]) * A
    # dL-dW-Q: ∂L/∂W_Q[d,c] = sum(s, a, sum(b, ∂L/∂S[s,a,b] * scale * K[s,b,d]) * X[s,a,c])
    dL_dW_Q = scale * np.tensordot(dL_dS @ K, X, axes=([0, 1], [0, 1]))
    # dL-dW-K: ∂L/∂W_K[d,c] = sum(s, a, sum(a', ∂L/∂S[s,a',a] * scale * Q[s,a',d]) * X[s,a,c])
    dL_dW_K = scale * np.tensordot(np.swapaxes(dL_dS, -1, -2) @ Q, X, axes=([0, 1], [0, 1]))
    # dL-dW-V: ∂L/∂W_V[d,c] = sum(s, a, sum(a', ∂L/∂o[s,a',d] * A[s,a',a]) * X[s,a,c])
    dL_dW_V = np.tensordot(np.swapaxes(A, -1, -2) @ dL_do, X, axes=([0, 1], [0, 1]))
    return L, Parameters(dL_dW_Q, dL_dW_K, dL_dW_V)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "W_Q": ("h", "p"),
    "W_K": ("h", "p"),
    "W_V": ("h", "p"),
    "X": ("T", "p"),
    "y": ("T", "h"),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 3:
        raise TypeError(f"parameters: expected Parameters(W_Q, W_K, W_V), got {parameters!r}")
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
