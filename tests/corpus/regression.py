"""Likelihoods of regression, of survival and of ranking, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import erf, erfc, sigma, softmax


def nelder1972(beta: Any, x: Any, E: Any, y: Any) -> Any:
    eta = x @ beta + np.log(E)
    return np.exp(eta) - y * eta


def gamma(beta: Any, x: Any, y: Any, nu: Any) -> Any:
    eta = x @ beta
    return nu * (y * np.exp(-eta) + eta)


def nix1994(w: Any, v: Any, c: Any, x: Any, d: Any) -> Any:
    return ((d - w @ x) ** 2 * np.exp(-(v @ x + c)) + v @ x + c) / 2


def laplace(w: Any, r: Any, x: Any, y: Any) -> Any:
    b = np.log(1 + np.exp(r)) + 1e-3
    return np.abs(y - w @ x) / b + np.log(2 * b)


def lange1989(beta: Any, rho: Any, x: Any, y: Any, nu: Any) -> Any:
    z = (y - x @ beta) * np.exp(-rho)
    return (nu + 1) / 2 * np.log(1 + z**2 / nu) + rho


def weibull1951(beta: Any, kappa: Any, x: Any, t: Any, d: Any) -> Any:
    k, eta = np.exp(kappa), x @ beta
    return t**k * np.exp(eta) - d * (kappa + (k - 1) * np.log(t) + eta)


def cox1972(beta: Any, z: Any, R: Any, d: Any) -> Any:
    eta = z @ beta
    return -d @ (eta - np.log(np.exp(eta) + R @ np.exp(eta)))


def mccullagh1980(beta: Any, theta1: Any, delta: Any, x: Any, y1: Any, y2: Any, y3: Any) -> Any:
    g1 = sigma(theta1 - beta @ x)
    g2 = sigma(theta1 + np.exp(delta) - beta @ x)
    return -(y1 * np.log(g1) + y2 * np.log(g2 - g1) + y3 * np.log(1 - g2))


def bliss1934(beta: Any, x: Any, y: Any) -> Any:
    P = (1 + erf(x @ beta / np.sqrt(2))) / 2
    return -(y * np.log(P) + (1 - y) * np.log(1 - P))


def tobin1958(beta: Any, rho: Any, x: Any, y: Any, c: Any) -> Any:
    eta, scale = beta @ x, np.exp(rho)
    below = np.log(erfc(eta / scale / np.sqrt(2)) / 2)
    return (1 - c) * ((y - eta) ** 2 / (2 * scale**2) + rho) - c * below


def hilbe2011(beta: Any, x: Any, y: Any, alpha: Any) -> Any:
    mu = np.exp(x @ beta)
    return (y + 1 / alpha) * np.log(1 + alpha * mu) - y * np.log(alpha * mu)


def lambert1992(B: Any, G: Any, x: Any, y: Any, z: Any) -> Any:
    rate, g = np.exp(B @ x), G @ x
    zeros = np.log(np.exp(g) + np.exp(-rate))
    return np.log(1 + np.exp(g)) - z * zeros - (1 - z) * (y * np.log(rate) - rate)


def tweedie(beta: Any, x: Any, y: Any, p: Any) -> Any:
    mu = np.exp(beta @ x)
    return mu ** (2 - p) / (2 - p) - y * mu ** (1 - p) / (1 - p)


def zou2005(beta: Any, x: Any, y: Any, lambda_1: Any, lambda_2: Any) -> Any:
    return (y - x @ beta) ** 2 + lambda_2 * (beta @ beta) + lambda_1 * np.sum(np.abs(beta))


def yuan2006(beta: Any, x: Any, y: Any, lambda_: Any) -> Any:
    norms = np.sqrt(np.sum(beta**2, axis=1))
    return (y - np.sum(x * beta)) ** 2 / 2 + lambda_ * np.sqrt(beta.shape[1]) * np.sum(norms)


def saunders1998(alpha: Any, K: Any, y: Any, lambda_: Any) -> Any:
    return np.sum((y - K @ alpha) ** 2) + lambda_ * alpha @ K @ alpha


def bradley1952(theta: Any, a: Any, b: Any) -> Any:
    return np.log(1 + np.exp((b - a) @ theta))


def plackett1975(w: Any, x1: Any, x2: Any, x3: Any) -> Any:
    e1, e2, e3 = np.exp(w @ x1), np.exp(w @ x2), np.exp(w @ x3)
    return -np.log(e1 / (e1 + e2 + e3)) - np.log(e2 / (e2 + e3))


def burges2005(W: Any, b: Any, v: Any, xi: Any, xj: Any, P: Any) -> Any:
    o = v @ np.tanh(W @ xi + b) - v @ np.tanh(W @ xj + b)
    return -P * o + np.log(1 + np.exp(o))


def cao2007(w: Any, x: Any, y: Any) -> Any:
    return -softmax(y) @ np.log(softmax(x @ w))


def zhang1992(w: Any, d_: Any, t_: Any, b: Any, x: Any, y: Any) -> Any:
    z = (x - t_) / d_
    return (w @ np.sum(-z * np.exp(-(z**2) / 2), axis=1) + b - y) ** 2 / 2


def tancik2020(W: Any, b: Any, x: Any, B: Any, y: Any, pi: Any) -> Any:
    u = 2 * pi * B @ x
    return np.sum((W @ (np.cos(u) + np.sin(u)) + b - y) ** 2) / 2


def kalbfleisch2002(beta: Any, b0: Any, s: Any, x: Any, c: Any, t: Any) -> Any:
    z = (np.log(t) - beta @ x - b0) / np.exp(s)
    return c * (z**2 / 2 + s) - (1 - c) * np.log((1 - erf(z / np.sqrt(2))) / 2)
