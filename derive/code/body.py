"""Steps of a program -> the body of a function: its lines, aligned, with their comments."""

from collections.abc import Collection

from derive.arrays.program import SizeOf, Step, names, parts
from derive.code.lines import Line, line
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


def body(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The lines of some steps, after those of the weights and sizes they use."""
    return (*_unpacked(model, steps), *_size_lines(model, steps), *_lines(model, steps))


def two_passes(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The same, with a blank line between the forward and the backward pass."""
    ahead = tuple(step for step in steps if isinstance(step.equation.target.name, str))
    back = tuple(step for step in steps if step not in ahead)
    before = (*_unpacked(model, steps), *_size_lines(model, steps), *_lines(model, ahead))
    return (*before, "", *_lines(model, back))


def error_body(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The lines to the error, through `_forward` where all else follows from the output."""
    computed = [step.equation.target.name for step in steps]
    output = output_of(model).name
    if output not in computed:
        return body(model, steps)
    after = steps[computed.index(output) + 1 :]
    known = {array.name for array in model.leaves} | {
        output,
        *(s.equation.target.name for s in after),
    }
    if not _held(after) <= known:
        return body(model, steps)
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


def shape_text(array: Array, *before: str) -> str:
    axes = (*before, *array.shape)
    return f"({', '.join(axes)}{',' * (len(axes) == 1)})"


def tuple_text(held: tuple[str, ...]) -> str:
    quoted = [f'"{name}"' for name in held]
    return f"({', '.join(quoted)}{',' * (len(quoted) == 1)})"


def dictionary_text(held: tuple[str, ...]) -> str:
    return "{" + ", ".join(f'"{name}": {name}' for name in held) + "}"
