"""weights.py: files of weights there and back, other libraries' weights, and hostile bytes."""

import inspect
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors import safe_open
from safetensors.numpy import load_file, save_file
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

import derive
from derive.code.check import check_weights
from derive.code.module import load
from derive.code.texts import weights_text
from derive.code.weights import equations_hash
from derive.model.layers import Layer, dense_layers
from tests.conftest import ROOT, files_of, model_of, write_text
from tests.test_docs import blocks

SUFFIXES = (".npz", ".safetensors")


def modules(model: derive.Model) -> tuple[Any, Any]:
    """The trainer and the weights of a model, as its files have them."""
    files = files_of(model)
    trainer = load(files["trainer.py"], "trainer")
    return trainer, load(files["weights.py"], "weights", trainer=trainer)


@pytest.fixture(scope="module")
def digits() -> tuple[Any, Any]:
    return modules(derive.load("digits"))


@pytest.fixture(scope="module")
def weights(digits: tuple[Any, Any]) -> Any:
    return digits[1]


@pytest.fixture(scope="module")
def plain() -> Any:
    """The weights of a model without biases: W (m, n) and V (K, m)."""
    return modules(derive.load("pelogia2019"))[1]


@pytest.fixture(params=SUFFIXES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"weights{request.param}"


def some(module: Any, dtype: Any = np.float64, **sizes: int) -> Any:
    """Random parameters of a model, every size 2 unless it is given."""
    random = np.random.default_rng(0)
    shapes = [[sizes.get(axis, 2) for axis in axes] for axes in module.AXES.values()]
    return module.Parameters(*(random.standard_normal(shape).astype(dtype) for shape in shapes))


def same(one: Any, other: Any) -> bool:
    """Bit for bit, so that -0.0 is not 0.0."""
    return all(
        (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
        for a, b in zip(one, other, strict=True)
    )


# --- there and back ---------------------------------------------------------------------------


@st.composite
def parameters(draw: st.DrawFn) -> tuple[Any, Any]:
    """W and V of any sizes and finite numbers: -0.0, denormals and the largest among them."""
    n, m, K = (draw(st.integers(1, 4)) for _ in range(3))
    width = draw(st.sampled_from([32, 64]))
    numbers = st.floats(width=width, allow_nan=False, allow_infinity=False)
    dtype = np.dtype(f"f{width // 8}")
    return tuple(draw(arrays.arrays(dtype, shape, elements=numbers)) for shape in ((m, n), (K, m)))  # type: ignore[return-value]


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=60, deadline=None)
@given(parameters())
def test_what_is_saved_is_what_is_loaded(
    plain: Any, tmp_path_factory: pytest.TempPathFactory, suffix: str, given: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / f"there_and_back{suffix}"
    plain.save(path, plain.Parameters(*given))
    assert same(plain.load(path), given)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_numbers_stay_what_they_are(plain: Any, path: Path, dtype: Any) -> None:
    info = np.finfo(dtype)
    row = np.array([-0.0, 0.0, info.smallest_subnormal, -info.tiny, info.max, info.eps], dtype)
    given = plain.Parameters(row[:, None], row[None, :])
    plain.save(path, given)
    assert same(plain.load(path), given)


@pytest.mark.parametrize("name", ["logistic_regression", "attention", "elman", "deep_tanh"])
def test_any_model_saves_scalars_too(name: str, path: Path) -> None:
    _, module = modules(derive.load(name))
    given = some(module)
    module.save(str(path), given)
    assert same(module.load(str(path)), given)


def test_what_is_loaded_can_be_changed_and_trained(digits: Any, path: Path) -> None:
    trainer, weights = digits
    weights.save(path, trainer.initialise(4, 3, 2, seed=0))
    loaded = weights.load(path)
    loaded.W1[0, 0] = 3.0
    assert trainer.forward(loaded, np.ones(4)).shape == (2,)
    assert isinstance(loaded, trainer.Parameters)


def test_transposed_and_sliced_arrays_are_saved_as_they_read(plain: Any, path: Path) -> None:
    W, V = np.arange(6.0).reshape(2, 3).T, np.arange(12.0).reshape(2, 6)[:, ::2]
    plain.save(path, (W, V))
    assert np.array_equal(plain.load(path).W, W)
    assert np.array_equal(plain.load(path).V, V)


def test_a_dtype_may_be_asked_for(plain: Any, path: Path) -> None:
    given = some(plain)
    plain.save(path, given)
    assert same(plain.load(path, np.float32), [x.astype(np.float32) for x in given])
    assert {x.dtype for x in plain.load(path, "float64")} == {np.dtype(float)}
    with pytest.raises(ValueError, match="dtype: expected float32 or float64, got int64"):
        plain.load(path, np.int64)
    plain.save(path, plain.Parameters([[1e300]], [[1.0]]))
    with pytest.raises(ValueError, match=r"W is 1e\+300 at \[0, 0\], expected finite .* float32"):
        plain.load(path, np.float32)


def test_one_dtype_for_all_and_whole_numbers_are_float64(plain: Any, path: Path) -> None:
    plain.save(path, (np.float32([[0.1]]), [[2]]))
    loaded = plain.load(path)
    assert {x.dtype for x in loaded} == {np.dtype(float)}
    assert loaded.W[0, 0] == np.float32(0.1)


def test_the_same_weights_are_the_same_bytes(plain: Any, path: Path) -> None:
    plain.save(path, some(plain))
    first = path.read_bytes()
    plain.save(path, some(plain))
    assert path.read_bytes() == first


def test_notes_stand_beside_the_weights(plain: Any, path: Path) -> None:
    notes = {"columns": '["größe", "\\n"]', "": "a" * 100_000}
    plain.save(path, some(plain), notes)
    assert plain.load_notes(path) == notes
    assert same(plain.load(path), some(plain))
    plain.save(path, some(plain))
    assert plain.load_notes(path) == {}


@pytest.mark.parametrize(
    ("notes", "words"),
    [
        ({"columns": [1]}, "notes: expected a dictionary of texts"),
        ({1: "a"}, "notes: expected a dictionary of texts"),
        ("columns", "notes: expected a dictionary of texts"),
        ({"model": "other"}, "'model' says whose weights they are"),
    ],
)
def test_notes_that_are_none_are_refused(plain: Any, path: Path, notes: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plain.save(path, some(plain), notes)
    assert not path.exists()


def test_a_save_through_a_symbolic_link_replaces_what_it_leads_to(plain: Any, path: Path) -> None:
    (path.parent / "there").mkdir()
    target = path.parent / "there" / path.name
    path.symlink_to(target)
    plain.save(path, some(plain))
    assert path.is_symlink()
    assert same(plain.load(target), some(plain))
    assert [p.name for p in target.parent.iterdir()] == [path.name]


def test_a_save_leaves_no_other_file_and_common_permissions(plain: Any, path: Path) -> None:
    plain.save(path, some(plain))
    assert list(path.parent.iterdir()) == [path]
    (path.parent / "other").touch()
    assert path.stat().st_mode == (path.parent / "other").stat().st_mode


def test_a_save_that_fails_leaves_the_old_file(
    plain: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = some(plain)
    plain.save(path, given)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        plain.save(path, some(plain, m=5))
    assert same(plain.load(path), given)
    assert list(path.parent.iterdir()) == [path]


# --- other readers and writers ----------------------------------------------------------------


def test_numpy_reads_our_npz_without_pickle(weights: Any, tmp_path: Path) -> None:
    given = some(weights)
    weights.save(tmp_path / "w.npz", given)
    with np.load(tmp_path / "w.npz", allow_pickle=False) as found:
        assert same([found[name] for name in weights.AXES], given)
        assert json.loads(found["metadata.json"]) == weights.METADATA


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_reference_package_reads_our_safetensors(
    weights: Any, tmp_path: Path, dtype: Any
) -> None:
    given = some(weights, dtype, n=3, m=5)
    weights.save(tmp_path / "w.safetensors", given)
    found = load_file(tmp_path / "w.safetensors")
    assert same([found[name] for name in weights.AXES], given)
    with safe_open(tmp_path / "w.safetensors", "np") as opened:
        assert opened.metadata() == weights.METADATA


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_we_read_what_the_reference_package_writes(
    weights: Any, tmp_path: Path, dtype: Any
) -> None:
    given = some(weights, dtype, n=3, m=5)
    save_file(given._asdict(), tmp_path / "w.safetensors", metadata=weights.METADATA)
    assert same(weights.load(tmp_path / "w.safetensors"), given)


def test_fortran_order_in_a_npz_is_read(plain: Any, tmp_path: Path) -> None:
    W, V = np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.ones((1, 2))
    npz(tmp_path / "w.npz", plain.METADATA, {"W": W, "V": V})
    assert np.array_equal(plain.load(tmp_path / "w.npz").W, W)


# --- scikit-learn -----------------------------------------------------------------------------


def fitted(estimator: Any, X: Any, y: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(X, y)


def regressor(activation: str = "tanh", hidden: tuple[int, ...] = (5, 4), K: int = 2) -> Any:
    random = np.random.default_rng(0)
    X, y = random.standard_normal((30, 3)), random.standard_normal((30, K))
    estimator = MLPRegressor(
        hidden_layer_sizes=hidden, activation=activation, max_iter=20, random_state=0
    )
    return fitted(estimator, X, y if K > 1 else y[:, 0])


@pytest.mark.parametrize("activation", ["tanh", "logistic", "relu", "identity"])
def test_a_regressor_of_sklearn_predicts_the_same(activation: str) -> None:
    estimator = regressor(activation)
    model = derive.dense([3, 5, 4, 2], [activation, activation, "identity"])
    trainer, weights = modules(model)
    X = np.random.default_rng(1).standard_normal((20, 3))
    found = trainer.forward(weights.from_sklearn(estimator), X)
    assert np.max(np.abs(found - estimator.predict(X))) <= 1e-12


def test_a_regressor_of_sklearn_fits_the_model_deep_tanh() -> None:
    estimator = regressor("tanh", (6, 5, 4), K=1)
    trainer, weights = modules(derive.load("deep_tanh"))
    X = np.random.default_rng(1).standard_normal((20, 3))
    found = trainer.forward(weights.from_sklearn(estimator), X)
    assert np.max(np.abs(found[:, 0] - estimator.predict(X))) <= 1e-12


def test_a_classifier_of_sklearn_fits_the_model_digits(digits: Any) -> None:
    trainer, weights = digits
    X, y = load_digits(return_X_y=True)
    estimator = fitted(MLPClassifier((32,), "tanh", max_iter=5, random_state=0), X / 16, y)
    given = weights.from_sklearn(estimator)
    found = trainer.forward(given, X / 16)
    assert np.max(np.abs(found - estimator.predict_proba(X / 16))) <= 1e-12
    assert np.array_equal(found.argmax(axis=1), estimator.predict(X / 16))
    narrow = fitted(MLPClassifier((32,), "tanh", max_iter=1, random_state=0), np.float32(X / 16), y)
    assert weights.from_sklearn(narrow).W1.dtype == np.float32


def test_a_classifier_of_two_classes_has_one_logistic_output(digits: Any) -> None:
    random = np.random.default_rng(0)
    X, y = random.standard_normal((40, 3)), random.integers(0, 2, 40)
    estimator = fitted(MLPClassifier((4,), "tanh", max_iter=20, random_state=0), X, y)
    trainer, weights = modules(derive.load("planar"))
    found = trainer.forward(weights.from_sklearn(estimator), X)
    assert np.max(np.abs(found[:, 0] - estimator.predict_proba(X)[:, 1])) <= 1e-12
    with pytest.raises(ValueError, match="expected the output's activation 'softmax', got 'log"):
        digits[1].from_sklearn(estimator)


def test_a_poisson_regressor_has_an_exponential_output() -> None:
    random = np.random.default_rng(0)
    X, y = random.standard_normal((40, 3)), random.integers(0, 5, (40, 1))
    options = {"activation": "tanh", "hidden_layer_sizes": (4,), "max_iter": 20}
    try:
        estimator = fitted(MLPRegressor(loss="poisson", random_state=0, **options), X, y[:, 0])
    except TypeError:
        pytest.skip("this scikit-learn has no Poisson loss")
    trainer, weights = modules(derive.dense([3, 4, 1], ["tanh", "exp"], "poisson"))
    found = trainer.forward(weights.from_sklearn(estimator), X)
    assert np.max(np.abs(found[:, 0] - estimator.predict(X))) <= 1e-12


def test_what_of_an_estimator_does_not_fit_is_named(plain: Any) -> None:
    _, weights = modules(derive.dense([3, 5, 2], ["tanh", "identity"]))
    with pytest.raises(TypeError, match="got MLPRegressor without coefs_; call fit first"):
        weights.from_sklearn(MLPRegressor())
    with pytest.raises(TypeError, match="expected a fitted MLPRegressor .* got int"):
        weights.from_sklearn(3)
    with pytest.raises(ValueError, match="expected 2 weights .* got 3 and 3"):
        weights.from_sklearn(regressor())
    with pytest.raises(ValueError, match="expected activation='tanh', got 'relu'"):
        weights.from_sklearn(regressor("relu", (5,)))


def like_sklearn(coefs: list[Any], intercepts: list[Any], **changed: Any) -> Any:
    given = {"activation": "logistic", "out_activation_": "logistic"} | changed
    return SimpleNamespace(coefs_=coefs, intercepts_=intercepts, **given)


def test_a_model_without_biases_takes_intercepts_that_are_zero(plain: Any) -> None:
    coefs = [np.ones((3, 4)), np.ones((4, 1))]
    found = plain.from_sklearn(like_sklearn(coefs, [np.zeros(4), np.zeros(1)]))
    assert found.W.shape == (4, 3)
    with pytest.raises(ValueError, match="layer 2 has a bias that is not zero, .* beside V"):
        plain.from_sklearn(like_sklearn(coefs, [np.zeros(4), np.ones(1)]))


def test_layers_that_do_not_fit_one_another_are_named(plain: Any) -> None:
    coefs = [np.ones((3, 4)), np.ones((5, 1))]
    with pytest.raises(ValueError, match=r"V has shape \(1, 5\), expected \(K, m\) with m = 4"):
        plain.from_sklearn(like_sklearn(coefs, [np.zeros(4), np.zeros(1)]))


# --- torch ------------------------------------------------------------------------------------


class Tensor:
    """What of a torch.Tensor is asked for."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def detach(self) -> "Tensor":
        return self

    def cpu(self) -> "Tensor":
        return self

    def numpy(self) -> Any:
        return self.array


class Narrow(Tensor):
    """One of a type that NumPy does not have."""

    def __init__(self, dtype: str, array: Any = None) -> None:
        super().__init__(array)
        self.dtype = dtype

    def numpy(self) -> Any:
        raise TypeError("Got unsupported ScalarType")

    def float(self) -> Tensor:
        return Tensor(self.array)


def cut(array: Any) -> Any:
    """The numbers that bfloat16 has: the upper half of float32's bits."""
    return (array.view(np.uint32) & 0xFFFF0000).view(np.float32)


@pytest.mark.parametrize(
    ("narrow", "wrap"),
    [
        (lambda x: x.astype(np.float16).astype(np.float32), lambda x: x.astype(np.float16)),
        (cut, lambda x: Narrow("torch.bfloat16", cut(x))),
    ],
)
def test_half_the_digits_become_float32_and_none_is_lost(
    weights: Any, narrow: Callable[[Any], Any], wrap: Callable[[Any], Any]
) -> None:
    wide = some(weights, np.float32, n=3, m=4)
    wanted = [narrow(array) for array in wide]
    taken = weights.from_torch(state(weights, wrap))
    assert same(taken, wanted)
    assert not same(taken, wide)
    assert {array.dtype for array in taken} == {np.dtype(np.float32)}


def state(
    weights: Any, wrap: Callable[[Any], Any] = Tensor, places: Any = (0, 2)
) -> dict[str, Any]:
    p = some(weights, np.float32, n=3, m=4)
    layers = zip(places, ((p.W1, p.b1), (p.W2, p.b2)), strict=True)
    return {
        f"{place}.{kind}": wrap(array)
        for place, pair in layers
        for kind, array in zip(("weight", "bias"), pair, strict=True)
    }


@pytest.mark.parametrize("wrap", [Tensor, np.asarray])
@pytest.mark.parametrize("places", [(0, 2), (2, 10), ("net.0", "net.2"), ("hidden", "a.out")])
def test_a_state_dict_of_torch(weights: Any, wrap: Any, places: Any) -> None:
    given = state(weights, wrap, places)
    assert same(weights.from_torch(given), some(weights, np.float32, n=3, m=4))
    if places == (2, 10):  # as a file sorts its names
        ordered = dict(sorted(given.items()))
        assert next(iter(ordered)) == "10.bias"
        assert same(weights.from_torch(ordered), some(weights, np.float32, n=3, m=4))


WRONG_STATES: dict[str, tuple[Callable[[dict[str, Any]], Any], type[Exception], str]] = {
    "no mapping": (list, TypeError, "expected a mapping, got list"),
    "another kind": (lambda s: {**s, "1.running_mean": 0}, ValueError, "'1.running_mean'"),
    "a layer more": (lambda s: {**s, "4.weight": [[1.0]], "4.bias": [0.0]}, ValueError,
                     "expected 2 weights and biases, one for each layer, got 3 and 3"),
    "nothing": (lambda s: {}, ValueError, "expected 2 weights .* got 0 and 0"),
    "a bias alone": (lambda s: {k: v for k, v in s.items() if k != "0.weight"}, ValueError,
                     "0.bias has no 0.weight"),
    "no bias": (lambda s: {k: v for k, v in s.items() if k != "2.bias"}, ValueError,
                "layer 2 has no bias, expected b2; give zeros"),
    "transposed": (lambda s: {**s, "0.weight": s["0.weight"].T}, ValueError,
                   r"b1 has shape \(4,\), expected \(m,\) with m = 3"),
    "quarter": (lambda s: {**s, "0.weight": Narrow("torch.float8_e4m3fn")}, TypeError,
                "state_dict: 0.weight is float8_e4m3fn, expected float32, float64, float16 or"),
    "nan": (lambda s: {**s, "0.bias": np.full(4, np.nan)}, ValueError, r"b1 is nan at \[0\]"),
    "objects": (lambda s: {**s, "0.bias": [None] * 4}, TypeError, "b1 is object"),
    "ragged": (lambda s: {**s, "0.weight": [[1.0], [1.0, 2.0]]}, ValueError, "W1 has rows of unequal"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_STATES)
def test_what_of_a_state_dict_does_not_fit_is_named(weights: Any, name: str) -> None:
    change, kind, words = WRONG_STATES[name]
    with pytest.raises(kind, match=words):
        weights.from_torch(change(state(weights, np.asarray)))


# --- which models are chains ------------------------------------------------------------------

CHAINS = {
    "autoencoder": [("W", "b", "tanh"), ("V", "c", "identity")],
    "cs231n": [("W1", "b1", "relu"), ("W2", "b2", "softmax")],
    "trask2015": [("syn0", None, "logistic"), ("syn1", None, "logistic")],
    "hmkcode": [("W", None, "identity"), ("V", None, "identity")],
    "residual": [],
    "elman": [],
    "attention": [],
    "layer_norm": [],
    "mazur2015": [],  # its biases are constants of the model
    "logistic_regression": [],  # one unit that is no axis
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_of_dense_layers_is_found_by_its_equations(name: str) -> None:
    assert dense_layers(derive.load(name)) == tuple(Layer(*layer) for layer in CHAINS[name])
    text = weights_text(derive.load(name))
    assert ("def from_torch" in text) == ("def from_sklearn" in text) == bool(CHAINS[name])


WRITTEN = {
    "the factors turned": ("H[j] = relu(sum(i, I[i] * W[j,i]))\nO[k] = sum(l, V[k,l] * H[l])",
                           ("relu", "identity")),
    "a maximum": ("H[j] = max(sum(i, W[j,i] * I[i]), 0)\nO[k] = sum(j, V[k,j] * H[j])",
                  ("relu", "identity")),
    "transposed": ("H[j] = sum(i, W[j,i] * I[i])\nO[j] = sum(k, V[k,j] * H[j])", None),
    "a weight twice": ("H[j] = sum(i, W[j,i] * I[i])\nG[j] = H[j] + sum(i, W[j,i] * I[i])\n"
                       "O[k] = sum(j, V[k,j] * G[j])", None),
    "past a layer": ("H[j] = tanh(sum(i, W[j,i] * I[i]))\nO[k] = sum(j, V[k,j] * H[j]) + 1", None),
    "scaled": ("H[j] = 2 * sum(i, W[j,i] * I[i])\nO[k] = sum(j, V[k,j] * H[j])", None),
    "squared": ("H[j] = sum(i, W[j,i] * I[i]^2)\nO[k] = sum(j, V[k,j] * H[j])", None),
    "not for sklearn": ("H[j] = gelu(sum(i, W[j,i] * I[i]))\nO[k] = sum(j, V[k,j] * H[j])",
                        ("gelu", "identity")),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_no_chain_is_none(name: str, tmp_path: Path) -> None:
    equations, activations = WRITTEN[name]
    if name == "transposed":
        equations += "\nEQ = sum(j, O[j]^2) + sum(k, y[k])"
    else:
        equations += "\nEQ = sum(k, (O[k] - y[k])^2) / 2"
    model = model_of(tmp_path, equations)
    found = tuple(layer.activation for layer in dense_layers(model))
    assert found == (activations or ())
    text = weights_text(model)
    assert ("def from_torch" in text) == (activations is not None)
    assert ("def from_sklearn" in text) == (activations is not None and "gelu" not in activations)


def test_a_function_of_the_file_that_is_one_of_the_table_has_its_name(tmp_path: Path) -> None:
    text = (ROOT / "derive/models/pelogia2019.toml").read_text()
    path = write_text(tmp_path, text.replace('f_o = "logistic"', 'f_o = "1/(1 + exp(-z))"'))
    assert [layer.activation for layer in dense_layers(derive.load(path))] == [
        "logistic",
        "logistic",
    ]


# --- which equations --------------------------------------------------------------------------


def test_the_hash_is_of_the_equations_and_not_of_their_spelling(tmp_path: Path) -> None:
    text = (ROOT / "derive/models/cs231n.toml").read_text()

    def of(old: str, new: str) -> str:
        assert old in text
        return equations_hash(derive.load(write_text(tmp_path, text.replace(old, new))))

    same = equations_hash(derive.load("cs231n"))
    assert len(same) == 64
    assert of("h[j]      = relu(a[j])", "h[j] = relu( a[j] )  # a comment") == same
    assert of("reg = 0.05", "reg = 0.1") == same
    assert of("relu(a[j])", "tanh(a[j])") != same
    text = (ROOT / "derive/models/pelogia2019.toml").read_text()
    assert of('f_h = "logistic"', 'f_h = "tanh"') != equations_hash(derive.load("pelogia2019"))


# --- bad files --------------------------------------------------------------------------------


def npz(path: Path, metadata: Any, members: dict[str, Any], compress: int = 0) -> None:
    """A zip file of these members: arrays, or bytes as they are."""
    with zipfile.ZipFile(path, "w", compress) as archive:
        if metadata is not None:
            archive.writestr("metadata.json", json.dumps(metadata))
        for name, array in members.items():
            content = array
            if not isinstance(array, bytes):
                held = io.BytesIO()
                np.save(held, array)
                content = held.getvalue()
            archive.writestr(f"{name}.npy", content)


def tensors(path: Path, header: Any, data: bytes = b"", length: int | None = None) -> None:
    """A safetensors file of this header, as an object or as text."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text + data)


def described(plain: Any, **changed: Any) -> dict[str, Any]:
    """A right header for W and V of shape (1, 1) in float64, with changes."""
    right = {
        "__metadata__": plain.METADATA,
        "W": {"dtype": "F64", "shape": [1, 1], "data_offsets": [0, 8]},
        "V": {"dtype": "F64", "shape": [1, 1], "data_offsets": [8, 16]},
    }
    return {k: v for k, v in (right | changed).items() if v is not None}


ONE = np.ones((1, 1))


class Evil:
    """What runs where a pickle of it is read."""

    def __reduce__(self) -> Any:
        return os.system, ("touch executed",)


BAD_NPZ: dict[str, tuple[Callable[[Any, Path], None], list[str]]] = {
    "empty": (lambda w, p: p.write_bytes(b""), ["not a zip file"]),
    "text": (lambda w, p: p.write_bytes(b"W = 1\n" * 50), ["not a zip file", "from save"]),
    "a .npy file": (lambda w, p: p.write_bytes(header_npy("<f8", "(1, 1)")), ["not a zip file"]),
    "numpy's own": (lambda w, p: np.savez(p, W=ONE, V=ONE), ["does not say whose", "write the file"]),
    "compressed": (lambda w, p: np.savez_compressed(p, W=ONE, V=ONE), ["its members are compressed"]),
    "a bomb": (lambda w, p: npz(p, w.METADATA, {"W": bytes(10**7), "V": ONE}, zipfile.ZIP_DEFLATED),
               ["compressed"]),
    "a bomb of shapes": (lambda w, p: npz(p, w.METADATA, {"W": header_npy("<f8", "(99999, 99999)"),
                         "V": ONE}), ["W of shape (99999, 99999)", "bytes", "holds 8"]),
    "another model": (lambda w, p: npz(p, {**w.METADATA, "model": "mazur2015"}, {"W": ONE, "V": ONE}),
                      ["of model 'mazur2015'", "expected 'pelogia2019'", "its own model"]),
    "other equations": (lambda w, p: npz(p, {**w.METADATA, "equations": "0" * 64}, {"W": ONE, "V": ONE}),
                        ["of equations '000", "expected", "train again"]),
    "another format": (lambda w, p: npz(p, {**w.METADATA, "format": "2"}, {"W": ONE, "V": ONE}),
                       ["of format '2', expected '1'"]),
    "metadata a list": (lambda w, p: npz(p, [1], {"W": ONE, "V": ONE}), ["[1], expected a JSON object"]),
    "a weight missing": (lambda w, p: npz(p, w.METADATA, {"W": ONE}), ["expected the weights ['W', 'V'], got ['W']"]),
    "a weight too many": (lambda w, p: npz(p, w.METADATA, {"W": ONE, "V": ONE, "b": ONE}), ["got ['W', 'V', 'b']"]),
    "a wrong shape": (lambda w, p: npz(p, w.METADATA, {"W": np.ones((3, 2)), "V": np.ones((1, 2))}),
                      ["V has shape (1, 2), expected (K, m) with m = 3"]),
    "too many axes": (lambda w, p: npz(p, w.METADATA, {"W": np.ones((1, 1, 1)), "V": ONE}),
                      ["W has shape (1, 1, 1), expected (m, n)"]),
    "no axis": (lambda w, p: npz(p, w.METADATA, {"W": np.ones(()), "V": ONE}), ["W has shape ()"]),
    "nothing in it": (lambda w, p: npz(p, w.METADATA, {"W": np.ones((0, 2)), "V": ONE}), ["W of shape (0, 2)"]),
    "half precision": (lambda w, p: npz(p, w.METADATA, {"W": np.float16(ONE), "V": ONE}),
                       ["W has dtype '<f2', expected <f4 or <f8"]),
    "big-endian": (lambda w, p: npz(p, w.METADATA, {"W": ONE.astype(">f8"), "V": ONE}), ["dtype '>f8'"]),
    "whole numbers": (lambda w, p: npz(p, w.METADATA, {"W": np.int64(ONE), "V": ONE}), ["dtype '<i8'"]),
    "a record": (lambda w, p: npz(p, w.METADATA, {"W": np.zeros(1, [("a", "f8")]), "V": ONE}),
                 ["W is no plain array"]),
    "not a number": (lambda w, p: npz(p, w.METADATA, {"W": ONE * np.nan, "V": ONE}), ["W is nan at [0, 0]"]),
    "infinite": (lambda w, p: npz(p, w.METADATA, {"W": ONE, "V": -ONE / 0.0}), ["V is -inf at [0, 0]"]),
    "objects": (lambda w, p: npz(p, w.METADATA, {"W": np.array([[Evil()]]), "V": ONE}),
                ["W has dtype '|O'", "never unpickled"]),
    "code in a header": (lambda w, p: npz(p, w.METADATA, {"W": header_npy("<f8", "(print(1),)"), "V": ONE}),
                         ["W is no plain array"]),
    "a pickle": (lambda w, p: npz(p, w.METADATA, {"W": pickle.dumps(Evil()), "V": ONE}), ["W is no plain array"]),
    "a member cut": (lambda w, p: npz(p, w.METADATA, {"W": header_npy("<f8", "(1, 1)")[:-3], "V": ONE}),
                     ["W of shape (1, 1)", "is 8 bytes", "holds 5"]),
    "encrypted": (lambda w, p: p.write_bytes(encrypted(w, p)), ["encrypted"]),
    "two of one name": (lambda w, p: p.write_bytes(twice()), ["two of its members have one name"]),
}  # fmt: skip


def header_npy(descr: str, shape: str) -> bytes:
    text = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    text += b" " * (-len(text) - 11 & 63) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + bytes(8)


def encrypted(plain: Any, path: Path) -> bytes:
    plain.save(path, some(plain))
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    return bytes(content)


def twice() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("W.npy", b"1")
        archive.writestr("U.npy", b"2")
    return held.getvalue().replace(b"U.npy", b"W.npy")


def raises(load: Any, path: Path, words: list[str]) -> None:
    with pytest.raises(ValueError, match=re.escape(str(path))) as caught:
        load(path)
    message = str(caught.value)
    assert all(word in message for word in words), message


@pytest.mark.parametrize("name", BAD_NPZ)
def test_a_bad_npz_is_named_with_what_is_wrong(
    plain: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write, words = BAD_NPZ[name]
    with np.errstate(all="ignore"):
        write(plain, tmp_path / "w.npz")
    raises(plain.load, tmp_path / "w.npz", words)
    assert not (tmp_path / "executed").exists()


GAP = {"dtype": "F64", "shape": [1, 1], "data_offsets": [9, 17]}
TENSOR = {"dtype": "F64", "shape": [1, 1], "data_offsets": [8, 16]}

# the header from a module, the bytes after it, the length said, words of the message
BAD_TENSORS: dict[str, tuple[Callable[[Any], Any], int, int | None, list[str]]] = {
    "no metadata": (lambda w: described(w, __metadata__=None), 16, None, ["does not say whose", "'model'"]),
    "another model": (lambda w: described(w, __metadata__={**w.METADATA, "model": "x"}), 16, None,
                      ["of model 'x', expected 'pelogia2019'"]),
    "metadata a number": (lambda w: described(w, __metadata__=1), 16, None, ["does not say whose"]),
    "beyond the file": (described, 16, 10**6, ["header would be 1000000 of", "cut off"]),
    "beyond 100 MB": (described, 16, 2**63, ["header would be 9223372036854775808"]),
    "no header": (lambda w: b"", 16, None, ["header would be 0 of 16 bytes"]),
    "not JSON": (lambda w: b"{'W': 1}", 16, None, ["no valid JSON"]),
    "not UTF-8": (lambda w: b'{"\xff": 1}', 16, None, ["no valid JSON"]),
    "a number": (lambda w: b"12", 16, None, ["header is 12, expected a JSON object"]),
    "nested deep": (lambda w: b'{"a":' + b"[" * 10**6, 0, None, ["no valid JSON", "recursion"]),
    "a key twice": (lambda w: b'{"W": 1, "W": 2}', 0, None, ["a key stands twice"]),
    "a huge number": (lambda w: b'{"W": ' + b"9" * 10**5 + b"}", 0, None, ["no valid JSON"]),
    "cut off": (described, 15, None, ["its tensors are 16 bytes", "has 15"]),
    "bytes after": (described, 17, None, ["something follows"]),
    "overlap": (lambda w: described(w, V={**TENSOR, "data_offsets": [0, 8]}), 8, None, ["overlap"]),
    "gap": (lambda w: described(w, V=GAP), 17, None, ["'V' lies at the bytes 9 to 17", "begin at 8"]),
    "backwards": (lambda w: described(w, V={**TENSOR, "data_offsets": [8, 0]}), 8, None, ["8 to 0"]),
    "negative": (lambda w: described(w, V={**TENSOR, "data_offsets": [-8, 0]}), 8, None, ["is described by"]),
    "beyond": (lambda w: described(w, V={**TENSOR, "data_offsets": [8, 2**70]}), 16, None, ["is described by"]),
    "true": (lambda w: described(w, V={**TENSOR, "shape": [True, 1]}), 16, None, ["is described by"]),
    "one offset": (lambda w: described(w, V={**TENSOR, "data_offsets": [8]}), 16, None, ["has 1 offsets"]),
    "no dtype": (lambda w: described(w, V={"shape": [1], "data_offsets": [8, 16]}), 16, None, ["is described by"]),
    "a list": (lambda w: described(w, V=[1]), 16, None, ["'V' is described by [1]"]),
    "wrong dtype": (lambda w: described(w, V={**TENSOR, "dtype": "BF16"}), 16, None, ["V has dtype 'BF16'"]),
    "dtype no text": (lambda w: described(w, V={**TENSOR, "dtype": ["F64"]}), 16, None, ["V has dtype ['F64']"]),
    "wrong size": (lambda w: described(w, V={**TENSOR, "shape": [2, 1]}), 16, None, ["V of shape (2, 1)", "is 16 bytes"]),
    "many axes": (lambda w: described(w, V={**TENSOR, "shape": [1] * 65}), 16, None, ["is described by"]),
    "wrong axes": (lambda w: described(w, V={**TENSOR, "shape": [1]}), 16, None, ["V has shape (1,), expected (K, m)"]),
    "a weight missing": (lambda w: described(w, V=None), 8, None, ["got ['W']"]),
    "a weight renamed": (lambda w: described(w, V=None, U=TENSOR), 16, None, ["got ['W', 'U']"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_TENSORS)
def test_a_bad_safetensors_is_named_with_what_is_wrong(
    plain: Any, name: str, tmp_path: Path
) -> None:
    header, after, length, words = BAD_TENSORS[name]
    path = tmp_path / "w.safetensors"
    tensors(path, header(plain), bytes(after), length)
    raises(plain.load, path, words)


def test_the_right_header_is_right(plain: Any, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    tensors(path, described(plain), bytes(16))
    assert plain.load(path).V == 0
    tensors(path, described(plain), np.array([np.inf, 0]).tobytes())
    raises(plain.load, path, ["W is inf at [0, 0]"])


def test_nesting_that_json_reads_and_repr_does_not(plain: Any, tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    for depth in range(50, sys.getrecursionlimit(), 50):
        tensors(path, b'{"W":' + b"[" * depth + b"]" * depth + b"}")
        raises(plain.load, path, [])


def test_every_cut_file_is_refused(plain: Any, path: Path) -> None:
    plain.save(path, some(plain))
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        raises(plain.load, path, [])


def test_a_flipped_bit_is_noticed_in_a_npz(plain: Any, tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    plain.save(path, some(plain))
    content = bytearray(path.read_bytes())
    content[content.index(b"} ", content.index(b"NUMPY")) + 80] ^= 1
    path.write_bytes(content)
    raises(plain.load, path, ["CRC"])


def test_other_suffixes_and_missing_files(plain: Any, tmp_path: Path) -> None:
    for call in (plain.load, lambda path: plain.save(path, some(plain))):
        with pytest.raises(ValueError, match=r"w\.pkl: expected a path that ends in \.npz or"):
            call(tmp_path / "w.pkl")
    with pytest.raises(FileNotFoundError, match=r"w\.npz"):
        plain.load(tmp_path / "w.npz")
    with pytest.raises(FileNotFoundError, match="missing"):  # the folder that there is not
        plain.save(tmp_path / "missing" / "w.npz", some(plain))


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        (None, TypeError, r"expected Parameters\(W, V\), got None"),
        ((ONE,), TypeError, r"expected Parameters\(W, V\)"),
        ((ONE, "V"), TypeError, "V is <U1, expected float32 or float64"),
        ((ONE, ONE * 1j), TypeError, "V is complex128"),
        ((ONE, ONE > 0), TypeError, "V is bool"),
        ((ONE, np.ones(1)), ValueError, r"V has shape \(1,\), expected \(K, m\) with m = 1"),
        ((ONE, np.ones((1, 2))), ValueError, r"V has shape \(1, 2\), expected \(K, m\) with m = 1"),
        ((ONE, ONE * np.nan), ValueError, r"V is nan at \[0, 0\]"),
        ((ONE, [[1.0], [1.0, 2.0]]), ValueError, "V has rows of unequal length"),
    ],
)
def test_nothing_wrong_is_saved(
    plain: Any, path: Path, given: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=f"parameters: {words}"):
        plain.save(path, given)
    assert not list(path.parent.iterdir())


# --- any bytes --------------------------------------------------------------------------------


def refused_or_read(module: Any, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        module.load(path)
        return
    except (ValueError, OSError) as error:
        said = str(error)
    assert str(path) in said


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(
    plain: Any, tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    refused_or_read(plain, tmp_path_factory.getbasetemp() / f"any{suffix}", content)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_a_file_with_other_bytes_here_and_there_is_refused_or_read(
    plain: Any, tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / f"changed{suffix}"
    plain.save(path, some(plain))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        put = data.draw(st.sampled_from([b"\x00", b"\xff", b"\xff" * 4, b"\x7f", b"[", b'"'])
                        | st.binary(min_size=1, max_size=4))  # fmt: skip
        content[place : place + len(put)] = put
    refused_or_read(plain, path, bytes(content))


@st.composite
def headers(draw: st.DrawFn) -> Any:
    words = st.sampled_from(["W", "V", "dtype", "shape", "data_offsets", "F64", "__metadata__"])
    leaf = words | st.integers() | st.booleans() | st.none() | st.floats() | st.text(max_size=3)
    return draw(
        st.recursive(
            leaf, lambda x: st.lists(x, max_size=3) | st.dictionaries(words, x), max_leaves=12
        )
    )


@settings(max_examples=200, deadline=None)
@given(header=headers(), whole=st.booleans())
def test_any_header_is_refused_in_words(
    plain: Any, tmp_path_factory: pytest.TempPathFactory, header: Any, whole: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "header.safetensors"
    if whole:
        header = {**described(plain), "W": header}
    text = json.dumps(header).encode()
    refused_or_read(plain, path, len(text).to_bytes(8, "little") + text + bytes(16))


# --- other processes that save ----------------------------------------------------------------


def test_what_a_killed_process_left_goes_with_the_next_save(plain: Any, path: Path) -> None:
    """The kills themselves are in tests/test_disk.py."""
    left = path.with_name(f".other{path.suffix}.0123456789abcdef.tmp")
    another = path.with_name(f".notes{path.suffix}.tmp")
    for file in (left, another):
        file.write_bytes(b"half")
    plain.save(path, some(plain))
    assert sorted(path.parent.iterdir()) == sorted([path, another])


def test_what_another_process_is_saving_stays(plain: Any, path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    held = path.with_name(f".other{path.suffix}.0123456789abcdef.tmp")
    with held.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        plain.save(path, some(plain))
        assert held.exists()


def side_by_side(folder: Path, name: str = "pelogia2019") -> Path:
    files = files_of(derive.load(name))
    for file in ("trainer.py", "weights.py"):
        (folder / file).write_text(files[file], encoding="utf-8")
    return folder


# --- the files --------------------------------------------------------------------------------


def test_two_files_in_an_empty_folder_need_numpy_alone(tmp_path: Path) -> None:
    side_by_side(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import trainer, weights\n"
        "p = trainer.initialise(3, 4, 1, seed=0)\n"
        "for path in ('w.npz', 'w.safetensors'):\n"
        "    weights.save(path, p); q = weights.load(path)\n"
        "    assert all((a == b).all() for a, b in zip(p, q))\n"
        "known = {'sympy', 'derive', 'jinja2', 'scipy', 'sklearn', 'torch', 'safetensors'}\n"
        "print(sorted(known & set(sys.modules)), type(q).__name__)\n"
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)],
        cwd=elsewhere, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "[] Parameters\n", done.stderr


def test_as_a_package_it_takes_the_trainer_beside_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "generated" / "digits", tmp_path / "generated" / "digits")
    code = (
        "from generated.digits import trainer, weights\n"
        "assert weights.Parameters is trainer.Parameters; print(weights.MODEL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "digits\n", done.stderr


def test_every_public_function_says_what_it_takes(weights: ModuleType) -> None:
    for name in ("save", "load", "from_sklearn", "from_torch"):
        assert inspect.getdoc(getattr(weights, name))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "derive/models").glob("*.toml")), ids=lambda p: p.stem
)
def test_no_line_of_the_file_is_too_long(path: Path) -> None:
    lines = weights_text(derive.load(path)).splitlines()[1:]
    assert max(map(len, lines)) <= 100


DOCS = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
EXAMPLES = blocks(DOCS.partition("## Weights travel")[2].partition("\n## ")[0], "python")


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_the_examples_of_the_docs_run(place: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EXAMPLES[place]],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "True\n", done.stderr


MUTANTS = {
    "transposed": ("dtype, order=\"C\")", "dtype, order=\"C\").T.copy()"),
    "another order of bytes": ('newbyteorder("<")', 'newbyteorder(">")'),
    "offsets of half the bytes": ("end + array.nbytes", "end + array.nbytes // 2"),
    "layers turned": ("arrays[name] for name in AXES", "arrays[name] * 2 for name in AXES"),
    "a syntax error": ("def save(", "def save save("),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_file_is_caught(name: str) -> None:
    files = files_of(derive.load("hmkcode"))
    old, new = MUTANTS[name]
    assert old in files["weights.py"]
    wrong = files["weights.py"].replace(old, new)
    certificate = check_weights(wrong, files["trainer.py"], derive.load("hmkcode"))
    assert not certificate
    assert all(check.detail for check in certificate.failures)
