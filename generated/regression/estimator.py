"""Regression with a hidden layer, 8-16-1: an estimator in scikit-learn's manners.

Generated from regression by `derive build regression`; do not edit.

It needs NumPy and the trainer beside this file alone. Where scikit-learn is loaded, its
validation, its warnings and its tags are used; it is never imported for anything else.
"""

import inspect
import math
import sys
import warnings
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

try:
    from . import trainer
except ImportError:  # no package: the two files lie side by side
    import trainer


class _Network:
    """Regression with a hidden layer, 8-16-1, fitted by the gradients derived from its equations.

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

    Fitted: W1_, b1_, W2_, b2_,
    loss_curve_, best_loss_, n_iter_, n_features_in_, feature_names_in_ for columns with
    names, of a Classifier classes_, and with early_stopping validation_scores_ and
    best_validation_score_.
    """

    def __init__(
        self,
        m: int = 16,
        *,
        t: float = 0.01,
        method: str = "adam",
        momentum: float = 0.9,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        max_iter: int = 200,
        batch_size: int | None = None,
        shuffle: bool = True,
        tol: float = 1e-4,
        n_iter_no_change: float = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        warm_start: bool = False,
        verbose: bool = False,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
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

    def _sizes(self, features: int, outputs: int) -> dict[str, int]:
        """What `initialise` is given."""
        return {"n": features, "m": self.m, "K": outputs}


_FITTED = ("W1_", "b1_", "W2_", "b2_")
"""The attribute that holds each weight."""
_INDEXED = True
"""Whether the output is a vector."""
_POSITIVE = False
"""Whether the model assumes targets of 0 or more."""
_POOR = False
"""Whether the output is kept from the targets."""


# The error with a weight for each sample, and its derivatives, derived as the others are.


def _weighted_gradient(
    parameters: trainer.Parameters, x: np.ndarray, y: np.ndarray, omega: np.ndarray
) -> tuple[Any, trainer.Parameters]:
    W1, b1, W2, b2 = parameters
    # z: z[s,j] = sum(i, W1[j,i] * x[s,i]) + b1[j]
    z = x @ W1.T + b1
    # h: h[s,j] = tanh(z[s,j])
    h = np.tanh(z)
    # o: o[s,k] = sum(j, W2[k,j] * h[s,j]) + b2[k]
    o = h @ W2.T + b2
    # L: L = sum(s, omega[s] * sum(k, (o[s,k] - y[s,k])^2) / 2) / sum(s, omega[s])
    L = np.sum(omega * np.sum((o - y) ** 2, axis=1)) / (2 * np.sum(omega))

    # dL-do: ∂L/∂o[s,k] = omega[s] * (o[s,k] - y[s,k]) / sum(s', omega[s'])
    dL_do = omega[:, None] * (o - y) / np.sum(omega)
    # dL-dz: ∂L/∂z[s,j] = sum(k, ∂L/∂o[s,k] * W2[k,j]) * (1 - h[s,j]^2)
    dL_dz = (dL_do @ W2) * (1 - h ** 2)
    # dL-dW1: ∂L/∂W1[j,i] = sum(s, ∂L/∂z[s,j] * x[s,i])
    dL_dW1 = dL_dz.T @ x
    # dL-db1: ∂L/∂b1[j] = sum(s, ∂L/∂z[s,j])
    dL_db1 = np.sum(dL_dz, axis=0)
    # dL-dW2: ∂L/∂W2[k,j] = sum(s, ∂L/∂o[s,k] * h[s,j])
    dL_dW2 = dL_do.T @ h
    # dL-db2: ∂L/∂b2[k] = sum(s, ∂L/∂o[s,k])
    dL_db2 = np.sum(dL_do, axis=0)
    return L, trainer.Parameters(dL_dW1, dL_db1, dL_dW2, dL_db2)


class _Shown:
    """How an estimator is shown, and which of its methods are given weights of samples."""

    def _repr_html_(self) -> str | None:
        """scikit-learn's diagram of it, where that is loaded and its `display` is "diagram"."""
        draw = _of_sklearn("utils", "estimator_html_repr", None)
        wanted = draw is not None and _configured("display") == "diagram"
        return draw(self) if wanted else None

    def set_fit_request(self, *, sample_weight: bool | str | None) -> Self:
        """Whether what it is part of gives `fit` its sample_weight, or by which name it does; None
        lets an error tell of such weights.
        """
        return self._request("fit", sample_weight)

    def set_partial_fit_request(self, *, sample_weight: bool | str | None) -> Self:
        """The same of `partial_fit`."""
        return self._request("partial_fit", sample_weight)

    def set_score_request(self, *, sample_weight: bool | str | None) -> Self:
        """The same of `score`."""
        return self._request("score", sample_weight)

    def get_metadata_routing(self) -> Any:
        """scikit-learn's MetadataRequest: what each method asks for besides X and y."""
        made = _of_sklearn("utils.metadata_routing", "MetadataRequest", None)
        if made is None:
            raise AttributeError("scikit-learn, which routes metadata, is not loaded")
        if hasattr(self, "_metadata_request"):
            return self._metadata_request
        request = made(owner=type(self).__name__)
        for method in ("fit", "partial_fit", "score"):
            getattr(request, method).add_request(param="sample_weight", alias=None)
        return request

    def _request(self, method: str, wanted: bool | str | None) -> Self:
        if not _configured("enable_metadata_routing"):
            raise RuntimeError(
                f"set_{method}_request is for where metadata is routed: "
                "sklearn.set_config(enable_metadata_routing=True)"
            )
        request = self.get_metadata_routing()
        getattr(request, method).add_request(param="sample_weight", alias=wanted)
        self._metadata_request = request  # what scikit-learn's clone copies
        return self


def _configured(option: str) -> Any:
    """What scikit-learn is configured to; None where it is not loaded."""
    return _of_sklearn("_config", "get_config", dict)().get(option)


class _Estimator(_Shown, _Network, ABC):
    """What a classifier and a regressor have in common."""

    _validation: ClassVar[dict[str, Any]] = {}
    """What scikit-learn's validation is asked besides."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Fit to the rows of X and their targets; a sample counts as often as its weight says."""
        self._check_parameters()
        goes_on = bool(self.warm_start) and self.__sklearn_is_fitted__()
        return self._learn(X, y, sample_weight, goes_on, self.max_iter)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters, name -> value."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **parameters: Any) -> Self:
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

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        given = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(given)})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "loss_curve_")

    @classmethod
    def _parameter_names(cls) -> list[str]:
        own = list(inspect.signature(cls.__init__).parameters.values())[1:]
        if any(
            parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in own
        ):
            raise TypeError(f"{cls.__name__}.__init__: name every parameter, not *args or **kwargs")
        return sorted(parameter.name for parameter in own)

    def _check_parameters(self) -> None:
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

    def _constants(self) -> dict[str, float]:
        given = self.momentum, self.beta1, self.beta2, self.epsilon, self.weight_decay
        return trainer._constants(*given)

    # --- what a classifier and a regressor do each in their way ---

    @abstractmethod
    def _meet(self, y: np.ndarray) -> None:
        """Note what a first fit learns of the targets."""

    @abstractmethod
    def _targets(self, y: np.ndarray) -> np.ndarray:
        """The targets that the equations take."""

    @abstractmethod
    def _shaped(self, y: np.ndarray, N: int) -> np.ndarray:
        """The targets as they are given for N rows, of a shape that fits."""

    @abstractmethod
    def _score(self, output: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> float:
        """How good an output is."""

    @abstractmethod
    def _read(self, output: np.ndarray) -> np.ndarray:
        """The output in the shape in which it is given back."""

    # --- data ---

    def _data(self, X: Any, y: Any, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        """X as rows of finite floats, float32 or float64, and y, of the same length; what X looks
        like is noted.
        """
        validate = _of_sklearn("utils.validation", "validate_data", None)
        if validate:
            X, y = validate(self, X, y, reset=reset, dtype=_FLOATS, **self._validation)
            return X, y
        names, X = _column_names(X), _rows(X)
        if reset:
            self._note(X, names)
        self._check_features(X, names)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but y is None")
        y = self._shaped(np.asarray(y), len(X))
        if _has_gaps(y):
            raise ValueError("Input y contains NaN or infinity.")
        return X, y

    def _inputs(self, X: Any) -> np.ndarray:
        """X for a prediction."""
        if not self.__sklearn_is_fitted__():
            raise _exception("NotFittedError", AttributeError)(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with "
                "appropriate arguments before using this estimator."
            )
        validate = _of_sklearn("utils.validation", "validate_data", None)
        if validate:
            return validate(self, X, reset=False, dtype=_FLOATS)
        names, X = _column_names(X), _rows(X)
        self._check_features(X, names)
        return X

    def _note(self, X: np.ndarray, names: np.ndarray | None) -> None:
        self.n_features_in_ = X.shape[1]
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_

    def _check_features(self, X: np.ndarray, names: np.ndarray | None) -> None:
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

    # --- weights ---

    def _parameters(self) -> trainer.Parameters:
        return trainer.Parameters(*(getattr(self, name) for name in _FITTED))

    def _keep(self, parameters: trainer.Parameters) -> None:
        for name, array in zip(_FITTED, parameters, strict=True):
            setattr(self, name, array)

    def _output(self, X: Any) -> np.ndarray:
        return self._forward(self._inputs(X))

    def _forward(self, X: np.ndarray) -> np.ndarray:
        parameters = self._parameters()
        X = trainer._finite(trainer._DATA[0], X, parameters[0].dtype)
        return self._read(trainer._quiet(trainer._forward, parameters, [X]))

    def _start(self, features: int, outputs: int, dtype: np.dtype) -> None:
        """Weights drawn at random, of the type of the data, and nothing done."""
        self._random = _random(self.random_state)
        seed = self._random.randint(np.iinfo(np.int32).max)
        drawn = trainer.initialise(**self._sizes(features, outputs), seed=seed)
        self._keep(trainer.Parameters(*(array.astype(dtype) for array in drawn)))
        self._state = trainer._at_rest(
            trainer.ravel(self._parameters()), trainer._method(self.method)
        )
        self.loss_curve_: list[float] = []
        self.n_iter_, self.best_loss_ = 0, np.inf
        for name in ("validation_scores_", "best_validation_score_"):  # of a fit before
            vars(self).pop(name, None)

    # --- training ---

    def _learn(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        goes_on: bool,
        epochs: int | None,
        labels: Any = None,
    ) -> Self:
        """Up to `epochs` epochs and what ends them; None is one epoch that nothing judges.

        `labels` are the classes, where they are known before the targets are.
        """
        X, y = self._data(X, y, reset=not goes_on)
        weights = _sample_weights(sample_weight, len(X))
        if not goes_on:
            self._meet(y if labels is None else np.asarray(labels))
        Y = self._targets(y)
        if not goes_on:
            self._start(X.shape[1], Y.shape[1] if Y.ndim == 2 else 1, X.dtype)
        # The trainer judges shapes, and what the model assumes of its data.
        given = dict(zip(trainer._DATA, (X, Y), strict=True))
        _, (X, Y), _ = trainer._check(self._parameters(), given)
        if weights is not None:  # what counts nothing is not there
            counts = weights > 0
            X, Y, y, weights = X[counts], Y[counts], y[counts], weights[counts].astype(X.dtype)
        if epochs is None:
            self._epoch(X, Y, weights)
        else:
            self._train(X, Y, y, weights, epochs)
        return self

    def _train(
        self, X: np.ndarray, Y: np.ndarray, y: np.ndarray, weights: np.ndarray | None, epochs: int
    ) -> None:
        stops = bool(self.early_stopping)
        given = len(X), self.validation_fraction, self._random
        rows, held = _split(*given) if stops else (slice(None), slice(0))
        kept_weights = None if weights is None else weights[rows]
        held_weights = None if weights is None else weights[held]
        if stops and not hasattr(self, "validation_scores_"):
            self.validation_scores_: list[float] = []
            self.best_validation_score_ = -np.inf
        best, waited = (self._parameters(), self._state), 0
        try:
            for _ in range(epochs):
                reached = self.best_validation_score_ if stops else self.best_loss_
                loss = self._epoch(X[rows], Y[rows], kept_weights)
                better = loss < reached - self.tol
                if stops:
                    score = self._score(self._forward(X[held]), y[held], held_weights)
                    self.validation_scores_.append(score)
                    better = score > reached + self.tol
                    if score > self.best_validation_score_:
                        self.best_validation_score_ = score
                        best = self._parameters(), self._state
                if self.verbose:
                    said = f", validation score {self.validation_scores_[-1]:.8g}" if stops else ""
                    print(f"epoch {self.n_iter_}: {trainer._ERROR} {loss:.8g}{said}")
                waited = 0 if better else waited + 1
                if waited > self.n_iter_no_change:
                    break
            else:
                warnings.warn(
                    f"Maximum iterations ({self.max_iter}) reached and the optimization hasn't "
                    "converged yet.",
                    _exception("ConvergenceWarning", UserWarning),
                    stacklevel=4,
                )
        except KeyboardInterrupt:
            warnings.warn("The fit was interrupted; the weights so far are kept.", stacklevel=4)
        if stops:
            parameters, self._state = best
            self._keep(parameters)

    def _epoch(self, X: np.ndarray, Y: np.ndarray, weights: np.ndarray | None) -> float:
        """A step for every batch; the loss over all of them, each before its step."""
        N = len(X)
        size = N if self.batch_size is None else min(self.batch_size, N)
        method, constants = trainer._method(self.method), self._constants()
        when = f"in epoch {self.n_iter_ + 1} with steps of size {self.t}"
        data = [X, Y] if weights is None else [X, Y, weights]
        batches: Any = [data]
        if size < N:
            order = self._random.permutation(N) if self.shuffle else np.arange(N)
            batches = trainer._shuffled(data, order, size)
        (x, parameters), (g, partials) = (trainer._as_one(self._parameters()) for _ in range(2))
        state = trainer._at_rest(x, method)
        if [moment.shape for moment in state[1:]] == [moment.shape for moment in self._state[1:]]:
            state = self._state._replace(
                first=self._state.first.copy(), second=self._state.second.copy()
            )
        known: dict[int, Any] = {}
        losses: list[float] = []
        counts: list[float] = []
        with np.errstate(over="ignore", invalid="ignore"):  # it is seen in the loss
            for batch in batches:
                if len(batch[0]) not in known:
                    known[len(batch[0])] = (
                        trainer._in_place(parameters, partials, *batch)
                        if weights is None
                        else trainer._made_anew(_weighted_gradient, partials)
                    )
                value = known[len(batch[0])](parameters, *batch)
                if not math.isfinite(value):
                    raise trainer._unbounded(value, when)
                losses.append(value)
                counts.append(len(batch[0]) if weights is None else np.sum(batch[-1]))
                state = trainer._move(method, state, x, g, constants, self.t)
        loss = trainer._gathered(losses, counts)
        self._keep(parameters)
        self._state = state
        self.loss_curve_.append(loss)
        self.best_loss_ = min(self.best_loss_, loss)
        self.n_iter_ += 1
        return loss


class Regressor(_Estimator):
    __doc__ = _Network.__doc__
    _validation: ClassVar[dict[str, Any]] = {"y_numeric": True, "multi_output": _INDEXED}

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch from the weights that are there."""
        self._check_parameters()
        return self._learn(X, y, sample_weight, self.__sklearn_is_fitted__(), None)

    def predict(self, X: Any) -> np.ndarray:
        """The output for each row, of the shape of the targets that were fitted."""
        return self._output(X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R²: 1 - (weighted squared errors)/(those of the mean); the mean over the outputs."""
        predicted = self.predict(X)
        return self._score(predicted, _true(np.asarray(y, float), predicted), sample_weight)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags, Tags, TargetTags

        return Tags(
            estimator_type="regressor",
            target_tags=TargetTags(required=True, multi_output=_INDEXED, positive_only=_POSITIVE),
            regressor_tags=RegressorTags(poor_score=_POOR),
        )

    def _meet(self, y: np.ndarray) -> None:
        self._flat = y.ndim == 1

    def _targets(self, y: np.ndarray) -> np.ndarray:
        return y[:, np.newaxis] if _INDEXED and y.ndim == 1 else y

    def _shaped(self, y: np.ndarray, N: int) -> np.ndarray:
        if not _INDEXED:
            return _flat_targets(y, N).astype(float)
        if y.ndim not in (1, 2) or len(y) != N:
            raise ValueError(f"y: expected shape ({N},) or ({N}, outputs), got {y.shape}")
        return y.astype(float)

    def _read(self, output: np.ndarray) -> np.ndarray:
        return output[:, 0] if _INDEXED and self._flat else output

    def _score(self, output: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> float:
        """R², the mean over the outputs."""
        weights = _sample_weights(weights, len(output))
        errors = np.average((y - output) ** 2, axis=0, weights=weights)
        mean = np.average(y, axis=0, weights=weights)
        spread = np.average((y - mean) ** 2, axis=0, weights=weights)
        # Of targets that are all the same: 1 where they are met, else 0.
        varies = spread > 0
        ratio = errors / np.where(varies, spread, 1)
        return float(np.mean(np.where(varies, 1 - ratio, errors == 0)))


# What is given, and what is made of it. Of scikit-learn is used what is loaded.


_FLOATS = (np.dtype(np.float64), np.dtype(np.float32))
"""The types that are kept; all others become the first."""


def _rows(X: Any) -> np.ndarray:
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
    X = X.astype(X.dtype if X.dtype in _FLOATS else float)
    if not np.isfinite(X).all():
        raise ValueError("Input X contains NaN or infinity.")
    return X


def _column_names(X: Any) -> np.ndarray | None:
    """The names of X's columns, where all are text."""
    names = getattr(X, "columns", None)
    if names is None or not all(isinstance(name, str) for name in names):
        return None
    return np.asarray(names, dtype=object)


def _flat_targets(y: np.ndarray, N: int) -> np.ndarray:
    """One target for each of N rows; a column becomes flat, with a warning."""
    if y.ndim == 2 and y.shape[1] == 1:
        said = "A column-vector y was passed when a 1d array was expected"
        warnings.warn(said, stacklevel=6)  # where fit is called
        y = y[:, 0]
    if y.shape != (N,):
        raise ValueError(f"y: expected shape ({N},), got {y.shape}")
    return y


def _sample_weights(given: Any, N: int) -> np.ndarray | None:
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


def _true(y: Any, predicted: np.ndarray) -> np.ndarray:
    """Targets to hold predictions against, in their shape."""
    y = np.asarray(y)
    if y.size != predicted.size or y.shape[:1] != predicted.shape[:1] or _has_gaps(y):
        expected = f"shape {predicted.shape}, none missing"
        raise ValueError(f"y: expected {expected}, got {y.dtype} of shape {y.shape}")
    return y.reshape(predicted.shape)


def _has_gaps(y: np.ndarray) -> bool:
    """Whether a number is not finite, or an object unequal to itself, as NaN is."""
    return bool((~np.isfinite(y)).any() if y.dtype.kind == "f" else np.not_equal(y, y).any())


def _split(N: int, fraction: float, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """The rows to train with, and those to validate with."""
    held = int(np.ceil(fraction * N))
    if held >= N:
        raise ValueError(f"early_stopping: {N} samples leave none to train with")
    order = random.permutation(N)
    return order[held:], order[:held]


def _random(random_state: object) -> np.random.RandomState:
    """The RandomState that a random_state stands for."""
    if isinstance(random_state, np.random.RandomState):
        return random_state
    if random_state is None:
        return np.random.RandomState(np.random.randint(np.iinfo(np.int32).max))
    if isinstance(random_state, (int, np.integer)) and not isinstance(random_state, bool):
        return np.random.RandomState(random_state)
    raise ValueError(f"random_state: {random_state!r} cannot be used to seed a RandomState")


def _exception(name: str, otherwise: Any) -> Any:
    """scikit-learn's exception of that name where it is loaded."""
    return _of_sklearn("exceptions", name, otherwise)


def _of_sklearn(module: str, name: str, otherwise: Any) -> Any:
    """What scikit-learn has under that name where it is loaded, and new enough to have it."""
    return getattr(sys.modules.get(f"sklearn.{module}"), name, otherwise)
