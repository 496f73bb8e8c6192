"""What a weight begins as -> an expression of NumPy."""

from derive.code.names import code_name
from derive.model.initial import initial
from derive.model.model import Array, Model


def initial_code(model: Model, array: Array) -> str:
    """What the weight begins as; in it, `random` is a numpy.random.Generator."""
    sizes = ", ".join(code_name(size, model) for size in array.shape)
    shape = sizes if len(array.shape) == 1 else f"({sizes})"
    begins = initial(model, array)
    if begins.kind != "uniform":
        return f"np.{begins.kind}({shape})"
    inputs, outputs = (
        " * ".join(code_name(size, model) for size in side) or "1"
        for side in (begins.inputs, begins.outputs)
    )
    return f"np.sqrt(6 / ({inputs} + {outputs})) * random.uniform(-1, 1, {shape})"
