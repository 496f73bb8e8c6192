"""The gradient method as the trainer offers it: steps, batches, stopping, interruption."""

import builtins
import contextlib
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive import locate
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.evaluation.drawing import draw
from derive.model.batch import batch

XOR = (np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]), np.array([[0], [1], [1], [0]]))


@cache
def trainer(name: str) -> ModuleType:
    model = derive.load(name)
    return load(trainer_text(model, simplify(differentiate(batch(model)))), name)


def start(name: str, seed: int = 0, N: int = 8) -> tuple[Any, list[Any]]:
    """Random weights, and samples that keep what the model assumes."""
    import random

    model = derive.load(name)
    sizes = {symbol: min(number, 6) for symbol, number in model.example}
    module: Any = trainer(name)
    parameters = module.initialise(*(sizes[s] for s in model.size_symbols), seed=seed)
    chance = random.Random(seed)
    rows = []
    for array in model.data:
        cells = [list(draw(model, array, sizes, chance).values()) for _ in range(N)]
        shape = [N, *(sizes[size] for size in array.shape)]
        rows.append(np.array(cells, float).reshape(shape))
    return parameters, rows


# --- steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", locate.shipped())
def test_with_armijo_the_error_never_rises(name: str) -> None:
    parameters, data = start(name)
    _, errors = trainer(name).train(parameters, *data, 1.0, 400, step="armijo")
    assert np.all(np.diff(errors) <= 0)
    assert errors[-1] < errors[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([1e-8, 1e-3, 1.0, 1e3, 1e8]))
def test_armijo_falls_from_any_first_step(seed: int, t: float) -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=seed)
    _, errors = module.train(parameters, *XOR, t, 60, step="armijo")
    assert np.all(np.diff(errors) <= 0)


def test_armijo_and_barzilai_borwein_need_fewer_steps_than_a_fixed_one() -> None:
    module = trainer("poisson_regression")
    parameters, data = start("poisson_regression", N=40)
    reached = {
        step: module.train(parameters, *data, 0.05, 60, step=step)[1][-1]
        for step in ("fixed", "armijo", "barzilai-borwein")
    }
    assert reached["armijo"] <= reached["fixed"] + 1e-12
    assert reached["barzilai-borwein"] <= reached["armijo"] + 1e-9


def test_barzilai_borwein_reaches_the_optimum_of_a_convex_error() -> None:
    module = trainer("logistic_regression")
    parameters, data = start("logistic_regression", N=30)
    reached, errors = module.train(parameters, *data, 0.5, 200, 1e-9, step="barzilai-borwein")
    assert len(errors) < 150
    assert max(np.max(np.abs(g)) for g in module.gradient(reached, *data)[1]) <= 1e-9


def test_a_step_that_nothing_can_improve_ends_the_training() -> None:
    module = trainer("logistic_regression")
    parameters, data = start("logistic_regression", N=30)
    reached, errors = module.train(parameters, *data, 1.0, 100_000, step="armijo")
    assert len(errors) < 100_000
    assert max(np.max(np.abs(g)) for g in module.gradient(reached, *data)[1]) < 1e-6


def test_a_schedule_is_a_function_of_the_number_of_steps() -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    decayed, _ = module.train(parameters, *XOR, module.inverse_decay(0.5, 0.1), 3)
    by_hand = parameters
    for r in range(3):
        by_hand = module.update(by_hand, *XOR, 0.5 / (1 + 0.1 * r))
    for found, repeated in zip(decayed, by_hand, strict=True):
        np.testing.assert_allclose(found, repeated, rtol=1e-12)
    assert module.exponential_decay(2.0, 0.5)(2) == pytest.approx(2 * np.exp(-1))
    with pytest.raises(ValueError, match="expected a finite number"):
        module.train(parameters, *XOR, lambda r: -1.0, 3)


# --- batches ----------------------------------------------------------------------------------


def test_one_batch_of_all_samples_is_the_gradient_method() -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    one, errors = module.train(parameters, *XOR, 0.5, 20)
    other, seen = module.train_on(parameters, [XOR], 0.5, 20)
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert np.array_equal(errors[:-1], seen)


def reference(method: str, gradient: Any, x: Any, t: float, steps: int) -> Any:
    """The methods as their papers write them."""
    m = v = np.zeros_like(x)
    for r in range(1, steps + 1):
        g = gradient(x)
        if method == "momentum":
            m = 0.9 * m - t * g
            x = x + m
        elif method == "nesterov":
            before, m = m, 0.9 * m - t * g
            x = x - 0.9 * before + 1.9 * m
        elif method in ("adam", "adamw"):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            ahead = m / (1 - 0.9**r) / (np.sqrt(v / (1 - 0.999**r)) + 1e-8)
            x = x - t * (ahead + (0.01 * x if method == "adamw" else 0))
        else:
            x = x - t * g
    return x


@pytest.mark.parametrize("method", ["gradient", "momentum", "nesterov", "adam", "adamw"])
def test_a_method_is_that_of_its_paper(method: str) -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    f = module.objective(parameters, *XOR)
    want = reference(method, lambda x: f(x)[1], module.ravel(parameters), 0.05, 15)
    got, _ = module.train_on(parameters, [XOR], 0.05, 15, method=method)
    assert np.allclose(module.ravel(got), want, rtol=1e-12, atol=1e-14)


def test_every_row_is_in_one_batch_of_a_pass_and_a_seed_gives_its_order() -> None:
    module = trainer("digits")
    X, y = np.arange(10.0).reshape(10, 1), np.arange(10.0).reshape(10, 1)
    for seed in (None, 3):
        batches = module.in_batches(3, X, y, seed)
        rows = [x.ravel().tolist() for x, _ in batches()]
        assert [len(r) for r in rows] == [3, 3, 3, 1]
        assert sorted(row for batch in rows for row in batch) == list(range(10))
        assert all(np.array_equal(a, b) for a, b in batches())
    one, other = ([x.tolist() for x, _ in module.in_batches(3, X, y, 5)()] for _ in range(2))
    assert one == other


def test_a_memory_map_is_read_batch_by_batch(tmp_path: Path) -> None:
    module = trainer("logistic_regression")
    random = np.random.default_rng(0)
    X = np.memmap(tmp_path / "X", np.float32, "w+", shape=(100_000, 20))
    X[:] = random.standard_normal(X.shape)
    y = (X[:, 0] > 0).astype(np.float32)
    parameters = module.initialise(20, seed=0)
    import tracemalloc

    tracemalloc.start()
    _, errors = module.train_on(parameters, module.in_batches(500, X, y, 0), 0.5, 2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert errors[-1] < errors[0]
    assert peak < X.nbytes / 4


def test_float32_stays_float32() -> None:
    module = trainer("digits")
    parameters, data = start("digits")
    narrow = module.Parameters(*(w.astype(np.float32) for w in parameters))
    for method in module.METHODS:
        reached, _ = module.train_on(narrow, [tuple(data)], 0.01, 2, method=method)
        assert {w.dtype for w in reached} == {np.dtype(np.float32)}
    for step in module.STEPS:
        reached, _ = module.train(narrow, *data, 0.01, 2, step=step)
        assert {w.dtype for w in reached} == {np.dtype(np.float32)}


def test_batches_that_are_used_up_are_an_error() -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    with pytest.raises(ValueError, match="pass 1 has none; give a list, or a function"):
        module.train_on(parameters, iter([XOR]), 0.5, 2)


# --- stopping and watching --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("batches", "words"),
    [
        (None, "expected a list, or a function that returns them, got NoneType"),
        (lambda: None, "expected a list, or a function that returns them, got NoneType"),
        (XOR, r"batches: expected \(I, y\), got ndarray of 4"),
        ([(XOR[0],)], r"batches: expected \(I, y\), got tuple of 1"),
        ([(*XOR, XOR[1])], r"batches: expected \(I, y\), got tuple of 3"),
        ([{"I": XOR[0], "y": XOR[1]}], r"batches: expected \(I, y\), got dict of 2"),
    ],
)
def test_what_is_no_batch_is_said(batches: Any, words: str) -> None:
    module: Any = trainer("pelogia2019")
    with pytest.raises(TypeError, match=words):
        module.train_on(module.initialise(3, 4, 1, seed=0), batches, 0.1, 3)


def test_rows_without_a_target_are_no_batches() -> None:
    module: Any = trainer("pelogia2019")
    for I, y in [(np.ones((8, 3)), np.ones((20, 1))), (XOR[0], XOR[1][:3]), (3.0, 4.0)]:
        with pytest.raises(
            ValueError, match="expected as many rows of each array, got the shapes I"
        ):
            module.in_batches(4, I, y)


def test_batches_of_lists_and_labelled_rows_go_by_place() -> None:
    class Labelled:
        """Rows whose [] goes by label, as those of a table that was shuffled."""

        iloc = None

        def __init__(self, rows: Any) -> None:
            self.rows, self.shape = rows, rows.shape

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.array(self.rows, dtype)

    module: Any = trainer("pelogia2019")
    wanted = list(module.in_batches(3, *XOR, seed=0)())
    for rows in ([x.tolist() for x in XOR], [Labelled(x) for x in XOR]):
        for one, other in zip(module.in_batches(3, *rows, seed=0)(), wanted, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


# --- what is too large ------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["armijo", "barzilai-borwein"])
@pytest.mark.parametrize("t", [1e-300, 1e300, float(np.finfo(float).max)])
def test_a_search_ends_from_any_first_step_without_a_warning(step: str, t: float) -> None:
    for name in ("logistic_regression", "residual", "poisson_regression"):
        parameters, data = start(name)
        _, errors = trainer(name).train(parameters, *data, t, 200, step=step)
        assert np.isfinite(errors).all()
        assert errors[-1] <= errors[0]


@pytest.mark.parametrize("step", ["armijo", "barzilai-borwein"])
def test_a_gradient_too_large_to_square_is_no_minimum(step: str) -> None:
    parameters, (x, y) = start("residual")
    with pytest.raises(FloatingPointError, match="the squared gradient is inf: scale the data"):
        trainer("residual").train(parameters, x, y * 1e150, 0.1, 5, step=step)


@pytest.mark.parametrize("method", ["gradient", "momentum", "nesterov", "adam", "adamw"])
@pytest.mark.parametrize("t", [0.1, 1e308])
def test_a_method_overflows_without_a_warning(method: str, t: float) -> None:
    parameters, (x, y) = start("residual")
    for scales in [(1, 1), (1, 1e100), (1, 1e150), (1e150, 1), (1e200, 1), (1e300, 1)]:
        samples = (x * scales[0], y * scales[1])
        with contextlib.suppress(FloatingPointError, ValueError):
            trainer("residual").train_on(parameters, [samples], t, 50, method=method)


def test_an_objective_overflows_without_a_warning() -> None:
    parameters, data = start("residual")
    module: Any = trainer("residual")
    value, _ = module.objective(parameters, *data)(module.ravel(parameters) * 1e200)
    assert not np.isfinite(value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"momentum": 1}, r"momentum: expected a number in \[0, 1\)"),
        ({"beta1": 1.0}, r"beta1: expected a number in \[0, 1\)"),
        ({"beta2": "a"}, "beta2: expected a real number"),
        ({"epsilon": 0}, "epsilon: expected a number above 0"),
        ({"weight_decay": np.nan}, "weight_decay: expected a finite number"),
        ({"method": ["adam"]}, "method: expected one of gradient"),
    ],
)
def test_a_constant_of_no_use_is_named(options: dict[str, Any], words: str) -> None:
    parameters, data = start("residual")
    with pytest.raises((TypeError, ValueError), match=words):
        trainer("residual").train_on(parameters, [tuple(data)], 0.1, 3, **options)


def test_a_schedule_of_no_use_is_named() -> None:
    module: Any = trainer("residual")
    for schedule in (module.inverse_decay, module.exponential_decay):
        with pytest.raises(ValueError, match="rate: expected a finite number"):
            schedule(0.1, -0.5)
        with pytest.raises(TypeError, match="t: expected a real number"):
            schedule("a", 0.5)
    with pytest.raises(ValueError, match=r"errors: expected one after the other, got shape \(0,\)"):
        module.plot([])


def test_validation_keeps_the_best_and_patience_ends() -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    wrong = (XOR[0], 1 - XOR[1])  # the better the training, the worse this
    reached, errors = module.train(parameters, *XOR, 5.0, 5000, validation=wrong, patience=20)
    assert len(errors) < 5001
    curve = [module.error(w, *wrong) for w in _path(module, parameters, len(errors))]
    assert module.error(reached, *wrong) == min(curve)


def test_a_fall_too_small_ends_the_training() -> None:
    module = trainer("logistic_regression")
    parameters, data = start("logistic_regression", N=30)
    _, errors = module.train(parameters, *data, 0.1, 10_000, patience=1, fall=1e-4)
    falls = -np.diff(errors)
    assert np.all(falls[:-1] > 1e-4)
    assert falls[-1] <= 1e-4
    with pytest.raises(ValueError, match="fall: expected a finite number that is not negative"):
        module.train(parameters, *data, 0.1, 10, fall=-1.0)


def _path(module: Any, parameters: Any, count: int) -> list[Any]:
    found = [parameters]
    for _ in range(count - 1):
        found.append(module.update(found[-1], *XOR, 5.0))
    return found


def test_a_callback_sees_every_step_and_may_end_it() -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    seen: list[Any] = []

    def callback(r: int, error: float, w: Any) -> bool:
        seen.append((r, error, w))
        return r == 7

    _, errors = module.train(parameters, *XOR, 0.5, 100, callback=callback)
    assert [r for r, _, _ in seen] == list(range(8))
    assert [error for _, error, _ in seen] == errors.tolist()
    for _, error, w in seen:
        assert module.error(w, *XOR) == pytest.approx(error, rel=1e-13)


def test_an_interruption_leaves_the_best_weights(capsys: pytest.CaptureFixture[str]) -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)

    def interrupt(r: int, error: float, w: Any) -> None:
        if r == 50:
            raise KeyboardInterrupt

    reached, errors = module.train(parameters, *XOR, 2.0, 100, callback=interrupt)
    assert len(errors) == 51
    assert module.error(reached, *XOR) == min(errors)
    assert "interrupted: the best of 51 weights" in capsys.readouterr().out


def test_progress_is_a_bar_with_tqdm(capsys: pytest.CaptureFixture[str]) -> None:
    module = trainer("pelogia2019")
    module.train(module.initialise(3, 4, 1, seed=1), *XOR, 0.5, 9, progress=True)
    assert "10/10" in capsys.readouterr().err


def test_progress_is_plain_lines_without_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "tqdm":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    module = trainer("pelogia2019")
    module.train(module.initialise(3, 4, 1, seed=1), *XOR, 0.5, 999, progress=True)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("1000 of 1000: EQ = ")


def test_plot_draws_the_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = trainer("pelogia2019")
    _, errors = module.train(module.initialise(3, 4, 1, seed=1), *XOR, 0.5, 50)
    axes = module.plot(errors, tmp_path / "errors.png")
    assert np.array_equal(axes.lines[0].get_ydata(), errors)
    assert (tmp_path / "errors.png").stat().st_size > 1000
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="plot needs matplotlib"):
        module.plot(errors)


# --- SciPy ------------------------------------------------------------------------------------


def test_scipy_minimises_through_ravel() -> None:
    from scipy.optimize import minimize

    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    found = minimize(module.objective(parameters, *XOR), module.ravel(parameters), jac=True)
    reached = module.unravel(found.x, parameters)
    assert module.error(reached, *XOR) == pytest.approx(found.fun)
    assert found.fun < 1e-3


@pytest.mark.parametrize("name", locate.shipped())
def test_unravel_undoes_ravel(name: str) -> None:
    module = trainer(name)
    parameters, data = start(name)
    vector = module.ravel(parameters)
    again = module.unravel(vector, parameters)
    assert all(np.array_equal(a, b) for a, b in zip(parameters, again, strict=True))
    value, flat = module.objective(parameters, *data)(vector)
    assert (value, flat.shape) == (module.error(parameters, *data), vector.shape)
    with pytest.raises(ValueError, match="vector: expected shape"):
        module.unravel(vector[:-1], parameters)


# --- what is given wrong ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"step": "newton"}, ValueError, "step: expected one of fixed, armijo"),
        ({"patience": 0}, ValueError, "patience: expected at least 1"),
        ({"validation": XOR[0]}, TypeError, r"validation: expected \(I, y\), got ndarray"),
        ({"validation": (XOR[0], [[np.nan]] * 4)}, ValueError, "y: expected finite numbers"),
        ({"step": "armijo", "t": lambda r: 1.0}, TypeError, "t: expected a real number"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], error: type, words: str) -> None:
    module = trainer("pelogia2019")
    parameters = module.initialise(3, 4, 1, seed=1)
    with pytest.raises(error, match=words):
        module.train(parameters, *XOR, **{"t": 0.5, "iterations": 3, **options})
    with pytest.raises(ValueError, match="method: expected one of gradient"):
        module.train_on(parameters, [XOR], 0.5, 3, method="newton")


def test_a_model_without_data_has_no_batches(tmp_path: Path) -> None:
    text = 'title = "t"\nsource = "s"\nweights = ["w"]\nequations = "L = (w - 3)^2"\n'
    path = tmp_path / "t.toml"
    path.write_text(text, encoding="utf-8")
    model = derive.load(path)
    module: Any = load(trainer_text(model, simplify(differentiate(batch(model)))), "t")
    with pytest.raises(TypeError, match="no inputs and no targets"):
        module.train_on(module.initialise(seed=0), [()], t=0.1, passes=1)
