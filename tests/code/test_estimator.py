"""The generated estimators: scikit-learn's own checks, weights as repetition, at work within it."""

import importlib
import pickle
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from sklearn import config_context, datasets
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import derive
from derive.code.check import check_estimator as check_text
from derive.code.module import load
from derive.derivation.differentiate import differentiate
from derive.locate import shipped
from derive.model.batch import batch_weighted
from derive.model.output import has_estimator, output_kind
from derive.proof.prove import prove
from derive.reading.dense import dense_text
from tests.code.runtime.example import texts
from tests.conftest import ROOT, files_of, write_text

WITH = [path.parent.name for path in sorted((ROOT / "generated").glob("*/estimator.py"))]

pytestmark = pytest.mark.filterwarnings(
    "ignore::sklearn.exceptions.ConvergenceWarning",
    "ignore:.*does not inherit from:UserWarning",
    "ignore::sklearn.exceptions.SkipTestWarning",
)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"generated.{name}.estimator")


def kind(name: str) -> Any:
    found = module(name)
    return getattr(found, "Classifier", None) or found.Regressor


def made(model: derive.Model) -> Any:
    """The class of a model that is not shipped."""
    written = texts(model)
    found = load(written["estimator"], "estimator", trainer=load(written["trainer"], "trainer"))
    return getattr(found, "Classifier", None) or found.Regressor


# --- which models, and as what ----------------------------------------------------------------


def test_a_sample_is_one_vector_and_one_target() -> None:
    assert [name for name in shipped() if has_estimator(derive.load(name))] == WITH
    assert not set(WITH) & {"attention", "autoencoder", "elman"}


@pytest.mark.parametrize(
    ("activation", "loss", "kind"),
    [
        ("softmax", "cross_entropy", "softmax"),
        ("logistic", "binary_cross_entropy", "logistic"),
        ("identity", "binary_cross_entropy_logits", "logits"),
        ("identity", "hinge", "margin"),
        ("identity", "huber", "value"),
        ("identity", "absolute_error", "value"),
        ("logistic", "squared_error", "value"),
        ("exp", "poisson", "value"),
    ],
)
def test_what_the_output_is_follows_from_the_equations(
    activation: str, loss: str, kind: str
) -> None:
    model = derive.dense([3, 4, 2], ["tanh", activation], loss)
    assert output_kind(model).name == kind


# --- scikit-learn's checks --------------------------------------------------------------------


QUICKLY = {"max_iter": 40, "t": 0.05}
"""Options with which what scikit-learn asks to be learned is learned in a fifth of the passes."""


@pytest.mark.parametrize(
    ("name", "options"),
    [*((name, QUICKLY) for name in WITH), ("digits", {}), ("poisson_regression", {})],
)
def test_check_estimator(name: str, options: dict[str, Any]) -> None:
    results = check_estimator(kind(name)(**options), on_fail="raise")
    skipped = {found["check_name"] for found in results if found["status"] != "passed"}
    # What needs pandas or an array API that is not switched on.
    allowed = ("pandas", "array_api", "data_not_an_array")
    assert all(any(word in check for word in allowed) for check in skipped), skipped


@pytest.mark.parametrize(
    ("activation", "loss"),
    [
        ("identity", "binary_cross_entropy_logits"),
        ("identity", "hinge"),
        ("identity", "huber"),
        ("identity", "absolute_error"),
    ],
)
def test_check_estimator_for_other_losses(
    activation: str, loss: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = derive.dense([3, 16, 1], ["tanh", activation], loss, name=loss)
    files = files_of(model)
    for name in ("trainer", "estimator"):
        (tmp_path / loss).mkdir(exist_ok=True)
        (tmp_path / loss / f"{name}.py").write_text(files[f"{name}.py"])
    monkeypatch.syspath_prepend(tmp_path)
    found = importlib.import_module(f"{loss}.estimator")
    estimator = getattr(found, "Classifier", None) or found.Regressor
    check_estimator(estimator(**QUICKLY), on_fail="raise")


KINDS = {
    "log_softmax": ("", "log(sum(k, exp(z[k]))) - sum(k, y[k] * z[k])"),
    "scores": ("one_hot(k, y[k])", "squared_error(k, z[k], y[k])"),
    "margin": ("y[k] in {0, 1}", "squared_error(k, z[k], y[k])"),
}
"""What makes an output of that kind: an assumption, and an error in z[k]."""


@pytest.mark.parametrize("kind", KINDS)
def test_check_estimator_for_other_kinds(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assumed, error = KINDS[kind]
    text = dense_text([3, 16, 2], ["tanh", "identity"]).replace("a2[j2]", "z[j2]")
    text = text.replace("L = squared_error(j2, z[j2], y[j2])", f"L = {error}".replace("k", "j2"))
    text = f'assumptions = ["{assumed.replace("k", "j2")}"]\n'.replace('[""]', "[]") + text
    model = derive.load(write_text(tmp_path, text, kind))
    assert output_kind(model).name == kind
    files = files_of(model)
    (tmp_path / kind).mkdir()
    for name in ("trainer", "estimator"):
        (tmp_path / kind / f"{name}.py").write_text(files[f"{name}.py"])
    monkeypatch.syspath_prepend(tmp_path)
    found = importlib.import_module(f"{kind}.estimator").Classifier
    check_estimator(found(**QUICKLY), on_fail="raise")
    X, y = datasets.load_iris(return_X_y=True)
    fitted = found(random_state=0).fit(X[y < 2], y[y < 2])
    assert fitted.score(X[y < 2], y[y < 2]) == 1
    assert hasattr(fitted, "predict_proba") == (kind == "log_softmax")
    if kind == "log_softmax":
        shares = fitted.predict_proba(X)
        assert np.allclose(shares.sum(axis=1), 1)
        assert np.array_equal(fitted.predict(X), np.argmax(shares, axis=1))


def test_several_outputs() -> None:
    random = np.random.default_rng(0)
    X = random.standard_normal((60, 3))
    Y = np.column_stack([X[:, 0], X[:, 1] - X[:, 2]])
    fitted = kind("deep_tanh")(random_state=0).fit(X, Y)
    assert fitted.predict(X).shape == (60, 2)
    assert fitted.score(X, Y) > 0.9
    assert fitted.fit(X, Y[:, 0]).predict(X).shape == (60,)


# --- the weights of samples -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cs231n", "trask2015", "poisson_regression", "layer_norm"])
def test_the_weighted_derivation_is_proven(name: str) -> None:
    certificate = prove(differentiate(batch_weighted(derive.load(name))))
    assert certificate, certificate.failures


def test_a_wrong_weighted_gradient_is_caught() -> None:
    files = files_of(derive.load("cs231n"))
    weighted = differentiate(batch_weighted(derive.load("cs231n")))
    assert check_text(files["estimator.py"], files["trainer.py"], weighted)
    for old, new in [("omega[:, None] * (p", "(p"), ("+ 2 * reg * W1", "")]:
        assert old in files["estimator.py"]
        mutant = files["estimator.py"].replace(old, new)
        assert not check_text(mutant, files["trainer.py"], weighted)
    assert not check_text("class Regressor(", files["trainer.py"], weighted)


@pytest.mark.parametrize("name", ["digits", "deep_tanh", "trask2015", "cs231n"])
def test_a_whole_weight_is_repetition(name: str) -> None:
    random = np.random.default_rng(1)
    X, counts = random.standard_normal((30, 4)), random.integers(0, 4, 30)
    y = np.arange(30) % 3 if hasattr(module(name), "Classifier") else np.tanh(X[:, 0])
    given = {"method": "momentum", "random_state": 0, "max_iter": 30}
    weighted = kind(name)(**given).fit(X, y, sample_weight=counts)
    repeated = kind(name)(**given).fit(np.repeat(X, counts, axis=0), np.repeat(y, counts))
    np.testing.assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-10)
    score = repeated.score(np.repeat(X, counts, axis=0), np.repeat(y, counts))
    assert weighted.score(X, y, sample_weight=counts) == pytest.approx(score)


# --- at work within scikit-learn --------------------------------------------------------------


def test_clone_pickle_pipeline_and_search() -> None:
    X, y = datasets.load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    made_of = kind("digits")(m=8, random_state=0)
    assert clone(made_of).get_params() == made_of.get_params()
    search = GridSearchCV(made_of, {"m": [4, 8], "t": [0.01, 0.03]}, cv=3, n_jobs=1)
    search.fit(X, names, sample_weight=np.ones(len(X)))
    assert search.best_score_ > 0.9
    assert set(search.predict(X)) <= set(names)
    pipeline = make_pipeline(StandardScaler(), made_of)
    assert cross_val_score(pipeline, X, names, cv=3).mean() > 0.9
    again = pickle.loads(pickle.dumps(pipeline.fit(X, names)))
    assert np.array_equal(again.predict_proba(X), pipeline.predict_proba(X))


def test_early_stopping_keeps_the_best_weights() -> None:
    X, y = datasets.load_wine(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    fitted = kind("digits")(early_stopping=True, t=0.05, random_state=3).fit(X, y)
    assert len(fitted.validation_scores_) == fitted.n_iter_ == len(fitted.loss_curve_)
    assert fitted.best_validation_score_ == max(fitted.validation_scores_)
    assert fitted.n_iter_ < 200
    again = clone(fitted).fit(X, y)
    assert np.array_equal(again.W1_, fitted.W1_)


def test_going_on() -> None:
    X = np.random.default_rng(0).standard_normal((20, 3))
    y = np.sin(X[:, 0])
    whole = kind("deep_tanh")(max_iter=20, tol=0, random_state=1).fit(X, y)
    parts = kind("deep_tanh")(max_iter=10, tol=0, random_state=1, warm_start=True)
    parts.fit(X, y).fit(X, y)
    assert np.array_equal(parts.W1_, whole.W1_)
    assert parts.loss_curve_ == whole.loss_curve_
    single = kind("deep_tanh")(random_state=1)
    for _ in range(20):
        single.partial_fit(X, y)
    assert np.array_equal(single.W1_, whole.W1_)


@pytest.mark.parametrize("method", ["gradient", "momentum", "nesterov", "adam", "adamw"])
def test_every_method_descends(method: str) -> None:
    X = np.random.default_rng(0).standard_normal((50, 3))
    fitted = kind("hmkcode")(method=method, random_state=0).fit(X, X @ [1.0, -2.0, 0.5])
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0] / 3


def test_what_is_wrong_is_said() -> None:
    X, y = np.ones((6, 2)), np.arange(6) % 3
    with pytest.raises(NotFittedError):
        kind("digits")().predict(X)
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        kind("logistic_regression")().fit(X, y)
    with pytest.raises(ValueError, match="method: expected one of gradient"):
        kind("digits")(method="newton").fit(X, y)
    with pytest.raises(ValueError, match="classes must be passed"):
        kind("digits")().partial_fit(X, y)
    with pytest.raises(ValueError, match=r"the model assumes y >= 0"):
        kind("poisson_regression")().fit(X, -1.0 - y)
    with pytest.raises(FloatingPointError, match="take a smaller t"):
        kind("hmkcode")(method="gradient", t=1e9).fit(X + y[:, None], y)
    with pytest.warns(ConvergenceWarning):
        kind("digits")(max_iter=2).fit(X, y)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("tol", value) for value in (None, "a", np.nan)),
        *(("n_iter_no_change", value) for value in (0, -1, 2.5, None, "a", np.nan)),
        *((name, value) for name in ("momentum", "beta1", "beta2") for value in (1, "a", None)),
        *(("validation_fraction", value) for value in (0, 1, "a", None, np.nan)),
    ],
)
def test_a_parameter_of_no_use_is_named_before_the_fit(name: str, value: object) -> None:
    X, y = np.ones((6, 2)), np.arange(6) % 3
    with pytest.raises((TypeError, ValueError), match=f"{name}: expected"):
        kind("digits")(**{name: value}).fit(X, y)


def test_a_fit_that_never_stops_early() -> None:
    X = np.random.default_rng(0).standard_normal((20, 3))
    for never in ({"tol": -np.inf}, {"n_iter_no_change": np.inf}):
        with pytest.warns(ConvergenceWarning):
            assert kind("digits")(max_iter=30, t=0, **never).fit(X, X[:, 0] > 0).n_iter_ == 30


def test_a_row_of_weight_zero_is_not_there() -> None:
    X = np.random.default_rng(0).standard_normal((60, 3))
    y, weights = X @ [1.0, 2.0, 3.0], np.arange(60) % 3
    there = weights > 0
    for options in ({"batch_size": 7}, {"batch_size": 7, "early_stopping": True}):
        one = kind("residual")(random_state=0, **options).fit(X, y, weights)
        other = kind("residual")(random_state=0, **options).fit(X[there], y[there], weights[there])
        assert one.loss_curve_ == other.loss_curve_
        assert np.array_equal(one.predict(X), other.predict(X))


def test_a_new_fit_forgets_the_scores_of_the_last() -> None:
    X = np.random.default_rng(0).standard_normal((40, 3))
    fitted = kind("residual")(early_stopping=True, random_state=0).fit(X, X[:, 0])
    fitted.set_params(early_stopping=False).fit(X, X[:, 0])
    assert not hasattr(fitted, "validation_scores_")
    assert not hasattr(fitted, "best_validation_score_")


def test_an_interruption_keeps_the_weights_so_far(capsys: pytest.CaptureFixture[str]) -> None:
    X = np.random.default_rng(0).standard_normal((40, 3))

    class Noisy:
        def __bool__(self) -> bool:
            if fitted.n_iter_ == 5:
                raise KeyboardInterrupt
            return False

    fitted = kind("residual")(early_stopping=True, random_state=0, verbose=Noisy())
    with pytest.warns(UserWarning, match="interrupted; the weights so far are kept"):
        fitted.fit(X, X[:, 0])
    assert fitted.n_iter_ == 5
    best = int(np.argmax(fitted.validation_scores_)) + 1
    less = kind("residual")(early_stopping=True, random_state=0, max_iter=best)
    with pytest.warns(ConvergenceWarning):
        less.fit(X, X[:, 0])
    assert np.array_equal(fitted.predict(X), less.predict(X))


def test_predictions_overflow_without_a_warning() -> None:
    X = np.random.default_rng(0).standard_normal((40, 3))
    fitted = kind("poisson_regression")(random_state=0).fit(X, np.exp(X[:, 0]))
    assert fitted.predict([[1e300, 0, 0]])[0] == np.inf


def test_a_score_needs_a_target_for_each_row() -> None:
    X = np.random.default_rng(0).standard_normal((40, 3))
    fitted = kind("residual")(random_state=0).fit(X, X[:, 0])
    assert fitted.score(X, X[:, :1]) == fitted.score(X, X[:, 0])
    for y in (X[:, 0] * np.nan, X[:3, 0], X):
        with pytest.raises(ValueError, match=r"y: expected shape \(40,\), none missing"):
            fitted.score(X, y)


def samples(name: str, dtype: Any = float) -> tuple[Any, Any]:
    """Data that an estimator of the gallery takes."""
    X = np.random.default_rng(0).standard_normal((60, 4)).astype(dtype)
    if hasattr(module(name), "Classifier"):
        return X, (X[:, 0] > 0).astype(int)
    return X, np.abs(np.tanh(X[:, 0])).astype(dtype)


@pytest.mark.parametrize("name", WITH)
@pytest.mark.parametrize("options", [{}, {"batch_size": 16, "early_stopping": True}])
def test_what_is_fitted_on_float32_keeps_float32(name: str, options: dict[str, Any]) -> None:
    X, y = samples(name, np.float32)
    for weights in (None, np.linspace(0, 2, 60)):
        fitted = kind(name)(max_iter=5, random_state=0, **options).fit(X, y, sample_weight=weights)
        fitted.partial_fit(X, y, sample_weight=weights)
        held = [array for key, array in vars(fitted).items() if key.endswith("_")]
        arrays = {x.dtype for x in held if isinstance(x, np.ndarray) and x.dtype.kind == "f"}
        assert arrays == {np.dtype(np.float32)}
        moments = [moment.dtype for moment in fitted._state[1:]]
        assert set(moments) <= {np.dtype(np.float32)}
        for data in (X, X.astype(float)):
            assert fitted._output(data).dtype == np.float32
        if hasattr(fitted, "predict_proba"):
            assert fitted.predict_proba(X).dtype == np.float32
        assert np.isfinite(fitted.score(X.astype(float), y))


def test_float32_learns_what_float64_does() -> None:
    X, y = samples("digits")
    wide, narrow = (
        kind("digits")(max_iter=20, random_state=0).fit(X.astype(dtype), y)
        for dtype in (np.float64, np.float32)
    )
    np.testing.assert_allclose(narrow.loss_curve_, wide.loss_curve_, rtol=1e-4)
    assert wide.predict_proba(X).dtype == np.float64
    whole = kind("digits")(max_iter=5, random_state=0).fit((10 * X).astype(int), y)
    assert whole.predict_proba(X).dtype == np.float64


def test_what_float32_does_not_hold_is_told() -> None:
    X, y = samples("digits", np.float32)
    fitted = kind("digits")(max_iter=2, random_state=0).fit(X, y)
    with pytest.raises(
        ValueError, match=r"expected finite numbers of shape .* got inf at \[0, 0\]"
    ):
        fitted.predict(np.full((1, 4), 1e300))


@pytest.fixture
def routing() -> Iterator[None]:
    with config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
def test_weights_of_samples_are_routed_through_pipelines_and_searches() -> None:
    X, y = samples("digits")
    weights = np.where(y == 1, 3.0, 0.5)
    asking = kind("digits")(max_iter=20, random_state=0).set_fit_request(sample_weight=True)
    asking.set_score_request(sample_weight=True)
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    pipeline = make_pipeline(scaler, asking)
    weighted = pipeline.fit(X, y, sample_weight=weights)[-1]
    plain = pipeline.fit(X, y)[-1]
    scaled = StandardScaler().fit_transform(X)
    alone = kind("digits")(max_iter=20, random_state=0).fit(scaled, y, sample_weight=weights)
    again = make_pipeline(clone(scaler), clone(asking)).fit(X, y, sample_weight=weights)
    assert again[-1].loss_curve_ == alone.loss_curve_
    assert plain.loss_curve_ != alone.loss_curve_
    assert weighted is plain  # a pipeline fits its own step
    search = GridSearchCV(asking, {"m": [4, 8]}, cv=3).fit(X, y, sample_weight=weights)
    assert search.best_score_ > 0.5


@pytest.mark.usefixtures("routing")
def test_weights_by_another_name_and_weights_that_nobody_asked_for() -> None:
    X, y = samples("digits")
    weights = np.linspace(0, 1, 60)
    renamed = kind("digits")(max_iter=9, random_state=0).set_fit_request(sample_weight="importance")
    fitted = make_pipeline(renamed).fit(X, y, importance=weights)[-1]
    alone = kind("digits")(max_iter=9, random_state=0).fit(X, y, sample_weight=weights)
    assert fitted.loss_curve_ == alone.loss_curve_
    with pytest.raises(ValueError, match="sample_weight.* are passed but are not explicitly set"):
        make_pipeline(kind("digits")()).fit(X, y, sample_weight=weights)


def test_a_request_where_nothing_is_routed_is_refused() -> None:
    with pytest.raises(RuntimeError, match=r"set_config\(enable_metadata_routing=True\)"):
        kind("digits")().set_fit_request(sample_weight=True)


def test_a_diagram_is_drawn_where_scikit_learn_draws_them() -> None:
    shown = kind("digits")(m=9)
    assert repr(shown) == "Classifier(m=9)"
    assert "sk-estimator" in shown._repr_html_()
    assert "Classifier" in make_pipeline(StandardScaler(), shown)._repr_html_()
    with config_context(display="text"):
        assert shown._repr_html_() is None


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_the_names_of_a_table_s_columns_are_kept(library: str) -> None:
    made = pytest.importorskip(library, reason="`make test-engines` installs pandas").DataFrame
    X, y = samples("digits")
    names = ["sepal length", "b", "c", "d"]
    table = made(dict(zip(names, X.T, strict=True)))
    fitted = kind("digits")(max_iter=5, random_state=0).fit(table, y)
    assert list(fitted.feature_names_in_) == names
    assert np.array_equal(fitted.predict_proba(table), fitted.predict_proba(table))
    same = kind("digits")(max_iter=5, random_state=0).fit(X, y)
    assert np.array_equal(fitted.predict_proba(table), same.predict_proba(X))
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(made(dict(zip(reversed(names), X.T, strict=True))))
    pipeline = make_pipeline(StandardScaler(), kind("digits")(max_iter=5)).fit(table, y)
    assert list(pipeline.feature_names_in_) == names


def test_a_subclass_names_its_parameters() -> None:
    class Hiding(kind("digits")):  # type: ignore[misc]
        def __init__(self, **options: object) -> None:
            super().__init__(**options)

    with pytest.raises(TypeError, match=r"Hiding.__init__: name every parameter"):
        Hiding().get_params()


# --- without scikit-learn ---------------------------------------------------------------------

ALONE = """
import sys, warnings
sys.modules["sklearn"] = None  # an import of it fails
warnings.simplefilter("ignore")
import numpy as np
from estimator import {kind} as Kind

class Table:
    columns = ["a", "b", "c"]
    def __init__(self, rows): self.rows = rows
    def __array__(self, dtype=None, copy=None): return np.array(self.rows, dtype)

X = np.random.default_rng(0).standard_normal((40, 3))
y = {target}
try:
    Kind().predict(X)
except AttributeError as error:
    assert "not fitted" in str(error)
assert Kind()._repr_html_() is None
narrow = Kind(random_state=0, max_iter=3).fit(np.float32(X), y, sample_weight=np.ones(40))
assert narrow._output(X).dtype == np.float32
try:
    Kind().get_metadata_routing()
except AttributeError as error:
    assert "scikit-learn, which routes metadata, is not loaded" in str(error)
fitted = Kind(random_state=0).fit(Table(X), y, sample_weight=np.ones(40))
assert list(fitted.feature_names_in_) == ["a", "b", "c"], fitted.feature_names_in_
assert fitted.n_features_in_ == 3 and fitted.score(X, y) > 0.8, fitted.score(X, y)
for bad, words in [(X[:, :2], "expecting 3 features"), (X[0], "Expected 2D"), (X * np.nan, "NaN")]:
    try:
        fitted.predict(bad)
    except ValueError as error:
        assert words in str(error), error
    else:
        raise AssertionError(words)
for bad, y_bad, words in [
    (X.astype("M8[s]"), y, "Dates were passed"),
    (X, np.where(y > 0, np.nan, y.astype(object)), "Input y contains NaN"),
    (X, y[:3], "y: expected shape (40,)"),
]:
    try:
        Kind().fit(bad, y_bad)
    except ValueError as error:
        assert words in str(error), error
    else:
        raise AssertionError(words)
assert not [name for name in sys.modules if name.startswith("sklearn.")]
print(repr(Kind(max_iter=3)))
"""


@pytest.mark.parametrize(
    ("name", "target"), [("digits", "(X[:, 0] > 0).astype(int)"), ("deep_tanh", "X[:, 0]")]
)
def test_two_copied_files_work_alone(name: str, target: str, tmp_path: Path) -> None:
    for file in ("trainer.py", "estimator.py"):
        shutil.copy(ROOT / "generated" / name / file, tmp_path)
    code = ALONE.format(kind=kind(name).__name__, target=target)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{kind(name).__name__}(max_iter=3)"


def test_a_scikit_learn_without_its_validation_is_as_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sklearn.utils.validation

    monkeypatch.delattr(sklearn.utils.validation, "validate_data")  # it came with 1.6
    X = np.random.default_rng(0).standard_normal((40, 3))
    assert kind("residual")(random_state=0).fit(X, X[:, 0]).score(X, X[:, 0]) > 0.8
    with pytest.raises(ValueError, match="expecting 3 features"):
        kind("residual")(random_state=0).fit(X, X[:, 0]).predict(X[:, :2])


def test_a_size_of_a_member_s_name_gets_another() -> None:
    from derive.reading.dense import dense_text
    from derive.reading.resolve import resolve
    from derive.reading.source import Source

    text = dense_text([2, 3, 1], ["tanh", "identity"]).replace("n1", "fit")
    model = resolve("clash", Source("clash.toml", text))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = made(model)(size_fit=4).fit(np.eye(3), [0.0, 1.0, 2.0])
    assert fitted.W1_.shape == (4, 3)


def tagged(model: derive.Model) -> tuple[bool, str]:
    """Whether the class says that its score is poor, and the text that says why."""
    poor = bool(made(model)().__sklearn_tags__().regressor_tags.poor_score)
    return poor, texts(model)["estimator"]


@pytest.mark.parametrize("activation", ["logistic", "tanh", "bipolar_logistic", "gaussian"])
def test_an_output_that_cannot_leave_an_interval_is_poor(activation: str) -> None:
    poor, text = tagged(derive.dense([3, 4, 2], ["tanh", activation], "squared_error"))
    assert poor
    assert '"""The output cannot leave an interval: targets beyond it are never reached."""' in text


@pytest.mark.parametrize("activation", ["identity", "relu", "softplus", "exp", "elu"])
def test_an_output_that_can_go_anywhere_on_one_side_is_not_poor(activation: str) -> None:
    poor, text = tagged(derive.dense([3, 4, 2], ["tanh", activation], "squared_error"))
    assert not poor
    assert "cannot leave an interval" not in text


def test_a_derivative_that_is_one_number_in_all_places_passes_the_complex_step(
    tmp_path: Path,
) -> None:
    """∂L/∂P[k,j] is the same for all j, and complex where another weight is."""
    text = """title = "t"
source = "s"
weights = ["P[k,j]", "a[k]"]
inputs = ["x[j]"]
targets = ["y[k]"]
sizes = { k = "K", j = "n" }
example = { K = 2, n = 2 }
equations = '''
o[k] = tanh(a[k]) * sum(j, P[k,j]) + sum(j, x[j])
L = squared_error(k, o[k], y[k])
'''
"""
    model = derive.load(write_text(tmp_path, text))
    written = texts(model)
    assert "full_like(P, " in written["estimator"]
    weighted = differentiate(batch_weighted(model))
    certificate = check_text(written["estimator"], written["trainer"], weighted)
    assert certificate, certificate.failures
