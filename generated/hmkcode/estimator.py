"""Backpropagation Step by Step: an estimator in scikit-learn's manners.

Generated from hmkcode by `derive build hmkcode`; do not edit.

It needs NumPy and the trainer beside this file alone. Where scikit-learn is loaded, its validation, its
warnings and its tags are used; it is never imported here.
"""

import inspect
import sys
import warnings

import numpy as np

try:
    from . import trainer
except ImportError:  # no package: the two files lie side by side
    import trainer


class Regressor:
    """Backpropagation Step by Step, fitted by the gradients derived from its equations.

    m: the sizes of what lies between inputs and outputs.
    t: the step size.
    method: "gradient", "momentum", "nesterov", "adam" or "adamw".
    momentum: of "momentum" and "nesterov".
    beta1, beta2, epsilon: of "adam" and "adamw"; weight_decay: of "adamw".
    max_iter: the largest number of epochs; batch_size: samples in a step, None for all.
    shuffle: whether each epoch draws its batches anew.
    tol, n_iter_no_change: the fit ends where for more than n_iter_no_change epochs the loss
        (with early_stopping the validation score) has not got better by tol.
    early_stopping, validation_fraction: whether, and of what fraction of the samples, to
        keep a validation set; the weights with the best score on it are kept.
    warm_start: whether `fit` goes on from the weights that are there.
    verbose: whether to print the loss of each epoch.
    random_state: None, a whole number or a numpy.random.RandomState.

    Fitted: W_, V_, loss_curve_, best_loss_, n_iter_, n_features_in_,
    feature_names_in_ for columns with names, and with early_stopping
    validation_scores_, best_validation_score_.
    """

    def __init__(
        self,
        m=8,
        *,
        t=0.01,
        method="adam",
        momentum=0.9,
        beta1=0.9,
        beta2=0.999,
        epsilon=1e-8,
        weight_decay=0.01,
        max_iter=200,
        batch_size=None,
        shuffle=True,
        tol=1e-4,
        n_iter_no_change=10,
        early_stopping=False,
        validation_fraction=0.1,
        warm_start=False,
        verbose=False,
        random_state=None,
    ):
        self.m = m
        self.t = t
        self.method = method
        self.momentum = momentum
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None):
        """Fit to the rows of X and their targets; a sample counts as often as its weight says."""
        self._check_parameters()
        goes_on = bool(self.warm_start) and self.__sklearn_is_fitted__()
        X, y = self._data(X, y, reset=not goes_on)
        weights = _sample_weights(sample_weight, len(X))
        self._train(X, y, weights, goes_on, self.max_iter)
        return self

    def partial_fit(self, X, y, sample_weight=None):
        """One epoch from the weights that are there."""
        self._check_parameters()
        goes_on = self.__sklearn_is_fitted__()
        X, y = self._data(X, y, reset=not goes_on)
        weights = _sample_weights(sample_weight, len(X))
        self._train(X, y, weights, goes_on, epochs=None)
        return self

    def predict(self, X):
        """The output for each row, of the shape of the targets that were fitted."""
        return self._output(X)

    def score(self, X, y, sample_weight=None):
        """R²: 1 - (weighted squared errors)/(those of the mean); the mean over the outputs."""
        return _determination(np.asarray(y, float), self.predict(X), sample_weight)

    def get_params(self, deep=True):
        """The constructor's parameters, name -> value."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **parameters):
        """Set some of the constructor's parameters."""
        known = self._parameter_names()
        for name, value in parameters.items():
            if name not in known:
                raise ValueError(
                    f"Invalid parameter {name!r} for estimator {self}. "
                    f"Valid parameters are: {known!r}."
                )
            setattr(self, name, value)
        return self

    def __repr__(self):
        defaults = inspect.signature(type(self).__init__).parameters
        given = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(given)})"

    def __sklearn_is_fitted__(self):
        return hasattr(self, "loss_curve_")

    def __sklearn_tags__(self):
        from sklearn.utils import RegressorTags, Tags, TargetTags

        return Tags(
            estimator_type="regressor",
            target_tags=TargetTags(
                required=True, multi_output=True, positive_only=False
            ),
            regressor_tags=RegressorTags(poor_score=False),
        )

    @classmethod
    def _parameter_names(cls):
        return sorted(list(inspect.signature(cls.__init__).parameters)[1:])

    def _check_parameters(self):
        """Raise where a parameter is of no use."""
        if not isinstance(self.method, str) or self.method not in trainer.METHODS:
            raise ValueError(f"method: expected one of {', '.join(trainer.METHODS)}, got {self.method!r}")
        for name in ("t", "epsilon", "weight_decay"):
            trainer._step_size(getattr(self, name), name)
        for name in ("momentum", "beta1", "beta2"):
            number = getattr(self, name)
            if not 0 <= number < 1:
                raise ValueError(f"{name}: expected a number in [0, 1), got {number!r}")
        if not 0 < self.validation_fraction < 1:
            got = self.validation_fraction
            raise ValueError(f"validation_fraction: expected a number in (0, 1), got {got!r}")
        for name in ("max_iter", "batch_size"):
            number = getattr(self, name)
            if name == "batch_size" and number is None:
                continue
            if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
                raise ValueError(f"{name}: expected a whole number from 1 on, got {number!r}")

    # --- data ---

    def _data(self, X, y, reset):
        """X as rows of finite floats, and y, of the same length; what X looks like is noted."""
        checks = sys.modules.get("sklearn.utils.validation")
        if checks:
            X, y = checks.validate_data(
                self,
                X,
                y,
                reset=reset,
                dtype=np.float64,
                y_numeric=True,
                multi_output=True,
            )
            return X, y
        names, X = _column_names(X), _rows(X)
        if reset:
            self._note(X, names)
        self._check_features(X, names)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but y is None")
        y = np.asarray(y)
        if y.ndim not in (1, 2) or len(y) != len(X):
            raise ValueError(f"y: expected shape ({len(X)},) or ({len(X)}, outputs), got {y.shape}")
        y = y.astype(float)
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            raise ValueError("Input y contains NaN or infinity.")
        return X, y

    def _inputs(self, X):
        """X for a prediction."""
        if not self.__sklearn_is_fitted__():
            raise _exception("NotFittedError", AttributeError)(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with "
                "appropriate arguments before using this estimator."
            )
        checks = sys.modules.get("sklearn.utils.validation")
        if checks:
            return checks.validate_data(self, X, reset=False, dtype=np.float64)
        names, X = _column_names(X), _rows(X)
        self._check_features(X, names)
        return X

    def _note(self, X, names):
        self.n_features_in_ = X.shape[1]
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _check_features(self, X, names):
        if X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {X.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )
        known = getattr(self, "feature_names_in_", None)
        if names is not None and known is not None and list(names) != list(known):
            raise ValueError(
                f"The feature names should match those that were passed during fit: {list(known)}"
            )

    def _targets(self, y):
        """The targets that the equations take: a column for each output."""
        return y[:, np.newaxis] if y.ndim == 1 else y

    # --- weights ---

    def _parameters(self):
        return trainer.Parameters(self.W_, self.V_)

    def _keep(self, parameters):
        self.W_, self.V_ = parameters

    def _output(self, X):
        X = self._inputs(X)
        return self._read(trainer._forward(self._parameters(), X))

    def _read(self, output):
        """The output in the shape in which it is given back."""
        return output[:, 0] if self._flat else output

    def _start(self, features, outputs):
        """Weights drawn at random, and nothing done."""
        self._random = _random(self.random_state)
        seed = self._random.randint(np.iinfo(np.int32).max)
        sizes = {"n": features, "m": self.m, "K": outputs}
        self._keep(trainer.initialise(**sizes, seed=seed))
        self._state = trainer._at_rest(self._parameters())
        self.loss_curve_, self.n_iter_, self.best_loss_ = [], 0, np.inf

    # --- training ---

    def _train(self, X, y, weights, goes_on, epochs):
        """Up to `epochs` epochs and what ends them; None is one epoch that nothing judges."""
        Y = self._targets(y)
        if not goes_on:
            self._flat = y.ndim == 1
            self._start(X.shape[1], Y.shape[1])
        # The trainer judges shapes, and what the model assumes of its data.
        _, (X, Y), _ = trainer._check(self._parameters(), {"x": X, "actual": Y})
        if epochs is None:
            self._epoch(X, Y, weights)
            return
        stops = bool(self.early_stopping)
        rows, held = self._split(len(X)) if stops else (slice(None), slice(0))
        kept_weights = None if weights is None else _sample_weights(weights[rows], len(X[rows]))
        if stops and not (goes_on and hasattr(self, "validation_scores_")):
            self.validation_scores_, self.best_validation_score_ = [], -np.inf
        best, waited = (self._parameters(), self._state), 0
        for _ in range(epochs):
            reached = self.best_validation_score_ if stops else self.best_loss_
            loss = self._epoch(X[rows], Y[rows], kept_weights)
            better = loss < reached - self.tol
            if stops:
                score = self._validation_score(X[held], y[held], weights, held)
                self.validation_scores_.append(score)
                better = score > reached + self.tol
                if score > self.best_validation_score_:
                    self.best_validation_score_ = score
                    best = self._parameters(), self._state
            if self.verbose:
                said = f", validation score {self.validation_scores_[-1]:.8g}" if stops else ""
                print(f"epoch {self.n_iter_}: Error {loss:.8g}{said}")
            waited = 0 if better else waited + 1
            if waited > self.n_iter_no_change:
                break
        else:
            warnings.warn(
                f"Maximum iterations ({self.max_iter}) reached and the optimization hasn't "
                "converged yet.",
                _exception("ConvergenceWarning", UserWarning),
                stacklevel=3,
            )
        if stops:
            parameters, self._state = best
            self._keep(parameters)

    def _epoch(self, X, Y, weights):
        """A step for every batch; the loss over all of them, each before its step."""
        N = len(X)
        size = N if self.batch_size is None else min(self.batch_size, N)
        order = self._random.permutation(N) if self.shuffle and size < N else np.arange(N)
        constants = self.get_params()
        parameters, state, losses, counts = self._parameters(), self._state, [], []
        for start in range(0, N, size):
            rows = order[start : start + size] if size < N else slice(None)
            x, target = X[rows], Y[rows]
            count = len(x) if weights is None else np.sum(weights[rows])
            if not count:
                continue  # nothing in this batch counts
            with np.errstate(over="ignore", invalid="ignore"):
                if weights is None:
                    value, partials = trainer._gradient(parameters, x, target)
                else:
                    value, partials = _weighted_gradient(parameters, x, target, weights[rows])
            losses.append(float(value))
            counts.append(count)
            if not np.isfinite(value):
                raise FloatingPointError(
                    f"Error is {value} in epoch {self.n_iter_ + 1} with steps of size {self.t}: "
                    "take a smaller t"
                )
            state, direction = trainer.METHODS[self.method](state, partials, parameters, constants)
            parameters = trainer._step(parameters, direction, self.t)
        loss = float(np.average(losses, weights=counts))
        self._keep(parameters)
        self._state = state
        self.loss_curve_.append(loss)
        self.best_loss_ = min(self.best_loss_, loss)
        self.n_iter_ += 1
        return loss

    def _split(self, N):
        """The rows to train with, and those to validate with."""
        held = int(np.ceil(self.validation_fraction * N))
        if held >= N:
            raise ValueError(f"early_stopping: {N} samples leave none to train with")
        order = self._random.permutation(N)
        return order[held:], order[:held]

    def _validation_score(self, X, y, weights, held):
        output = self._read(trainer._forward(self._parameters(), X))
        weights = None if weights is None else weights[held]
        return _determination(y, output, weights)


# The error with a weight for each sample, and its derivatives, derived as the others are.


def _weighted_gradient(parameters, x, actual, omega):
    W, V = parameters
    # h: h[s,j] = sum(i, W[j,i] * x[s,i])
    h = x @ W.T
    # p: p[s,k] = sum(j, V[k,j] * h[s,j])
    p = h @ V.T
    # Error: Error = sum(s, omega[s] * sum(k, (p[s,k] - actual[s,k])^2) / 2) / sum(s, omega[s])
    Error = np.sum(omega * np.sum((p - actual) ** 2, axis=1)) / (2 * np.sum(omega))

    # dError-dp: ∂Error/∂p[s,k] = omega[s] * (p[s,k] - actual[s,k]) / sum(s', omega[s'])
    dError_dp = omega[:, None] * (p - actual) / np.sum(omega)
    # dError-dh: ∂Error/∂h[s,j] = sum(k, ∂Error/∂p[s,k] * V[k,j])
    dError_dh = dError_dp @ V
    # dError-dW: ∂Error/∂W[j,i] = sum(s, ∂Error/∂h[s,j] * x[s,i])
    dError_dW = dError_dh.T @ x
    # dError-dV: ∂Error/∂V[k,j] = sum(s, ∂Error/∂p[s,k] * h[s,j])
    dError_dV = dError_dp.T @ h
    return Error, trainer.Parameters(dError_dW, dError_dV)


# What is given, and what is made of it.


def _rows(X):
    """X as rows of finite floats."""
    if hasattr(X, "toarray"):
        raise TypeError("Sparse data was passed for X, but dense data is required.")
    X = np.asarray(X)
    if X.dtype.kind == "c":
        raise ValueError("Complex data not supported")
    if X.ndim != 2:
        raise ValueError(f"Expected 2D array, got an array of shape {X.shape}. Reshape your data.")
    if 0 in X.shape:
        raise ValueError(f"Found array with {X.shape[0]} sample(s) and {X.shape[1]} feature(s).")
    X = X.astype(float)
    if not np.isfinite(X).all():
        raise ValueError("Input X contains NaN or infinity.")
    return X


def _column_names(X):
    """The names of X's columns, where all are text."""
    names = getattr(X, "columns", None)
    if names is None or not all(isinstance(name, str) for name in names):
        return None
    return np.asarray(names, dtype=object)


def _sample_weights(given, N):
    """None, or N finite numbers that are not negative and not all zero."""
    if given is None:
        return None
    weights = np.asarray(given, dtype=float)
    if weights.ndim == 0:
        weights = np.full(N, float(weights))
    if weights.shape != (N,):
        raise ValueError(f"sample_weight: expected shape ({N},), got {weights.shape}")
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("sample_weight: expected finite numbers that are not negative")
    if not weights.any():
        raise ValueError("sample_weight: all weights are zero")
    return weights


def _determination(y, predicted, weights):
    """R², the mean over the outputs."""
    weights = _sample_weights(weights, len(predicted))
    y = y.reshape(predicted.shape)
    errors = np.average((y - predicted) ** 2, axis=0, weights=weights)
    spread = np.average((y - np.average(y, axis=0, weights=weights)) ** 2, axis=0, weights=weights)
    # Of targets that are all the same: 1 where they are met, else 0.
    varies = spread > 0
    ratio = errors / np.where(varies, spread, 1)
    return float(np.mean(np.where(varies, 1 - ratio, errors == 0)))


def _random(random_state):
    """The RandomState that a random_state stands for."""
    if isinstance(random_state, np.random.RandomState):
        return random_state
    if random_state is None:
        return np.random.RandomState(np.random.randint(np.iinfo(np.int32).max))
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        return np.random.RandomState(random_state)
    raise ValueError(f"random_state: {random_state!r} cannot be used to seed a RandomState")


def _exception(name, otherwise):
    """scikit-learn's exception of that name where it is loaded."""
    return getattr(sys.modules.get("sklearn.exceptions"), name, otherwise)
