"""Reinforcement learning: the error of one transition, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import cross_entropy, softmax


def williams1992(W: Any, s: Any, e: Any, G: Any, b: Any) -> Any:
    return (G - b) * cross_entropy(W @ s, e)


def mnih2015(W: Any, V: Any, s: Any, e: Any, r: Any, q: Any, gamma: Any) -> Any:
    delta = r + gamma * q - e @ (V @ np.maximum(W @ s, 0))
    return np.where(np.abs(delta) < 1, delta**2 / 2, np.abs(delta) - 0.5)


def mnih2016(W: Any, P: Any, v: Any, s: Any, e: Any, A: Any, R: Any, beta: Any, c: Any) -> Any:
    h = np.tanh(W @ s)
    p = softmax(P @ h)
    return -A * (e @ np.log(p)) + c * (R - v @ h) ** 2 + beta * (p @ np.log(p))


def schulman2015(W: Any, s: Any, e: Any, q: Any, A: Any, beta: Any) -> Any:
    p = softmax(W @ s)
    return -(e @ p) / (e @ q) * A + beta * (q @ np.log(q / p))


def schulman2017(W: Any, s: Any, a: Any, old: Any, A: Any, epsilon: Any) -> Any:
    r = np.exp(-cross_entropy(W @ s, a) - old)
    return -np.minimum(r * A, np.minimum(np.maximum(r, 1 - epsilon), 1 + epsilon) * A)


def sutton2018(m: Any, v: Any, x: Any, a: Any, G: Any) -> Any:
    mu, scale = m @ x, np.exp(v @ x)
    return G * ((a - mu) ** 2 / (2 * scale**2) + v @ x + np.log(2 * np.pi) / 2)


def haarnoja2018(M: Any, S: Any, x: Any, xi: Any, q: Any, alpha: Any) -> Any:
    ls = S @ x
    u = M @ x + np.exp(ls) * xi
    rest = np.log(4 + 0 * u) - 2 * u - 2 * np.log(1 + np.exp(-2 * u))
    return alpha * np.sum(-(xi**2) / 2 - ls - rest) - q @ np.tanh(u)


def wang2016(W: Any, v: Any, U: Any, s: Any, e: Any, y: Any) -> Any:
    h = np.maximum(W @ s, 0)
    A = U @ h
    return (y - e @ (v @ h + A - np.mean(A))) ** 2


def bellemare2017(W: Any, x: Any, e: Any, m: Any) -> Any:
    return cross_entropy(e @ (W @ x), m)


def dabney2018(theta: Any, x: Any, T: Any, tau: Any, kappa: Any) -> Any:
    u = T[None, :] - (theta @ x)[:, None]
    H = np.where(np.abs(u) <= kappa, u**2 / 2, kappa * (np.abs(u) - kappa / 2))
    return np.sum(np.mean(np.abs(tau[:, None] - (u < 0)) * H / kappa, axis=1))


def rafailov2023(W: Any, x: Any, yw: Any, yl: Any, rw: Any, rl: Any, beta: Any) -> Any:
    w, l = -cross_entropy(W @ x, yw) - rw, -cross_entropy(W @ x, yl) - rl
    return np.log(1 + np.exp(-beta * (w - l)))


def sutton1988(w: Any, x: Any, xn: Any, r: Any, gamma: Any) -> Any:
    return (r + gamma * (w @ xn) - w @ x) ** 2 / 2
