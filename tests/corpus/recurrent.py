"""Networks over time, unrolled: one sequence's error, written out from the works."""

from typing import Any

import autograd.numpy as np

from tests.corpus.common import cross_entropy, sigma


def elman1990(U: Any, W: Any, V: Any, x1: Any, x2: Any, x3: Any, d1: Any, d2: Any, d3: Any) -> Any:
    h, total = 0, 0
    for x, d in ((x1, d1), (x2, d2), (x3, d3)):
        h = sigma(U @ x + (W @ h if np.ndim(h) else 0))
        total = total + np.sum((sigma(V @ h) - d) ** 2) / 2
    return total


def jordan1986(W: Any, U: Any, V: Any, x1: Any, x2: Any, d1: Any, d2: Any, mu: Any) -> Any:
    o1 = sigma(V @ sigma(W @ x1))
    o2 = sigma(V @ sigma(W @ x2 + U @ (mu * o1)))
    return np.sum((d1 - o1) ** 2) / 2 + np.sum((d2 - o2) ** 2) / 2


def hochreiter1997(
    Wi: Any, Wf: Any, Wo: Any, Wg: Any, Ui: Any, Uf: Any, Uo: Any, Ug: Any, x1: Any, x2: Any, y: Any
) -> Any:
    c = sigma(Wi @ x1) * np.tanh(Wg @ x1)
    h = sigma(Wo @ x1) * np.tanh(c)
    c = sigma(Wf @ x2 + Uf @ h) * c + sigma(Wi @ x2 + Ui @ h) * np.tanh(Wg @ x2 + Ug @ h)
    return np.sum((sigma(Wo @ x2 + Uo @ h) * np.tanh(c) - y) ** 2)


def cho2014(
    Wr: Any, Ur: Any, Wz: Any, Uz: Any, W: Any, U: Any, x1: Any, x2: Any, h0: Any, y: Any
) -> Any:
    h = h0
    for x in (x1, x2):
        z, r = sigma(Wz @ x + Uz @ h), sigma(Wr @ x + Ur @ h)
        h = z * h + (1 - z) * np.tanh(W @ x + U @ (r * h))
    return np.sum((h - y) ** 2) / 2


def gers2002(
    Wi: Any, Wf: Any, Wo: Any, Wc: Any, pi_: Any, pf: Any, po: Any, x: Any, c0: Any, y: Any
) -> Any:
    c = sigma(Wf @ x + pf * c0) * c0 + sigma(Wi @ x + pi_ * c0) * np.tanh(Wc @ x)
    return np.sum((sigma(Wo @ x + po * c) * np.tanh(c) - y) ** 2) / 2


def le2015(W: Any, R: Any, v: Any, x1: Any, x2: Any, x3: Any, y: Any) -> Any:
    h = np.maximum(W @ x1, 0)
    for x in (x2, x3):
        h = np.maximum(W @ x + R @ h, 0)
    return (v @ h - y) ** 2


def lei2018(
    W: Any, Wf: Any, Wr: Any, vf: Any, vr: Any, bf: Any, br: Any, x1: Any, x2: Any, y: Any
) -> Any:
    c1 = (1 - sigma(Wf @ x1 + bf)) * (W @ x1)
    f, r = sigma(Wf @ x2 + vf * c1 + bf), sigma(Wr @ x2 + vr * c1 + br)
    c2 = f * c1 + (1 - f) * (W @ x2)
    return np.sum((r * c2 + (1 - r) * x2 - y) ** 2) / 2


def gu2022(a: Any, B: Any, C: Any, D: Any, u1: Any, u2: Any, u3: Any, y: Any, Delta: Any) -> Any:
    A = np.exp(-Delta * np.exp(a))
    return (C @ (A * (A * B * u1 + B * u2) + B * u3) + D * u3 - y) ** 2


def mikolov2010(U: Any, W: Any, V: Any, w1: Any, w2: Any, y2: Any, y3: Any) -> Any:
    s1 = sigma(U @ w1)
    s2 = sigma(U @ w2 + W @ s1)
    return cross_entropy(V @ s1, y2) + cross_entropy(V @ s2, y3)


def sutskever2014(E: Any, W: Any, D: Any, x1: Any, x2: Any, y: Any) -> Any:
    v = np.tanh(E @ x2 + W @ np.tanh(E @ x1))
    return cross_entropy(D @ np.tanh(W @ v), y)
