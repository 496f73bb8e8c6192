"""The range over which a trainer holds is measured: what shrinks it is said."""

import re

import pytest

from derive.code.check import check_trainer
from derive.code.extremes import check_range
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.reading.resolve import resolve
from derive.reading.source import Source

HEAD = """title = "t"
source = "s"
weights = ["W[j,i]"]
inputs = ["x[i]"]
targets = ["y[j]"]
sizes = { i = "n", j = "m" }
example = { n = 2, m = 2 }
"""


SOFTMAX = """
z[j] = sum(i, W[j,i]*x[i])
p[j] = softmax(j, z[j])
L = sum(j, (p[j] - y[j])^2)
"""


LOGISTIC = """
z[j] = sum(i, W[j,i]*x[i])
p[j] = logistic(z[j])
L = sum(j, (p[j] - y[j])^2)
"""


STEEP = """
z[j] = sum(i, W[j,i]*x[i])
p[j] = logistic(z[j])
L = sum(j, (p[j] + z[j] - y[j])^2)
"""


def _made(equations: str, head: str = HEAD) -> tuple[str, Derivation]:
    model = resolve("t", Source("t.toml", f'{head}equations = """{equations}"""'))
    batched = simplify(differentiate(batch(model)))
    return trainer_text(model, batched), batched.derivation


def _replaced(source: str, old: str, new: str) -> str:
    assert old in source
    return source.replace(old, new)


def _reach(claim: str) -> float:
    found = re.search(r"up to ([\d.e+]+)$", claim)
    assert found
    return float(found[1])


@pytest.mark.parametrize("equations", [SOFTMAX, LOGISTIC])
def test_a_stable_trainer_holds_far_out_in_both_formats(equations: str) -> None:
    source, derivation = _made(equations)
    checks = list(check_range(load(source, "t"), derivation))
    assert [check.claim.split(":")[0] for check in checks] == ["float64"] * 2 + ["float32"] * 2
    assert not any(check.limit for check in checks)
    assert all(_reach(check.claim) > 5000 for check in checks[::2])


def test_a_shift_left_out_shrinks_the_range_and_the_trainer_still_passes() -> None:
    source, derivation = _made(SOFTMAX)
    mutant = _replaced(source, "np.exp(z - np.max(z.real, axis=axis, keepdims=True))", "np.exp(z)")
    certificate = check_trainer(mutant, derivation)
    assert certificate, certificate.failures
    double, single = (check for check in certificate.limits if "up to" in check.claim)
    assert 200 < _reach(double.claim) < 1500  # of arguments of either sign
    assert 20 < _reach(single.claim) < 200
    assert "it should be" in double.limit or "warning" in double.limit


def test_a_warning_is_a_fault() -> None:
    source, derivation = _made(LOGISTIC)
    mutant = _replaced(source, "np.exp(np.where(z.real < 0, z, -z))", "1 / np.exp(abs(z))")
    limits = [check.limit for check in check_range(load(mutant, "t"), derivation)]
    assert any("warning: overflow" in limit for limit in limits)


def test_a_finite_number_that_is_wrong_far_out_is_seen() -> None:
    source, derivation = _made(STEEP)
    assert not any(check.limit for check in check_range(load(source, "t"), derivation))
    line = next(line for line in source.splitlines() if line.strip().startswith("dL_dW = "))
    right = line.split("#")[0].rstrip()
    mutant = _replaced(source, line, f"{right} * (1 + 1e-4 * (np.max(abs(W)) > 300))")
    assert check_trainer(mutant, derivation)
    limits = [check.limit for check in check_range(load(mutant, "t"), derivation)]
    assert all("it should be" in limit for limit in limits[::2])


def test_zeros_and_ties_are_tried() -> None:
    source, derivation = _made(SOFTMAX)
    mutant = _replaced(source, "z = x @ W.T", "z = x @ W.T * (np.max(abs(W)) / np.max(abs(W)))")
    limits = [check.limit for check in check_range(load(mutant, "t"), derivation)]
    assert all("all weights 0" in limit for limit in limits[1::2])
    assert not any(limits[::2])


def test_arguments_that_are_zero_for_all_weights_have_a_range_too() -> None:
    """The variance of one number is 0."""
    equations = "z[j] = sum(i, W[j,i]*x[i])\nv = mean(j, (z[j] - mean(k, z[k]))^2)\n"
    equations += "L = tanh(v) + sum(j, (z[j] - y[j])^2)"
    head = HEAD.replace("m = 2", "m = 1").replace('j = "m"', 'j = "m", k = "m"')
    source, derivation = _made(equations, head)
    assert list(check_range(load(source, "t"), derivation))
