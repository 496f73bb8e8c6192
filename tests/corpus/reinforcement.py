"""Reinforcement learning: the error of one transition, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import cross_entropy


def sutton2018(m: Any, v: Any, x: Any, a: Any, G: Any) -> Any:
    mu, scale = m @ x, np.exp(v @ x)
    return G * ((a - mu) ** 2 / (2 * scale**2) + v @ x + np.log(2 * np.pi) / 2)


def haarnoja2018(M: Any, S: Any, x: Any, xi: Any, q: Any, alpha: Any) -> Any:
    ls = S @ x
    u = M @ x + np.exp(ls) * xi
    rest = 2 * (np.log(2) - u - np.logaddexp(0, -2 * u))
    return alpha * np.sum(-(xi**2) / 2 - ls - rest) - q @ np.tanh(u)


def bellemare2017(W: Any, x: Any, e: Any, m: Any) -> Any:
    return cross_entropy(e @ (W @ x), m)


def rafailov2023(W: Any, x: Any, yw: Any, yl: Any, rw: Any, rl: Any, beta: Any) -> Any:
    w, l = -cross_entropy(W @ x, yw) - rw, -cross_entropy(W @ x, yl) - rl
    return np.log(1 + np.exp(-beta * (w - l)))


def sutton1988(w: Any, x: Any, xn: Any, r: Any, gamma: Any) -> Any:
    return (r + gamma * (w @ xn) - w @ x) ** 2 / 2
