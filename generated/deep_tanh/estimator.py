"""Regression with four layers of tanh: an estimator in scikit-learn's manners.

Generated from deep_tanh by `derive build deep_tanh`; do not edit.

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
    """Regression with four layers of tanh, fitted by the gradients derived from its equations.

    n1, n2, n3: the sizes of what lies between inputs and outputs.
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

    Fitted: W1_, b1_, W2_, b2_, W3_, b3_, W4_, b4_, loss_curve_, best_loss_, n_iter_, n_features_in_,
    feature_names_in_ for columns with names, and with early_stopping
    validation_scores_, best_validation_score_.
    """

    def __init__(
        self,
        n1=16,
        n2=16,
        n3=16,
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
        self.n1 = n1
        self.n2 = n2
        self.n3 = n3
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
        predicted = self.predict(X)
        return _determination(_true(np.asarray(y, float), predicted), predicted, sample_weight)

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
        own = list(inspect.signature(cls.__init__).parameters.values())[1:]
        if any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in own):
            raise TypeError(f"{cls.__name__}.__init__: name every parameter, not *args or **kwargs")
        return sorted(parameter.name for parameter in own)

    def _check_parameters(self):
        """Raise where a parameter is of no use."""
        trainer._step_size(self.t)
        trainer._method(self.method)
        self._constants()
        if not 0 < trainer._step_size(self.validation_fraction, "validation_fraction") < 1:
            got = self.validation_fraction
            raise ValueError(f"validation_fraction: expected a number in (0, 1), got {got!r}")
        tol = np.asarray(self.tol)
        if tol.ndim or tol.dtype.kind not in "iuf" or np.isnan(tol):
            raise ValueError(f"tol: expected a number, or -inf to never stop, got {self.tol!r}")
        never = {"batch_size": None, "n_iter_no_change": np.inf}
        for name in ("max_iter", "batch_size", "n_iter_no_change"):
            number = getattr(self, name)
            if name in never and number == never[name]:
                continue
            if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < 1:
                raise ValueError(f"{name}: expected a whole number from 1 on, got {number!r}")

    def _constants(self):
        given = self.momentum, self.beta1, self.beta2, self.epsilon, self.weight_decay
        return trainer._constants(*given)

    # --- data ---

    def _data(self, X, y, reset):
        """X as rows of finite floats, and y, of the same length; what X looks like is noted."""
        validate = _of_sklearn("utils.validation", "validate_data", None)
        if validate:
            X, y = validate(
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
        if _has_gaps(y):
            raise ValueError("Input y contains NaN or infinity.")
        return X, y

    def _inputs(self, X):
        """X for a prediction."""
        if not self.__sklearn_is_fitted__():
            raise _exception("NotFittedError", AttributeError)(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with "
                "appropriate arguments before using this estimator."
            )
        validate = _of_sklearn("utils.validation", "validate_data", None)
        if validate:
            return validate(self, X, reset=False, dtype=np.float64)
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
        return trainer.Parameters(self.W1_, self.b1_, self.W2_, self.b2_, self.W3_, self.b3_, self.W4_, self.b4_)

    def _keep(self, parameters):
        self.W1_, self.b1_, self.W2_, self.b2_, self.W3_, self.b3_, self.W4_, self.b4_ = parameters

    def _output(self, X):
        X = self._inputs(X)
        return self._read(trainer._quiet(trainer._forward, self._parameters(), [X]))

    def _read(self, output):
        """The output in the shape in which it is given back."""
        return output[:, 0] if self._flat else output

    def _start(self, features, outputs):
        """Weights drawn at random, and nothing done."""
        self._random = _random(self.random_state)
        seed = self._random.randint(np.iinfo(np.int32).max)
        sizes = {"n0": features, "n1": self.n1, "n2": self.n2, "n3": self.n3, "n4": outputs}
        self._keep(trainer.initialise(**sizes, seed=seed))
        self._state = trainer._at_rest(self._parameters())
        self.loss_curve_, self.n_iter_, self.best_loss_ = [], 0, np.inf
        for name in ("validation_scores_", "best_validation_score_"):  # of a fit before
            vars(self).pop(name, None)

    # --- training ---

    def _train(self, X, y, weights, goes_on, epochs):
        """Up to `epochs` epochs and what ends them; None is one epoch that nothing judges."""
        Y = self._targets(y)
        if not goes_on:
            self._flat = y.ndim == 1
            self._start(X.shape[1], Y.shape[1])
        # The trainer judges shapes, and what the model assumes of its data.
        _, (X, Y), _ = trainer._check(self._parameters(), {"x": X, "y": Y})
        if weights is not None:  # what counts nothing is not there
            X, Y, y, weights = (array[weights > 0] for array in (X, Y, y, weights))
        if epochs is None:
            self._epoch(X, Y, weights)
            return
        stops = bool(self.early_stopping)
        rows, held = self._split(len(X)) if stops else (slice(None), slice(0))
        kept_weights = None if weights is None else weights[rows]
        if stops and not hasattr(self, "validation_scores_"):
            self.validation_scores_, self.best_validation_score_ = [], -np.inf
        best, waited = (self._parameters(), self._state), 0
        try:
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
                    print(f"epoch {self.n_iter_}: L {loss:.8g}{said}")
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
        except KeyboardInterrupt:
            warnings.warn("The fit was interrupted; the weights so far are kept.", stacklevel=3)
        if stops:
            parameters, self._state = best
            self._keep(parameters)

    def _epoch(self, X, Y, weights):
        """A step for every batch; the loss over all of them, each before its step."""
        N = len(X)
        size = N if self.batch_size is None else min(self.batch_size, N)
        order = self._random.permutation(N) if self.shuffle and size < N else np.arange(N)
        method, constants = trainer._method(self.method), self._constants()
        when = f"in epoch {self.n_iter_ + 1} with steps of size {self.t}"
        gradient, data = (
            (trainer._gradient, (X, Y))
            if weights is None
            else (_weighted_gradient, (X, Y, weights))
        )
        parameters, state, losses, counts = self._parameters(), self._state, [], []
        for start in range(0, N, size):
            rows = order[start : start + size] if size < N else slice(None)
            batch = [array[rows] for array in data]
            value, partials = trainer._quiet(gradient, parameters, batch)
            losses.append(float(trainer._bounded(value, when)))
            counts.append(len(batch[0]) if weights is None else np.sum(batch[-1]))
            state, parameters = trainer._move(
                method, state, partials, parameters, constants, self.t
            )
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
        output = self._read(trainer._quiet(trainer._forward, self._parameters(), [X]))
        weights = None if weights is None else weights[held]
        return _determination(y, output, weights)


# The error with a weight for each sample, and its derivatives, derived as the others are.


def _weighted_gradient(parameters, x, y, omega):
    W1, b1, W2, b2, W3, b3, W4, b4 = parameters
    # z1: z1[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    z1 = x @ W1.T + b1
    # h1: h1[s,j] = tanh(z1[s,j])
    h1 = np.tanh(z1)
    # z2: z2[s,k] = sum(j, W2[k,j] * h1[s,j]) + b2[k]
    z2 = h1 @ W2.T + b2
    # h2: h2[s,k] = tanh(z2[s,k])
    h2 = np.tanh(z2)
    # z3: z3[s,l] = sum(k, W3[l,k] * h2[s,k]) + b3[l]
    z3 = h2 @ W3.T + b3
    # h3: h3[s,l] = tanh(z3[s,l])
    h3 = np.tanh(z3)
    # z4: z4[s,o] = sum(l, W4[o,l] * h3[s,l]) + b4[o]
    z4 = h3 @ W4.T + b4
    # L: L = sum(s, omega[s] * sum(o, (z4[s,o] - y[s,o])^2) / 2) / sum(s, omega[s])
    L = np.sum(omega * np.sum((z4 - y) ** 2, axis=1)) / (2 * np.sum(omega))

    # dL-dz4: ∂L/∂z4[s,o] = omega[s] * (z4[s,o] - y[s,o]) / sum(s', omega[s'])
    dL_dz4 = omega[:, None] * (z4 - y) / np.sum(omega)
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
    return L, trainer.Parameters(dL_dW1, dL_db1, dL_dW2, dL_db2, dL_dW3, dL_db3, dL_dW4, dL_db4)


# What is given, and what is made of it.


def _rows(X):
    """X as rows of finite floats."""
    if hasattr(X, "toarray"):
        raise TypeError("Sparse data was passed for X, but dense data is required.")
    X = np.asarray(X)
    if X.dtype.kind in "mM":
        raise ValueError("Dates were passed for X; pass numbers, such as days since one of them.")
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
    if not np.isfinite(np.sum(weights)) or (weights < 0).any():
        raise ValueError("sample_weight: expected numbers of a finite sum, none negative")
    if not weights.any():
        raise ValueError("sample_weight: all weights are zero")
    return weights


def _determination(y, predicted, weights):
    """R², the mean over the outputs."""
    weights = _sample_weights(weights, len(predicted))
    errors = np.average((y - predicted) ** 2, axis=0, weights=weights)
    spread = np.average((y - np.average(y, axis=0, weights=weights)) ** 2, axis=0, weights=weights)
    # Of targets that are all the same: 1 where they are met, else 0.
    varies = spread > 0
    ratio = errors / np.where(varies, spread, 1)
    return float(np.mean(np.where(varies, 1 - ratio, errors == 0)))


def _true(y, predicted):
    """Targets to hold predictions against, in their shape."""
    y = np.asarray(y)
    if y.size != predicted.size or y.shape[:1] != predicted.shape[:1] or _has_gaps(y):
        expected = f"shape {predicted.shape}, none missing"
        raise ValueError(f"y: expected {expected}, got {y.dtype} of shape {y.shape}")
    return y.reshape(predicted.shape)


def _has_gaps(y):
    """Whether a number is not finite, or an object unequal to itself, as NaN is."""
    return bool((~np.isfinite(y)).any() if y.dtype.kind == "f" else (y != y).any())


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
    return _of_sklearn("exceptions", name, otherwise)


def _of_sklearn(module, name, otherwise):
    """What scikit-learn has under that name where it is loaded, and new enough to have it."""
    return getattr(sys.modules.get(f"sklearn.{module}"), name, otherwise)
