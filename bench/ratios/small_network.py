"""2-2-1, one sample, float64: the unrolled targets and C beside NumPy as a student types it.

`python -m bench.ratios.small_network`; of Numba, JAX and C what is not here is named and left out.
"""

import ctypes
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import derive
from bench.ratios.by_hand import textbook_update
from bench.ratios.measure import Times, Work, timed
from derive.c.check import compiled, compiler_here
from derive.c.text import c_files
from derive.code.module import load
from derive.derivation.simplify import simplify
from derive.unrolled.jit import jit_text
from derive.unrolled.text import unrolled_text

ONE = simplify(derive.differentiate(derive.load("pelogia2019")))

PARAMETERS, I, Y, T = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6), (1.0, 0.5), (1.0,), 0.1

OURS = ("unrolled, update", "unrolled, train", "jit, train", "C -O2, train", "C -O3, train")


def unrolled() -> dict[str, Work]:
    """Plain Python."""
    module: Any = load(unrolled_text(ONE), "unrolled")

    def update(steps: int) -> None:
        parameters, step = PARAMETERS, module.update
        for _ in range(steps):
            parameters = step(parameters, I, Y, T)

    return {
        "unrolled, update": update,
        "unrolled, train": lambda steps: module.train(PARAMETERS, [(I, Y)], T, steps),
    }


def jit() -> dict[str, Work]:
    """The same under Numba, in one call."""
    if find_spec("numba") is None:
        return {}
    module: Any = load(jit_text(ONE), "jit")
    x, y = np.array([I]), np.array([Y])
    return {"jit, train": lambda steps: module._train(PARAMETERS, x, y, T, steps)}


def c(folder: Path) -> dict[str, Work]:
    """C, in one call."""
    compiler, works = compiler_here(), dict[str, Work]()
    for level in ("-O2", "-O3") if compiler else ():
        flags = (str(compiler), "-std=c99", level, "-shared", "-fPIC")
        train = ctypes.CDLL(str(compiled(c_files(ONE), folder, flags))).pelogia2019_train
        works[f"C {level}, train"] = _in_c(train)
    return works


def _in_c(train: Any) -> Work:
    parameters = (ctypes.c_double * 6)(*PARAMETERS)
    sample = (ctypes.c_double * 3)(*I, *Y)
    size, t = ctypes.c_size_t, ctypes.c_double(T)
    return lambda steps: train(parameters, sample, size(1), size(steps), t)


def jax() -> dict[str, Work]:
    """A step compiled by JAX, called from Python and in a loop of its own."""
    if find_spec("jax") is None:
        return {}
    library, jnp = import_module("jax"), import_module("jax.numpy")
    library.config.update("jax_enable_x64", True)
    x, y = jnp.array(I), jnp.array(Y)

    def error(weights: Any) -> Any:
        W, V = weights
        O = library.nn.sigmoid(V @ library.nn.sigmoid(W @ x))
        return jnp.sum((O - y) ** 2) / 2

    def move(weights: Any) -> Any:
        slopes = library.grad(error)(weights)
        return tuple(w - T * g for w, g in zip(weights, slopes, strict=True))

    flat = jnp.array(PARAMETERS)
    start = flat[:4].reshape(2, 2), flat[4:].reshape(1, 2)
    once = library.jit(move)
    looped = library.jit(
        lambda weights, steps: library.lax.fori_loop(0, steps, lambda _, w: move(w), weights)
    )

    def stepped(steps: int) -> None:
        weights = start
        for _ in range(steps):
            weights = once(weights)
        weights[0].block_until_ready()

    def loop(steps: int) -> None:
        looped(start, steps)[0].block_until_ready()

    return {"JAX, step": stepped, "JAX, loop": loop}


def times(folder: Path) -> Times:
    """All that are here, in turns."""
    works = {**unrolled(), **jit(), **c(folder), "textbook": textbook_update, **jax()}
    return timed(works)


def lines() -> Iterator[str]:
    """A line of the report for each of ours beside each of the others; and C beside Numba."""
    for name, there in (("Numba", find_spec("numba")), ("JAX", find_spec("jax"))):
        if there is None:
            yield f"{name} is not installed: its rows are left out"
    with TemporaryDirectory() as folder:
        found = times(Path(folder))
    here = [name for name in OURS if name in found.rounds]
    others = [name for name in found.rounds if name not in OURS]
    pairs = [(one, other) for one in here for other in others]
    pairs += [(one, "jit, train") for one in here if "C" in one and "jit, train" in here]
    for one, other in pairs:
        middle, low, high = found.ratio(other, one)
        ns = f"{1000 * found.least(one):.0f} ns to {1000 * found.least(other):.0f} ns"
        yield (
            f"| 2-2-1, one sample, float64 | {one} | {other} | "
            f"{middle:.2f} times ({low:.2f} to {high:.2f}) | {ns} |"
        )


if __name__ == "__main__":
    print(f"NumPy {np.__version__}")
    print("| work | ours | beside | how much faster, median (quartiles) | best of both |")
    print("|---|---|---|---|---|")
    for line in lines():
        print(line, flush=True)
