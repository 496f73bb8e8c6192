"""The classifier whose output lies above a middle for the second of two classes."""

from typing import Any

import numpy as np

from derive.code.runtime.classifier import _Classifier
from derive.code.runtime.example.estimator import _MIDDLE, _Network


class Classifier(_Classifier):
    __doc__ = _Network.__doc__

    def decision_function(self, X: Any) -> np.ndarray:
        """The output, less the middle: positive for classes_[1]."""
        return self._output(X) - _MIDDLE
