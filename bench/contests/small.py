"""2-2-1, one sample, float64: `update` of the trainer, and the network written out."""

import ctypes
from collections.abc import Sequence
from functools import cache
from math import exp
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import derive
from bench import ours
from bench.contest import Bar, Contest, Side, Work
from derive.c.check import compiled, compiler_here
from derive.c.text import c_files
from derive.code.module import load
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.unrolled.jit import jit_text
from derive.unrolled.text import unrolled_text

PARAMETERS, I, Y, T = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (1.0, 0.5), (1.0,), 0.1
W, V = np.reshape(PARAMETERS[:4], (2, 2)), np.reshape(PARAMETERS[4:], (1, 2))


@cache
def one() -> Simplified:
    """The derivation for one sample."""
    return simplify(differentiate(derive.load("pelogia2019")))


def update() -> Work:
    """The trainer's, checks and all."""
    trainer = ours.trainer(derive.load("pelogia2019"))
    x, y = np.array(I), np.array(Y)

    def steps(count: int) -> Sequence[Any]:
        parameters = trainer.Parameters(W=W, V=V)
        for _ in range(count):
            parameters = trainer.update(parameters, x, y, T)
        return _flat(*parameters)

    return steps


def unrolled_update() -> Work:
    """Plain Python, a call for each step."""
    step = _unrolled().update

    def steps(count: int) -> Sequence[Any]:
        parameters = PARAMETERS
        for _ in range(count):
            parameters = step(parameters, I, Y, T)
        return (parameters,)

    return steps


def unrolled_train() -> Work:
    """Plain Python, one call."""
    train = _unrolled().train
    return lambda count: (train(PARAMETERS, [(I, Y)], T, count),)


def jit() -> Work:
    """The same under Numba, in one call."""
    train: Any = load(jit_text(one()), "jit").train
    x, y = np.array([I]), np.array([Y])
    return lambda count: (train(PARAMETERS, x, y, T, count),)


def in_c(level: str) -> Work:
    """C99, in one call."""
    flags = (str(compiler_here()), "-std=c99", level, "-shared", "-fPIC")
    with TemporaryDirectory() as folder:
        library = ctypes.CDLL(str(compiled(c_files(one()), Path(folder), flags)))
    train, size = library.pelogia2019_train, ctypes.c_size_t
    sample = (ctypes.c_double * 3)(*I, *Y)

    def steps(count: int) -> Sequence[Any]:
        parameters = (ctypes.c_double * 6)(*PARAMETERS)
        train(parameters, sample, size(1), size(count), ctypes.c_double(T))
        return (list(parameters),)

    return steps


def textbook() -> Work:
    """As a student types it, without any check."""
    x, y = np.array(I), np.array(Y)

    def steps(count: int) -> Sequence[Any]:
        w, v = W, V
        for _ in range(count):
            H = 1 / (1 + np.exp(-(w @ x)))
            O = 1 / (1 + np.exp(-(v @ H)))
            delta_o = (O - y) * O * (1 - O)
            delta_h = (v.T @ delta_o) * H * (1 - H)
            v = v - T * np.outer(delta_o, H)
            w = w - T * np.outer(delta_h, x)
        return _flat(w, v)

    return steps


def python() -> Work:
    """The shortest that one can write without NumPy; it overflows far out."""

    def steps(count: int) -> Sequence[Any]:
        w_11, w_21, w_12, w_22, v_11, v_21 = PARAMETERS
        (x_1, x_2), (y,) = I, Y
        for _ in range(count):
            H_1 = 1 / (1 + exp(-(w_11 * x_1 + w_21 * x_2)))
            H_2 = 1 / (1 + exp(-(w_12 * x_1 + w_22 * x_2)))
            O = 1 / (1 + exp(-(v_11 * H_1 + v_21 * H_2)))
            d = T * (O - y) * O * (1 - O)
            d_1, d_2 = d * v_11 * H_1 * (1 - H_1), d * v_21 * H_2 * (1 - H_2)
            w_11, w_21 = w_11 - d_1 * x_1, w_21 - d_1 * x_2
            w_12, w_22 = w_12 - d_2 * x_1, w_22 - d_2 * x_2
            v_11, v_21 = v_11 - d * H_1, v_21 - d * H_2
        return ((w_11, w_21, w_12, w_22, v_11, v_21),)

    return steps


def of_jax(way: str) -> Work:
    """Compiled, in float64."""
    import jax
    import jax.numpy as jnp

    from bench.peers import jax_compiled

    jax.config.update("jax_enable_x64", True)

    def error(weights: Any, x: Any, y: Any) -> Any:
        w, v = weights
        return jnp.sum((jax.nn.sigmoid(v @ jax.nn.sigmoid(w @ x)) - y) ** 2) / 2

    make = {"step": jax_compiled.step, "loop": jax_compiled.loop}[way]
    work = make((W, V), (np.array(I), np.array(Y)), error, T)
    return lambda count: _flat(*work(count))


def of_torch() -> Work:
    """Without compiling, in float64."""
    import torch

    from bench.peers import torch_eager

    x, y = torch.tensor(I, dtype=torch.float64), torch.tensor(Y, dtype=torch.float64)

    def error(weights: Sequence[Any]) -> Any:
        w, v = weights
        return (torch.sigmoid(v @ torch.sigmoid(w @ x)) - y).square().sum() / 2

    work = torch_eager.moving((W, V), error, T, 1)
    return lambda count: _flat(*work(count))


def _unrolled() -> Any:
    return load(unrolled_text(one()), "unrolled")


def _flat(*weights: Any) -> Sequence[Any]:
    """W and V one behind the other, as the targets have them."""
    return (np.concatenate([np.ravel(array) for array in weights]),)


PYTHON = Side("Python by hand", {"": python})
JIT = Side("jit, train", {"": jit}, ("numba",))

CONTESTS = (
    Contest(
        "2-2-1, one sample, float64",
        ours=(
            Side("update", {"": update}),
            Side("unrolled, update", {"": unrolled_update}),
            Side("unrolled, train", {"": unrolled_train}),
            PYTHON,
            JIT,
            Side("C, train", {"-O2": lambda: in_c("-O2"), "-O3": lambda: in_c("-O3")}, ("cc",)),
        ),
        peers=(
            Side("textbook NumPy", {"": textbook}),
            PYTHON,
            Side("PyTorch", {"1 thread": of_torch}, ("torch",)),
            Side("JAX, step", {"": lambda: of_jax("step")}, ("jax",)),
            Side("JAX, loop", {"": lambda: of_jax("loop")}, ("jax",)),
            JIT,
        ),
        bars=(
            Bar("update", "textbook NumPy", 1.0),
            Bar("unrolled, update", "textbook NumPy", 1 / 20, PYTHON.name),
            Bar("unrolled, update", "JAX, step", 1 / 15, PYTHON.name),
            Bar("jit, train", "JAX, loop", 1 / 1.8),
            Bar("C, train", "jit, train", 1.1),
        ),
        tolerance=1e-9,
    ),
)
