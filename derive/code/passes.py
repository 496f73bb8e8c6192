"""Program -> a forward pass that keeps what the backward pass uses: names, shapes, lines of code.

It is what a library with derivatives of its own is told, so that it uses the derived ones.
"""

from dataclasses import dataclass

from derive.arrays.lower import lower_stably
from derive.arrays.program import Step, parts
from derive.code.applied import aliases_of, applied_in, functions_of
from derive.code.body import (
    docstring,
    needed,
    shape_text,
    size_lines,
    step_lines,
    uses,
)
from derive.code.functions import FunctionCode
from derive.code.lines import helper
from derive.code.log_softmax import shared
from derive.code.names import code_name, code_names
from derive.code.seeded import seed, seeded
from derive.code.spelling import Dialect
from derive.code.trainer import declared_equations
from derive.derivation.simplify import Simplified
from derive.expressions.expression import Adjoint, Name
from derive.model.initial import initial
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.printing.text import as_model_file


@dataclass(frozen=True)
class Weight:
    """A weight, its general entry, and how it begins: ones, zeros, or uniform with variance
    2/(inputs + outputs).
    """

    name: str
    shape: str
    entry: str
    kind: str
    inputs: str
    outputs: str


@dataclass(frozen=True)
class Place:
    """A size, and where it stands: an axis of an array, which may be a weight."""

    size: str
    array: str
    axis: int
    is_weight: bool


@dataclass(frozen=True)
class Output:
    """What `forward` returns, and of what shape."""

    name: str
    value: str
    shape: str


@dataclass(frozen=True)
class Passes:
    """The record of both passes; every string is source text."""

    title: str
    source: str
    equations: tuple[str, ...]
    error: str
    error_name: str
    gather: str
    samples: str
    weights: tuple[Weight, ...]
    sizes: tuple[Place, ...]
    """Those of weights, which these begin with."""
    functions: tuple[tuple[str, FunctionCode], ...]
    free_functions: tuple[tuple[str, str], ...]
    hyperparameters: tuple[tuple[str, str], ...]
    helpers: frozenset[str]
    """Which of `power_or_zero` and `Scaled` the lines call."""
    inputs: tuple[str, ...]
    data: tuple[str, ...]
    shapes: tuple[tuple[str, str], ...]
    """The data, each with the shape it is to have."""
    input_sizes: tuple[Place, ...]
    data_sizes: tuple[Place, ...]
    """The sizes in these shapes."""
    output: Output | None
    forward: tuple[str, ...]
    ahead: tuple[str, ...]
    saved: tuple[str, ...]
    scaled: tuple[str, ...]
    """What else the backward pass uses: scaled numbers of the forward pass."""
    back: tuple[str, ...]
    above: str
    """What comes from above, the derivative by the error."""
    partials: tuple[str | None, ...]
    """What `backward` returns for every weight and every array of data."""
    by: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The weights by their names."""
        return tuple(weight.name for weight in self.weights)

    @property
    def kept(self) -> tuple[str, ...]:
        """All that the backward pass uses, scaled or not."""
        return (*self.saved, *self.scaled)

    @property
    def underived(self) -> tuple[str, ...]:
        """The data by which nothing is derived."""
        return tuple(name for name in self.data if name not in self.by)

    @property
    def input_shapes(self) -> tuple[tuple[str, str], ...]:
        """The inputs, each with the shape it is to have."""
        return tuple(pair for pair in self.shapes if pair[0] in self.inputs)

    @property
    def draws(self) -> bool:
        """Whether a weight begins at random."""
        return any(weight.kind == "uniform" for weight in self.weights)

    @property
    def uses_math(self) -> bool:
        """Whether a line computes with numbers of Python."""
        lines = (line for _, f in self.functions for line in (*f.value, *f.derivative))
        return self.draws or "Scaled" in self.helpers or any("math." in line for line in lines)


def passes(model: Model, derivation: Simplified, dialect: Dialect) -> Passes:
    """The record for a model; `derivation` is that of its batch form."""
    batched = derivation.model
    program = lower_stably(derivation)
    output = output_of(model)
    error = model.error
    by_weights = [Adjoint(error, weight.name) for weight in model.weights]
    by_inputs = [Adjoint(error, name) for name in model.by]
    forward = needed(program.forward, [output.name])
    all_steps = (*program.forward, *program.backward)
    trained = needed(all_steps, [error, *by_weights, *by_inputs])
    ahead = tuple(step for step in trained if isinstance(step.equation.target.name, str))
    ahead = shared(ahead, batched) if dialect.log_softmax else ahead
    begun = tuple(step for step in trained if isinstance(step.equation.target.name, Adjoint))
    linear = seeded(begun, error)
    back = linear or begun
    above = code_name(seed(error), batched, dialect)
    scale = "" if linear else f" * {above}"
    applied = applied_in(needed(all_steps, [error, output.name, *by_weights, *by_inputs]))

    def named(name: Name) -> str:
        return code_name(name, batched, dialect)

    def lines(steps: tuple[Step, ...]) -> tuple[str, ...]:
        sizes = size_lines(batched, steps, dialect)
        return (*sizes, *step_lines(batched, steps, dialect))

    lent = (*trained, *forward)
    held = {name for step in lent for part in parts(step.value) if (name := helper(part))}
    kept = [step.equation.target.name for step in ahead if step.scaled]
    saved = _saved(batched, ahead, back, dialect)
    return Passes(
        title=docstring(model.title),
        source=docstring(model.source),
        equations=declared_equations(model),
        error=error,
        error_name=named(error),
        gather=model.gather,
        samples=named(model.sample.size),
        weights=tuple(_weight(model, array, dialect) for array in model.weights),
        sizes=_places(model, sizes_of_weights(model), model.weights, dialect),
        functions=functions_of(model, applied, dialect),
        free_functions=aliases_of(model, applied, dialect),
        hyperparameters=tuple((named(name), repr(float(x))) for name, x in model.hyperparameters),
        helpers=frozenset({"power_or_zero", "Scaled"} & held),
        inputs=code_names((array.name for array in model.role("input")), model, dialect),
        data=code_names((array.name for array in model.data), model, dialect),
        shapes=tuple(
            (named(x.name), shape_text(x, batched, dialect=dialect)) for x in batched.data
        ),
        input_sizes=_sizes_of(batched, batched.role("input"), dialect),
        data_sizes=_sizes_of(batched, batched.data, dialect),
        output=None if output.name == error else _output(batched, forward[-1], dialect),
        forward=lines(forward),
        ahead=lines(ahead),
        saved=tuple(named(name) for name in saved if name not in kept),
        scaled=tuple(named(name) for name in saved if name in kept),
        back=lines(back),
        above=above,
        partials=tuple(
            named(Adjoint(error, array.name)) + scale if array in model.differentiated else None
            for array in (*model.weights, *model.data)
        ),
        by=code_names(model.by, model, dialect),
    )


def _saved(
    model: Model, ahead: tuple[Step, ...], back: tuple[Step, ...], dialect: Dialect
) -> list[Name]:
    """What the backward pass uses of what is given and of the forward pass."""
    used = uses(model, back, dialect)
    given = [array.name for array in (*model.weights, *model.data)]
    return [name for name in (*given, *(s.equation.target.name for s in ahead)) if name in used]


def _weight(model: Model, array: Array, dialect: Dialect) -> Weight:
    def product(sizes: tuple[str, ...]) -> str:
        return " * ".join(code_names(sizes, model, dialect)) or "1"

    begins = initial(model, array)
    return Weight(
        name=code_name(array.name, model, dialect),
        shape=shape_text(array, model, dialect=dialect),
        entry=as_model_file(model).entry(array.entry),
        kind=begins.kind,
        inputs=product(begins.inputs),
        outputs=product(begins.outputs),
    )


def sizes_of_weights(model: Model) -> tuple[str, ...]:
    """The sizes of weights, in the order in which `initialise` of a trainer takes them."""
    held = {size for weight in model.weights for size in weight.shape}
    return tuple(size for size in model.size_symbols if size in held)


def _sizes_of(model: Model, arrays: tuple[Array, ...], dialect: Dialect) -> tuple[Place, ...]:
    """The sizes of some arrays, of weights where these have them."""
    symbols = dict.fromkeys(size for array in arrays for size in array.shape)
    return _places(model, tuple(symbols), (*model.weights, *arrays), dialect)


def _places(
    model: Model, sizes: tuple[str, ...], arrays: tuple[Array, ...], dialect: Dialect
) -> tuple[Place, ...]:
    """Each size with the first of some arrays that has it."""
    found = []
    for size in sizes:
        owner = next(array for array in arrays if size in array.shape)
        named, array = code_names((size, owner.name), model, dialect)
        found.append(Place(named, array, owner.shape.index(size), owner in model.weights))
    return tuple(found)


def _output(model: Model, last: Step, dialect: Dialect) -> Output:
    output = output_of(model)
    name = code_name(output.name, model, dialect)
    value = f"{name}.plain()" if last.scaled else name
    return Output(name, value, shape_text(output, model, dialect=dialect))
