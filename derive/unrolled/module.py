"""ScalarProgram -> what the templates of unrolled modules need: names and lines."""

from collections.abc import Iterable, Iterator, Sequence

from derive.code.body import define, docstring, typed
from derive.code.functions import function_code
from derive.code.names import code_name, reserved
from derive.errors import DeriveError
from derive.evaluation.evaluate import Cell, array_cells
from derive.expressions.expression import Adjoint
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.printing.symbols import step_letter
from derive.printing.text import as_model_file, equation_text, expression_text
from derive.scalar.functions import E_ENTRY, Z_ENTRY
from derive.scalar.program import ScalarFunction, ScalarProgram
from derive.unrolled.cells import CellStep, leading_to, written_out
from derive.unrolled.helpers import imported, known, sources
from derive.unrolled.lines import assignment, comment, returned, unpack
from derive.unrolled.names import entry_names, names_of
from derive.unrolled.python import PythonSpeller, function_name
from derive.unrolled.record import NUMBERS, Routine, Single, Taken, Unrolled

MOST = 20_000
"""Numbers that a module may compute: a longer one nobody reads, and Python compiles for long."""


def single(program: ScalarProgram, cell: Cell) -> Single:
    """The record of what computes one number, at the sizes of the model's example."""
    return _Writer(program).single(cell)


def unrolled(program: ScalarProgram) -> Unrolled:
    """The record of a program at the sizes of its model's example."""
    return _Writer(program).record()


class _Writer:
    """A program's cells, with their names, while its functions are written."""

    def __init__(self, program: ScalarProgram) -> None:
        self.program, self.model = program, program.model
        model, sizes = self.model, dict(self.model.example)
        _require_small(program, sizes)
        self.steps = tuple(written_out(program.steps, sizes))
        self.t = step_letter(model)
        self.arguments = {array.name: code_name(array.name, model) for array in model.data}
        numbers = {a.name: (self.arguments[a.name],) for a in model.data if not a.indices}
        given = [cell for array in model.leaves for cell in array_cells(array, sizes)]
        made = [step.cell for step in self.steps if step.step.equation]
        helping = [(s.cell, _about(s)) for s in self.steps if not s.step.equation]
        taken = {*reserved(), *self.arguments.values(), self.t, *_words(program)}
        own: dict[Cell, str] = {(name, ()): argument for name, (argument,) in numbers.items()}
        cells = [cell for cell in (*given, *made) if cell not in own]
        self.names = entry_names(model, cells, helping, own, taken)
        self.weights = [c for weight in model.weights for c in array_cells(weight, sizes)]
        self.slopes = [(Adjoint(model.error, str(name)), place) for name, place in self.weights]
        self.speller = PythonSpeller(model, self.names)

    def single(self, cell: Cell) -> Single:
        """A function of the numbers that one of them is computed from."""
        read, assigned, (value,) = self.computed([cell], [cell])
        sizes = dict(self.model.example)
        given = [c for array in self.model.leaves for c in array_cells(array, sizes) if c in read]
        fixed = {(name, ()): repr(float(x)) for name, x in self.model.hyperparameters}
        taken = names_of([c for c in given if c not in fixed], self.names)
        lines = (*assigned, *returned(value))
        text, needed = "\n".join(lines), list[str]()
        for each in reversed(self.program.functions):  # one may call another that stands above
            if f"{function_name(each.function, each.order, self.model)}(" in text:
                needed.insert(0, self.defined(each))
                text += needed[0]
        return Single(
            model=self.model.name,
            name=self.names[cell],
            signature=define(self.names[cell], typed(taken, "float"), "float"),
            lines=lines,
            constants=tuple((self.names[c], fixed[c]) for c in given if c in fixed),
            functions=tuple(needed),
            libraries=tuple(sorted(self.speller.libraries | imported(self.speller.helpers))),
            helpers=sources(self.speller.helpers),
        )

    def record(self) -> Unrolled:
        """Every function and every word of it."""
        model = self.model
        functions = tuple(self.defined(each) for each in self.program.functions)
        routines = tuple(self.routines())
        return Unrolled(
            name=model.name,
            title=docstring(model.title),
            source=docstring(model.source),
            sizes=", ".join(f"{symbol} = {number}" for symbol, number in model.example),
            equations=_declared(model),
            error=model.error,
            step=self.t,
            functions=functions,
            hyperparameters=tuple(
                (self.names[name, ()], repr(float(x))) for name, x in model.hyperparameters
            ),
            parameters=self.given("parameters", model.weights),
            data=tuple(self.given(self.arguments[a.name], (a,)) for a in model.data),
            routines=routines,
            libraries=tuple(sorted(self.speller.libraries | imported(self.speller.helpers))),
            helpers=sources(self.speller.helpers),
        )

    def routines(self) -> Iterator[Routine]:
        """What one sample is given to."""
        model = self.model
        output, error = output_of(model), (model.error, ())
        outputs = array_cells(output, dict(model.example))
        fed, given = (self.takes(arrays) for arrays in (model.role("input"), model.data))
        if output.name != model.error:
            lines, returned = self.lines(outputs, outputs)
            said = (f"The output {output.name}.",)
            if output.indices:
                yield Routine("forward", fed, NUMBERS, said, lines, returned)
            else:
                yield Routine("forward", fed, "float", said, (*lines, f"return {returned[0]}"))
        lines, (value,) = self.lines([error], [error])
        said = (f"The error {model.error} of one sample.",)
        yield Routine("error", given, "float", said, (*lines, f"return {value}"))
        lines, (value, *slopes) = self.lines([error, *self.slopes], [error, *self.slopes])
        yield Routine(
            "gradient",
            given,
            f"tuple[float, {NUMBERS}]",
            (
                f"The error of one sample and its partial derivatives, ({model.error}, "
                f"∇{model.error}):",
                "these stand in the order of the parameters.",
            ),
            lines,
            tuple(slopes),
            f"{value}, ",
        )
        lines, returned = self.lines(self.slopes, self.slopes)
        moved = [self.moved(*pair) for pair in zip(self.weights, returned, strict=True)]
        yield Routine(
            "update",
            (*given, (self.t, "float")),
            NUMBERS,
            (
                f"One step of the gradient method, x - {self.t} ∇{model.error}, each gradient at "
                "the old parameters.",
            ),
            lines,
            tuple(moved),
        )

    def takes(self, arrays: tuple[Array, ...]) -> tuple[tuple[str, str], ...]:
        """The parameters, and some arrays, with their types."""
        kinds = ((self.arguments[a.name], "Numbers" if a.indices else "float") for a in arrays)
        return (("parameters", "Numbers"), *kinds)

    # --- lines ----------------------------------------------------------------------------------

    def lines(
        self, ends: Sequence[Cell], returned: Sequence[Cell]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What leads to some cells, after what is given is taken apart; and what is returned."""
        read, assigned, texts = self.computed(ends, returned)
        return (*self.unpacked(read), *assigned), texts

    def computed(
        self, ends: Sequence[Cell], returned: Sequence[Cell]
    ) -> tuple[frozenset[Cell], tuple[str, ...], tuple[str, ...]]:
        """What is read by what leads to some cells, the lines of that, and what is returned of
        these, without a line of its own where nothing else needs it.
        """
        steps = leading_to(self.steps, ends)
        read = frozenset[Cell]().union(*(step.reads for step in steps))
        last = {step.cell: step for step in steps if step.cell in returned}
        inlined = {cell: step for cell, step in last.items() if cell not in read}
        inlined = {c: s for c, s in inlined.items() if isinstance(c[0], Adjoint)}
        kept = [step for step in steps if step.cell not in inlined]
        texts = tuple(
            self.value(inlined[cell]) if cell in inlined else self.plain(cell) for cell in returned
        )
        return read, tuple(self._assigned(kept)), texts

    def unpacked(self, read: frozenset[Cell]) -> Iterator[str]:
        """The numbers of parameters and data by their names, where one of them is read."""
        sizes = dict(self.model.example)
        groups = [("parameters", self.weights)]
        groups += [
            (self.arguments[array.name], array_cells(array, sizes))
            for array in self.model.data
            if array.indices
        ]
        for name, cells in groups:
            if read & set(cells):
                yield from unpack(names_of(cells, self.names), name)

    def _assigned(self, steps: Iterable[CellStep]) -> Iterator[str]:
        before = None
        for step in steps:
            equation = step.step.equation
            if equation is not None and equation is not before:
                said = equation_text(equation, as_model_file(self.model))
                yield from comment(f"{equation.id}: {said}")
            before = equation or before
            yield from assignment(self.names[step.cell], self.value(step))

    def value(self, step: CellStep) -> str:
        """What a cell is computed as."""
        if step.cell[0] in self.program.scaled:
            return self.speller.scaled(step.values[0])
        texts = [self.speller.text(value) for value in step.values]
        if len(texts) == 1:
            return texts[0]
        return self.speller.helper("larger", texts)

    def plain(self, cell: Cell) -> str:
        """A cell as a floating-point number."""
        if cell[0] in self.program.scaled:
            return self.speller.helper("scaled_plain", [self.names[cell]])
        return self.names[cell]

    def moved(self, cell: Cell, slope: str) -> str:
        """The cell less t times a slope."""
        slope = slope if slope.isidentifier() else f"({slope})"
        return f"{self.names[cell]} - {self.t} * {slope}"

    # --- functions ------------------------------------------------------------------------------

    def defined(self, function: ScalarFunction) -> str:
        """The definition of a function that is called by its name."""
        model = self.model
        row = model.function(function.function)
        local: dict[Cell, str] = {(Z_ENTRY.name, ()): "z", (E_ENTRY.name, ()): "e"}
        inner = PythonSpeller(model, local, self.speller.libraries, self.speller.helpers)
        name = function_name(function.function, function.order, model)
        said = f"{row.words}, {function_code(row, ()).definition}"
        kind = "The derivative of " if function.order else ""
        said = kind + said if kind else said[:1].upper() + said[1:]
        lines = [f"def {name}(z: float) -> float:"]
        lines += [f'    """{docstring(said)}."""']
        if function.exponent is not None:
            exponential = inner.library("exp", [inner.text(function.exponent)])
            lines += [f"    {line}" for line in assignment("e", exponential)]
        value = inner.text(function.value)
        lines += [f"    {line}" for line in returned(value)]
        return "\n".join(lines)

    # --- what is given --------------------------------------------------------------------------

    def given(self, name: str, arrays: tuple[Array, ...]) -> Taken:
        """The numbers of some arrays, one after another."""
        sizes = dict(self.model.example)
        cells = [cell for array in arrays for cell in array_cells(array, sizes)]
        alone = len(arrays) == 1 and not arrays[0].indices and arrays[0] in self.model.data
        numbers = "" if alone else _span(names_of(cells, self.names))
        return Taken(name, numbers, len(cells))


def _about(step: CellStep) -> Cell | None:
    """The cell that a helping one belongs to."""
    about = step.step.about
    return None if about is None else (about.name, step.cell[1])


def _require_small(program: ScalarProgram, sizes: dict[str, int]) -> None:
    count = 0
    for step in program.steps:
        number = 1
        for index in step.target.letters:
            number *= sizes[index.size]
        count += number
    if count > MOST:
        problem = f"unrolled at the sizes of [example] it computes {count} numbers, one by one"
        cure = f"choose sizes that make {MOST} at most, or use the NumPy trainer"
        raise DeriveError(problem, cure, program.model.name)


def _words(program: ScalarProgram) -> Iterator[str]:
    """The names of functions in the module."""
    yield from known()
    for each in program.functions:
        yield function_name(each.function, each.order, program.model)
    yield from (f"part_{n}" for n in range(1, 20))
    yield from ("samples", "passes", "parameters", "exp", "log", "sqrt", "pow", "z", "e")


def _declared(model: Model) -> tuple[str, ...]:
    style = as_model_file(model)
    return tuple(
        f"{style.entry(each.target)} = {expression_text(each.value, style)}"
        for each in model.equations
    )


def _span(names: tuple[str, ...]) -> str:
    """w_11, w_21, ..., v_21: all of them where they are few."""
    shown = names if len(names) <= 8 else (*names[:3], "...", names[-1])
    return ", ".join(shown)
