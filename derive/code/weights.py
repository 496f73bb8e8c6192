"""Model -> what the template of weights.py needs: what a file of weights holds and fits."""

import hashlib
from dataclasses import dataclass

from derive.code.body import docstring, quoted, tuple_text
from derive.code.names import code_name, code_names
from derive.model.layers import IDENTITY, SOFTMAX, Layer, dense_layers
from derive.model.model import Model
from derive.printing.text import as_model_file, expression_text

SKLEARN_HIDDEN = {IDENTITY, "logistic", "tanh", "relu"}


SKLEARN_OUT = {IDENTITY, "logistic", SOFTMAX, "exp"}


@dataclass(frozen=True)
class WeightsFile:
    """The record of the own part of one module of weights; every string is source text."""

    title: str
    model: str
    equations: str
    """The hash of the equations."""
    axes: tuple[tuple[str, str], ...]
    layers: tuple[tuple[str, str, str], ...]
    """Weight, bias and activation of every dense layer, where the model is a chain of them."""
    sklearn: bool
    """Whether an MLP of scikit-learn can have these layers: one activation for all hidden ones."""

    @property
    def runtime(self) -> tuple[str, ...]:
        """The modules of `code.runtime` below the own part."""
        elsewhere = ("mlp",) * self.sklearn + ("layers",) * bool(self.layers)
        return ("weights", *elsewhere, "formats")

    @property
    def sources(self) -> str:
        """What takes over weights from elsewhere."""
        return "from_sklearn and from_torch take" if self.sklearn else "from_torch takes"


def weights_file(model: Model) -> WeightsFile:
    """The record for a model."""
    layers = dense_layers(model)
    return WeightsFile(
        title=docstring(model.title),
        model=model.name,
        equations=equations_hash(model),
        axes=tuple(
            (code_name(weight.name, model), tuple_text(code_names(weight.shape, model)))
            for weight in model.weights
        ),
        layers=tuple(
            (
                quoted(code_name(layer.weight, model)),
                quoted(code_name(layer.bias, model)) if layer.bias else "None",
                quoted(layer.activation),
            )
            for layer in layers
        ),
        sklearn=_fits_sklearn(layers),
    )


def equations_hash(model: Model) -> str:
    """SHA-256 of what gives weights their meaning: equations, functions, axes.

    Spaces and comments of the model file do not count, nor do hyperparameters: to weaken a
    penalty leaves the weights what they are.
    """
    style = as_model_file(model)
    equations = [(style.entry(e.target), expression_text(e.value, style)) for e in model.equations]
    lines = [f"{target} = {value}" for target, value in equations]
    lines += [f"{name} = {row.definition}" for name, row in model.functions]
    lines += [f"{weight.name}: {', '.join(weight.shape)}" for weight in model.weights]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _fits_sklearn(layers: tuple[Layer, ...]) -> bool:
    *hidden, out = (layer.activation for layer in layers) if layers else ("",)
    return len(set(hidden)) <= 1 and set(hidden) <= SKLEARN_HIDDEN and out in SKLEARN_OUT
