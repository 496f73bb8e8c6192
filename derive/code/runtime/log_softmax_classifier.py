"""The classifier whose output is the logarithm of each class's probability, but for a term."""

from typing import Any

import numpy as np

from derive.code.runtime.classifier import _Classifier
from derive.code.runtime.example.estimator import _Network


class Classifier(_Classifier):
    __doc__ = _Network.__doc__

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class for each row, the classes in the order of classes_."""
        z = self._output(X)
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
