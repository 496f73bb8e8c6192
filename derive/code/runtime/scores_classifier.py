"""The classifier whose output is a number for each class, and no probability."""

from derive.code.runtime.classifier import _Classifier
from derive.code.runtime.example.estimator import _Network


class Classifier(_Classifier):
    __doc__ = _Network.__doc__
