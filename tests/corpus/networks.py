"""The corpus: a network of a work as a model file, and its error written a second time by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from derive.model.model import Model
from tests.corpus import (
    attention,
    dense,
    losses,
    normalisation,
    probabilistic,
    recurrent,
    regression,
    reinforcement,
    similarity,
)
from tests.stress.witness import Error, draw, gradient

HERE = Path(__file__).parent

MODULES = (
    attention,
    dense,
    losses,
    normalisation,
    probabilistic,
    recurrent,
    regression,
    reinforcement,
    similarity,
)

NETWORKS: dict[str, Callable[..., Any]] = {
    name: value
    for module in MODULES
    for name, value in vars(module).items()
    if callable(value) and getattr(value, "__module__", "") == module.__name__
}
"""By the name of the model file: weights, data and constants by their names -> the error."""

SAMPLES = 3


def path(name: str) -> Path:
    return HERE / f"{name}.toml"


def error_of(name: str) -> Error:
    """The error of one sample of a work, by weights, data and constants with their names."""
    network = NETWORKS[name]
    known = network.__code__.co_varnames[: network.__code__.co_argcount]
    return lambda values: network(**{each: values[each] for each in known})


def witness(model: Model) -> tuple[list[Any], list[Any], float, list[Any]]:
    """Weights and data at sizes that differ, and the error and gradient there."""
    sizes = {symbol: 2 + place % 3 for place, (symbol, _) in enumerate(model.example)}
    seed = sum(map(ord, model.name))
    positive = getattr(NETWORKS[model.name], "positive", ())
    weights, data = draw(model, sizes, SAMPLES, seed, positive)
    return weights, data, *gradient(error_of(model.name), model, weights, data)
