"""Program -> what the template of a module of PyTorch needs: names, shapes and lines of code."""

from dataclasses import dataclass

from derive.arrays.lower import lower_stably
from derive.arrays.program import Step, parts
from derive.code.applied import aliases_of, applied_in, functions_of
from derive.code.body import (
    docstring,
    needed,
    quoted,
    shape_text,
    size_lines,
    step_lines,
    tuple_text,
    uses,
)
from derive.code.functions import FunctionCode
from derive.code.lines import helper
from derive.code.names import code_name, code_names
from derive.code.spelling import Dialect
from derive.code.trainer import declared_equations
from derive.derivation.simplify import Simplified
from derive.expressions.expression import Adjoint, Name
from derive.model.initial import initial
from derive.model.model import Array, Model
from derive.model.output import output_of


@dataclass(frozen=True)
class Weight:
    """A parameter, its shape in words and in code, and how it begins."""

    name: str
    shape: str
    begins: str


@dataclass(frozen=True)
class Output:
    """What `forward` returns, and of what shape."""

    name: str
    value: str
    shape: str


@dataclass(frozen=True)
class Network:
    """The record of one module; every string is source text."""

    title: str
    source: str
    equations: tuple[str, ...]
    error: str
    error_name: str
    gather: str
    samples: str
    weights: tuple[Weight, ...]
    sizes: tuple[str, ...]
    """Those of weights, which a network begins with."""
    sized: tuple[tuple[str, str], ...]
    """Each of these, and where it stands among given weights."""
    functions: tuple[tuple[str, FunctionCode], ...]
    free_functions: tuple[tuple[str, str], ...]
    hyperparameters: tuple[tuple[str, str], ...]
    helpers: frozenset[str]
    """Which of `power_or_zero` and `Scaled` the lines call."""
    inputs: tuple[str, ...]
    data: tuple[str, ...]
    shapes: tuple[tuple[str, str], ...]
    """The data, each with the shape it is to have."""
    input_sizes: tuple[str, ...]
    data_sizes: tuple[str, ...]
    """The lines of the sizes in these shapes."""
    output: Output | None
    forward: tuple[str, ...]
    ahead: tuple[str, ...]
    saved: tuple[str, ...]
    scaled: tuple[str, ...]
    """What else the backward pass uses: scaled numbers of the forward pass."""
    back: tuple[str, ...]
    partials: tuple[str | None, ...]
    """What `backward` returns for every weight and every array of data."""
    by: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The weights by their names."""
        return tuple(weight.name for weight in self.weights)

    @property
    def quoted_names(self) -> str:
        """("W", "b")."""
        return tuple_text(self.names)

    @property
    def underived(self) -> tuple[str, ...]:
        """The data by which nothing is derived."""
        return tuple(name for name in self.data if name not in self.by)

    @property
    def takes(self) -> tuple[str, ...]:
        """What a network begins with."""
        return tuple(f"{size}: int" for size in self.sizes)

    @property
    def fed(self) -> tuple[str, ...]:
        """What `forward` takes."""
        return tuple(f"{name}: Tensor" for name in self.inputs)

    @property
    def given(self) -> tuple[str, ...]:
        """What `error` takes."""
        return tuple(f"{name}: Tensor" for name in self.data)

    @property
    def all(self) -> tuple[str, ...]:
        """What the function of all takes."""
        return tuple(f"{name}: Tensor" for name in (*self.names, *self.data))

    @property
    def call(self) -> str:
        """What it is given."""
        return ", ".join((*(f"self.{name}" for name in self.names), *self.data))

    @property
    def input_shapes(self) -> tuple[tuple[str, str], ...]:
        """The inputs, each with the shape it is to have."""
        return tuple(pair for pair in self.shapes if pair[0] in self.inputs)

    @property
    def draws(self) -> bool:
        """Whether a weight begins at random."""
        return any(weight.begins.startswith("_uniform") for weight in self.weights)

    @property
    def uses_math(self) -> bool:
        """Whether a line computes with numbers of Python."""
        lines = (line for _, f in self.functions for line in (*f.value, *f.derivative))
        return self.draws or "Scaled" in self.helpers or any("math." in line for line in lines)

    @property
    def returned(self) -> str:
        """dEQ_dW * upstream, None."""
        return ", ".join(f"{one} * upstream" if one else "None" for one in self.partials)


def network(model: Model, derivation: Simplified, dialect: Dialect) -> Network:
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
    back = tuple(step for step in trained if isinstance(step.equation.target.name, Adjoint))
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
    return Network(
        title=docstring(model.title),
        source=docstring(model.source),
        equations=declared_equations(model),
        error=error,
        error_name=named(error),
        gather=model.gather,
        samples=named(model.sample.size),
        weights=tuple(_weight(model, array, dialect) for array in model.weights),
        sizes=code_names(_sizes(model), model, dialect),
        sized=tuple((named(size), _given(model, size, dialect)) for size in _sizes(model)),
        functions=functions_of(model, applied, dialect),
        free_functions=aliases_of(model, applied, dialect),
        hyperparameters=tuple((named(name), repr(float(x))) for name, x in model.hyperparameters),
        helpers=frozenset({"power_or_zero", "Scaled"} & held),
        inputs=code_names((array.name for array in model.role("input")), model, dialect),
        data=code_names((array.name for array in model.data), model, dialect),
        shapes=tuple(
            (named(x.name), shape_text(x, batched, dialect=dialect)) for x in batched.data
        ),
        input_sizes=_size_lines(batched, batched.role("input"), dialect),
        data_sizes=_size_lines(batched, batched.data, dialect),
        output=None if output.name == error else _output(batched, forward[-1], dialect),
        forward=(*_taken(batched, forward, dialect), *lines(forward)),
        ahead=lines(ahead),
        saved=tuple(named(name) for name in saved if name not in kept),
        scaled=tuple(named(name) for name in saved if name in kept),
        back=lines(back),
        partials=tuple(
            named(Adjoint(error, array.name)) if array in model.differentiated else None
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


def _taken(model: Model, steps: tuple[Step, ...], dialect: Dialect) -> tuple[str, ...]:
    """W, b = self.W, self.b of the weights that are used."""
    used = uses(model, steps, dialect)
    names = [code_name(w.name, model, dialect) for w in model.weights if w.name in used]
    if not names:
        return ()
    return (f"{', '.join(names)} = {', '.join(f'self.{name}' for name in names)}",)


def _weight(model: Model, array: Array, dialect: Dialect) -> Weight:
    def product(sizes: tuple[str, ...]) -> str:
        return " * ".join(code_names(sizes, model, dialect)) or "1"

    name = code_name(array.name, model, dialect)
    shape = shape_text(array, model, dialect=dialect)
    begins = initial(model, array)
    if begins.kind == "uniform":
        start = f"_uniform({product(begins.inputs)}, {product(begins.outputs)}, {shape}, **kind)"
    else:
        start = f"torch.{begins.kind}({shape}, **kind)"
    return Weight(name, shape, start)


def _sizes(model: Model) -> tuple[str, ...]:
    """The sizes of weights, in the order in which `initialise` of a trainer takes them."""
    held = {size for weight in model.weights for size in weight.shape}
    return tuple(size for size in model.size_symbols if size in held)


def _given(model: Model, size: str, dialect: Dialect) -> str:
    weight = next(weight for weight in model.weights if size in weight.shape)
    name = code_name(weight.name, model, dialect)
    return f"given[{quoted(name)}].shape[{weight.shape.index(size)}]"


def _size_lines(model: Model, arrays: tuple[Array, ...], dialect: Dialect) -> tuple[str, ...]:
    """N, n = x.shape[0], self.W.shape[1]: of weights where these have it."""
    symbols = dict.fromkeys(size for array in arrays for size in array.shape)
    places = []
    for symbol in symbols:
        owner = next(a for a in (*model.weights, *arrays) if symbol in a.shape)
        own = "self." * (owner in model.weights)
        name = code_name(owner.name, model, dialect)
        places.append(f"{own}{name}.shape[{owner.shape.index(symbol)}]")
    if not symbols:
        return ()
    return (f"{', '.join(code_names(symbols, model, dialect))} = {', '.join(places)}",)


def _output(model: Model, last: Step, dialect: Dialect) -> Output:
    output = output_of(model)
    name = code_name(output.name, model, dialect)
    value = f"{name}.plain()" if last.scaled else name
    return Output(name, value, shape_text(output, model, dialect=dialect))
