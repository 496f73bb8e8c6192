"""The trainer of the example, whole: what its users call, and what an estimator uses of it."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from derive.code.runtime.arguments import _step_size as _step_size
from derive.code.runtime.arguments import _whole as _whole
from derive.code.runtime.batches import _in_batches as _in_batches
from derive.code.runtime.batches import _named as _named
from derive.code.runtime.batches import _shuffled as _shuffled
from derive.code.runtime.checking import _check as _check
from derive.code.runtime.checking import _finite as _finite
from derive.code.runtime.descent import _as_one as _as_one
from derive.code.runtime.descent import _made_anew as _made_anew
from derive.code.runtime.descent import _moved as _moved
from derive.code.runtime.descent import _quiet as _quiet
from derive.code.runtime.descent import _unbounded as _unbounded
from derive.code.runtime.example.model import _DATA as _DATA
from derive.code.runtime.example.model import _ERROR as _ERROR
from derive.code.runtime.example.model import Parameters as Parameters
from derive.code.runtime.example.model import _error as _error
from derive.code.runtime.example.model import _forward as _forward
from derive.code.runtime.example.model import _gathered as _gathered
from derive.code.runtime.example.model import _gradient as _gradient
from derive.code.runtime.example.model import _in_place as _in_place
from derive.code.runtime.example.model import _input_gradient as _input_gradient
from derive.code.runtime.methods import _at_rest as _at_rest
from derive.code.runtime.methods import _Constants as _Constants
from derive.code.runtime.methods import _constants as _constants
from derive.code.runtime.methods import _method as _method
from derive.code.runtime.methods import _move as _move
from derive.code.runtime.ravel import ravel as ravel
from derive.code.runtime.ravel import unravel as unravel
from derive.code.runtime.training import _schedule as _schedule
from derive.code.runtime.training import _train as _train
from derive.code.runtime.vectors import _objective as _objective


def initialise(n: int, m: int, K: int, seed: int) -> Parameters:
    """Parameters to begin with: random, of variance 2/(inputs + outputs) (Glorot and Bengio, 2010).

    n, m, K are the sizes, whole numbers from 1 on; seed is a whole number. The
    arrays are float64.
    """
    for name, size in {"n": n, "m": m, "K": K}.items():
        _whole(size, name, 1)
    random = np.random.default_rng(seed)
    return Parameters(
        W=np.sqrt(6 / (n + m)) * random.uniform(-1, 1, (m, n)),
        V=np.sqrt(6 / (m + K)) * random.uniform(-1, 1, (K, m)),
    )


def forward(parameters: Parameters, x: ArrayLike) -> np.ndarray:
    """The output o: (K,) for one sample, (N, K) for N."""
    parameters, data, single = _check(parameters, {"x": x})
    output = _forward(parameters, *data)
    return output[0] if single else output


def error(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> float:
    """The error E, a float; over N samples their mean."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return float(_error(parameters, *data))


def gradient(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> tuple[float, Parameters]:
    """The error, and its partial derivatives as Parameters: (E, ∇E)."""
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    value, partials = _gradient(parameters, *data)
    return float(value), partials


def input_gradient(parameters: Parameters, x: ArrayLike, y: ArrayLike) -> np.ndarray:
    """The partial derivatives of the error by x, each shaped as what was given."""
    parameters, data, single = _check(parameters, {"x": x, "y": y})
    partials = _input_gradient(parameters, *data)
    return partials[0][0] if single else partials[0]


def update(parameters: Parameters, x: ArrayLike, y: ArrayLike, t: float) -> Parameters:
    """One step of the gradient method, x - t ∇E, every gradient at the old weights.

    t is the step size, a real number that is not negative. The parameters given stay as
    they are; new ones are returned.
    """
    parameters, data, _ = _check(parameters, {"x": x, "y": y})
    return _moved(parameters, data, _step_size(t))


def train(
    parameters: Parameters,
    x: ArrayLike,
    y: ArrayLike,
    t: float | Callable[[int], float],
    iterations: int,
    tolerance: float = 0.0,
    *,
    step: str = "fixed",
    validation: tuple[ArrayLike, ...] | None = None,
    patience: int | None = None,
    fall: float = 0.0,
    callback: Callable[[int, float, Parameters], object] | None = None,
    progress: bool = False,
) -> tuple[Parameters, np.ndarray]:
    """The gradient method over all samples at once: `iterations` steps, or fewer.

    Returns the parameters reached and the errors: errors[r] is E after r steps.
    `step` says how far each step goes:

    - "fixed": t, a number or a function of r such as inverse_decay(t, rate);
    - "armijo": from t on, halved until the error falls by at least t/10^4 times the squared
      gradient (Armijo 1966), doubled for the next step; the error never rises;
    - "barzilai-borwein": what the last two gradients say of the curvature (1988), halved
      until the error is below the largest of the last ten (Raydan 1997).

    Stops early where no partial derivative exceeds `tolerance` in absolute value; where for
    `patience` steps E, or that of the samples `validation` = (x, y), has not
    fallen by more than `fall`; and where `callback(r, error, parameters)` is true. With
    validation samples, and after an interruption from the keyboard, the parameters with the
    least error are returned. Raises FloatingPointError where the error grows out of all
    bounds; a smaller t then helps.
    """
    return _train(
        parameters,
        {"x": x, "y": y},
        t,
        iterations,
        tolerance,
        step,
        validation,
        patience,
        fall,
        callback,
        progress,
    )


def in_batches(
    batch_size: int, x: ArrayLike, y: ArrayLike, seed: int | None = None
) -> Callable[[], Iterator[tuple[np.ndarray, ...]]]:
    """The batches of `train_on`: the rows in order, or in a new random order for each pass.

    The arrays may be memory maps; only the rows of one batch are read at a time.
    """
    return _in_batches(batch_size, {"x": x, "y": y}, seed)


def objective(
    like: Parameters, x: ArrayLike, y: ArrayLike
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """A function of the raveled parameters, (E, its flat gradient).

    It is what scipy.optimize.minimize(..., ravel(parameters), jac=True) minimises.
    """
    return _objective(like, {"x": x, "y": y})
