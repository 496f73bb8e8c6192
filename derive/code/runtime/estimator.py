"""An estimator in scikit-learn's manners: what classifiers and regressors have in common."""

import inspect
import math
import warnings
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

from derive.code.runtime.example import trainer
from derive.code.runtime.example.estimator import _FITTED, _Network, _weighted_gradient
from derive.code.runtime.manners import (
    _FLOATS,
    _column_names,
    _exception,
    _has_gaps,
    _of_sklearn,
    _random,
    _rows,
    _sample_weights,
    _split,
)
from derive.code.runtime.within import _Shown


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
