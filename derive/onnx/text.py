"""Program -> the text of a module that writes the forward pass as a graph of ONNX."""

from derive.arrays.lower import lower_stably
from derive.code.body import docstring, needed, shape_text, tuple_text
from derive.code.names import code_name
from derive.code.trainer import declared_equations
from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.errors import DeriveError
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.onnx.graph import NAMES, Graph
from derive.printing.text import as_model_file, equation_text


def onnx_text(model: Model, batched: Simplified) -> str:
    """The module of a model; `batched` is the derivation of its batch form.

    Raises DeriveError where no output is computed before the error, or an operation is not
    among those of ONNX.
    """
    output = output_of(batched.model)
    if output.name == model.error:
        problem = (
            "nothing is computed from inputs before the error, so that there is no graph of it"
        )
        raise DeriveError(problem, "leave the target out", model.name)
    graph, style = Graph(batched.model), as_model_file(batched.model)
    for step in needed(lower_stably(batched).forward, [output.name]):
        graph.lines.append(f"# {step.equation.id}: {equation_text(step.equation, style)}")
        graph.step(step)
    template = environment().get_template("onnx/export.py.jinja")
    return template.render(
        banner=banner(model.name, "onnx"),
        title=docstring(model.title),
        equations=declared_equations(model),
        name=model.name,
        weights=[_typed(array, batched.model) for array in model.weights],
        weight_names=tuple_text(code_name(array.name, model, NAMES) for array in model.weights),
        inputs=[_typed(array, batched.model) for array in batched.model.role("input")],
        output=_typed(output, batched.model),
        output_name=code_name(output.name, model, NAMES),
        output_shape=shape_text(output, batched.model, dialect=NAMES),
        lines=graph.lines,
        given=[
            f"{code_name(x.name, model, NAMES)} of shape {shape_text(x, batched.model)}"
            for x in batched.model.role("input")
        ],
        numbers=graph.numbers,
        along=graph.along,
    )


def _typed(array: Array, model: Model) -> str:
    """real[N, n] x, and real w of a number."""
    sizes = ", ".join(code_name(size, model, NAMES) for size in array.shape)
    return f"real[{sizes}] {code_name(array.name, model, NAMES)}"
