"""Weights of dense layers from a network of scikit-learn."""

from typing import Any

import numpy as np

from derive.code.runtime.example.model import Parameters
from derive.code.runtime.example.weights import LAYERS
from derive.code.runtime.layers import _chained


def from_sklearn(estimator: Any) -> Parameters:
    """Parameters of a fitted MLPRegressor or MLPClassifier with the LAYERS of this model."""
    for name in ("coefs_", "intercepts_", "activation", "out_activation_"):
        if not hasattr(estimator, name):
            raise TypeError(
                "estimator: expected a fitted MLPRegressor or MLPClassifier, "
                f"got {type(estimator).__name__} without {name}; call fit first"
            )
    weights = [np.asarray(coefficients).T for coefficients in estimator.coefs_]
    parameters = _chained("estimator", weights, estimator.intercepts_)
    *hidden, out = (activation for _, _, activation in LAYERS)
    if hidden and estimator.activation != hidden[0]:
        raise ValueError(
            f"estimator: expected activation={hidden[0]!r}, got {estimator.activation!r}"
        )
    if estimator.out_activation_ != out:
        raise ValueError(
            f"estimator: expected the output's activation {out!r}, "
            f"got {estimator.out_activation_!r}; an MLPRegressor has 'identity' (of loss='poisson' "
            "'exp'), an MLPClassifier 'softmax', and 'logistic' for two classes or several labels"
        )
    return parameters
