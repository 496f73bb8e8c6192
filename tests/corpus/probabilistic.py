"""Energies, mixtures, autoencoders and generative models, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import bernoulli, cross_entropy, sigma, softmax


def hopfield1984(T: Any, b: Any, u: Any, y: Any) -> Any:
    V = np.tanh(u)
    return -V @ T @ V / 2 - b @ V + np.sum((V - y) ** 2)


def hinton2002(W: Any, a: Any, b: Any, v: Any, w: Any) -> Any:
    def free(v):
        return -v @ a - np.sum(np.log(1 + np.exp(b + v @ W)))

    return free(v) - free(w)


def ackley1985(W: Any, theta: Any, s: Any) -> Any:
    h = W @ s - np.diag(W) * s - theta
    return np.sum(np.log(1 + np.exp(-2 * s * h)))


def lafferty2001(A: Any, W: Any, x1: Any, x2: Any, x3: Any, y1: Any, y2: Any, y3: Any) -> Any:
    u = [W @ x for x in (x1, x2, x3)]
    states = range(len(A))
    paths = [
        u[0][i] + A[i, j] + u[1][j] + A[j, k] + u[2][k]
        for i in states
        for j in states
        for k in states
    ]
    score = y1 @ u[0] + y2 @ u[1] + y3 @ u[2] + y1 @ A @ y2 + y2 @ A @ y3
    return np.log(sum(map(np.exp, paths))) - score


def rabiner1989(p: Any, A: Any, B: Any, x1: Any, x2: Any, x3: Any) -> Any:
    a = np.exp(A) / np.sum(np.exp(A), axis=1, keepdims=True)
    b = np.exp(B) / np.sum(np.exp(B), axis=1, keepdims=True)
    alpha = softmax(p) * (b @ x1)
    for x in (x2, x3):
        alpha = (alpha @ a) * (b @ x)
    return -np.log(np.sum(alpha))


def dempster1977(a: Any, mu: Any, rho: Any, x: Any) -> Any:
    var = np.exp(2 * rho)
    G = np.exp(-np.sum((x - mu) ** 2, axis=1) / (2 * var)) / (2 * np.pi * var) ** (len(x) / 2)
    return -np.log(softmax(a) @ G)


def bishop1994(P: Any, M: Any, S: Any, x: Any, t: Any) -> Any:
    scale = np.exp(S @ x)
    return -np.log(softmax(P @ x) @ (np.exp(-((t - M @ x) ** 2) / (2 * scale**2)) / scale))


def broomhead1988(w: Any, c: Any, sigma: Any, x: Any, d: Any) -> Any:
    return (d - w @ np.exp(-np.sum((x - c) ** 2, axis=1) / (2 * sigma**2))) ** 2 / 2


def kingma2014(M: Any, V: Any, D: Any, b: Any, x: Any, epsilon: Any) -> Any:
    mu, logvar = M @ x, V @ x
    KL = -np.sum(1 + logvar - mu**2 - np.exp(logvar)) / 2
    return KL + np.sum(bernoulli(D @ (mu + np.exp(logvar / 2) * epsilon) + b, x))


def ng2011(W1: Any, b1: Any, W2: Any, b2: Any, x: Any, rho: Any, beta: Any, lambda_: Any) -> Any:
    a2 = sigma(x @ W1.T + b1)
    a3 = sigma(a2 @ W2.T + b2)
    hat = np.mean(a2, axis=0)
    KL = np.sum(rho * np.log(rho / hat) + (1 - rho) * np.log((1 - rho) / (1 - hat)))
    decay = lambda_ / 2 * (np.sum(W1**2) + np.sum(W2**2))
    return np.sum((a3 - x) ** 2) / (2 * len(x)) + decay + beta * KL


def rifai2011(W: Any, b: Any, c: Any, x: Any, lambda_: Any) -> Any:
    h = sigma(W @ x + b)
    J = (h * (1 - h)) ** 2 @ np.sum(W**2, axis=1)
    return np.sum((W.T @ h + c - x) ** 2) + lambda_ * J


def vincent2008(W: Any, b: Any, Wp: Any, bp: Any, x: Any, m: Any) -> Any:
    return np.sum(bernoulli(Wp @ sigma(W @ (m * x) + b) + bp, x))


def olshausen1996(a: Any, phi: Any, I: Any, lambda_: Any, sigma: Any) -> Any:
    return np.sum((I - phi @ a) ** 2) + lambda_ * np.sum(np.log(1 + (a / sigma) ** 2))


def dinh2017(S: Any, T: Any, x1: Any, x2: Any) -> Any:
    s = np.tanh(S @ x1)
    return x1 @ x1 / 2 + np.sum((x2 * np.exp(s) + T @ x1) ** 2) / 2 - np.sum(s)


def rezende2015(u: Any, w: Any, b: Any, z: Any) -> Any:
    h = np.tanh(w @ z + b)
    return np.sum((z + u * h) ** 2) / 2 - np.log(np.abs(1 + (1 - h**2) * (u @ w)))


def hyvarinen2005(M: Any, mu: Any, x: Any) -> Any:
    return np.sum((M @ (x - mu)) ** 2) / 2 - np.trace(M)


def vincent2011(W: Any, b: Any, c: Any, x: Any, n: Any, sigma: Any) -> Any:
    xt = x + sigma * n
    h = 1 / (1 + np.exp(-(W @ xt + b)))
    return np.sum(((W.T @ h + c - xt) / sigma**2 - (x - xt) / sigma**2) ** 2) / 2


def ho2020(W: Any, u: Any, V: Any, x0: Any, epsilon: Any, abar: Any, t: Any) -> Any:
    z = W @ (np.sqrt(abar) * x0 + np.sqrt(1 - abar) * epsilon) + u * t
    return np.sum((epsilon - V @ (z * sigma(z))) ** 2)


def gutmann2010(theta: Any, c: Any, x: Any, y: Any, px: Any, py: Any) -> Any:
    Gx, Gy = theta @ np.abs(x) + c - px, theta @ np.abs(y) + c - py
    return (np.log(1 + np.exp(-Gx)) + np.log(1 + np.exp(Gy))) / 2


def goodfellow2014(W: Any, v: Any, x: Any, g: Any) -> Any:
    a, b = (v @ np.where(W @ z > 0, W @ z, W @ z / 100) for z in (x, g))
    return np.log(1 + np.exp(-a)) + np.log(1 + np.exp(b))


def mao2017(G: Any, u: Any, D: Any, v: Any) -> Any:
    return (v @ np.maximum(D @ np.tanh(G @ u), 0) - 1) ** 2 / 2


def arjovsky2017(W: Any, b: Any, v: Any, x: Any, g: Any) -> Any:
    return v @ (np.maximum(W @ g + b, 0) - np.maximum(W @ x + b, 0))


def jang2017(A: Any, V: Any, x: Any, g: Any, y: Any, tau: Any) -> Any:
    return np.sum((V @ softmax((A @ x + g) / tau) - y) ** 2) / 2


def blundell2015(mu: Any, rho: Any, x: Any, epsilon: Any, y: Any, pi_KL: Any) -> Any:
    scale = np.log(1 + np.exp(rho))
    KL = np.sum((scale**2 + mu**2 - 1) / 2 - np.log(scale))
    return pi_KL * KL + (y - (mu + scale * epsilon) @ x) ** 2 / 2


def gretton2012(G: Any, u: Any, x: Any, sigma: Any) -> Any:
    y = u @ G.T

    def kernel(a, b):
        return np.exp(-np.sum((a[:, None] - b) ** 2, axis=2) / (2 * sigma**2))

    return np.mean(kernel(y, y)) - 2 * np.mean(kernel(y, x))


def bell1995(a: Any, b: Any, c: Any, d: Any, x1: Any, x2: Any) -> Any:
    y1, y2 = sigma(a * x1 + b * x2), sigma(c * x1 + d * x2)
    return -np.log(np.abs(a * d - b * c)) - np.log(y1 * (1 - y1)) - np.log(y2 * (1 - y2))


def hinton2002poe(a: Any, b: Any, x: Any, y: Any) -> Any:
    return cross_entropy(a @ x + b @ x, y)
