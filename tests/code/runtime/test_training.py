"""Steps, methods, schedules and vectors, on the example's trainer itself."""

import tracemalloc

import numpy as np
import pytest

from derive.code.runtime.descent import _as_one, _copied, _is_flat, _step
from derive.code.runtime.example import trainer
from derive.code.runtime.example.model import Parameters
from derive.code.runtime.methods import METHODS, _at_rest, _constants, _move
from derive.code.runtime.steps import STEPS, _by_curvature
from derive.code.runtime.training import exponential_decay, inverse_decay, train_on
from derive.code.runtime.vectors import ravel, unravel

RANDOM = np.random.default_rng(0)
X = RANDOM.standard_normal((6, 3))
Y = np.tanh(X[:, :1] - X[:, 1:2])
START = trainer.initialise(n=3, m=4, K=1, seed=0)


@pytest.mark.parametrize("step", STEPS)
def test_the_error_falls_with_every_size_of_steps(step: str) -> None:
    reached, errors = trainer.train(START, X, Y, 0.1, 50, step=step)
    assert errors[-1] < errors[0] / 2
    assert errors[-1] == trainer.error(reached, X, Y)


@pytest.mark.parametrize("method", METHODS)
def test_the_error_falls_with_every_method(method: str) -> None:
    batches = trainer.in_batches(4, X, Y, seed=0)
    _, errors = train_on(START, batches, 0.05, 60, method=method)
    assert errors[-1] < errors[0] / 2


@pytest.mark.parametrize("method", METHODS)
def test_a_step_of_size_0_moves_nothing_and_is_counted(method: str) -> None:
    _, partials = trainer.gradient(START, X, Y)
    constants, x = _constants(0.9, 0.9, 0.999, 1e-8, 0.01), ravel(START)
    state = _move(METHODS[method], _at_rest(x, METHODS[method]), x, ravel(partials), constants, 0)
    assert np.array_equal(x, ravel(START))
    assert state.steps == 1


def test_adams_first_step_is_the_sign_of_the_gradient() -> None:
    """Kingma and Ba 2015, section 2.1: the step is bounded by t, where epsilon is small."""
    _, partials = trainer.gradient(START, X, Y)
    constants = _constants(0.9, 0.9, 0.999, 1e-12, 0.0)
    for method in ("adam", "adamw"):
        x, g = ravel(START), ravel(partials)
        _move(METHODS[method], _at_rest(x, METHODS[method]), x, g.copy(), constants, 0.5)
        np.testing.assert_allclose(ravel(START) - x, 0.5 * np.sign(g), rtol=1e-6)


def test_the_curvature_of_a_parabola_is_found() -> None:
    """f(x) = c x²/2 has the gradient c x, so a step of 1/c goes to its minimum."""
    one, other = (Parameters(np.full((1, 1), x), np.zeros((1, 1))) for x in (3.0, 1.0))
    slopes = (Parameters(4 * p.W, p.V) for p in (one, other))
    assert _by_curvature(one, other, *slopes) == 1 / 4
    assert _by_curvature(one, one, one, one) == 0


def test_a_step_goes_against_the_gradient() -> None:
    partials = Parameters(np.ones((4, 3)), -2 * np.ones((1, 4)))
    moved = _step(START, partials, 0.5)
    np.testing.assert_array_equal(moved.W, START.W - 0.5)
    np.testing.assert_array_equal(moved.V, START.V + 1.0)
    assert _is_flat(ravel(partials), 2)
    assert not _is_flat(ravel(partials), 1.9)
    assert not _is_flat(np.array([0.0, 1e-300]), 0)
    assert _is_flat(np.zeros(3), 0)


def test_schedules_fall_as_they_say() -> None:
    assert [inverse_decay(2, 0.5)(r) for r in (0, 2, 6)] == [2, 1, 0.5]
    assert exponential_decay(2, 0.5)(4) == pytest.approx(2 / np.e**2)


def test_a_vector_holds_all_weights_in_their_order() -> None:
    vector = ravel(START)
    assert vector.shape == (16,)
    assert np.array_equal(vector[:12].reshape(4, 3), START.W)
    again = unravel(2 * vector, START)
    assert np.array_equal(again.V, 2 * START.V)
    value, slope = trainer.objective(START, X, Y)(vector)
    assert value == trainer.error(START, X, Y)
    assert np.array_equal(slope, ravel(trainer.gradient(START, X, Y)[1]))


def test_the_gradient_by_the_inputs_has_their_shape() -> None:
    assert trainer.input_gradient(START, X, Y).shape == X.shape
    assert trainer.input_gradient(START, X[0], Y[0]).shape == (3,)


def test_the_error_of_all_is_gathered_from_batches() -> None:
    parts = [trainer.error(START, X[rows], Y[rows]) for rows in (slice(0, 4), slice(4, 6))]
    assert trainer._gathered(parts, [4, 2]) == pytest.approx(trainer.error(START, X, Y))


def by_the_paper(method: str, count: int) -> np.ndarray:
    """The way of one weight under the gradient w of w²/2, as the works write each method."""
    t, mu, b1, b2, eps, decay = 0.1, 0.9, 0.8, 0.9, 1e-8, 0.01
    w, m, v, way = 1.0, 0.0, 0.0, []
    for r in range(1, count + 1):
        g, before = w, w
        if method == "gradient":
            w -= t * g
        elif method in ("momentum", "nesterov"):
            m = mu * m + g
            w -= t * (g + mu * m if method == "nesterov" else m)
        else:
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
            w -= t * (m / (1 - b1**r)) / (np.sqrt(v / (1 - b2**r)) + eps)
            w -= t * decay * before if method == "adamw" else 0
        way.append(w)
    return np.array(way)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_method_goes_the_way_of_its_paper_in_the_arrays_given(method: str, dtype: str) -> None:
    constants = _constants(0.9, 0.8, 0.9, 1e-8, 0.01)
    x, weights = _as_one(Parameters(np.ones((1, 1), dtype), np.ones((1, 1), dtype)))
    state, way = _at_rest(x, METHODS[method]), []
    for _ in range(7):
        state = _move(METHODS[method], state, x, x.copy(), constants, 0.1)
        way.append(weights.V[0, 0])
    assert x.dtype == dtype
    assert state.steps == 7
    near = 1e-12 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(way, by_the_paper(method, 7), rtol=near)


def test_what_was_given_is_never_moved() -> None:
    start = _copied(START)
    for step in STEPS:
        trainer.train(start, X, Y, 0.1, 3, step=step)
    train_on(start, [(X, Y)], 0.1, 3, method="adam")
    assert all(np.array_equal(a, b) for a, b in zip(start, START, strict=True))


def test_weights_that_a_callback_keeps_stay_as_they_were() -> None:
    kept: list[Parameters] = []
    trainer.train(START, X, Y, 0.1, 5, callback=lambda r, value, weights: kept.append(weights))
    errors = [trainer.error(weights, X, Y) for weights in kept]
    assert errors == sorted(errors, reverse=True)
    assert len(set(errors)) == 6


def test_the_best_of_the_validation_is_returned_though_arrays_are_used_again() -> None:
    """With steps that are far too long the error on other samples rises in the end."""
    held = RANDOM.standard_normal((4, 3)), np.ones((4, 1)) / 3
    reached, _ = trainer.train(START, X, Y, 3.0, 40, validation=held)
    seen: list[float] = []
    trainer.train(
        START, X, Y, 3.0, 40,
        callback=lambda r, value, weights: seen.append(trainer.error(weights, *held)),
    )  # fmt: skip
    assert trainer.error(reached, *held) == min(seen) < seen[-1]
    again, _ = train_on(START, [(X, Y)], 3.0, 40, validation=held)
    assert trainer.error(again, *held) == pytest.approx(min(seen[:-1]), rel=1e-9)


def peak(steps: int) -> int:
    """Bytes at most, of a training that takes so many steps."""
    tracemalloc.start()
    train_on(START, [(X, Y)] * steps, 1e-3, 1)
    trainer.train(START, X, Y, 1e-3, steps)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def test_memory_does_not_grow_with_the_steps_but_by_their_errors() -> None:
    peak(2000)  # Python keeps some of its tuples for later
    assert peak(2000) - peak(200) < 1800 * 100
