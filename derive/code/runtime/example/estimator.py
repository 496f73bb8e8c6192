"""What the estimator of the example knows of its model: options, sizes, the weighted gradient."""

from typing import Any

import numpy as np

from derive.code.runtime.example import trainer


class _Network:
    """A small network, fitted by the gradients derived from its equations.

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

    Fitted: W_, V_,
    loss_curve_, best_loss_, n_iter_, n_features_in_, feature_names_in_ for columns with
    names, of a Classifier classes_, and with early_stopping validation_scores_ and
    best_validation_score_.
    """

    def __init__(
        self,
        m: int = 8,
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


_FITTED = ("W_", "V_")
"""The attribute that holds each weight."""
_INDEXED = True
"""Whether the output is a vector."""
_CLASSES = (0, 1)
"""The targets of the two classes."""
_MIDDLE = 0
"""The second class is that of outputs above it."""
_POSITIVE = False
"""Whether the model assumes targets of 0 or more."""
_POOR = True
"""The output cannot leave an interval: targets beyond it are never reached."""


# The error with a weight for each sample, and its derivatives, derived as the others are.


def _weighted_gradient(
    parameters: trainer.Parameters, x: np.ndarray, y: np.ndarray, omega: np.ndarray
) -> tuple[Any, trainer.Parameters]:
    W, V = parameters
    # a: a[s,j] = sum(i, W[j,i] * x[s,i])
    a = x @ W.T
    # h: h[s,j] = tanh(a[s,j])
    h = np.tanh(a)
    # b: b[s,k] = sum(j, V[k,j] * h[s,j])
    b = h @ V.T
    # o: o[s,k] = tanh(b[s,k])
    o = np.tanh(b)
    # E: E = sum(s, omega[s] * sum(k, (o[s,k] - y[s,k])^2) / 2) / sum(s, omega[s])
    E = np.sum(omega * np.sum((o - y) ** 2, axis=1)) / (2 * np.sum(omega))

    # dE-db: ∂E/∂b[s,k] = omega[s] * (o[s,k] - y[s,k]) * (1 - o[s,k]^2) / sum(s', omega[s'])
    dE_db = omega[:, None] * (o - y) * (1 - o**2) / np.sum(omega)
    # dE-da: ∂E/∂a[s,j] = sum(k, ∂E/∂b[s,k] * V[k,j]) * (1 - h[s,j]^2)
    dE_da = (dE_db @ V) * (1 - h**2)
    # dE-dW: ∂E/∂W[j,i] = sum(s, ∂E/∂a[s,j] * x[s,i])
    dE_dW = dE_da.T @ x
    # dE-dV: ∂E/∂V[k,j] = sum(s, ∂E/∂b[s,k] * h[s,j])
    dE_dV = dE_db.T @ h
    return E, trainer.Parameters(dE_dW, dE_dV)
