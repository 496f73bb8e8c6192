"""Networks in C: compiled without a warning, under the sanitizers, and called through ctypes."""

import ctypes
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive import locate
from derive.c import check
from derive.c.check import check_c, code_of, compiled, compiler_here
from derive.c.text import c_files
from derive.code.module import load
from derive.model.model import Model
from derive.pipeline import Edition, make
from derive.proof.certificate import Certificate
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.conftest import model_of
from tests.unrolled.test_unrolled import derived, random_model, trainer_of

SEEDS = (*range(100, 135), 201, 206, 217, 321)
"""The last ones are those whose code was wrong once."""

STRICT = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Werror")

needs_a_compiler = pytest.mark.skipif(compiler_here() is None, reason="there is no C compiler")


def files_of(model: Model) -> dict[str, str]:
    return c_files(derived(model))


def certificate(model: Model, files: dict[str, str]) -> Certificate:
    return check_c(files, trainer_of(model), derived(model))


def compile_(files: dict[str, str], folder: Path, *flags: str) -> Path:
    return compiled(files, folder, (str(compiler_here()), *flags))


@needs_a_compiler
@pytest.mark.parametrize("name", locate.shipped())
def test_the_gallery_in_c_computes_what_the_equations_say(name: str) -> None:
    model = derive.load(name)
    found = certificate(model, files_of(model))
    found.require()
    assert len(found.checks) > 10


@needs_a_compiler
@pytest.mark.parametrize("seed", SEEDS)
def test_random_models_of_the_whole_language_in_c(seed: int) -> None:
    model = random_model(seed)
    found = certificate(model, files_of(model))
    found.require()
    assert len(found.checks) > 10


@needs_a_compiler
@pytest.mark.parametrize("name", locate.shipped())
def test_the_strictest_compiler_has_nothing_to_say_in_either_precision(
    tmp_path: Path, name: str
) -> None:
    files = files_of(derive.load(name))
    single = f"-D{name.upper()}_FLOAT"
    for more in ((), (single, "-Wdouble-promotion")):
        compile_(files, tmp_path, *STRICT, *more, "-shared", "-fPIC")


MAIN = """
#include "{name}.h"
#include <stdio.h>
static {name}_parameters p = {{ {weights} }};
static const {name}_sample s[2] = {{ {{ {sample} }}, {{ {sample} }} }};
int main(void)
{{
    {name}_parameters g;
    const double value = (double){name}_gradient(&p, {given}, &g);
    {name}_update(&p, {given}, ({name}_real)0.125);
    {name}_train(&p, s, 2U, 3U, ({name}_real)0.125);
    return printf("%.17g %.17g\\n", value, (double){name}_error(&p, {given})) < 0;
}}
"""


def braced(shape: list[int], numbers: Iterator[float]) -> str:
    if not shape:
        return repr(next(numbers))
    return f"{{ {', '.join(braced(shape[1:], numbers) for _ in range(shape[0]))} }}"


@needs_a_compiler
@pytest.mark.parametrize("name", ["attention", "cs231n", "layer_norm", "pelogia2019", "residual"])
def test_a_program_runs_clean_under_the_sanitizers(tmp_path: Path, name: str) -> None:
    model = derive.load(name)
    sizes = dict(model.example)
    chance = np.random.default_rng(0)
    numbers = iter(lambda: float(chance.uniform(0.1, 0.9)), None)

    def of(arrays: Any) -> str:
        return ", ".join(braced([sizes[s] for s in a.shape], numbers) for a in arrays)

    files = files_of(model)
    given = ", ".join(f"s[0].{array.name}" for array in model.data)
    program = MAIN.format(name=name, weights=of(model.weights), sample=of(model.data), given=given)
    sanitized = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    path = compile_({**files, "main.c": program}, tmp_path, "-std=c99", "-Wall", *sanitized)
    done = subprocess.run([path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(np.isfinite(float(word)) for word in done.stdout.split())


@needs_a_compiler
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("sum += W[j][i] * I[i];", "sum -= W[j][i] * I[i];"),
        ("(real)0.5 * sum_EQ", "sum_EQ"),
        ("dEQ_dW[j][i] = delta_h[j] * I[i];", "dEQ_dW[j][i] = delta_h[0] * I[i];"),
        ("V[k][j] -= t * (delta_o", "V[k][j] += t * (delta_o"),
        ("n < count", "n + 1U < count"),
        ("j < PELOGIA2019_m", "j < 1U"),
        ("const real EQ =", "real unused; const real EQ ="),
        ("return EQ;", "return EQ"),
    ],
)
def test_a_source_with_a_fault_is_not_certified(right: str, wrong: str) -> None:
    model = derive.load("pelogia2019")
    files = files_of(model)
    assert right in files["pelogia2019.c"]
    assert not certificate(
        model, {**files, "pelogia2019.c": files["pelogia2019.c"].replace(right, wrong)}
    )


def test_without_a_compiler_the_certificate_says_that_nothing_was_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check, "compiler_here", lambda: None)
    model = derive.load("pelogia2019")
    found = certificate(model, {})
    assert found
    assert "no C compiler" in found.limits[0].limit


@needs_a_compiler
def test_a_build_that_asks_for_it_writes_header_and_source() -> None:
    built = make(derive.load("pelogia2019"), Edition(targets=("c",)))
    built.require()
    assert {"pelogia2019.h", "pelogia2019.c"} <= built.files.keys()
    assert "the network in C" in [each.title for each in built.certificates]


@needs_a_compiler
def test_parameters_lie_as_ravel_has_them_and_float_is_half_as_long(tmp_path: Path) -> None:
    model = derive.load("pelogia2019")
    trainer: Any = load(trainer_of(model), "trainer")
    parameters = trainer.initialise(2, 2, 1, seed=3)
    flat, I, y = trainer.ravel(parameters), [0.3, -0.7], [0.9]
    value, partials = trainer.gradient(parameters, I, y)
    flags = ("-std=c99", "-O2", "-shared", "-fPIC")
    double = code_of(compile_(files_of(model), tmp_path, *flags), model)
    ours, slopes = double.gradient(flat.tolist(), [I, y])
    np.testing.assert_allclose(ours, value, rtol=1e-14)
    np.testing.assert_allclose(slopes, trainer.ravel(partials), rtol=1e-13)
    path = compile_(files_of(model), tmp_path, *flags, "-DPELOGIA2019_FLOAT")
    function = ctypes.CDLL(str(path)).pelogia2019_gradient
    function.restype = ctypes.c_float
    given = [np.array(x, np.float32) for x in (flat, I, y, np.zeros(6))]
    found = function(*(x.ctypes.data_as(ctypes.c_void_p) for x in given))
    np.testing.assert_allclose(found, value, rtol=1e-6)
    np.testing.assert_allclose(given[-1], trainer.ravel(partials), rtol=1e-5)


@needs_a_compiler
@pytest.mark.parametrize("far", [30.0, 800.0, 1e4])
@pytest.mark.parametrize(
    "error",
    [
        "-sum(k, y[k] * log(softmax(k, z[k])))",
        "log(sum(k, exp(z[k]))) - sum(k, z[k] * y[k])",
        "-sum(k, y[k] * log(logistic(z[k])) + (1 - y[k]) * log(1 - logistic(z[k])))",
        "sum(k, softplus(z[k]) - y[k] * z[k])",
    ],
)
def test_far_logits_are_as_right_as_the_trainer_has_them(
    tmp_path: Path, error: str, far: float
) -> None:
    text = f"z[k] = sum(j, V[k,j] * sum(i, W[j,i] * I[i]))\nE = {error}"
    model = model_of(tmp_path, text)
    trainer: Any = load(trainer_of(model), "trainer")
    code = code_of(compile_(files_of(model), tmp_path, "-std=c99", "-shared", "-fPIC"), model)
    W, V = np.array([[1.0, 0.25], [0.5, 1.0]]), far * np.array([[1.0, 0.5], [-1.0, 0.1]])
    I, y = [0.8, 0.6], [1.0, 0.0]
    for sign in (1.0, -1.0):
        weights = trainer.Parameters(W, sign * V)
        value, partials = trainer._gradient(weights, np.array([I]), np.array([y]))
        ours, slopes = code.gradient(trainer.ravel(weights).tolist(), [I, y])
        assert np.isfinite(value)
        np.testing.assert_allclose(ours, value, rtol=1e-12)
        np.testing.assert_allclose(slopes, trainer.ravel(partials), rtol=1e-12, atol=1e-300)


@needs_a_compiler
@pytest.mark.parametrize(
    "penalty", ["", " + sum(k, j, V[k,j]^2)", " + sum(j, i, k, W[j,i] * V[k,j])"]
)
def test_weights_move_in_their_places(tmp_path: Path, penalty: str) -> None:
    network = "z[j] = tanh(sum(i, W[j,i] * I[i]))\nO[k] = tanh(sum(j, V[k,j] * z[j]))"
    model = model_of(tmp_path, f"{network}\nE = sum(k, (O[k] - y[k])^2){penalty}")
    files = files_of(model)
    assert "parameters gradient;" not in files["example.c"]
    certificate(model, files).require()


@needs_a_compiler
def test_weights_move_by_way_of_a_gradient_where_a_derivative_reads_another_weight() -> None:
    text = """
title = "A test"
source = "tests"
weights = ["a", "b"]
inputs = ["x"]
targets = ["y"]
equations = "E = (a*b*x - y)^2"
"""
    model = resolve("two", Source("two.toml", text))
    files = files_of(model)
    assert "two_parameters gradient;" in files["two.c"]
    certificate(model, files).require()


@needs_a_compiler
def test_a_letter_that_a_sum_binds_is_no_letter_of_the_entry_that_moves() -> None:
    text = """
title = "A test"
source = "tests"
weights = ["w[j]"]
inputs = ["x[j]"]
targets = ["y"]
equations = '''
n = sum(j, w[j]^2)
E = (sum(j, w[j]*x[j]) - y)^2 + n^2
'''
[sizes]
j = "m"
[example]
m = 3
"""
    model = resolve("norm", Source("norm.toml", text))
    certificate(model, files_of(model)).require()


@needs_a_compiler
def test_names_that_c_has_for_itself_are_another_ones(tmp_path: Path) -> None:
    text = """
title = "A test"
source = "tests"
weights = ["double[j,i]", "fabs[j]", "erfcx"]
inputs = ["parameters[i]"]
targets = ["real"]
equations = '''
int[j] = tanh(mean(i, double[j,i] * parameters[i]) + fabs[j])
static = erfcx * mean(j, int[j])
float = (static - real)^2 / 2 + mean(j, exp(-fabs[j]))
'''
[sizes]
i = "n"
j = "m"
[example]
n = 3
m = 2
"""
    model = resolve("double", Source("double.toml", text))
    certificate(model, files_of(model)).require()


def test_nothing_is_allocated_and_only_headers_of_the_language_are_included() -> None:
    for name in locate.shipped():
        for text in files_of(derive.load(name)).values():
            assert not re.search(r"\b(malloc|calloc|realloc|alloca|free)\b", text)
            found = set(re.findall(r"#include (\S+)", text))
            assert found <= {"<math.h>", "<stddef.h>", "<stdbool.h>", f'"{name}.h"'}
