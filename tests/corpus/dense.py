"""Units and layers: one sample's error, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import bernoulli, erf, sigma


def rosenblatt1958(w: Any, b: Any, x: Any, y: Any) -> Any:
    return np.maximum(-y * (w @ x + b), 0)


def widrow1960(w: Any, b: Any, x: Any, d: Any) -> Any:
    return (d - w @ x - b) ** 2 / 2


def rumelhart1986(w1: Any, theta1: Any, w2: Any, theta2: Any, x: Any, d: Any) -> Any:
    y1 = 1 / (1 + np.exp(-(w1 @ x + theta1)))
    y2 = 1 / (1 + np.exp(-(w2 @ y1 + theta2)))
    return np.sum((y2 - d) ** 2) / 2


def lecun1998(W: Any, b: Any, V: Any, c: Any, x: Any, d: Any) -> Any:
    h = 1.7159 * np.tanh(2 * (W @ x + b) / 3)
    y = 1.7159 * np.tanh(2 * (V @ h + c) / 3)
    return np.sum((d - y) ** 2) / 2


def bishop2006(w: Any, b: Any, phi: Any, t: Any) -> Any:
    a = w @ phi + b
    return np.log(np.sum(np.exp(a))) - t @ a


def glorot2011(
    W1: Any, b1: Any, W2: Any, b2: Any, V: Any, c: Any, x: Any, y: Any, lambda_: Any
) -> Any:
    h1 = np.maximum(0, W1 @ x + b1)
    h2 = np.maximum(0, W2 @ h1 + b2)
    z = V @ h2 + c
    return np.log(np.sum(np.exp(z))) - y @ z + lambda_ * (np.sum(h1) + np.sum(h2))


def he2016(W1: Any, W2: Any, x: Any, y: Any) -> Any:
    h = np.maximum(W2 @ np.maximum(W1 @ x, 0) + x, 0)
    return np.sum((h - y) ** 2) / 2


def srivastava2015(WH: Any, bH: Any, WT: Any, bT: Any, x: Any, y: Any) -> Any:
    T = sigma(WT @ x + bT)
    return np.sum((np.tanh(WH @ x + bH) * T + x * (1 - T) - y) ** 2) / 2


def klambauer2017(W: Any, v: Any, x: Any, y: Any, lambda_: Any, alpha: Any) -> Any:
    z = W @ x
    return (v @ (lambda_ * np.where(z > 0, z, alpha * np.exp(z) - alpha)) - y) ** 2 / 2


def ramachandran2017(W: Any, v: Any, beta: Any, x: Any, y: Any) -> Any:
    z = W @ x
    return (v @ (z * sigma(beta * z)) - y) ** 2 / 2


def hendrycks2016(W: Any, b: Any, v: Any, x: Any, y: Any) -> Any:
    z = W @ x + b
    return (v @ (z / 2 * (1 + erf(z / np.sqrt(2)))) - y) ** 2 / 2


def shazeer2020(W: Any, V: Any, W2: Any, x: Any, y: Any) -> Any:
    g = W @ x
    return np.sum((W2 @ (g * sigma(g) * (V @ x)) - y) ** 2) / 2


def he2015(W: Any, a: Any, v: Any, x: Any, y: Any) -> Any:
    z = W @ x
    return np.sum((v @ (np.maximum(0, z) + a * np.minimum(0, z)) - y) ** 2) / 2


def srivastava2014(W: Any, b: Any, V: Any, x: Any, r: Any, y: Any, p: Any) -> Any:
    z = V @ (r * np.maximum(W @ x + b, 0) / p)
    return np.log(np.sum(np.exp(z))) - y @ z


def ha2017(P: Any, B: Any, e: Any, x: Any, y: Any) -> Any:
    return np.sum((np.tanh((P @ e + B) @ x) - y) ** 2)


def zaheer2017(W: Any, b: Any, rho: Any, v: Any, x: Any, y: Any) -> Any:
    p = np.sum(np.tanh(x @ W.T + b), axis=0)
    return (v @ np.maximum(rho @ p, 0) - y) ** 2 / 2


def chen2018(A: Any, b: Any, z0: Any, z: Any, h: Any) -> Any:
    state = z0
    for _ in range(3):
        state = state + h * np.tanh(A @ state + b)
    return np.mean((state - z) ** 2)


def raissi2019(w: Any, b: Any, v: Any, c: Any, t: Any, u0: Any) -> Any:
    h = np.tanh(w * t + b)
    du = np.sum(v * (1 - h**2) * w)
    return (du + v @ h + c) ** 2 + (v @ np.tanh(b) + c - u0) ** 2


def sitzmann2020(W1: Any, b1: Any, W2: Any, b2: Any, v: Any, x: Any, f: Any, omega_0: Any) -> Any:
    return (v @ np.sin(W2 @ np.sin(omega_0 * (W1 @ x + b1)) + b2) - f) ** 2


def perez2018(W: Any, Gamma: Any, Beta: Any, v: Any, x: Any, q: Any, y: Any) -> Any:
    film = np.maximum((Gamma @ q) * (W @ x) + Beta @ q, 0)
    return (v @ film - y) ** 2 / 2


def hu2018(W1: Any, W2: Any, v: Any, u: Any, y: Any) -> Any:
    s = sigma(W2 @ np.maximum(W1 @ np.mean(u, axis=(1, 2)), 0))
    x = s[:, None, None] * u
    return (v @ np.mean(x**2, axis=(1, 2)) - y) ** 2


def jacobs1991(A: Any, G: Any, x: Any, d: Any) -> Any:
    p = np.exp(G @ x) / np.sum(np.exp(G @ x))
    return -np.log(p @ np.exp(-np.sum((d - A @ x) ** 2, axis=1) / 2))


def wang2017(w1: Any, b1: Any, w2: Any, b2: Any, v: Any, x0: Any, y: Any) -> Any:
    x1 = x0 * (x0 @ w1) + b1 + x0
    x2 = x0 * (x1 @ w2) + b2 + x1
    return bernoulli(v @ x2, y)


def zhang2018(W: Any, x1: Any, x2: Any, lam: Any, y1: Any, y2: Any) -> Any:
    z = W @ (lam * x1 + (1 - lam) * x2)
    return np.log(np.sum(np.exp(z))) - (lam * y1 + (1 - lam) * y2) @ z


def szegedy2016(W: Any, x: Any, y: Any, epsilon: Any) -> Any:
    z = W @ x
    q = (1 - epsilon) * y + epsilon / len(y)
    return np.log(np.sum(np.exp(z))) - q @ z


def hinton2015(W: Any, x: Any, v: Any, y: Any, T: Any, alpha: Any) -> Any:
    z = W @ x
    soft = np.exp(v / T) / np.sum(np.exp(v / T))
    cold = np.log(np.sum(np.exp(z / T))) - soft @ z / T
    return T**2 * alpha * cold + (1 - alpha) * (np.log(np.sum(np.exp(z))) - y @ z)
