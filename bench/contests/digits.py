"""The digits of scikit-learn, ten epochs in batches of 32 under Adam, float64."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

import derive
from bench import ours
from bench.contest import Bar, Contest, Side, Work
from bench.peers import numpy_adam

EPOCHS, B, M, T = 10, 32, 32, 0.001
EPSILON = 1e-12
"""Of Adam. scikit-learn adds it to a root that is not yet corrected: where it is small, that is
the same.
"""
NEVER = 10**6
"""Epochs without progress after which a fit ends."""

BARS = Bar("train_on", "scikit-learn", 1 / 4), Bar("estimator", "scikit-learn", 1 / 4)


def contest(shuffle: bool) -> Contest:
    """A fit; where samples are shuffled, by everyone in an order of his own, weights differ."""
    return Contest(
        "digits, 10 epochs, B 32, float64",
        ours=(
            Side("train_on", {"": lambda: train_on(shuffle)}, ("sklearn",)),
            Side("estimator", {"": lambda: estimator(shuffle)}, ("sklearn",)),
        ),
        peers=(
            Side("scikit-learn", {"": lambda: of_sklearn(shuffle)}, ("sklearn",)),
            Side("textbook NumPy", {"": lambda: textbook(shuffle)}, ("sklearn",)),
        ),
        bars=BARS,
        tolerance=np.inf if shuffle else 1e-6,
        unit="fit",
        seconds=0.15,
        rounds=9,
    )


@cache
def data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, their labels, and a column for each label."""
    from sklearn.datasets import load_digits

    X, labels = load_digits(return_X_y=True)
    return X / 16, labels, np.eye(10)[labels]


@cache
def start() -> Any:
    """The weights that all begin with."""
    return ours.trainer(derive.load("digits")).initialise(64, M, 10, seed=0)


def train_on(shuffle: bool) -> Work:
    """The trainer, with its own batches."""
    trainer, (X, _, Y), first = ours.trainer(derive.load("digits")), data(), start()

    def fit() -> Sequence[np.ndarray]:
        batches = trainer.in_batches(B, X, Y, seed=0 if shuffle else None)
        return trainer.train_on(first, batches, T, EPOCHS, method="adam", epsilon=EPSILON)[0]

    return _repeated(fit)


def estimator(shuffle: bool) -> Work:
    """The estimator that `derive build` writes."""
    module, first, (X, labels, _) = ours.estimator(derive.load("digits")), start(), data()
    module.trainer.initialise = lambda n, m, K, seed: first

    def fit() -> Sequence[np.ndarray]:
        found = module.Classifier(
            M, t=T, batch_size=B, max_iter=EPOCHS, epsilon=EPSILON,
            shuffle=shuffle, n_iter_no_change=NEVER, random_state=0,
        )  # fmt: skip
        return found.fit(X, labels)._parameters()

    return _repeated(fit)


def of_sklearn(shuffle: bool) -> Work:
    """MLPClassifier."""
    from sklearn.neural_network import MLPClassifier

    first = start()

    class Started(MLPClassifier):
        def _init_coef(self, fan_in: int, fan_out: int, dtype: Any) -> tuple[Any, Any]:
            W, b = first[:2] if fan_in == X.shape[1] else first[2:]
            return W.T.copy(), b.copy()

    X, labels, _ = data()

    def fit() -> Sequence[np.ndarray]:
        found = Started(
            (M,), activation="tanh", alpha=0, learning_rate_init=T, batch_size=B, max_iter=EPOCHS,
            epsilon=EPSILON, shuffle=shuffle, n_iter_no_change=NEVER, random_state=0,
        ).fit(X, labels)  # fmt: skip
        (W1, W2), (b1, b2) = found.coefs_, found.intercepts_
        return W1.T, b1, W2.T, b2

    return _repeated(fit)


def textbook(shuffle: bool) -> Work:
    """NumPy by hand."""
    (X, _, Y), first = data(), start()

    def fit() -> Sequence[np.ndarray]:
        random = np.random.default_rng(0)
        epochs = (_batches(X, Y, shuffle, random) for _ in range(EPOCHS))
        return numpy_adam.adam(first, epochs, T, EPSILON)

    return _repeated(fit)


def _batches(
    X: np.ndarray, Y: np.ndarray, shuffle: bool, random: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    order = random.permutation(len(X)) if shuffle else np.arange(len(X))
    for n in range(0, len(X), B):
        rows = order[n : n + B]
        yield X[rows], Y[rows]


def _repeated(fit: Callable[[], Sequence[np.ndarray]]) -> Work:
    def fits(count: int) -> Sequence[np.ndarray]:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*Maximum iterations")
            for _ in range(count):
                found = fit()
        return found

    return fits


IN_ORDER = contest(shuffle=False)
CONTESTS = (contest(shuffle=True),)
