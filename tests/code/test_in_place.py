"""What training computes in arrays that are made once is what `gradient` computes anew."""

from typing import Any

import numpy as np
import pytest

from derive import locate
from derive.code.module import load
from derive.code.texts import trainer_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.model.batch import batch
from derive.model.model import Model
from derive.reading.resolve import load as load_model
from derive.reading.resolve import resolve
from derive.reading.source import Source
from tests.stress.models import made
from tests.stress.witness import draw

HEAD = """title = "t"
source = "s"
weights = ["W[j,i]", "b[j]"]
inputs = ["x[i]"]
targets = ["y[j]"]
sizes = { i = "n", j = "m" }
example = { n = 3, m = 2 }
"""

EQUATIONS = {
    "terms one after the other": "E = sum(j, (1 + z[j] - 2*y[j])^2)",
    "a term that is taken away first": "E = sum(j, (y[j] - 2*z[j]*z[j] - z[j])^3)",
    "a quotient": "E = sum(j, z[j]*y[j]/(1 + z[j]^2))",
    "one over": "E = sum(j, 3/(2 + z[j]^2) - y[j])",
    "a high power": "E = sum(j, (z[j] - y[j])^6)",
    "a root": "E = sum(j, sqrt(1 + z[j]^2)*y[j])",
    "a choice": "E = sum(j, max(z[j], y[j])*where(z[j] > 0.1, z[j], 2))",
    "a function and its slope": "h[j] = logistic(z[j])\nE = sum(j, (h[j] - y[j])^2)",
    "a softmax and its logarithm": "p[j] = softmax(j, z[j])\nE = -sum(j, y[j]*log(p[j]))",
    "a logarithm of a sum alone": "E = log(sum(j, exp(z[j]))) - sum(j, y[j]*z[j])",
    "a derivative that is one along a row": "E = sum(j, z[j]*y[j]) + sum(j, sum(i, 3*W[j,i])^2)",
    "one that is one number": "E = sum(j, z[j]*y[j]) + sum(j, i, W[j,i])^2 + 2*sum(j, b[j])",
    "numbers beside": "E = 2 + sum(j, z[j]*y[j]) + 3*sum(j, b[j]^2)/4",
}


def trainer(model: Model) -> Any:
    return load(trainer_text(model, simplify(differentiate(batch(model)))), model.name)


def require_same(module: Any, weights: list[Any], data: list[Any], other: list[Any]) -> None:
    """Twice in the same arrays, with other samples between; what is given stays as it is."""
    parameters = module.Parameters(*weights)
    partials = module.Parameters(*map(np.empty_like, parameters))
    gradient = module._in_place(parameters, partials, *data)
    with np.errstate(all="ignore"):
        gradient(parameters, *other)
        value = gradient(parameters, *data)
        wanted, right = module._gradient(parameters, *data)
    np.testing.assert_allclose(value, wanted, rtol=1e-12)
    for name, found, partial in zip(module.Parameters._fields, partials, right, strict=True):
        scale = max(1.0, float(np.max(np.abs(partial), initial=0)))
        assert np.shape(found) == np.shape(partial), name
        np.testing.assert_allclose(found, partial, rtol=1e-11, atol=1e-13 * scale, err_msg=name)


@pytest.mark.parametrize("equations", EQUATIONS.values(), ids=EQUATIONS)
@pytest.mark.parametrize("samples", [1, 4])
def test_every_operation_writes_what_it_is(equations: str, samples: int) -> None:
    net = "z[j] = sum(i, W[j,i]*x[i]) + b[j]"
    text = f'{HEAD}equations = """\n{net}\n{equations}\n"""'
    model = resolve("t", Source("t.toml", text))
    sizes = {"n": 3, "m": 2}
    weights, data = draw(model, sizes, samples, 0)
    _, other = draw(model, sizes, samples, 1)
    require_same(trainer(model), weights, data, other)


@pytest.mark.parametrize("name", locate.shipped())
def test_every_model_of_the_gallery_trains_by_its_gradient(name: str) -> None:
    model = load_model(name)
    sizes = {symbol: 2 + place % 3 for place, (symbol, _) in enumerate(model.example)}
    weights, data = draw(model, sizes, 3, 0)
    _, other = draw(model, sizes, 3, 1)
    require_same(trainer(model), weights, data, other)


@pytest.mark.parametrize("seed", range(700, 730))
def test_every_construct_of_the_language_does(seed: int) -> None:
    written = made(seed)
    model = resolve(f"seed_{seed}", Source("seed.toml", written.text))
    weights, data = draw(model, written.sizes, 2, seed)
    _, other = draw(model, written.sizes, 2, seed + 1)
    require_same(trainer(model), weights, data, other)


def test_names_of_a_model_are_not_those_of_spare_arrays() -> None:
    text = HEAD.replace('"b[j]"', '"b[j]", "spare_1[j]", "total_2", "dtype[j]"')
    net = "z[j] = sum(i, W[j,i]*x[i]) + b[j]*spare_1[j] + dtype[j]"
    loss = "E = sum(j, (1 + z[j] - 2*y[j])^2) + total_2^2"
    model = resolve("t", Source("t.toml", f'{text}equations = """\n{net}\n{loss}\n"""'))
    weights, data = draw(model, {"n": 3, "m": 2}, 3, 0)
    require_same(trainer(model), weights, data, data)


def test_batches_of_sequences_may_be_of_any_length() -> None:
    """attention: as many samples in each batch, and more places in one than in the next."""
    module = trainer(load_model("attention"))
    model = load_model("attention")
    sizes = {symbol: 2 for symbol, _ in model.example}
    longer = next(
        s
        for s in sizes
        if s in model.data[0].shape and not any(s in w.shape for w in model.weights)
    )
    weights, _ = draw(model, sizes, 2, 0)
    batches = [draw(model, {**sizes, longer: n}, 2, n)[1] for n in range(2, 14)]
    start = module.Parameters(*weights)
    reached, _ = module.train_on(start, [tuple(data) for data in batches], 1e-3, 2)
    by_hand = start
    for data in batches:
        by_hand = module.update(by_hand, *data, 1e-3)
    for data in batches:
        by_hand = module.update(by_hand, *data, 1e-3)
    for found, repeated in zip(reached, by_hand, strict=True):
        np.testing.assert_allclose(found, repeated, rtol=1e-10)
