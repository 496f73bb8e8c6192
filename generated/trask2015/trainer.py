"""A Neural Network in 11 lines of Python: forward pass, gradient and training.

Generated from trask2015 by `derive build trask2015`; do not edit.

    l1[j] = logistic(sum(i, syn0[j,i] * X[i]))
    l2[k] = logistic(sum(j, syn1[k,j] * l1[j]))
    E = sum(k, (l2[k] - y[k])^2) / 2

Andrew Trask, 2015, https://iamtrask.github.io/2015/07/12/basic-python-network/

Samples are rows: X is (n,) or (N, n), y is (K,) or (N, K). Over N samples
E is their sum. Quantities have no units. What is given converts to the dtype of the
parameters. Every function raises TypeError for what is no array of real numbers, and
ValueError for a wrong shape or a number that is not finite. The functions whose names
begin with _ check nothing; they compute with complex numbers too, for the complex step.
"""

from typing import NamedTuple

import numpy as np


class Parameters(NamedTuple):
    """The weights, named as in the paper."""

    syn0: np.ndarray
    """Shape (m, n): syn0[j,i]."""
    syn1: np.ndarray
    """Shape (K, m): syn1[k,j]."""


def logistic(z):
    """The logistic function, 1/(1 + exp(-z))."""
    e = np.exp(np.where(z.real < 0, z, -z))
    return np.where(z.real < 0, e, 1) / (1 + e)




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
        syn0=random.standard_normal((m, n)) / np.sqrt(n),
        syn1=random.standard_normal((K, m)) / np.sqrt(m),
    )


def forward(parameters, X):
    """The output l2: (K,) for one sample, (N, K) for N."""
    parameters, data, single = _check(parameters, {"X": X})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters, X, y):
    """The error E, a float; over N samples their sum."""
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters, X, y):
    """The error, and its partial derivatives as Parameters: (E, ∇E)."""
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def update(parameters, X, y, t):
    """One step of the gradient method, x - t ∇E, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"X": X, "y": y})
    return _step(parameters, _gradient(parameters, *data)[1], _step_size(t))


def train(parameters, X, y, t, iterations, tolerance=0.0):
    """The gradient method: `iterations` steps of size t, or fewer.

    Stops early where no partial derivative exceeds `tolerance` in absolute value. Returns
    the parameters reached and the errors: errors[r] is E after r steps, so the
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
                f"E is {value} after {len(errors)} steps of size {t}: take a smaller t"
            )
        errors.append(float(value))
        largest = max(np.max(np.abs(partial)) for partial in partials)
        if len(errors) > iterations or largest <= tolerance:
            return parameters, np.array(errors)
        parameters = _step(parameters, partials, t)


# The equations, samples in rows. Each line is commented with the equation it is.


def _forward(parameters, X):
    syn0, syn1 = parameters
    l1 = logistic(X @ syn0.T)   # l1: l1[s,j] = logistic(sum(i, syn0[j,i] * X[s,i]))
    l2 = logistic(l1 @ syn1.T)  # l2: l2[s,k] = logistic(sum(j, syn1[k,j] * l1[s,j]))
    return l2


def _error(parameters, X, y):
    l2 = _forward(parameters, X)
    E = np.sum((l2 - y) ** 2) / 2  # E: E = sum(s, sum(k, (l2[s,k] - y[s,k])^2) / 2)
    return E


def _gradient(parameters, X, y):
    syn0, syn1 = parameters
    l1 = logistic(X @ syn0.T)      # l1: l1[s,j] = logistic(sum(i, syn0[j,i] * X[s,i]))
    l2 = logistic(l1 @ syn1.T)     # l2: l2[s,k] = logistic(sum(j, syn1[k,j] * l1[s,j]))
    E = np.sum((l2 - y) ** 2) / 2  # E: E = sum(s, sum(k, (l2[s,k] - y[s,k])^2) / 2)

    # dE-dl2: ∂E/∂l2[s,k] = l2[s,k] - y[s,k]
    dE_dl2 = l2 - y
    # dE-dsyn0: ∂E/∂syn0[j,i] = sum(s, sum(k, ∂E/∂l2[s,k] * l2[s,k] * (1 - l2[s,k]) * syn1[k,j]) * l1[s,j] * (1 - l1[s,j]) * X[s,i])
    dE_dsyn0 = ((dE_dl2 * l2 * (1 - l2) @ syn1) * l1 * (1 - l1)).T @ X
    # dE-dsyn1: ∂E/∂syn1[k,j] = sum(s, ∂E/∂l2[s,k] * l2[s,k] * (1 - l2[s,k]) * l1[s,j])
    dE_dsyn1 = (dE_dl2 * l2 * (1 - l2)).T @ l1
    return E, Parameters(dE_dsyn0, dE_dsyn1)


def _step(parameters, partials, t):
    return Parameters(*(x - t * partial for x, partial in zip(parameters, partials)))


# What is given, checked.

_AXES = {
    "syn0": ("m", "n"),
    "syn1": ("K", "m"),
    "X": ("n",),
    "y": ("K",),
}


def _check(parameters, data):
    """Parameters and data in one dtype, samples in rows; and whether it was one sample."""
    if not isinstance(parameters, (tuple, list)) or len(parameters) != 2:
        raise TypeError(f"parameters: expected Parameters(syn0, syn1), got {parameters!r}")
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
