"""Attention and networks on graphs: one sample's error, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import cross_entropy, softmax


def bahdanau2015(W: Any, U: Any, v: Any, o: Any, s: Any, h: Any, y: Any) -> Any:
    alpha = softmax(np.tanh(W @ s + h @ U.T) @ v)
    return cross_entropy(o @ (alpha @ h), y)


def luong2015(Wa: Any, Wc: Any, Wh: Any, h: Any, hs: Any, y: Any) -> Any:
    c = softmax(hs @ Wa @ h) @ hs
    return np.sum((np.tanh(Wc @ c + Wh @ h) - y) ** 2) / 2


def vaswani2017(WQ: Any, WK: Any, WV: Any, WO: Any, X: Any, Y: Any) -> Any:
    heads = []
    for wq, wk, wv in zip(WQ, WK, WV, strict=True):
        scores = (X @ wq.T) @ (X @ wk.T).T / np.sqrt(wq.shape[0])
        weights = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
        heads.append(weights @ (X @ wv.T))
    R = sum(head @ WO[:, h].T for h, head in enumerate(heads))
    return np.sum((R - Y) ** 2) / 2


def bengio2013masked(w: Any, u: Any, X: Any, M: Any, y: Any) -> Any:
    q, k = X @ w, X @ u
    e = M * np.exp(np.outer(q, k))
    A = e / (1 + np.sum(e, axis=1, keepdims=True))
    return np.sum((A @ k - y) ** 2)


def velickovic2018(W: Any, a1: Any, a2: Any, h: Any, B: Any, y: Any) -> Any:
    g = h @ W.T
    z = (g @ a1)[:, None] + (g @ a2)[None, :]
    e = np.where(z > 0, z, z / 100) + B
    alpha = np.exp(e) / np.sum(np.exp(e), axis=1, keepdims=True)
    return np.sum((alpha @ g - y) ** 2) / 2


def kipf2017(W0: Any, W1: Any, A: Any, X: Any, Y: Any) -> Any:
    z = A @ np.maximum(A @ X @ W0, 0) @ W1
    return np.sum(np.log(np.sum(np.exp(z), axis=1))) - np.sum(Y * z)


def graves2014(Wk: Any, wb: Any, v: Any, x: Any, M: Any, y: Any) -> Any:
    k = np.tanh(Wk @ x)
    cosine = M @ k / np.sqrt(np.sum(k**2) * np.sum(M**2, axis=1))
    w = softmax(np.log(1 + np.exp(wb @ x)) * cosine)
    return (v @ (w @ M) - y) ** 2


def katharopoulos2020(WQ: Any, WK: Any, WV: Any, X: Any, Y: Any) -> Any:
    def phi(z):
        return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1) + 1

    Q, K, V = phi(X @ WQ.T), phi(X @ WK.T), X @ WV.T
    O = Q @ (K.T @ V) / (Q @ np.sum(K, axis=0))[:, None]
    return np.mean((O - Y) ** 2)


def vinyals2015(W1: Any, W2: Any, v: Any, e: Any, d: Any, C: Any) -> Any:
    return cross_entropy(np.tanh(e @ W1.T + W2 @ d) @ v, C)


def sukhbaatar2015(A: Any, B: Any, C: Any, W: Any, x: Any, q: Any, a: Any) -> Any:
    u = B @ q
    o = softmax((x @ A.T) @ u) @ (x @ C.T)
    return cross_entropy(W @ (o + u), a)


def hamilton2017(Ws: Any, Wn: Any, h: Any, g: Any, y: Any) -> Any:
    z = np.maximum(Ws @ h + Wn @ np.mean(g, axis=0), 0)
    return np.sum((z / np.sqrt(np.sum(z**2) + 0.001) - y) ** 2)


def gilmer2017(M: Any, U: Any, r: Any, h: Any, e: Any, y: Any) -> Any:
    return (np.sum(np.tanh(h @ U.T + e @ (h @ M.T)) @ r) - y) ** 2 / 2


def transformer(
    g: Any, WQ: Any, WK: Any, WV: Any, W1: Any, W2: Any, x: Any, y: Any, epsilon: Any
) -> Any:
    centred = x - np.mean(x, axis=1, keepdims=True)
    h = g * centred / np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + epsilon)
    scores = (h @ WQ.T) @ (h @ WK.T).T / np.sqrt(WQ.shape[0])
    A = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
    r = x + A @ (h @ WV.T)
    z = r @ W1.T
    u = z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))
    return np.mean((r + u @ W2.T - y) ** 2)


def ramsauer2021(X: Any, xi: Any, y: Any, beta: Any) -> Any:
    return np.sum((X.T @ softmax(beta * X @ xi) - y) ** 2) / 2
