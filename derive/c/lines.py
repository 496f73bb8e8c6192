"""Steps of a scalar program -> the body of a function of C."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from textwrap import fill

from derive.c.speller import CSpeller
from derive.errors import naming
from derive.expressions.expression import Name
from derive.model.model import Array
from derive.printing.printed import Printed
from derive.printing.text import as_model_file, equation_text
from derive.scalar.program import ScalarProgram, ScalarStep

WIDTH = 96


Assigned = Mapping[Name, Callable[[Printed], str]]
"""Quantities that have a place already -> the line that gives an entry a value."""


def step_lines(
    steps: Iterable[ScalarStep], program: ScalarProgram, speller: CSpeller, assigned: Assigned
) -> Iterator[str]:
    """The lines of some steps; what is not assigned to a place is a variable of its own."""
    for step in steps:
        if step.equation is not None:
            said = equation_text(step.equation, as_model_file(program.model))
            yield from comment(f"{step.equation.id}: {said}")
        with naming(step.equation.id if step.equation else str(step.target.name)):
            yield from wrapped(_lines(step, program, speller, assigned.get(step.target.name)))


def _lines(
    step: ScalarStep,
    program: ScalarProgram,
    speller: CSpeller,
    assigned: Callable[[Printed], str] | None,
) -> Iterator[str]:
    name, letters = step.target.name, step.target.letters
    is_pair = name in program.scaled
    kind = "pair" if is_pair else "real"
    own = speller.names.quantity(name)
    if letters and assigned is None:
        sizes = "".join(f"[{speller.macro(index.size)}]" for index in letters)
        yield f"{kind} {own}{sizes};"
    speller.block, outside = [], speller.used
    speller.used = {} if letters else outside  # within a loop names are its own
    speller.accumulator = "sum" if letters else f"sum_{own}"
    if assigned is not None:
        line = assigned(speller.printed(step.value))
    else:
        if step.largest:
            value = _largest(step, speller)
        else:
            value = speller.scaled(step.value) if is_pair else speller.text(step.value)
        line = f"{'' if letters else f'const {kind} '}{speller.entry(step.target)} = {value};"
    yield from speller.loops(letters, [*speller.block, line])
    speller.used = outside


def _largest(step: ScalarStep, speller: CSpeller) -> str:
    """The variable that a loop leaves with the largest value in it."""
    own = speller.names.quantity(step.target.name)
    largest = speller.fresh("largest" if step.target.letters else f"largest_{own}")
    value = str(speller.printed(step.value))
    found = [*speller.block, f"if ({value} > {largest}) {{", f"    {largest} = {value};", "}"]
    speller.block = [f"real {largest} = -(real)INFINITY;"]
    speller.block += speller.loops(step.largest, found)
    return largest


def wrapped(lines: Iterable[str]) -> Iterator[str]:
    """Long lines broken between words."""
    for line in lines:
        if len(line) <= WIDTH:
            yield line
            continue
        text = line.lstrip()
        space = " " * (len(line) - len(text))
        yield from _filled(text, space, space + "    ")


def comment(text: str) -> Iterator[str]:
    """A comment of one line, or of several."""
    yield from _filled(f"/* {text.replace('*/', '* /')} */", "", "   ")


def _filled(text: str, first: str, others: str) -> list[str]:
    return fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    ).splitlines()


def alias(array: Array, place: str, speller: CSpeller, writable: bool, name: str) -> str:
    """W for parameters->W, so that the lines read as the equations do."""
    const = "" if writable else "const "
    if not array.indices:
        return f"{const}real {name} = {place};"
    inner = "".join(f"[{speller.macro(size)}]" for size in array.shape[1:])
    pointer = f"(*const {name}){inner}" if inner else f"*const {name}"
    return f"{const}real {pointer} = {place};"


def declared(array: Array, speller: CSpeller, name: str, kind: str = "real") -> str:
    """Real W[m][n]."""
    sizes = "".join(f"[{speller.macro(size)}]" for size in array.shape)
    return f"{kind} {name}{sizes}"
