"""The estimator of a model whose output tells classes apart: what all of its kinds have."""

from typing import Any, Self

import numpy as np

from derive.code.runtime.estimator import _Estimator
from derive.code.runtime.manners import _flat_targets, _sample_weights, _true
from derive.code.runtime.one_hot import _MOST_CLASSES, _chosen, _coded, _given_back


class _Classifier(_Estimator):
    """What classifiers have in common, whatever their output is."""

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """One epoch from the weights that are there; the first call is given all classes."""
        self._check_parameters()
        goes_on = self.__sklearn_is_fitted__()
        if not goes_on and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if (
            goes_on
            and classes is not None
            and not np.array_equal(np.unique(classes), self.classes_)
        ):
            raise ValueError(
                f"classes={classes!r} is not the same as on the first call: {self.classes_}"
            )
        return self._learn(X, y, sample_weight, goes_on, None, classes)

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row."""
        places = _chosen(self._output(X))
        return self.classes_[places]

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The accuracy: the weighted fraction of rows whose class is predicted."""
        predicted = self.predict(X)
        return _accuracy(_true(y, predicted), predicted, sample_weight)

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(multi_class=_MOST_CLASSES > 2),
        )

    def _meet(self, y: np.ndarray) -> None:
        self.classes_ = _classes(y)
        if len(self.classes_) > _MOST_CLASSES:
            raise ValueError(
                "Only binary classification is supported. The type of the target is multiclass."
            )

    def _targets(self, y: np.ndarray) -> np.ndarray:
        y = _labels(y)
        places = np.searchsorted(self.classes_, y)
        unknown = self.classes_[np.minimum(places, len(self.classes_) - 1)] != y
        if unknown.any():
            raise ValueError(f"y: {y[unknown][0]!r} is not in classes_, {self.classes_}")
        return _coded(places, len(self.classes_))

    def _shaped(self, y: np.ndarray, N: int) -> np.ndarray:
        return _flat_targets(y, N)

    def _read(self, output: np.ndarray) -> np.ndarray:
        return _given_back(output)

    def _score(self, output: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> float:
        return _accuracy(y, self.classes_[_chosen(output)], weights)


def _accuracy(y: np.ndarray, predicted: np.ndarray, weights: Any) -> float:
    return float(np.average(y == predicted, weights=_sample_weights(weights, len(predicted))))


def _labels(y: np.ndarray) -> np.ndarray:
    """Labels; numbers between whole ones are no labels."""
    if y.dtype.kind == "f" and (y != np.floor(y)).any():
        raise ValueError(
            "Unknown label type: continuous. A classifier expects discrete classes, not a "
            "target with continuous values."
        )
    return y


def _classes(y: np.ndarray) -> np.ndarray:
    """The labels that there are, each once and in order."""
    try:
        classes = np.unique(_labels(y))
    except TypeError:
        raise ValueError("y: expected labels of one kind, all text or all numbers") from None
    if len(classes) < 2:
        raise ValueError(f"A classifier needs at least 2 classes; y has one class: {classes}")
    return classes
