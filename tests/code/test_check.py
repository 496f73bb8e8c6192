"""The check of a trainer: as strict as rounding allows, and no stricter."""

import re

import pytest

from derive.code.check import check_trainer
from derive.code.reference import computed
from derive.code.texts import trainer_text
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.reading.resolve import resolve
from derive.reading.source import Source

LAYERS = 12


DEEP = "\n".join(
    f"h{n + 1}[j{n + 1}] = tanh(sum(j{n}, W{n + 1}[j{n + 1},j{n}]*h{n}[j{n}]))"
    for n in range(1, LAYERS)
)


def _text(weights: list[str], equations: str, sizes: str) -> str:
    held = ", ".join(f'"{weight}"' for weight in weights)
    made = "".join(f'{size.strip()} = "n{size.strip()}"\n' for size in sizes.split(","))
    example = "".join(f"n{size.strip()} = 2\n" for size in sizes.split(","))
    return f'''title = "t"
source = "s"
weights = [{held}]
inputs = ["x[i]"]
targets = ["y[{sizes.rsplit(",", maxsplit=1)[-1].strip()}]"]
equations = """
{equations}
"""
[sizes]
{made}
[example]
{example}'''


TEXTS = {
    "twelve layers": _text(
        ["W1[j1,i]", *(f"W{n + 1}[j{n + 1},j{n}]" for n in range(1, LAYERS))],
        f"h1[j1] = tanh(sum(i, W1[j1,i]*x[i]))\n{DEEP}\n"
        f"L = squared_error(j{LAYERS}, h{LAYERS}[j{LAYERS}], y[j{LAYERS}])",
        f"i, {', '.join(f'j{n}' for n in range(1, LAYERS + 1))}",
    ),
    "a product of many factors": _text(
        ["W1[j,i]"],
        f"z[j] = 1000*sum(i, W1[j,i]*x[i])\np[j] = {'*'.join(['z[j]'] * 12)}\n"
        "L = sum(j, (p[j] - y[j])^2)",
        "i, j",
    ),
    "a low temperature": _text(
        ["W1[j,i]"],
        "p[j] = softmax(j, sum(i, W1[j,i]*x[i])/0.007)\nL = -sum(j, y[j]*log(p[j]))",
        "i, j",
    ),
    "small numbers": _text(
        ["W1[j,i]"],
        "o[j] = sum(i, W1[j,i]*x[i])/10^9\nL = sum(j, (o[j] - y[j]/10^9)^2)",
        "i, j",
    ),
}


def _made(text: str) -> tuple[str, Derivation]:
    """A model's trainer, and the derivation that it is held against."""
    model = resolve("t", Source("t.toml", text))
    batched = simplify(differentiate(batch(model)))
    return trainer_text(model, batched), batched.derivation


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_right_trainer_passes_and_one_entry_off_by_a_billionth_does_not(text: str) -> None:
    source, derivation = _made(text)
    certificate = check_trainer(source, derivation)
    assert certificate, certificate.failures
    returned = re.search(r"^    return L, Parameters\((\w+)", source, re.MULTILINE)
    assert returned
    slope = returned[1]
    off = f"    {slope} = {slope} * 1.0\n    {slope}[0, 0] *= 1 + 1e-9\n"
    mutant = source.replace(returned[0], off + returned[0])
    failures = check_trainer(mutant, derivation).failures
    assert {failure.claim.split(" (")[0] for failure in failures} >= {
        "gradient returns ∂L/∂W1",
        "gradient is the complex step of L by W1",
    }


def test_a_number_below_every_float_is_zero_in_code() -> None:
    text = _text(
        ["W1[j,i]"],
        "o[j] = norm(i, W1[j,i]*exp(-10^4*(1 + x[i]^2)))\nL = sum(j, o[j])",
        "i, j",
    ).replace('targets = ["y[j]"]', "targets = []")
    source, derivation = _made(text)
    certificate = check_trainer(source, derivation)
    assert certificate, certificate.failures


def test_what_is_left_out_of_one_adjoint_as_zero_may_be_rounded_in_the_next() -> None:
    """∂L/∂μ is 0, as deviations from a mean add up to 0; and ∂L/∂c is what rounding leaves."""
    text = _text(
        ["W1[j,i]", "c"],
        "a[j] = sum(i, W1[j,i]*x[i])/100 + c\nmu = mean(j, a[j])\nv = mean(j, (a[j] - mu)^2)\n"
        "d[j] = (a[j] - mu)/(v + 1e-3)^(1/2)\n"
        "L = sum(j, d[j]^2)/10 + exp(tanh(v)) + sum(j, y[j])^2",
        "i, j",
    )
    model = resolve("t", Source("t.toml", text))
    batched = simplify(differentiate(batch(model)))
    source = trainer_text(model, batched)
    certificate = check_trainer(source, batched.derivation, computed(batched))
    assert certificate, certificate.failures


def test_a_wrong_slope_is_seen_where_rounded_equations_have_no_value() -> None:
    """1 - p is 1e-17, and 1 - p(1 + 2^-53) has no logarithm; code has erfc(z) for it."""
    text = _text(
        ["W1[j,i]"],
        "p[j] = erf(6 + sum(i, W1[j,i]*x[i])^2/100)\nr[j] = 1 - p[j]\n"
        "L = sum(j, (log(r[j]) - y[j])^2)",
        "i, j",
    )
    model = resolve("t", Source("t.toml", text))
    batched = simplify(differentiate(batch(model)))
    source, held = trainer_text(model, batched), (batched.derivation, computed(batched))
    certificate = check_trainer(source, *held)
    assert certificate, certificate.failures
    mutant = source.replace(
        "return L, Parameters(dL_dW1)", "return L, Parameters(dL_dW1 * 1.000001)"
    )
    claims = {failure.claim.split(" (")[0] for failure in check_trainer(mutant, *held).failures}
    assert "gradient returns ∂L/∂W1" in claims
