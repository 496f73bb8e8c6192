"""The generated trainer against a textbook loop, the complex step, differences and print."""

import math
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.code.module import load
from tests.conftest import ROOT, files_of


def logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def textbook(
    W: Any, V: Any, I: Any, y: Any
) -> tuple[list[list[float]], float, list[list[float]], list[list[float]]]:
    """Outputs, EQ and its gradient by loops over samples, units and inputs, as a textbook has it."""
    m, n = W.shape
    K = V.shape[0]
    samples = len(I)
    dW, dV = [[0.0] * n for _ in range(m)], [[0.0] * m for _ in range(K)]
    outputs, total = [], 0.0
    for s in range(samples):
        H = [logistic(sum(float(W[j, i]) * float(I[s, i]) for i in range(n))) for j in range(m)]
        O = [logistic(sum(float(V[k, j]) * H[j] for j in range(m))) for k in range(K)]
        outputs.append(O)
        total += sum((O[k] - float(y[s, k])) ** 2 for k in range(K)) / 2
        d_o = [(O[k] - float(y[s, k])) * O[k] * (1 - O[k]) for k in range(K)]
        for k in range(K):
            for j in range(m):
                dV[k][j] += d_o[k] * H[j] / samples
        for j in range(m):
            back = sum(d_o[k] * float(V[k, j]) for k in range(K))
            for i in range(n):
                dW[j][i] += back * H[j] * (1 - H[j]) * float(I[s, i]) / samples
    return outputs, total / samples, dW, dV


def close(got: Any, want: Any, tolerance: float = 1e-13) -> bool:
    got, want = np.asarray(got), np.asarray(want)
    return got.shape == want.shape and bool(
        np.all(np.abs(got - want) <= tolerance * np.maximum(1, np.abs(want)))
    )


@st.composite
def networks(draw: st.DrawFn) -> tuple[Any, ...]:
    """Random sizes and numbers: W, V, a batch of inputs, their targets."""
    n, m, K, N = (draw(st.integers(1, 6)) for _ in range(4))
    seed = draw(st.integers(0, 2**32 - 1))
    scale = draw(st.sampled_from([0.1, 1.0, 3.0]))
    random = np.random.default_rng(seed)
    shapes = ((m, n), (K, m), (N, n), (N, K))
    return tuple(scale * random.standard_normal(shape) for shape in shapes)


@settings(max_examples=100, deadline=None)
@given(networks())
def test_everything_agrees_with_the_textbook_loop(trainer: ModuleType, net: Any) -> None:
    W, V, I, y = net
    parameters = trainer.Parameters(W, V)
    outputs, error, dW, dV = textbook(W, V, I, y)
    value, partials = trainer.gradient(parameters, I, y)
    assert close(trainer.forward(parameters, I), outputs)
    assert close(trainer.error(parameters, I, y), error)
    assert close(value, error)
    assert close(partials.W, dW)
    assert close(partials.V, dV)
    new = trainer.update(parameters, I, y, 0.3)
    assert close(new.W, W - 0.3 * np.array(dW))
    assert close(new.V, V - 0.3 * np.array(dV))


@settings(max_examples=40, deadline=None)
@given(networks())
def test_the_gradient_is_the_complex_step(trainer: ModuleType, net: Any) -> None:
    W, V, I, y = net
    _, partials = trainer.gradient(trainer.Parameters(W, V), I, y)
    for name, x in (("W", W), ("V", V)):
        for place in np.ndindex(x.shape):
            moved = x.astype(complex)
            moved[place] += 1e-30j
            there = trainer.Parameters(W, V)._replace(**{name: moved})
            step = trainer._error(there, I, y).imag / 1e-30
            assert close(getattr(partials, name)[place], step)


@settings(max_examples=30, deadline=None)
@given(networks())
def test_the_gradient_agrees_with_central_differences(trainer: ModuleType, net: Any) -> None:
    W, V, I, y = net
    _, partials = trainer.gradient(trainer.Parameters(W, V), I, y)
    for name, x in (("W", W), ("V", V)):
        for place in np.ndindex(x.shape):
            ends = []
            for h in (1e-6, -1e-6):
                moved = x.copy()
                moved[place] += h
                there = trainer.Parameters(W, V)._replace(**{name: moved})
                ends.append(trainer.error(there, I, y))
            slope = (ends[0] - ends[1]) / 2e-6
            assert close(getattr(partials, name)[place], slope, 1e-7)


@settings(max_examples=30, deadline=None)
@given(networks())
def test_one_sample_is_a_batch_of_one(trainer: ModuleType, net: Any) -> None:
    W, V, I, y = net
    parameters = trainer.Parameters(W, V)
    assert np.array_equal(trainer.forward(parameters, I[0]), trainer.forward(parameters, I[:1])[0])
    one, many = (trainer.gradient(parameters, *d) for d in ((I[0], y[0]), (I[:1], y[:1])))
    assert one[0] == many[0]
    assert all(np.array_equal(a, b) for a, b in zip(one[1], many[1], strict=True))


def test_float32_in_float32_out(trainer: ModuleType) -> None:
    wide = trainer.initialise(3, 4, 2, seed=0)
    narrow = trainer.Parameters(*(x.astype(np.float32) for x in wide))
    I, y = np.random.default_rng(1).standard_normal((2, 5, 3))[:, :, :3][0], np.ones((5, 2))
    results = [trainer.forward(narrow, I), *trainer.update(narrow, I, y, np.float64(0.1))]
    results += [*trainer.gradient(narrow, I, y)[1], *trainer.train(narrow, I, y, 0.1, 3)[0]]
    assert {x.dtype for x in results} == {np.dtype(np.float32)}
    assert close(trainer.gradient(narrow, I, y)[1].W, trainer.gradient(wide, I, y)[1].W, 1e-5)


def test_integers_convert_to_the_parameters_dtype(trainer: ModuleType) -> None:
    parameters = trainer.Parameters([[1, 0], [0, 1]], [[1, 1]])
    assert trainer.forward(parameters, [1, 2]).dtype == np.float64
    narrow = trainer.Parameters(np.ones((2, 2), np.float32), [[1, 1]])
    assert trainer.update(narrow, [1, 2], [1], 1).V.dtype == np.float32


def test_update_is_pure_and_takes_every_gradient_at_the_old_weights(trainer: ModuleType) -> None:
    parameters = trainer.initialise(2, 2, 1, seed=3)
    before = [x.copy() for x in parameters]
    I, y = np.array([0.5, -1.0]), np.array([0.2])
    new = trainer.update(parameters, I, y, 2.0)
    assert all(np.array_equal(a, b) for a, b in zip(parameters, before, strict=True))
    _, partials = trainer.gradient(parameters, I, y)
    assert np.array_equal(new.W, parameters.W - 2.0 * partials.W)
    in_sequence = trainer.gradient(parameters._replace(V=new.V), I, y)[1]
    assert not np.allclose(new.W, parameters.W - 2.0 * in_sequence.W, rtol=0, atol=1e-6)


def test_train_is_update_repeated(trainer: ModuleType) -> None:
    parameters = trainer.initialise(2, 3, 1, seed=0)
    I, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    reached, errors = trainer.train(parameters, I, y, 0.5, 20)
    for r in range(20):
        assert errors[r] == pytest.approx(trainer.error(parameters, I, y), rel=1e-13)
        parameters = trainer.update(parameters, I, y, 0.5)
    for found, repeated in zip(reached, parameters, strict=True):
        np.testing.assert_allclose(found, repeated, rtol=1e-12)
    assert errors[-1] == pytest.approx(trainer.error(reached, I, y), rel=1e-13)
    assert len(errors) == 21


def test_train_stops_where_the_gradient_is_within_tolerance(trainer: ModuleType) -> None:
    parameters = trainer.initialise(2, 2, 1, seed=0)
    I, y = np.array([1.0, 2.0]), np.array([0.6])
    reached, errors = trainer.train(parameters, I, y, 1.0, 100_000, tolerance=1e-4)
    assert len(errors) < 100_000
    _, partials = trainer.gradient(reached, I, y)
    assert max(np.max(np.abs(partial)) for partial in partials) <= 1e-4


def test_train_learns(trainer: ModuleType) -> None:
    I, y = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]), np.array([[0], [1], [1], [0]])
    _, errors = trainer.train(trainer.initialise(3, 4, 1, seed=1), I, y, 5.0, 5000)
    assert errors[-1] < 0.01 < errors[0]


def test_large_arguments_neither_overflow_nor_warn(trainer: ModuleType) -> None:
    parameters = trainer.Parameters(np.full((2, 2), 1e4), np.full((1, 2), -1e4))
    with np.errstate(all="raise", under="ignore"):
        value, partials = trainer.gradient(parameters, [1.0, 1.0], [0.0])
    assert value == 0
    assert all(np.isfinite(partial).all() for partial in partials)


def test_a_step_that_diverges_says_so(tmp_path: Path) -> None:
    linear = load(files_of(derive.load("hmkcode"))["trainer.py"], "hmkcode")
    start = linear.Parameters([[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0]])
    with pytest.raises(FloatingPointError, match="take a smaller t"):
        linear.train(start, [2.0, 3.0], [1.0], 10.0, 1000)


def test_initialise_is_reproducible_and_checks_sizes(trainer: ModuleType) -> None:
    a, b = (trainer.initialise(4, 3, 2, seed=7) for _ in range(2))
    assert a.W.shape == (3, 4)
    assert a.V.shape == (2, 3)
    assert all(np.array_equal(x, z) for x, z in zip(a, b, strict=True))
    assert not np.array_equal(a.W, trainer.initialise(4, 3, 2, seed=8).W)
    with pytest.raises(ValueError, match="m: expected at least 1, got 0"):
        trainer.initialise(1, 0, 1, seed=0)
    with pytest.raises(TypeError, match=r"n: expected a whole number, got 2\.0"):
        trainer.initialise(2.0, 1, 1, seed=0)
    with pytest.raises(TypeError, match="K: expected a whole number, got True"):
        trainer.initialise(2, 1, True, seed=0)


# --- what is given wrong ----------------------------------------------------------------------

GOOD = {"W": np.ones((3, 2)), "V": np.ones((1, 3)), "I": np.ones((4, 2)), "y": np.ones((4, 1))}
NAN = np.array([[1.0, np.nan]] * 4)

# what is replaced, the error, words that name the argument, its shape and the expected one
WRONG: dict[str, tuple[dict[str, Any], type[Exception], list[str]]] = {
    "inputs too wide": ({"I": np.ones((4, 3))}, ValueError,
                        ["I: expected shape (n,) or (N, n) with n = 2", "got (4, 3)"]),
    "inputs of three axes": ({"I": np.ones((4, 2, 1))}, ValueError, ["I: expected", "(4, 2, 1)"]),
    "targets too few": ({"y": np.ones((3, 1))}, ValueError,
                        ["y: expected shape (N, K) with N = 4, K = 1", "got (3, 1)"]),
    "targets flat": ({"y": np.ones(4)}, ValueError, ["y: expected shape (N, K)", "got (4,)"]),
    "one input, many targets": ({"I": np.ones(2)}, ValueError,
                                ["y: expected shape (K,) with K = 1", "got (4, 1)"]),
    "no samples": ({"I": np.ones((0, 2)), "y": np.ones((0, 1))}, ValueError,
                   ["I: expected shape", "got (0, 2)"]),
    "weights do not fit": ({"V": np.ones((1, 2))}, ValueError,
                           ["V: expected shape (K, m) with m = 3", "got (1, 2)"]),
    "weight flat": ({"W": np.ones(2)}, ValueError, ["W: expected shape (m, n)", "got (2,)"]),
    "not a number": ({"I": NAN}, ValueError, ["I: expected finite", "nan at [0, 1] of shape (4, 2)"]),
    "infinite target": ({"y": [[1], [np.inf], [1], [1]]}, ValueError,
                        ["y: expected finite", "inf at [1, 0]"]),
    "infinite weight": ({"V": np.full((1, 3), -np.inf)}, ValueError, ["V: expected finite", "-inf"]),
    "object": ({"I": np.full((4, 2), None)}, TypeError,
               ["I: expected real numbers of shape (n,) or (N, n)", "object of shape (4, 2)"]),
    "boolean": ({"y": np.ones((4, 1), bool)}, TypeError, ["y: expected real", "bool of shape (4, 1)"]),
    "complex": ({"W": np.ones((3, 2), complex)}, TypeError,
                ["W: expected real numbers of shape (m, n)", "complex128 of shape (3, 2)"]),
    "text": ({"I": [["a", "b"]] * 4}, TypeError, ["I: expected real numbers", "<U1"]),
    "dates": ({"I": np.zeros((4, 2), "datetime64[s]")}, TypeError, ["I: expected real numbers"]),
    "ragged": ({"I": [[1.0, 2.0], [1.0]]}, ValueError, ["I: expected shape", "unequal length"]),
    "none": ({"y": None}, TypeError, ["y: expected real numbers", "object of shape ()"]),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_given_wrong_is_named_with_its_shape(trainer: ModuleType, name: str) -> None:
    change, kind, words = WRONG[name]
    all_given = {**GOOD, **change}
    parameters = trainer.Parameters(all_given["W"], all_given["V"])
    I, y = all_given["I"], all_given["y"]
    calls = [
        lambda: trainer.error(parameters, I, y),
        lambda: trainer.gradient(parameters, I, y),
        lambda: trainer.update(parameters, I, y, 0.1),
        lambda: trainer.train(parameters, I, y, 0.1, 1),
    ]
    for call in calls:
        with pytest.raises(kind) as caught:
            call()
        assert all(word in str(caught.value) for word in words), str(caught.value)


def test_float64_too_large_for_float32_weights_is_not_finite(trainer: ModuleType) -> None:
    narrow = trainer.Parameters(np.ones((1, 1), np.float32), np.ones((1, 1), np.float32))
    with pytest.raises(ValueError, match="I: expected finite"):
        trainer.forward(narrow, [1e300])


@pytest.mark.parametrize(
    ("t", "kind"),
    [(-1.0, ValueError), (np.nan, ValueError), (np.inf, ValueError), ("1", TypeError),
     (1j, TypeError), ([0.1], TypeError), (None, TypeError), (True, TypeError)],
)  # fmt: skip
def test_a_wrong_step_size_is_named(trainer: ModuleType, t: Any, kind: type[Exception]) -> None:
    parameters = trainer.initialise(2, 2, 1, seed=0)
    with pytest.raises(kind, match="t: expected"):
        trainer.update(parameters, [1.0, 2.0], [0.5], t)


@pytest.mark.parametrize("iterations", [-1, 1.5, True, None])
def test_wrong_iterations_are_named(trainer: ModuleType, iterations: Any) -> None:
    parameters = trainer.initialise(2, 2, 1, seed=0)
    with pytest.raises((TypeError, ValueError), match="iterations: expected"):
        trainer.train(parameters, [1.0, 2.0], [0.5], 0.1, iterations)


@pytest.mark.parametrize("parameters", [None, 3, (np.ones((1, 1)),), "WV", np.ones((2, 1, 1))])
def test_what_are_no_parameters_is_named(trainer: ModuleType, parameters: Any) -> None:
    with pytest.raises(TypeError, match=r"parameters: expected Parameters\(W, V\)"):
        trainer.forward(parameters, [1.0])


# --- published numbers ------------------------------------------------------------------------


def test_hmkcode_published_numbers() -> None:
    """hmkcode's example: E = 0.3272405, and the weights after one step with t = 0.05."""
    linear = load(files_of(derive.load("hmkcode"))["trainer.py"], "hmkcode")
    start = linear.Parameters([[0.11, 0.21], [0.12, 0.08]], [[0.14, 0.15]])
    I, y = [2.0, 3.0], [1.0]
    assert close(linear.forward(start, I), [0.191], 1e-15)
    assert close(linear.error(start, I, y), 0.3272405, 1e-15)
    new = linear.update(start, I, y, 0.05)
    assert close(new.W, [[0.121326, 0.226989], [0.132135, 0.0982025]], 1e-15)
    assert close(new.V, [[0.1743825, 0.169416]], 1e-15)
    assert close(linear.forward(new, I), [0.255745780807], 1e-12)


# --- the file ---------------------------------------------------------------------------------


def test_the_trainer_imports_numpy_alone_from_the_checkout() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from generated.pelogia2019.trainer import Parameters, update\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "assert 'numpy' in new and not new & {'sympy', 'derive', 'jinja2', 'scipy'}, new\n"
        "p = Parameters([[.1, .2], [.3, .4]], [[.5, .6]])\n"
        "print(update(p, [1, 2], [1], 0.5).V.shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "(1, 2)\n", done.stderr


def test_every_public_function_says_what_it_takes(trainer: ModuleType) -> None:
    public = [name for name in vars(trainer) if not name.startswith("_")]
    for name in ("initialise", "forward", "error", "gradient", "update", "train", "Parameters"):
        assert name in public
        assert getattr(trainer, name).__doc__
    assert "I is (n,) or (N, n), y is (K,) or (N, K)" in (trainer.__doc__ or "")
    assert "Pelogia" in (trainer.__doc__ or "")
