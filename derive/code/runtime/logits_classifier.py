"""The classifier whose output is the logit of the second of two classes."""

from typing import Any

import numpy as np

from derive.code.runtime.classifier import _Classifier
from derive.code.runtime.example.estimator import _MIDDLE, _Network


class Classifier(_Classifier):
    __doc__ = _Network.__doc__

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class for each row, the classes in the order of classes_."""
        z = self._output(X)
        return np.exp(-np.logaddexp(0, np.column_stack([z, -z])))

    def decision_function(self, X: Any) -> np.ndarray:
        """The output, less the middle: positive for classes_[1]."""
        return self._output(X) - _MIDDLE
