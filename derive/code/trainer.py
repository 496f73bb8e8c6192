"""Program -> what the trainer template needs: names, shapes and lines of code."""

from dataclasses import dataclass

from derive.arrays.lower import lower_stably
from derive.arrays.program import Step, parts
from derive.code.amalgamate import HELPERS
from derive.code.applied import aliases_of, applied_in, functions_of
from derive.code.body import (
    arguments,
    body,
    dictionary_text,
    docstring,
    error_body,
    needed,
    shape_text,
    tuple_of,
    tuple_text,
    two_passes,
)
from derive.code.conditions import Condition, conditions
from derive.code.functions import FunctionCode
from derive.code.in_place import InPlace, in_place
from derive.code.initial import initial_code
from derive.code.lines import helper
from derive.code.names import code_name, code_names
from derive.code.untaken import leaves_numbers_aside
from derive.derivation.simplify import Simplified
from derive.expressions.expression import Adjoint
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.printing.text import as_model_file, expression_text


@dataclass(frozen=True)
class Weight:
    """A field of Parameters and its random start."""

    name: str
    shape: str
    entry: str
    initial: str


@dataclass(frozen=True)
class Output:
    """What `forward` returns, for one sample and for many; `value` as `_forward` returns it."""

    name: str
    value: str
    one: str
    many: str


@dataclass(frozen=True)
class Trainer:
    """The record of one trainer's own part; every string is source text."""

    title: str
    source: str
    error: str
    error_name: str
    equations: tuple[str, ...]
    shapes_in_words: str
    weights: tuple[Weight, ...]
    functions: tuple[tuple[str, FunctionCode], ...]
    helpers: tuple[str, ...]
    """The modules of `code.runtime` that the lines need besides those that every trainer has."""
    free_functions: tuple[tuple[str, str], ...]
    hyperparameters: tuple[tuple[str, str], ...]
    sizes: tuple[str, ...]
    inputs: tuple[str, ...]
    data: tuple[str, ...]
    output: Output | None
    """None where nothing is computed from inputs before the error: then there is no `forward`."""
    forward: tuple[str, ...]
    error_lines: tuple[str, ...]
    gradient_lines: tuple[str, ...]
    gradients: tuple[str, ...]
    unpacked: str
    """W, V = parameters."""
    in_place: InPlace | None
    axes: tuple[tuple[str, str], ...]
    assumptions: tuple[Condition, ...]
    gather: str
    samples: str
    """What the number of samples is called."""
    leaves_aside: bool
    """Whether the lines may compute what is no number, and take the other side of a choice."""
    by: tuple[str, ...]
    input_gradient_lines: tuple[str, ...]
    input_gradients: tuple[str, ...]

    @property
    def sizes_given(self) -> tuple[str, ...]:
        """What `initialise` takes."""
        return (*(f"{size}: int" for size in self.sizes), "seed: int")

    @property
    def fed(self) -> tuple[str, ...]:
        """What `forward` takes."""
        return arguments(self.inputs, "ArrayLike")

    @property
    def given(self) -> tuple[str, ...]:
        """What `error` and `gradient` take."""
        return arguments(self.data, "ArrayLike")

    @property
    def fed_arrays(self) -> tuple[str, ...]:
        """The same, checked."""
        return arguments(self.inputs, "np.ndarray")

    @property
    def given_arrays(self) -> tuple[str, ...]:
        """The same, checked."""
        return arguments(self.data, "np.ndarray")

    @property
    def loop_arrays(self) -> tuple[str, ...]:
        """The same, with the arrays that the derivatives are left in."""
        first, *others = self.given_arrays
        return (first, "partials: Parameters", *others)

    @property
    def gathered(self) -> str:
        """The error of all samples from the errors of batches, of so many samples."""
        return {"mean": "np.average(errors, weights=counts)", "sum": "np.sum(errors)"}[self.gather]

    @property
    def by_type(self) -> str:
        """The type of what `input_gradient` returns."""
        return "np.ndarray" if len(self.by) == 1 else "tuple[np.ndarray, ...]"

    @property
    def by_shaped(self) -> str:
        """What `input_gradient` returns: one array, or one for each input."""
        if len(self.by) == 1:
            return "partials[0][0] if single else partials[0]"
        return "tuple(partial[0] if single else partial for partial in partials)"

    @property
    def sizes_dict(self) -> str:
        """{"n": n, "m": m, "K": K}."""
        return dictionary_text(self.sizes)

    @property
    def data_names(self) -> str:
        """("I", "y"), or ("x",)."""
        return tuple_text(self.data)

    @property
    def inputs_dict(self) -> str:
        """{"I": I}."""
        return dictionary_text(self.inputs)

    @property
    def data_dict(self) -> str:
        """{"I": I, "y": y}."""
        return dictionary_text(self.data)


def trainer(model: Model, derivation: Simplified, lent: tuple[Step, ...]) -> Trainer:
    """The record for a model; `derivation` is that of its batch form, and `lent` are steps of
    an estimator that borrows its functions here.
    """
    batched = derivation.model
    output = output_of(model)
    program = lower_stably(derivation)
    error = model.error
    by_weights = [Adjoint(error, weight.name) for weight in model.weights]
    by_inputs = [Adjoint(error, name) for name in model.by]
    steps = (*program.forward, *program.backward)
    forward = needed(program.forward, [output.name])
    trained = needed(steps, [error, *by_weights])
    used = needed(steps, [error, output.name, *by_weights, *by_inputs])
    applied = applied_in((*used, *lent))
    functions = functions_of(model, applied)
    return Trainer(
        title=docstring(model.title),
        source=docstring(model.source),
        error=model.error,
        error_name=code_name(model.error, model),
        equations=declared_equations(model),
        shapes_in_words=_shapes_in_words(model),
        weights=tuple(_weight(model, array) for array in model.weights),
        functions=functions,
        free_functions=aliases_of(model, applied),
        helpers=helpers_of((*steps, *lent), functions),
        hyperparameters=constants(model),
        sizes=code_names(model.size_symbols, model),
        inputs=code_names((array.name for array in model.role("input")), model),
        data=code_names((array.name for array in model.data), model),
        output=_output(model, batched, forward[-1]),
        forward=body(batched, forward),
        error_lines=error_body(batched, needed(program.forward, [error])),
        gradient_lines=two_passes(batched, trained),
        gradients=code_names(by_weights, batched),
        unpacked=tuple_of(code_names((weight.name for weight in model.weights), model)),
        in_place=in_place(batched, trained),
        axes=_axes(model),
        assumptions=conditions(model),
        gather=model.gather,
        samples=code_name(model.sample.size, model),
        leaves_aside=leaves_numbers_aside(steps, batched),
        by=code_names(model.by, model),
        input_gradient_lines=two_passes(batched, needed(steps, by_inputs)),
        input_gradients=code_names(by_inputs, batched),
    )


def constants(model: Model) -> tuple[tuple[str, str], ...]:
    """The hyperparameters by their names in the code."""
    return tuple((code_name(name, model), repr(float(x))) for name, x in model.hyperparameters)


def _output(model: Model, batched: Model, last: Step) -> Output | None:
    one, many = output_of(model), output_of(batched)
    if one.name == model.error:
        return None
    name = code_name(one.name, model)
    value = f"{name}.plain()" if last.scaled else name
    return Output(name, value, shape_text(one, model), shape_text(many, model))


def _axes(model: Model) -> tuple[tuple[str, str], ...]:
    """The sizes of weights and data, ("W", '("m", "n")')."""
    return tuple(
        (code_name(array.name, model), tuple_text(code_names(array.shape, model)))
        for array in (*model.weights, *model.data)
    )


def _weight(model: Model, array: Array) -> Weight:
    shape, written = shape_text(array, model), as_model_file(model).entry(array.entry)
    return Weight(code_name(array.name, model), shape, written, initial_code(model, array))


def helpers_of(
    steps: tuple[Step, ...], functions: tuple[tuple[str, FunctionCode], ...]
) -> tuple[str, ...]:
    """The modules of `code.runtime` that the steps and functions need, and those that these do."""
    held = {helper(node) for step in steps for node in parts(step.value)}
    lines = [line for _, code in functions for line in (*code.value, *code.derivative)]
    if "Scaled" in held or any("erfcx(" in line for line in lines):
        held.add("erfcx")
    return tuple(module for module, name in HELPERS.items() if name in held)


def declared_equations(model: Model) -> tuple[str, ...]:
    """The equations as a model file has them."""
    style = as_model_file(model)
    return tuple(
        f"{style.entry(d.target)} = {expression_text(d.value, style)}" for d in model.equations
    )


def _shapes_in_words(model: Model) -> str:
    shown = [
        f"{code_name(a.name, model)} is {shape_text(a, model)} or "
        f"{shape_text(a, model, model.sample.size)}"
        for a in model.data
    ]
    return ", ".join(shown)
