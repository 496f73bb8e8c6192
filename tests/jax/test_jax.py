"""Functions of JAX whose gradient is the derived one: proven, and what users do with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive import locate
from derive.code.module import load
from derive.code.reference import computed
from derive.code.texts import trainer_text, weights_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.evaluation.sides import with_sides
from derive.jax.check import check_jax
from derive.jax.text import jax_text
from derive.model.batch import batch
from derive.model.model import Model
from derive.pipeline import Edition, make
from derive.proof.certificate import Certificate
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import UNIT, write_text
from tests.examples import run_examples
from tests.stress.models import made

jax = pytest.importorskip("jax")

SEEDS = range(30)


def derived(model: Model) -> Simplified:
    return simplify(differentiate(batch(with_sides(model))))


def text_of(model: Model) -> str:
    return jax_text(model, derived(model))


def module_of(model: Model) -> Any:
    return load(text_of(model), "functions")


def certificate(model: Model, text: str) -> Certificate:
    batched = derived(model)
    return check_jax(text, batched.derivation, computed(batched))


@pytest.fixture(scope="module")
def digits() -> Any:
    return module_of(derive.load("digits"))


@pytest.fixture
def double() -> Iterator[None]:
    with jax.enable_x64(True):
        yield


def batch_of(n: int, K: int, N: int = 8) -> tuple[Any, Any]:
    random = np.random.default_rng(0)
    y = np.eye(K)[random.integers(K, size=N)]
    return jax.numpy.asarray(random.standard_normal((N, n))), jax.numpy.asarray(y)


def alike(ours: Any, theirs: Any) -> None:
    for one, other in zip(jax.tree.leaves(ours), jax.tree.leaves(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", locate.shipped())
def test_what_is_written_of_the_gallery_gives_the_derived_gradient(name: str) -> None:
    model = derive.load(name)
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_models_of_the_whole_language_give_the_derived_gradient(seed: int) -> None:
    model = resolve(f"random{seed}", Source(f"random{seed}.toml", made(seed).text))
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dL_dz2 = dL_dL * (p - y) / N", "dL_dz2 = dL_dL * (p - y)"),
        ("(1 - h ** 2)", "(1 - h)"),
        ("dL_dL * (p", "1 * (p"),
        ("return p\n", "return z2\n"),
        ("z1 = x @ W1.T + b1", "z1 = x.astype(float) @ W1.T + b1"),
    ],
)
def test_wrong_functions_are_not_proven(right: str, wrong: str) -> None:
    model = derive.load("digits")
    text = text_of(model)
    assert right in text
    assert not certificate(model, text.replace(right, wrong))


@pytest.mark.usefixtures("double")
def test_grad_jit_and_vmap_agree_with_autodiff_of_the_forward_pass(digits: Any) -> None:
    parameters = digits.initialise(jax.random.key(0), 5, 4, 3)
    x, y = batch_of(5, 3)

    def plain(parameters: Any, x: Any, y: Any) -> Any:
        return -(y * jax.numpy.log(digits.forward(parameters, x))).sum() / len(x)

    wanted = jax.value_and_grad(plain)(parameters, x, y)
    alike(digits.gradient(parameters, x, y), wanted)
    alike(jax.jit(digits.gradient)(parameters, x, y), wanted)
    alike(jax.grad(jax.jit(digits.error))(parameters, x, y), wanted[1])
    several = jax.vmap(lambda key: digits.initialise(key, 5, 4, 3))(
        jax.random.split(jax.random.key(1), 6)
    )
    mapped = jax.jit(jax.vmap(digits.gradient, (0, None, None)))(several, x, y)
    for n in range(6):
        one = jax.tree.map(lambda array, n=n: array[n], (several, mapped))
        alike(one[1], digits.gradient(one[0], x, y))
    each = jax.vmap(lambda a, b: digits.gradient(parameters, a[None], b[None])[1])(x, y)
    alike(jax.tree.map(lambda array: array.mean(axis=0), each), wanted[1])


def test_a_network_learns_in_a_loop_that_is_compiled_whole(digits: Any) -> None:
    x, y = batch_of(6, 3, N=40)
    start = digits.initialise(jax.random.key(0), 6, 8, 3)

    def step(parameters: Any, _: Any) -> Any:
        error, partials = digits.gradient(parameters, x, y)
        return jax.tree.map(lambda w, d: w - d, parameters, partials), error

    _, errors = jax.jit(lambda start: jax.lax.scan(step, start, length=500))(start)
    assert errors[-1] < errors[0] / 5
    assert errors.dtype == np.float32


def test_weights_go_to_files_and_come_from_them(digits: Any, tmp_path: Path) -> None:
    model = derive.load("digits")
    trainer = load(trainer_text(model, derived(model)), "trainer")
    weights = load(weights_text(model), "weights", trainer=trainer)
    parameters = digits.initialise(jax.random.key(0), 5, 4, 3)
    weights.save(tmp_path / "weights.npz", parameters)
    again = digits.Parameters(*weights.load(tmp_path / "weights.npz"))
    x, y = batch_of(5, 3)
    for one, other in zip(parameters, again, strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype
    alike(digits.gradient(again, x, y), digits.gradient(parameters, x, y))
    output = trainer.forward(trainer.Parameters(*again), x)
    np.testing.assert_allclose(digits.forward(parameters, x), output, rtol=1e-5)


def test_what_does_not_fit_is_said(digits: Any) -> None:
    parameters = digits.initialise(jax.random.key(0), 5, 4, 3)
    x, y = batch_of(5, 3)
    with pytest.raises(ValueError, match=r"y of shape \(N, K\) = \(8, 3\), got \(8,\)"):
        digits.gradient(parameters, x, y.argmax(axis=1))
    with pytest.raises(ValueError, match=r"expected x of shape \(N, n\) = \(8, 5\), got \(8, 4\)"):
        digits.forward(parameters, x[:, :4])
    with pytest.raises(ValueError, match="there is no derivative by x: stop its gradient"):
        jax.grad(digits.error, 1)(parameters, x, y)
    with pytest.raises(TypeError, match="forward-mode"):
        jax.jvp(lambda w: digits.error(w, x, y), (parameters,), (parameters,))


def test_an_input_that_is_named_has_its_derivative(tmp_path: Path) -> None:
    path = write_text(tmp_path, UNIT.replace("targets", 'derivatives_by = ["x"]\ntargets'))
    model = derive.load(path)
    certificate(model, text_of(model)).require()
    module = module_of(model)
    x, y = jax.numpy.ones(3), jax.numpy.zeros(3)
    found = jax.grad(module.error, 1)(module.Parameters(jax.numpy.asarray(3.0)), x, y)
    np.testing.assert_allclose(found, np.full(3, 3.0), rtol=1e-6)


HOSTILE = '''
title   = "Names that Python and JAX have"
source  = "tests"
weights = ["jax[self,kept]", "jnp[self]", "key", "dtype[nn,self]"]
inputs  = ["x[kept]"]
targets = ["upstream[nn]"]

equations = """
keys[self] = tanh(sum(kept, jax[self,kept] * x[kept]) + jnp[self])
given[nn] = key * sum(self, dtype[nn,self] * keys[self])
parameters = sum(nn, (given[nn] - upstream[nn])^2)
"""

[sizes]
self = "Array"
kept = "Any"
nn = "partials"

[example]
Array = 2
Any = 2
partials = 2
'''


def test_names_that_are_taken_are_left_alone(tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, HOSTILE))
    certificate(model, text_of(model)).require()
    assert module_of(model).Parameters._fields == ("jax_", "jnp_", "key_", "dtype_")


def test_it_is_written_for_whom_asks(tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, UNIT))
    build = make(model, Edition(targets=("jax",)))
    build.require()
    assert build.certificates[-1].title == "the functions of JAX"
    assert "@jax.custom_vjp" in build.files["functions.py"]
    assert "functions.py" not in make(model).files


def test_the_examples_run(tmp_path: Path) -> None:
    run_examples(
        "jax",
        "digits.functions",
        "import jax; x, y = jax.numpy.ones((8, 64)), jax.numpy.eye(10)[:8]",
        tmp_path,
    )
