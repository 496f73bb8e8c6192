"""Program -> what the trainer template needs: names, shapes and lines of code."""

from collections.abc import Collection
from dataclasses import dataclass

from derive.assumed_code import Condition, conditions
from derive.derivation import Derivation
from derive.errors import DeriveError
from derive.expression import Adjoint, Name
from derive.functions import Function
from derive.initial import initial
from derive.lower import lower_stably
from derive.model import SAMPLE, Array, Model
from derive.numpy_code import FunctionCode, Line, code_name, function_code, line
from derive.program import Call, LogSumExp, Normalised, SizeOf, Step, names, parts
from derive.text import expression_text, language

WIDTH = 100


@dataclass(frozen=True)
class Weight:
    """A field of Parameters and its random start."""

    name: str
    shape: str
    entry: str
    initial: str


@dataclass(frozen=True)
class Output:
    """What `forward` returns, for one sample and for many."""

    name: str
    one: str
    many: str


@dataclass(frozen=True)
class Trainer:
    """The record of one trainer module; every string is source text."""

    title: str
    source: str
    error: str
    equations: tuple[str, ...]
    shapes_in_words: str
    weights: tuple[Weight, ...]
    functions: tuple[FunctionCode, ...]
    helpers: tuple[str, ...]
    free_functions: tuple[tuple[str, str], ...]
    hyperparameters: tuple[tuple[str, str], ...]
    sizes: tuple[str, ...]
    inputs: tuple[str, ...]
    data: tuple[str, ...]
    output: Output
    forward: tuple[str, ...]
    error_lines: tuple[str, ...]
    gradient_lines: tuple[str, ...]
    gradients: tuple[str, ...]
    axes: tuple[tuple[str, str], ...]
    assumptions: tuple[Condition, ...]
    gather: str
    by: tuple[str, ...]
    input_gradient_lines: tuple[str, ...]
    input_gradients: tuple[str, ...]

    @property
    def assumed(self) -> tuple[str, ...]:
        """The arrays of which something is assumed."""
        return tuple(dict.fromkeys(condition.name for condition in self.assumptions))

    @property
    def by_shaped(self) -> str:
        """What `input_gradient` returns: one array, or one for each input."""
        if len(self.by) == 1:
            return "partials[0][0] if single else partials[0]"
        return "tuple(partial[0] if single else partial for partial in partials)"

    @property
    def weight_list(self) -> str:
        """W, V."""
        return ", ".join(weight.name for weight in self.weights)

    @property
    def sizes_dict(self) -> str:
        """{"n": n, "m": m, "K": K}."""
        return _dictionary(self.sizes)

    @property
    def inputs_dict(self) -> str:
        """{"I": I}."""
        return _dictionary(self.inputs)

    @property
    def data_names(self) -> str:
        """("I", "y"), or ("x",)."""
        return _tuple(self.data)

    @property
    def data_tuple(self) -> str:
        """(I, y), or (x,)."""
        return f"({', '.join(self.data)}{',' * (len(self.data) == 1)})"

    @property
    def data_dict(self) -> str:
        """{"I": I, "y": y}."""
        return _dictionary(self.data)


def trainer(model: Model, derivation: Derivation) -> Trainer:
    """The record for a model; `derivation` is that of its batch form.

    Raises DeriveError where a model has no inputs to feed forward, or no output.
    """
    batched = derivation.model
    if not model.role("input"):
        raise DeriveError(f"{model.name}: a trainer needs inputs; declare some")
    if model.output.name == model.error:
        problem = "no quantity is computed from the inputs before the error"
        raise DeriveError(f"{model.name}: {problem}; give the output an equation of its own")
    program = lower_stably(derivation)
    error = model.error
    by_weights = [Adjoint(error, weight.name) for weight in model.weights]
    by_inputs = [Adjoint(error, name) for name in model.by]
    steps = (*program.forward, *program.backward)
    trained = needed(steps, [error, *by_weights])
    applied = _applied(needed(steps, [error, model.output.name, *by_weights, *by_inputs]))
    return Trainer(
        title=docstring(model.title),
        source=docstring(model.source),
        error=model.error,
        equations=_declared_equations(model),
        shapes_in_words=_shapes_in_words(model),
        weights=tuple(_weight(model, array) for array in model.weights),
        functions=_functions(model, applied),
        free_functions=_aliases(model, applied),
        helpers=_helpers(steps),
        hyperparameters=tuple((name, repr(float(x))) for name, x in model.hyperparameters),
        sizes=model.size_symbols,
        inputs=tuple(array.name for array in model.role("input")),
        data=tuple(array.name for array in model.data),
        output=Output(model.output.name, _shape(model.output), _shape(batched.output)),
        forward=_body(batched, needed(program.forward, [model.output.name])),
        error_lines=_error_body(batched, needed(program.forward, [error])),
        gradient_lines=two_passes(batched, trained),
        gradients=tuple(
            code_name(Adjoint(model.error, weight.name), batched) for weight in model.weights
        ),
        axes=tuple((a.name, _tuple(a.shape)) for a in (*model.weights, *model.data)),
        assumptions=conditions(model),
        gather=model.gather,
        by=model.by,
        input_gradient_lines=two_passes(batched, needed(steps, by_inputs)),
        input_gradients=tuple(code_name(Adjoint(model.error, name), batched) for name in model.by),
    )


def needed(steps: tuple[Step, ...], ends: Collection[Name]) -> tuple[Step, ...]:
    """The steps that lead to some names, in their order."""
    wanted = set(ends)
    kept: list[Step] = []
    for step in reversed(steps):
        if step.equation.target.name in wanted:
            wanted |= names(step.value)
            kept.append(step)
    return tuple(reversed(kept))


def docstring(text: str) -> str:
    """Free text on one line that cannot end the docstring it stands in."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', "'")


def aligned(lines: list[Line]) -> list[str]:
    """Code with its comments in one column, or above the code where a line would be too long."""
    width = max((len(found.code) for found in lines), default=0)
    beside = [f"{found.code:<{width}}  # {found.comment}" for found in lines]
    if all(len(text) + 4 <= WIDTH for text in beside):
        return beside
    return [text for found in lines for text in (f"# {found.comment}", found.code)]


def _body(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The lines of some steps, after those of the weights and sizes they use."""
    return (*_unpacked(model, steps), *_size_lines(model, steps), *_lines(model, steps))


def two_passes(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The same, with a blank line between the forward and the backward pass."""
    ahead = tuple(step for step in steps if isinstance(step.equation.target.name, str))
    back = tuple(step for step in steps if step not in ahead)
    before = (*_unpacked(model, steps), *_size_lines(model, steps), *_lines(model, ahead))
    return (*before, "", *_lines(model, back))


def _error_body(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The lines to the error, through `_forward` where all else follows from the output."""
    computed = [step.equation.target.name for step in steps]
    output = model.output.name
    if output not in computed:
        return _body(model, steps)
    after = steps[computed.index(output) + 1 :]
    known = {array.name for array in model.leaves} | {
        output,
        *(s.equation.target.name for s in after),
    }
    if not _held(after) <= known:
        return _body(model, steps)
    inputs = ", ".join(array.name for array in model.role("input"))
    unpacked = _unpacked(model, after)
    call = f"{output} = _forward(parameters, {inputs})"
    return (*unpacked, call, *_size_lines(model, after), *_lines(model, after))


def _lines(model: Model, steps: tuple[Step, ...]) -> list[str]:
    return aligned([line(step, model) for step in steps])


def _unpacked(model: Model, steps: tuple[Step, ...]) -> list[str]:
    """W, V = parameters, where a step uses one or the size of one."""
    fields = [weight.name for weight in model.weights]
    used = _held(steps) | {array.name for array in _sized(model, steps).values()}
    if not set(fields) & used:
        return []
    return [", ".join(fields) + ("," if len(fields) == 1 else "") + " = parameters"]


def _held(steps: tuple[Step, ...]) -> set[Name]:
    return {name for step in steps for name in names(step.value)}


def _size_lines(model: Model, steps: tuple[Step, ...]) -> list[str]:
    """N = I.shape[0], for every size that the equations use as a number."""
    sized = _sized(model, steps).items()
    return [f"{size} = {x.name}.shape[{x.shape.index(size)}]" for size, x in sized]


def _sized(model: Model, steps: tuple[Step, ...]) -> dict[str, Array]:
    """The sizes that the equations use as numbers, each with an array that has it."""
    nodes = (node for step in steps for node in parts(step.value))
    symbols = dict.fromkeys(node.symbol for node in nodes if isinstance(node, SizeOf))
    # Inputs and weights first: the forward pass is given no targets.
    arrays = (*model.role("input"), *model.weights, *model.role("target"))
    return {symbol: next(a for a in arrays if symbol in a.shape) for symbol in symbols}


def _weight(model: Model, array: Array) -> Weight:
    shape = _shape(array)
    written = language(model).entry(array.entry)
    return Weight(array.name, shape, written, initial(model, array))


def _applied(steps: tuple[Step, ...]) -> tuple[tuple[str, int], ...]:
    """Every function that the steps apply, with the order of its derivative."""
    nodes = (node for step in steps for node in parts(step.value))
    calls = (node for node in nodes if isinstance(node, Call))
    return tuple(dict.fromkeys((call.function, call.order) for call in calls))


def _functions(model: Model, applied: tuple[tuple[str, int], ...]) -> tuple[FunctionCode, ...]:
    """The functions to define, each with what of it is applied; a free one's whole row."""
    free = dict(model.functions)
    orders: dict[Function, set[int]] = {}
    for name, order in applied:
        row = model.function(name)
        wanted = {0, 1} if name in free else {order} if order or not row.ufunc else set()
        if wanted:
            orders.setdefault(row, set()).update(wanted)
    return tuple(function_code(row, found) for row, found in orders.items())


def _helpers(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """Normalised and logsumexp, where a step computes one."""
    held = {type(node) for step in steps for node in parts(step.value)}
    return tuple(
        name for name, node in (("softmax", Normalised), ("logsumexp", LogSumExp)) if node in held
    )


def _aliases(model: Model, applied: tuple[tuple[str, int], ...]) -> tuple[tuple[str, str], ...]:
    """f_h = logistic, for free functions that are a row of the table."""
    rows = {name: row for name, row in model.functions if name in dict(applied)}
    return tuple((name, row.code or row.name) for name, row in rows.items() if name != row.name)


def _declared_equations(model: Model) -> tuple[str, ...]:
    style = language(model)
    return tuple(
        f"{style.entry(d.target)} = {expression_text(d.value, style)}" for d in model.equations
    )


def _shapes_in_words(model: Model) -> str:
    shown = [f"{a.name} is {_shape(a)} or {_shape(a, SAMPLE.size)}" for a in model.data]
    return ", ".join(shown)


def _shape(array: Array, *before: str) -> str:
    axes = (*before, *array.shape)
    return f"({', '.join(axes)}{',' * (len(axes) == 1)})"


def _tuple(held: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in held]
    return f"({', '.join(quoted)}{',' * (len(quoted) == 1)})"


def _dictionary(held: tuple[str, ...]) -> str:
    return "{" + ", ".join(f'"{name}": {name}' for name in held) + "}"
