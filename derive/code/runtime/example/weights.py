"""What the weights' file of the example knows of its model: whose weights, axes, layers."""

MODEL = "example"
EQUATIONS = "2b718f94020baa0f1a05b069b81dd0c6435fd35e49f1907d7e48e579e14b56e8"
"""The SHA-256 of the model's equations: weights of other equations mean something else."""
AXES: dict[str, tuple[str, ...]] = {
    "W": ("m", "n"),
    "V": ("K", "m"),
}
"""The shape of every weight; a size that stands in two of them is the same number."""
LAYERS: tuple[tuple[str, str | None, str], ...] = (
    ("W", None, "tanh"),
    ("V", None, "tanh"),
)
"""Of every dense layer the weight, of shape (units, inputs), the bias and the activation."""
