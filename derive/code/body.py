"""Steps of a program -> the body of a function: its lines, aligned, with their comments."""

import textwrap
from collections.abc import Collection, Iterable, Sequence

from derive.arrays.program import SizeOf, Step, arrays_in, parts
from derive.code.lines import Line, line, needs_like
from derive.code.names import code_name, code_names
from derive.code.spelling import NUMPY, Dialect
from derive.expressions.expression import Name
from derive.model.model import Array, Model
from derive.model.output import output_of

WIDTH = 100


def needed(steps: tuple[Step, ...], ends: Collection[Name]) -> tuple[Step, ...]:
    """The steps that lead to some names, in their order."""
    wanted = set(ends)
    kept: list[Step] = []
    for step in reversed(steps):
        if step.equation.target.name in wanted:
            wanted |= arrays_in(step.value)
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


def body(model: Model, steps: tuple[Step, ...], dialect: Dialect = NUMPY) -> tuple[str, ...]:
    """The lines of some steps, after those of the weights and sizes they use."""
    return (
        *_unpacked(model, steps, dialect),
        *size_lines(model, steps, dialect),
        *step_lines(model, steps, dialect),
    )


def two_passes(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The same, with a blank line between the forward and the backward pass."""
    ahead = tuple(step for step in steps if isinstance(step.equation.target.name, str))
    back = tuple(step for step in steps if step not in ahead)
    before = (*_unpacked(model, steps), *size_lines(model, steps), *step_lines(model, ahead))
    return (*before, "", *step_lines(model, back))


def error_body(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The lines to the error, through `_forward` where all else follows from the output."""
    computed = [step.equation.target.name for step in steps]
    output = output_of(model).name
    if output not in computed[:-1] or steps[computed.index(output)].scaled:
        return body(model, steps)
    after = steps[computed.index(output) + 1 :]
    known = {array.name for array in model.leaves} | {
        output,
        *(s.equation.target.name for s in after),
    }
    if not _held(after) <= known:
        return body(model, steps)
    inputs = ", ".join(code_name(array.name, model) for array in model.role("input"))
    unpacked = _unpacked(model, after)
    call = f"{code_name(output, model)} = _forward(parameters, {inputs})"
    return (*unpacked, call, *size_lines(model, after), *step_lines(model, after))


def step_lines(model: Model, steps: tuple[Step, ...], dialect: Dialect = NUMPY) -> list[str]:
    """The lines of some steps alone."""
    return aligned([line(step, model, dialect) for step in steps])


def uses(model: Model, steps: tuple[Step, ...], dialect: Dialect = NUMPY) -> set[Name]:
    """The arrays in the lines of some steps, those that sizes and types are taken from too."""
    used = _held(steps) | {array.name for array in _sized(model, steps).values()}
    if any(needs_like(step.value, model, dialect) for step in steps):
        used |= {model.weights[0].name}
    return used


def _unpacked(model: Model, steps: tuple[Step, ...], dialect: Dialect = NUMPY) -> list[str]:
    """W, V = parameters, where a step uses one or the size of one."""
    fields = [weight.name for weight in model.weights]
    if not set(fields) & uses(model, steps, dialect):
        return []
    return [f"{tuple_of(code_names(fields, model, dialect))} = parameters"]


def _held(steps: tuple[Step, ...]) -> set[Name]:
    return {name for step in steps for name in arrays_in(step.value)}


def size_lines(model: Model, steps: tuple[Step, ...], dialect: Dialect = NUMPY) -> list[str]:
    """N = I.shape[0], for every size that the equations use as a number."""

    def named(name: str) -> str:
        return code_name(name, model, dialect)

    return [
        f"{named(size)} = {named(x.name)}.shape[{x.shape.index(size)}]"
        for size, x in _sized(model, steps).items()
    ]


def _sized(model: Model, steps: tuple[Step, ...]) -> dict[str, Array]:
    """The sizes that the equations use as numbers, each with an array that has it."""
    nodes = (node for step in steps for node in parts(step.value))
    symbols = dict.fromkeys(node.symbol for node in nodes if isinstance(node, SizeOf))
    # Inputs and weights first: the forward pass is given no targets.
    arrays = (*model.role("input"), *model.weights, *model.role("target"))
    return {symbol: next(a for a in arrays if symbol in a.shape) for symbol in symbols}


def arguments(names: Iterable[str], kind: str) -> tuple[str, ...]:
    """The parameters, and some arrays, with their types."""
    return ("parameters: Parameters", *(f"{name}: {kind}" for name in names))


def define(name: str, takes: tuple[str, ...], returns: str) -> str:
    """The line that begins a function; several where it would be too long."""
    line = f"def {name}({', '.join(takes)}) -> {returns}:"
    if len(line) <= WIDTH:
        return line
    inner = f"    {', '.join(takes)}"
    if len(inner) > WIDTH:
        inner = "\n".join(f"    {each}," for each in takes)
    return f"def {name}(\n{inner}\n) -> {returns}:"


def typed(names: Iterable[str], kind: str) -> tuple[str, ...]:
    """Arguments with their type."""
    return tuple(f"{name}: {kind}" for name in names)


def call(function: str, given: tuple[str, ...], indent: int) -> str:
    """A call, so far to the right; in several lines where one would be too long."""
    line = f"{' ' * indent}{function}({', '.join(given)})"
    if len(line) <= WIDTH:
        return line
    inner = textwrap.wrap(", ".join(given), WIDTH - indent - 4, break_long_words=False)
    return textwrap.indent(
        "\n".join([f"{function}(", *(f"    {x}" for x in inner), ")"]), " " * indent
    )


def shape_text(array: Array, model: Model, *before: str, dialect: Dialect = NUMPY) -> str:
    """(m, n) of an array, after what stands before."""
    axes = (*before, *(code_name(size, model, dialect) for size in array.shape))
    return f"({', '.join(axes)}{',' * (len(axes) == 1)})"


def tuple_of(names: Sequence[str]) -> str:
    """W, V as what a tuple is taken apart into; W, of one alone."""
    return ", ".join(names) + ("," if len(names) == 1 else "")


def tuple_text(held: Iterable[str]) -> str:
    """("I", "y")."""
    names = [quoted(name) for name in held]
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def quoted(name: str) -> str:
    """The name between quotes."""
    return f'"{name}"'


def dictionary_text(held: Iterable[str]) -> str:
    """{"I": I, "y": y}."""
    return "{" + ", ".join(f'"{name}": {name}' for name in held) + "}"
