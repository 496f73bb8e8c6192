"""The classifier whose output is the probability of the second of two classes."""

from typing import Any

import numpy as np

from derive.code.runtime.classifier import _Classifier
from derive.code.runtime.example.estimator import _Network


class Classifier(_Classifier):
    __doc__ = _Network.__doc__

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class for each row, the classes in the order of classes_."""
        p = self._output(X)
        return np.column_stack([1 - p, p])
