"""Losses on a linear unit or layer: one sample's error, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import sigma, softmax


def huber1964(w: Any, b: Any, x: Any, y: Any, k: Any) -> Any:
    e = y - w @ x - b
    return np.where(np.abs(e) <= k, e**2 / 2, k * np.abs(e) - k**2 / 2)


def koenker1978(beta: Any, x: Any, y: Any, tau: Any) -> Any:
    u = y - x @ beta
    return np.maximum(tau * u, (tau - 1) * u)


def logcosh(w: Any, x: Any, y: Any) -> Any:
    return np.log(np.cosh(w @ x - y))


def charbonnier1994(W: Any, x: Any, y: Any, epsilon: Any) -> Any:
    return np.sum(np.sqrt((W @ x - y) ** 2 + epsilon**2))


def barron2019(w: Any, x: Any, y: Any, alpha: Any, c: Any) -> Any:
    e = (w @ x - y) / c
    return (2 - alpha) / alpha * ((e**2 / (2 - alpha) + 1) ** (alpha / 2) - 1)


def cauchy(w: Any, x: Any, y: Any, sigma: Any) -> Any:
    return np.log(1 + ((y - w @ x) / sigma) ** 2 / 2)


def tukey1974(w: Any, x: Any, y: Any, c: Any) -> Any:
    r = y - w @ x
    return np.where(np.abs(r) < c, c**2 / 6 * (1 - (1 - (r / c) ** 2) ** 3), c**2 / 6)


def feng2018(W: Any, x: Any, y: Any, w: Any, epsilon: Any, C: Any) -> Any:
    e = np.abs(W @ x - y)
    return np.sum(np.where(e < w, w * np.log(1 + e / epsilon), e - C))


def lin2017(w: Any, b: Any, x: Any, y: Any, gamma: Any, alpha: Any) -> Any:
    p = sigma(y * (w @ x + b))
    return -np.where(y > 0, alpha, 1 - alpha) * (1 - p) ** gamma * np.log(p)


def mukhoti2020(W: Any, x: Any, y: Any, gamma: Any) -> Any:
    p = softmax(W @ x)
    return -np.sum(y * (1 - p) ** gamma * np.log(p))


def milletari2016(w: Any, b: Any, x: Any, g: Any) -> Any:
    p = sigma(x @ w + b)
    return 1 - 2 * (p @ g) / (p @ p + g @ g)


def salehi2017(w: Any, b: Any, x: Any, g: Any, alpha: Any, beta: Any) -> Any:
    p = sigma(x @ w + b)
    return 1 - p @ g / (p @ g + alpha * (p @ (1 - g)) + beta * ((1 - p) @ g))


def weston1999(W: Any, x: Any, y: Any, Delta: Any, lambda_: Any) -> Any:
    s = W @ x
    return (1 - y) @ np.maximum(0, s - y @ s + Delta) + lambda_ * np.sum(W**2)


def cortes1995(w: Any, b: Any, x: Any, y: Any, C: Any) -> Any:
    return w @ w / 2 + C * np.maximum(0, 1 - y * (w @ x + b))


def zhang2004(w: Any, b: Any, x: Any, y: Any) -> Any:
    m = y * (w @ x + b)
    return np.where(m >= -1, np.maximum(0, 1 - m) ** 2, -4 * m)


def freund1997(alpha: Any, h: Any, y: Any) -> Any:
    return np.exp(-y * (alpha @ h))


def masnadi2008(w: Any, x: Any, y: Any) -> Any:
    return 4 / (1 + np.exp(y * (w @ x))) ** 2


def wang2019(W: Any, x: Any, q: Any, alpha: Any, beta: Any, A: Any) -> Any:
    p = softmax(W @ x)
    return -alpha * (q @ np.log(p)) - beta * A * (p @ (1 - q))


def zhang2018gce(W: Any, x: Any, y: Any, q: Any) -> Any:
    return (1 - (y @ softmax(W @ x)) ** q) / q


def leng2022(W: Any, x: Any, y: Any, epsilon_1: Any) -> Any:
    p = y @ softmax(W @ x)
    return -np.log(p) + epsilon_1 * (1 - p)


def ridnik2021(W: Any, x: Any, y: Any, gamma_pos: Any, gamma_neg: Any, m: Any) -> Any:
    p = sigma(W @ x)
    q = np.maximum(p - m, 0)
    kept = y * (1 - p) ** gamma_pos * np.log(p)
    return -np.sum(kept + (1 - y) * q**gamma_neg * np.log(1 - q))


def brier1950(W: Any, x: Any, E: Any) -> Any:
    return np.sum((softmax(W @ x) - E) ** 2)


def pereyra2017(W: Any, x: Any, y: Any, beta: Any) -> Any:
    p = softmax(W @ x)
    return -(y @ np.log(p)) + beta * (p @ np.log(p))


def sensoy2018(W: Any, b: Any, x: Any, y: Any) -> Any:
    alpha = 1 + np.log(1 + np.exp(W @ x + b))
    S = np.sum(alpha)
    p = alpha / S
    return np.sum((y - p) ** 2 + p * (1 - p) / (S + 1))


def englesson2021(W: Any, x: Any, y: Any, pi_: Any, Z: Any) -> Any:
    p = softmax(W @ x)
    m = pi_ * y + (1 - pi_) * p
    return (-pi_ * y @ np.log(m) + (1 - pi_) * p @ np.log(p / m)) / Z


def wang2019wing(
    w: Any, b: Any, x: Any, y: Any, omega: Any, theta: Any, epsilon: Any, alpha: Any
) -> Any:
    d, e = np.abs(y - w @ x - b), alpha - 0.5
    A = omega / (1 + (theta / epsilon) ** e) * e * (theta / epsilon) ** (e - 1) / epsilon
    C = theta * A - omega * np.log(1 + (theta / epsilon) ** e)
    return np.where(d < theta, omega * np.log(1 + (d / epsilon) ** e), A * d - C)
