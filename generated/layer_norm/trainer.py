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

import itertools
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
    """Parameters to begin with: random, of variance 2/(inputs + outputs) (Glorot and Bengio, 2010).

    n, m are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n": n, "m": m}.items():
        _whole(size, name, 1)
    random = np.random.default_rng(seed)
    return Parameters(
        W=np.sqrt(6 / (n + m)) * random.uniform(-1, 1, (m, n)),
        g=np.ones(m),
        b=np.zeros(m),
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


def train(
    parameters, x, y, t, iterations, tolerance=0.0, *,
    step="fixed", validation=None, patience=None, fall=0.0, callback=None, progress=False,
):
    """The gradient method over all samples at once: `iterations` steps, or fewer.

    Returns the parameters reached and the errors: errors[r] is L after r steps.
    `step` says how far each step goes:

    - "fixed": t, a number or a function of r such as inverse_decay(t, rate);
    - "armijo": from t on, halved until the error falls by at least t/10^4 times the squared
      gradient (Armijo 1966), doubled for the next step; the error never rises;
    - "barzilai-borwein": what the last two gradients say of the curvature (1988), halved
      until the error is below the largest of the last ten (Raydan 1997).

    Stops early where no partial derivative exceeds `tolerance` in absolute value; where for
    `patience` steps L, or that of the samples `validation` = (x, y), has not
    fallen by more than `fall`; and where `callback(r, error, parameters)` is true. With
    validation samples, and after an interruption from the keyboard, the parameters with the
    least error are returned. Raises FloatingPointError where the error grows out of all
    bounds; a smaller t then helps.
    """
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    if not isinstance(step, str) or step not in STEPS:
        raise ValueError(f"step: expected one of {', '.join(STEPS)}, got {step!r}")
    size = _schedule(t) if step == "fixed" else _step_size(t)
    steps = STEPS[step](parameters, data, size, _step_size(tolerance, "tolerance"))
    count = _whole(iterations, "iterations", 0) + 1
    watch = _samples(parameters, validation), patience, _step_size(fall, "fall")
    return _run(steps, count, *watch, callback, progress)


def train_on(
    parameters, batches, t, passes, *,
    method="gradient", momentum=0.9, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01,
    validation=None, patience=None, fall=0.0, callback=None, progress=False,
):
    """The gradient method on one batch of samples after the other, in constant memory.

    `batches()` returns the batches of one pass, each a tuple (x, y); see in_batches.
    A list of batches will do. `t` is a number or a function of the number of steps. The
    methods are "gradient", "momentum" (Polyak 1964), "nesterov" (1983), "adam" (Kingma and
    Ba 2015) and "adamw" (Loshchilov and Hutter 2019, with its weight_decay).

    Returns the parameters reached and the errors: errors[r] is that of pass r, every batch
    at the weights it met. Stopping, validation and interruption are those of `train`, with
    passes for steps.
    """
    method = _method(method)
    constants = _constants(momentum, beta1, beta2, epsilon, weight_decay)
    steps = _passes(parameters, batches, _schedule(t), method, constants)
    count = _whole(passes, "passes", 1)
    watch = _samples(parameters, validation), patience, _step_size(fall, "fall")
    return _run(steps, count, *watch, callback, progress)


def in_batches(batch_size, x, y, seed=None):
    """The batches of `train_on`: the rows in order, or in a new random order for each pass.

    The arrays may be memory maps; only the rows of one batch are read at a time.
    """
    names, size = ("x", "y"), _whole(batch_size, "batch_size", 1)
    data = [_rows_by_place(array) for array in (x, y)]
    counts = [np.shape(array)[:1] for array in data]
    if () in counts or len(set(counts)) > 1:
        shapes = ", ".join(f"{name} {np.shape(array)}" for name, array in zip(names, data))
        raise ValueError(f"expected as many rows of each array, got the shapes {shapes}")
    ((N,), *_) = counts
    random = None if seed is None else np.random.default_rng(seed)

    def batches():
        order = None if random is None else random.permutation(N)
        for start in range(0, N, size):
            rows = slice(start, start + size)
            if order is not None:
                rows = np.sort(order[rows])
            yield tuple(array[rows] for array in data)

    return batches


def inverse_decay(t, rate):
    """The step size t / (1 + rate·r) after r steps."""
    t, rate = _step_size(t), _step_size(rate, "rate")
    return lambda r: t / (1 + rate * r)


def exponential_decay(t, rate):
    """The step size t·exp(-rate·r) after r steps."""
    t, rate = _step_size(t), _step_size(rate, "rate")
    return lambda r: t * np.exp(-rate * r)


def ravel(parameters):
    """All parameters in one vector, in their order."""
    return np.concatenate([np.ravel(x) for x in parameters])


def unravel(vector, like):
    """The Parameters in a vector, shaped like others."""
    ends = np.cumsum([np.size(x) for x in like])
    if np.shape(vector) != (ends[-1],):
        raise ValueError(f"vector: expected shape ({ends[-1]},), got {np.shape(vector)}")
    parts = np.split(np.asarray(vector), ends[:-1])
    return Parameters(*(part.reshape(np.shape(x)) for part, x in zip(parts, like)))


def objective(like, x, y):
    """A function of the raveled parameters, (L, its flat gradient).

    It is what scipy.optimize.minimize(..., ravel(parameters), jac=True) minimises.
    """
    like, data, _ = _check(like, {"x": x, "y": y})

    def value_and_gradient(vector):
        value, partials = _quiet(_gradient, unravel(vector, like), data)
        return float(value), ravel(partials)

    return value_and_gradient


def plot(errors, path=None, by="step"):
    """The errors as a curve by steps or passes, in a file or on the axes returned (needs matplotlib)."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plot needs matplotlib: pip install matplotlib") from None
    if np.ndim(errors) != 1 or not np.size(errors):
        raise ValueError(f"errors: expected one after the other, got shape {np.shape(errors)}")
    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(errors)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set(xlabel=by, ylabel="L")
    if np.min(errors) > 0:
        axes.set_yscale("log")
    if path is not None:
        figure.savefig(path, dpi=150)
    return axes


# How far a step goes. Each yields the parameters and their error, step after step.


def _fixed(parameters, data, t, tolerance):
    for r in itertools.count():
        value, partials = _quiet(_gradient, parameters, data)
        yield parameters, _bounded(value, f"after {r} steps of size {t(r)}")
        if _largest(partials) <= tolerance:
            return
        parameters = _step(parameters, partials, t(r))


def _armijo(parameters, data, t, tolerance):
    value, partials = _quiet(_gradient, parameters, data)
    while True:
        yield parameters, _bounded(value, "at the start")
        if _largest(partials) <= tolerance:
            return
        t, parameters, value = _backtrack(parameters, partials, data, t, value)
        if t == 0:  # no step changes the weights and lowers the error: as near as numbers go
            return
        t, partials = min(2 * t, LARGEST), _quiet(_gradient, parameters, data)[1]


def _barzilai_borwein(parameters, data, t, tolerance):
    value, partials = _quiet(_gradient, parameters, data)
    recent = [value]
    while True:
        yield parameters, _bounded(value, "at the start")
        if _largest(partials) <= tolerance:
            return
        size, moved, value = _backtrack(parameters, partials, data, t, max(recent))
        if size == 0:
            return
        recent = [*recent[-9:], value]
        new = _quiet(_gradient, moved, data)[1]
        t = min(_by_curvature(moved, parameters, new, partials) or 2 * size, LARGEST)
        parameters, partials = moved, new


def _backtrack(parameters, partials, data, t, value):
    """(t, the parameters a step of t away, their error) for t, t/2, t/4, ...: the first where the
    error is below `value` by t/10^4 times the squared gradient; t = 0 where there is none.
    """
    square = float(_quiet(_square, partials, ()))  # whose products are silent
    if not np.isfinite(square):
        raise FloatingPointError(f"the squared gradient is {square}: scale the data")
    while True:
        moved = _step(parameters, partials, t)
        if all(np.array_equal(x, new) for x, new in zip(parameters, moved)):
            return 0, parameters, value
        reached = _quiet(_error, moved, data)
        if reached <= value - 1e-4 * t * square:
            return t, moved, reached
        t = t / 2


def _by_curvature(moved, parameters, new, partials):
    """(s·s)/(s·d) of the steps s in the weights and d in the gradient; 0 where it says nothing."""
    s, d = ravel(moved) - ravel(parameters), ravel(new) - ravel(partials)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        size = s @ s / (s @ d)
    return float(size) if 0 < size < np.inf else 0


def _square(partials):
    return sum(np.sum(partial**2) for partial in partials)


LARGEST = float(np.finfo(float).max)
"""Of step sizes: one beyond stays infinite when it is halved."""

STEPS = {"fixed": _fixed, "armijo": _armijo, "barzilai-borwein": _barzilai_borwein}


# Where a step goes: (state, partials, parameters, constants) -> (state, direction). A step is
# parameters - t * direction; the state is (steps done, first moments, second moments).


def _at_rest(parameters):
    zeros = _each(np.zeros_like, parameters)
    return 0, zeros, zeros


def _each(function, *several):
    return Parameters(*map(function, *several))


def _plain(state, partials, parameters, constants):
    return state, partials


def _momentum(state, partials, parameters, constants):
    count, velocity, second = state
    mu = constants["momentum"]
    velocity = _each(lambda v, g: mu * v + g, velocity, partials)
    return (count + 1, velocity, second), velocity


def _nesterov(state, partials, parameters, constants):
    state, velocity = _momentum(state, partials, parameters, constants)
    return state, _each(lambda v, g: constants["momentum"] * v + g, velocity, partials)


def _adam(state, partials, parameters, constants):
    count, first, second = state
    beta1, beta2, epsilon = (constants[name] for name in ("beta1", "beta2", "epsilon"))
    count += 1
    first = _each(lambda m, g: beta1 * m + (1 - beta1) * g, first, partials)
    second = _each(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, partials)
    scale, root = 1 / (1 - beta1**count), 1 / (1 - beta2**count)
    direction = _each(lambda m, v: scale * m / (np.sqrt(root * v) + epsilon), first, second)
    return (count, first, second), direction


def _adamw(state, partials, parameters, constants):
    state, direction = _adam(state, partials, parameters, constants)
    return state, _each(lambda d, x: d + constants["weight_decay"] * x, direction, parameters)


METHODS = {
    "gradient": _plain,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adam": _adam,
    "adamw": _adamw,
}


def _passes(parameters, batches, t, method, constants):
    """One pass after the other: the parameters, and the error of the pass."""
    state, r = None, 0
    for number in itertools.count():
        total = rows = 0
        given = batches() if callable(batches) else batches
        if not hasattr(given, "__iter__"):
            found = type(given).__name__
            raise TypeError(f"batches: expected a list, or a function that returns them, got {found}")
        for batch in given:
            parameters, data, _ = _check(parameters, _named("batches", batch))
            value, partials = _quiet(_gradient, parameters, data)
            _bounded(value, f"after {r} steps of size {t(r)}")
            state = _at_rest(parameters) if state is None else state
            state, parameters = _move(method, state, partials, parameters, constants, t(r))
            r += 1
            total, rows = total + value * len(data[0]), rows + len(data[0])
        if not rows:
            raise ValueError(f"batches: pass {number} has none; give a list, or a function")
        yield parameters, total / rows


def _move(method, state, partials, parameters, constants, t):
    """A step of one of the METHODS: (state, parameters)."""
    with np.errstate(over="ignore", invalid="ignore"):
        state, direction = method(state, partials, parameters, constants)
        return state, _step(parameters, direction, t)


def _run(steps, count, validation, patience, fall, callback, progress):
    """Take at most `count` steps; the parameters and the errors."""
    patience = count if patience is None else _whole(patience, "patience", 1)
    errors, least, best, mark, at = [], np.inf, None, np.inf, 0
    show = _progress(count) if progress else None
    try:
        for parameters, value in itertools.islice(steps, count):
            errors.append(float(value))
            watched = value if validation is None else _quiet(_error, parameters, validation)
            if best is None or watched < least:
                least, best = watched, parameters
            if watched < mark - fall:
                mark, at = watched, len(errors)
            if show:
                show(len(errors), errors[-1])
            if callback is not None and callback(len(errors) - 1, errors[-1], parameters):
                break
            if len(errors) - at >= patience:
                break
    except KeyboardInterrupt:
        if best is None:
            raise
        print(f"interrupted: the best of {len(errors)} weights are returned")
        parameters = best
    finally:
        if show:
            show.close()
    return (parameters if validation is None else best), np.array(errors)


class _progress:
    """A bar where tqdm is installed, else a line for every tenth."""

    def __init__(self, count):
        self.count, self.bar = count, None
        try:
            from tqdm import tqdm
        except ImportError:
            return
        self.bar = tqdm(total=count)

    def __call__(self, done, value):
        if self.bar is not None:
            self.bar.update()
            self.bar.set_postfix({"L": f"{value:.6g}"}, refresh=False)
        elif done * 10 // self.count > (done - 1) * 10 // self.count:
            print(f"{done:>{len(str(self.count))}} of {self.count}: L = {value:.6g}", flush=True)

    def close(self):
        if self.bar is not None:
            self.bar.close()


def _quiet(function, parameters, data):
    """What overflows on the way is seen in the error."""
    with np.errstate(over="ignore", invalid="ignore"):
        return function(parameters, *data)


def _bounded(value, when):
    if not np.isfinite(value):
        raise FloatingPointError(f"L is {value} {when}: take a smaller t, or scale the data")
    return value


def _largest(partials):
    return max(np.max(np.abs(partial)) for partial in partials)


def _samples(parameters, validation):
    """The validation samples, checked."""
    if validation is None:
        return None
    return _check(parameters, _named("validation", validation))[1]


def _named(where, data):
    """Each array of a tuple of samples by its name."""
    names = ("x", "y")
    if not isinstance(data, (tuple, list)) or len(data) != len(names):
        given = type(data).__name__ + (f" of {len(data)}" if hasattr(data, "__len__") else "")
        raise TypeError(f"{where}: expected ({', '.join(names)}), got {given}")
    return dict(zip(names, data))


def _rows_by_place(array):
    """An array whose rows are numbered from 0: a list's become so, a table's lose their labels."""
    plain = not isinstance(array, (list, tuple)) and not hasattr(array, "iloc")
    return array if plain else np.asarray(array)


def _method(name):
    if not isinstance(name, str) or name not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {name!r}")
    return METHODS[name]


def _constants(momentum, beta1, beta2, epsilon, weight_decay):
    """The constants of the methods by their names."""
    fractions = {"momentum": momentum, "beta1": beta1, "beta2": beta2}
    others = {"epsilon": epsilon, "weight_decay": weight_decay}
    constants = {name: _step_size(x, name) for name, x in (fractions | others).items()}
    for name in fractions:
        if constants[name] >= 1:
            raise ValueError(f"{name}: expected a number in [0, 1), got {constants[name]}")
    if not constants["epsilon"]:
        raise ValueError("epsilon: expected a number above 0, got 0: it divides where nothing moves")
    return constants


def _schedule(t):
    """The step size as a function of the number of steps."""
    if callable(t):
        return lambda r: _step_size(t(r))
    size = _step_size(t)
    return lambda r: size


def _whole(number, name, least):
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise TypeError(f"{name}: expected a whole number, got {number!r}")
    if number < least:
        raise ValueError(f"{name}: expected at least {least}, got {number}")
    return int(number)


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
    # dL-dsigma: ∂L/∂sigma[s] = -sum(j, ∂L/∂o[s,j] * g[j] * (a[s,j] - mu[s])) * q[s] / (2 * sigma[s])
    dL_dsigma = -(dL_do * (a - mu[:, None]) @ g) * q / (2 * sigma)
    # dL-dmu: ∂L/∂mu[s] = 2 * ∂L/∂sigma[s] * sum(j, (mu[s] - a[s,j]) / m) - sum(j, ∂L/∂o[s,j] * g[j] * q[s])
    dL_dmu = 2 * dL_dsigma * np.sum(mu[:, None] - a, axis=1) / m - (dL_do @ g) * q
    # dL-da: ∂L/∂a[s,j] = ∂L/∂mu[s] / m + 2 * ∂L/∂sigma[s] * (a[s,j] - mu[s]) / m + ∂L/∂o[s,j] * g[j] * q[s]
    dL_da = (dL_dmu / m)[:, None] + 2 * dL_dsigma[:, None] * (a - mu[:, None]) / m + dL_do * g * q[:, None]
    # dL-dW: ∂L/∂W[j,i] = sum(s, ∂L/∂a[s,j] * x[s,i])
    dL_dW = dL_da.T @ x
    # dL-dg: ∂L/∂g[j] = sum(s, ∂L/∂o[s,j] * (a[s,j] - mu[s]) * q[s])
    dL_dg = (dL_do * (a - mu[:, None])).T @ q
    # dL-db: ∂L/∂b[j] = sum(s, ∂L/∂o[s,j])
    dL_db = np.sum(dL_do, axis=0)
    return L, Parameters(dL_dW, dL_dg, dL_db)


def _step(parameters, partials, t):
    with np.errstate(over="ignore", invalid="ignore"):
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
        count = f" of {len(parameters)}" if hasattr(parameters, "__len__") else ""
        given = type(parameters).__name__ + count
        raise TypeError(f"parameters: expected Parameters(W, g, b), got {given}")
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
