"""Weights of dense layers from a state_dict of PyTorch."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derive.code.runtime.example.model import Parameters
from derive.code.runtime.example.weights import AXES, LAYERS
from derive.code.runtime.weights import _checked, _numbers


def from_torch(state_dict: Mapping[str, Any]) -> Parameters:
    """Parameters of an nn.Sequential of Linear layers, from its state_dict().

    The names end in .weight and .bias; numbered layers are taken in the order of their
    numbers, others as they come. What activations they have, a state_dict does not say: it
    is for you to see that they are those of LAYERS. Numbers of float16 and bfloat16 become float32,
    which has them all.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"state_dict: expected a mapping, got {type(state_dict).__name__}")
    layers: dict[str, dict[str, Any]] = {}
    for name, tensor in state_dict.items():
        layer, _, kind = str(name).rpartition(".")
        if kind not in ("weight", "bias"):
            raise ValueError(f"state_dict: expected names like 0.weight and 0.bias, got {name!r}")
        layers.setdefault(layer, {})[kind] = _plain(str(name), tensor)
    numbers = [re.fullmatch(r"(.*\.)?([0-9]{1,9})", layer) for layer in layers]
    if all(numbers) and len({number[1] for number in numbers if number}) == 1:
        layers = dict(sorted(layers.items(), key=lambda item: int(item[0].rpartition(".")[2])))
    for layer, parts in layers.items():
        if "weight" not in parts:
            raise ValueError(f"state_dict: {layer}.bias has no {layer}.weight beside it")
    weights = [parts["weight"] for parts in layers.values()]
    return _chained("state_dict", weights, [parts.get("bias") for parts in layers.values()])


def _plain(name: str, tensor: Any) -> Any:
    """A tensor of PyTorch, or an array, in NumPy's types."""
    kind = str(getattr(tensor, "dtype", "")).removeprefix("torch.")
    half = kind in ("float16", "bfloat16")
    if not hasattr(tensor, "detach"):
        return np.asarray(tensor).astype(np.float32) if half else tensor
    held = tensor.detach().cpu()
    try:
        return (held.float() if half else held).numpy()
    except TypeError:
        raise TypeError(
            f"state_dict: {name} is {kind}, expected float32, float64, float16 or bfloat16"
        ) from None


def _chained(where: str, weights: Sequence[Any], biases: Sequence[Any]) -> Parameters:
    """Parameters of one weight and one bias for each layer."""
    if not len(weights) == len(biases) == len(LAYERS):
        raise ValueError(
            f"{where}: expected {len(LAYERS)} weights and biases, one for each layer, "
            f"got {len(weights)} and {len(biases)}"
        )
    arrays = {}
    for place, ((weight, bias, _), W, b) in enumerate(zip(LAYERS, weights, biases, strict=True), 1):
        arrays[weight] = _numbers(where, weight, W)
        if bias is not None and b is None:
            raise ValueError(f"{where}: layer {place} has no bias, expected {bias}; give zeros")
        if bias is not None:
            arrays[bias] = _numbers(where, bias, b)
        elif b is not None and np.any(_numbers(where, f"bias of layer {place}", b)):
            raise ValueError(
                f"{where}: layer {place} has a bias that is not zero, and the model has none "
                f"beside {weight}; take a model with biases"
            )
    return _checked(where, {name: arrays[name] for name in AXES})
