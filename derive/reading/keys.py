"""The keys of a model file that other people write -> ours, or where such a thing is said."""

from collections.abc import Collection
from difflib import get_close_matches

TABLES = ("sizes", "example", "functions", "hyperparameters", "notation", "definitions", "adjoints")
"""The keys whose value is a table."""


KEYS = {
    **dict.fromkeys(("name", "model"), "title"),
    **dict.fromkeys(("reference", "paper", "author", "authors", "url", "citation"), "source"),
    **dict.fromkeys(("parameters", "params", "variables"), "weights"),
    **dict.fromkeys(("features", "data", "x"), "inputs"),
    **dict.fromkeys(("outputs", "output", "labels", "label", "y"), "targets"),
    **dict.fromkeys(("network", "forward", "layers", "eqs"), "equations"),
    **dict.fromkeys(("dimensions", "dims", "shapes", "indices", "index"), "sizes"),
    **dict.fromkeys(("activations", "activation"), "functions"),
    **dict.fromkeys(("constants", "hyperparams"), "hyperparameters"),
}
"""What other people call the keys of a model file."""


_TRAINING = "a model says nothing of training: docs/training.md does"
ELSEWHERE = {
    **dict.fromkeys(("loss", "error", "objective", "cost"),
                    "the error is the last of the equations"),
    **dict.fromkeys(("learning_rate", "lr", "step", "epochs", "passes", "iterations", "optimizer",
                     "momentum", "seed", "method"), _TRAINING),
    "batch_size": "a model is of one sample; batches are the trainer's",
    **dict.fromkeys(("init", "initial", "initialise", "initialize", "initialization"),
                    "what weights begin as is told to the trainer: docs/training.md"),
    **dict.fromkeys(("gradients", "gradient", "backward", "derivatives"),
                    "derivatives are found, not written"),
}  # fmt: skip
"""What has no place in a model file, and where it has one."""


def meant_key(key: str, value: object, keys: Collection[str]) -> str | None:
    """Which of the keys somebody means by another one with that value."""
    if key.lower() in ELSEWHERE:
        return None
    if key.lower() in KEYS:
        return KEYS[key.lower()]
    alike = [each for each in keys if (each in TABLES) == isinstance(value, dict)]
    return next(iter(get_close_matches(key.lower(), alike, n=1)), None)
