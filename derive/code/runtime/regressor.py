"""The estimator of a model whose output is the value itself."""

from typing import Any, ClassVar, Self

import numpy as np

from derive.code.runtime.estimator import _Estimator
from derive.code.runtime.example.estimator import _INDEXED, _POOR, _POSITIVE, _Network
from derive.code.runtime.manners import _flat_targets, _sample_weights, _true


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
