"""Metric and contrastive learning, embeddings and factorisations, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import bernoulli, cosine, cross_entropy, positive, softmax


def hadsell2006(W: Any, x1: Any, x2: Any, Y: Any, m: Any) -> Any:
    D = np.sqrt(np.sum((W @ x1 - W @ x2) ** 2))
    return (1 - Y) * D**2 / 2 + Y * np.maximum(0, m - D) ** 2 / 2


def schroff2015(W: Any, a: Any, p: Any, n: Any, alpha: Any) -> Any:
    f = [W @ x / np.sqrt(np.sum((W @ x) ** 2)) for x in (a, p, n)]
    return np.maximum(0, np.sum((f[0] - f[1]) ** 2) - np.sum((f[0] - f[2]) ** 2) + alpha)


def bromley1993(W: Any, x1: Any, x2: Any, y: Any) -> Any:
    return (cosine(np.tanh(W @ x1), np.tanh(W @ x2)) - y) ** 2


def sohn2016(W: Any, a: Any, p: Any, n: Any, lambda_: Any) -> Any:
    f = W @ a
    return np.log(1 + np.sum(np.exp(n @ W.T @ f - f @ (W @ p)))) + lambda_ * (f @ f)


def oord2018(W: Any, E: Any, c_t: Any, x: Any, y: Any) -> Any:
    return cross_entropy(x @ E.T @ W.T @ c_t, y)


def chen2020(W: Any, x: Any, M: Any, P: Any, tau: Any) -> Any:
    z = x @ W.T
    z = z / np.sqrt(np.sum(z**2, axis=1, keepdims=True))
    s = z @ z.T / tau
    log_total = np.log(np.sum(M * np.exp(s), axis=1, keepdims=True) + 1)
    return -np.sum(P * (s - log_total)) / len(x)


def wang2018(W: Any, x: Any, y: Any, s: Any, m: Any) -> Any:
    c = W @ x / np.sqrt(np.sum(W**2, axis=1) * np.sum(x**2))
    z = s * (c - m * y)
    return np.log(np.sum(np.exp(z - np.max(z)))) + np.max(z) - y @ z


def deng2019(W: Any, x: Any, y: Any, s: Any, m: Any) -> Any:
    c = W @ x / np.sqrt(np.sum(W**2, axis=1) * np.sum(x**2))
    z = s * np.where(y > 0, np.cos(np.arccos(c) + m), c)
    return cross_entropy(z, y)


def wen2016(W: Any, F: Any, c: Any, x: Any, y: Any, lambda_: Any) -> Any:
    f = np.maximum(F @ x, 0)
    return cross_entropy(W @ f, y) + lambda_ / 2 * np.sum((f - y @ c) ** 2)


def goldberger2005(A: Any, x: Any, z: Any, S: Any) -> Any:
    return cross_entropy(-np.sum(((x - z) @ A.T) ** 2, axis=1), S)


def radford2021(Wi: Any, Wt: Any, tau: Any, I: Any, T: Any, Y: Any) -> Any:
    a, b = I @ Wi.T, T @ Wt.T
    a = a / np.sqrt(np.sum(a**2, axis=1, keepdims=True))
    b = b / np.sqrt(np.sum(b**2, axis=1, keepdims=True))
    z = np.exp(tau) * (a @ b.T)
    rows = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    columns = z - np.log(np.sum(np.exp(z), axis=0, keepdims=True))
    return -np.sum(Y * (rows + columns)) / len(I) / 2


def zbontar2021(W: Any, x: Any, v: Any, I: Any, lambda_: Any) -> Any:
    a, b = x @ W.T, v @ W.T
    C = a.T @ b / np.sqrt(np.outer(np.sum(a**2, axis=0), np.sum(b**2, axis=0)))
    return np.sum((1 - np.diag(C)) ** 2) + lambda_ * np.sum((1 - I) * C**2)


def bardes2022(W: Any, x: Any, v: Any, O: Any, lambda_: Any, mu: Any, nu: Any, epsilon: Any) -> Any:
    z, n, d = x @ W.T, len(x), len(W)
    centred = z - np.mean(z, axis=0)
    C = centred.T @ centred / n
    hinges = np.sum(np.maximum(0, 1 - np.sqrt(np.diag(C) + epsilon))) / d
    invariance = np.sum((z - v @ W.T) ** 2) / n
    return lambda_ * invariance + mu * hinges + nu * np.sum(O * C**2) / d


def grill2020(F: Any, Q: Any, x: Any, zxi: Any) -> Any:
    return 2 - 2 * cosine(Q @ np.maximum(F @ x, 0), zxi)


def hinton2003(y: Any, Y: Any, p: Any) -> Any:
    return p @ (np.log(p) - np.log(softmax(-np.sum((y - Y) ** 2, axis=1))))


def maaten2008(y: Any, Y: Any, p: Any) -> Any:
    w = 1 / (1 + np.sum((y - Y) ** 2, axis=1))
    return p @ (np.log(p) - np.log(w / np.sum(w)))


def mikolov2013(U: Any, V: Any, x: Any, c: Any, q: Any) -> Any:
    z = V @ (U @ x)
    return c @ np.log(1 + np.exp(-z)) + q @ np.log(1 + np.exp(z))


def pennington2014(w: Any, wt: Any, b: Any, bt: Any, X: Any, x_max: Any, alpha: Any) -> Any:
    f = np.where(x_max > X, (X / x_max) ** alpha, 1)
    return np.sum(f * (w @ wt.T + b[:, None] + bt - np.log(X)) ** 2)


def bengio2003(C: Any, H: Any, d: Any, U: Any, W: Any, b: Any, x: Any, t: Any) -> Any:
    e = x @ C.T
    a = np.tanh(d + np.tensordot(H, e))
    return cross_entropy(b + np.tensordot(W, e) + U @ a, t)


def koren2009(p: Any, q: Any, b: Any, c: Any, M: Any, R: Any, mu: Any, lambda_: Any) -> Any:
    e = R - mu - b[:, None] - c - p @ q.T
    return np.sum(M * e**2) + lambda_ * sum(np.sum(array**2) for array in (p, q, b, c))


def rendle2010(w0: Any, w: Any, v: Any, x: Any, y: Any) -> Any:
    pairs = (np.sum((v.T @ x) ** 2) - np.sum((v**2).T @ x**2)) / 2
    return (w0 + w @ x + pairs - y) ** 2


def he2017(
    P: Any,
    Q: Any,
    Pm: Any,
    Qm: Any,
    W1: Any,
    W2: Any,
    b: Any,
    g: Any,
    m: Any,
    user: Any,
    item: Any,
    y: Any,
) -> Any:
    e = np.maximum(W1 @ (Pm @ user) + W2 @ (Qm @ item) + b, 0)
    return bernoulli(g @ ((P @ user) * (Q @ item)) + m @ e, y)


def rendle2009(W: Any, H: Any, user: Any, liked: Any, other: Any, lambda_: Any) -> Any:
    x = (user @ W) @ ((liked - other) @ H)
    return np.log(1 + np.exp(-x)) + lambda_ * (np.sum(W**2) + np.sum(H**2))


def bordes2013(E: Any, R: Any, h: Any, l: Any, t: Any, hn: Any, tn: Any, gamma: Any) -> Any:
    p, n = E @ h + R @ l - E @ t, E @ hn + R @ l - E @ tn
    return np.maximum(0, gamma + np.sqrt(p @ p) - np.sqrt(n @ n))


def yang2015(E: Any, R: Any, h: Any, l: Any, t: Any, y: Any) -> Any:
    return np.log(1 + np.exp(-y * np.sum((E @ h) * (R @ l) * (E @ t))))


def trouillon2016(A: Any, B: Any, C: Any, D: Any, u: Any, l: Any, o: Any, y: Any) -> Any:
    a, b, p, q, c, g = A @ u, B @ u, A @ o, B @ o, C @ l, D @ l
    phi = np.sum(c * a * p + c * b * q + g * a * q - g * b * p)
    return np.log(1 + np.exp(-y * phi))


@positive("W", "H")
def lee2001(W: Any, H: Any, V: Any) -> Any:
    R = W @ H
    return np.sum(V * np.log(V / R) - V + R)


def rasch1960(theta: Any, a: Any, b: Any, M: Any, X: Any, D: Any) -> Any:
    return np.sum(M * bernoulli(D * a * (theta[:, None] - b), X))


def cuturi2013(x: Any, y: Any, a: Any, b: Any, eps: Any) -> Any:
    C = np.sum((x[:, None] - y[None]) ** 2, axis=2)
    log_k = -C / eps

    def log_sum(z: Any, axis: int) -> Any:
        most = np.max(z, axis=axis, keepdims=True)
        return np.log(np.sum(np.exp(z - most), axis=axis)) + np.squeeze(most, axis)

    f = np.log(a) - log_sum(log_k, 1)
    g = np.log(b) - log_sum(log_k + f[:, None], 0)
    f = np.log(a) - log_sum(log_k + g[None], 1)
    return np.sum(np.exp(f[:, None] + log_k + g[None]) * C)


def burges2010(w: Any, x: Any, D: Any, S: Any, sigma: Any) -> Any:
    s = x @ w
    return np.sum(S * D * np.log(1 + np.exp(-sigma * (s[:, None] - s[None]))))


def kolda2009(A: Any, B: Any, C: Any, M: Any, X: Any, lambda_: Any) -> Any:
    whole = np.einsum("ir,jr,kr->ijk", A, B, C)
    squares = np.sum(A**2) + np.sum(B**2) + np.sum(C**2)
    return np.sum(M * (X - whole) ** 2) / 2 + lambda_ * squares


@positive("W", "H")
def fevotte2009(W: Any, H: Any, V: Any) -> Any:
    ratio = V / (W @ H)
    return np.sum(ratio - np.log(ratio) - 1)
