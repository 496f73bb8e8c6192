"""Steps of a scalar program -> the body of a function of C."""

from collections.abc import Collection, Iterable, Iterator
from textwrap import fill

from derive.c.speller import CSpeller
from derive.errors import naming
from derive.expressions.expression import Name
from derive.model.model import Array
from derive.printing.text import as_model_file, equation_text
from derive.scalar.program import ScalarProgram, ScalarStep

WIDTH = 96


def step_lines(
    steps: Iterable[ScalarStep],
    program: ScalarProgram,
    speller: CSpeller,
    given: Collection[Name],
) -> Iterator[str]:
    """The lines of some steps; quantities that are given have a place already."""
    for step in steps:
        if step.equation is not None:
            said = equation_text(step.equation, as_model_file(program.model))
            yield from comment(f"{step.equation.id}: {said}")
        with naming(step.equation.id if step.equation else str(step.target.name)):
            yield from wrapped(_lines(step, program, speller, step.target.name in given))


def _lines(
    step: ScalarStep, program: ScalarProgram, speller: CSpeller, is_given: bool
) -> Iterator[str]:
    name = step.target.name
    is_pair = name in program.scaled
    kind = "pair" if is_pair else "real"
    target = speller.entry(step.target)
    letters = step.target.letters
    if letters and not is_given:
        sizes = "".join(f"[{speller.macro(index.size)}]" for index in letters)
        yield f"{kind} {speller.names.quantity(name)}{sizes};"
    speller.block, speller.used = [], {}
    own = speller.names.quantity(name)
    speller.accumulator = "sum" if letters else f"sum_{own}"
    if step.largest:
        largest = "largest" if letters else f"largest_{own}"
        value = str(speller.printed(step.value))
        found = [*speller.block, f"if ({value} > {largest}) {{", f"    {largest} = {value};", "}"]
        speller.block = [f"real {largest} = -(real)INFINITY;"]
        speller.block += speller.loops(step.largest, found)
        value = largest
    else:
        value = speller.scaled(step.value) if is_pair else speller.text(step.value)
    declared = "" if letters or is_given else f"const {kind} "
    body = [*speller.block, f"{declared}{target} = {value};"]
    yield from speller.loops(letters, body)


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
