"""ScalarProgram -> what the templates of C need: declarations and lines."""

from collections.abc import Iterator, Sequence
from functools import partial

from derive.c.helpers import every, libraries, needed
from derive.c.lines import Assigned, alias, declared, step_lines, wrapped
from derive.c.moving import moves_in_place
from derive.c.names import Names, prefix_of
from derive.c.record import CNetwork, Member
from derive.c.speller import CSpeller
from derive.code.functions import function_code
from derive.expressions.contents import held
from derive.expressions.expression import Adjoint, Entry, Name, Scaled
from derive.model.model import Array
from derive.model.output import output_of
from derive.printing.precedence import Binding
from derive.printing.printed import Printed
from derive.printing.symbols import step_letter
from derive.printing.text import as_model_file, expression_text
from derive.scalar.functions import E_ENTRY, LIBRARY, Z_ENTRY
from derive.scalar.program import ScalarFunction, ScalarProgram, ScalarStep, leading_to, used


def c_network(program: ScalarProgram) -> CNetwork:
    """The record of a program at the sizes of its model's example."""
    return _Writer(program).record()


class _Writer:
    """A program while its functions are written."""

    def __init__(self, program: ScalarProgram) -> None:
        self.program, self.model = program, program.model
        model = self.model
        self.prefix = prefix_of(model)
        self.t = step_letter(model)
        library = {name for each in LIBRARY.values() for name in (each, each + "f", f"real_{each}")}
        self.names = Names(model, {*library, *every(), self.t})
        self.names.known(array.name for array in model.arrays)
        self.names.known(step.target.name for step in program.steps)
        self.functions = {
            (each.function, each.order): self.names.free(each.function + "_prime" * each.order)
            for each in program.functions
        }
        self.libraries: dict[str, None] = {}
        self.helpers: dict[str, None] = {}
        self.slopes = {Adjoint(model.error, w.name): w for w in model.weights}

    def record(self) -> CNetwork:
        """Every word of both texts."""
        model, program = self.model, self.program
        output, name = output_of(model), self.names.quantity
        style, speller = as_model_file(model), self.speller({})
        functions = tuple(self.defined(each) for each in program.functions)
        forward = tuple(self.forward())
        error_lines, gradient = tuple(self.error()), tuple(self.gradient())
        update = tuple(self.update())
        texts = needed(self.helpers)
        called = {*self.libraries, *libraries(texts)}
        has_output = output.name != model.error
        return CNetwork(
            prefix=self.prefix,
            upper=self.prefix.upper(),
            title=_in_comment(model.title),
            source=_in_comment(model.source),
            equations=tuple(
                _in_comment(f"{style.entry(each.target)} = {expression_text(each.value, style)}")
                for each in model.equations
            ),
            error=model.error,
            step=self.t,
            sizes=model.example,
            weights=tuple(self.member(weight) for weight in model.weights),
            data=tuple(self.member(array) for array in model.data),
            passed=tuple(f"samples[n].{name(array.name)}" for array in model.data),
            fed=tuple(self.argument(array) for array in model.role("input")),
            given=tuple(self.argument(array) for array in model.data),
            output=self.returned(output) if has_output else "",
            output_name=output.name,
            constants=tuple(
                (name(each), speller.literal(abs(x)) if x >= 0 else f"-{speller.literal(-x)}")
                for each, x in model.hyperparameters
                if self.reads(each)
            ),
            libraries=tuple(sorted(called)),
            helpers=texts,
            has_pairs=any("pair" in text for text in texts),
            has_bools=any("bool" in text for text in texts),
            functions=functions,
            forward=forward if has_output else (),
            error_lines=error_lines,
            error_value=self.plain(Entry(model.error)),
            gradient=gradient,
            update=update,
        )

    # --- functions of a sample ------------------------------------------------------------------

    def forward(self) -> Iterator[str]:
        """From the inputs to the output."""
        output = output_of(self.model)
        steps, name = leading_to(self.program.steps, [output.name]), output.name
        target = f"{'' if output.indices else '*'}{self.written(output)}"
        target += self.subscripts(output)
        if name in self.program.scaled:
            yield from self.body(steps, self.speller({}), {}, fed=True)
            line = f"{target} = {self.plain(output.entry)};"
            yield from self.speller({}).loops(output.indices, [line])
        else:
            placed: dict[Name, str] = {} if output.indices else {name: target}
            assigned: Assigned = {name: lambda value: f"{target} = {value};"}
            yield from self.body(steps, self.speller(placed), assigned, fed=True)

    def error(self) -> Iterator[str]:
        """From the data to the error."""
        steps = leading_to(self.program.steps, [self.model.error])
        yield from self.body(steps, self.speller({}), {})

    def gradient(self) -> Iterator[str]:
        """The error, and back to the weights."""
        model, scaled = self.model, self.program.scaled
        steps = leading_to(self.program.steps, [model.error, *self.slopes])
        field = {w.name: f"gradient->{self.names.quantity(w.name)}" for w in model.weights}
        stored = {slope: w for slope, w in self.slopes.items() if slope not in scaled}
        speller = self.speller({s: field[w.name] for s, w in stored.items() if not w.indices})
        for slope, weight in stored.items():
            if weight.indices:
                name = self.names.quantity(slope)
                yield alias(weight, field[weight.name], speller, True, name)
        assigned: Assigned = {
            slope: partial("{} = {};".format, speller.entry(Entry(slope, weight.indices)))
            for slope, weight in stored.items()
        }
        yield from self.body(steps, speller, assigned)
        for slope, weight in self.slopes.items():
            if slope in scaled:
                value = self.plain(Entry(slope, weight.indices))
                line = f"{field[weight.name]}{self.subscripts(weight)} = {value};"
                yield from speller.loops(weight.indices, [line])

    def update(self) -> Iterator[str]:
        """Back to the weights, each of which moves in its place once all else is computed; by
        way of a gradient where a weight's derivative reads another weight.
        """
        if not moves_in_place(self.program):
            yield f"{self.prefix}_parameters gradient;"
            given = ", ".join(self.names.quantity(array.name) for array in self.model.data)
            called = f"parameters, {given}" if given else "parameters"
            yield f"(void){self.prefix}_gradient({called}, &gradient);"
            yield from self.descent()
            return
        steps = leading_to(self.program.steps, [*self.slopes])
        last = tuple(step for step in steps if step.target.name in self.slopes)
        before = tuple(step for step in steps if step not in last)
        moved: Assigned = {
            slope: partial(_moved, self.own(weight), self.t)
            for slope, weight in self.slopes.items()
        }
        for weight in self.model.weights:
            if weight.indices:
                name = self.names.quantity(weight.name)
                yield alias(weight, f"parameters->{name}", self.speller({}), True, name)
        yield from self.body((*before, *last), self.speller({}), moved, moves=True)

    def body(
        self,
        steps: Sequence[ScalarStep],
        speller: CSpeller,
        assigned: Assigned,
        fed: bool = False,
        moves: bool = False,
    ) -> Iterator[str]:
        """The lines of some steps, after what they read of the parameters has its name, which
        arrays have already where they move.
        """
        model = self.model
        read = used(steps, model.weights)
        for weight in read:
            if not (moves and weight.indices):
                name = self.names.quantity(weight.name)
                yield alias(weight, f"parameters->{name}", speller, False, name)
        if not read and not moves:
            yield "(void)parameters;"
        arrays = model.role("input") if fed else model.data
        for array in arrays:
            if array not in used(steps, arrays):
                yield f"(void){self.names.quantity(array.name)};"
        yield from step_lines(steps, self.program, speller, assigned)

    def descent(self) -> Iterator[str]:
        """A step against the gradient, weight by weight."""
        for weight in self.model.weights:
            of_the_gradient = f"gradient.{self.names.quantity(weight.name)}"
            slope = f"{of_the_gradient}{self.subscripts(weight)}"
            line = f"{self.place(weight)} -= {self.t} * {slope};"
            yield from wrapped(self.speller({}).loops(weight.indices, [line]))

    # --- parts ----------------------------------------------------------------------------------

    def speller(self, placed: dict[Name, str]) -> CSpeller:
        """One for a function, which notes what is called."""
        return CSpeller(
            self.names,
            self.prefix,
            self.functions,
            placed,
            libraries=self.libraries,
            helpers=self.helpers,
        )

    def plain(self, entry: Entry) -> str:
        """A quantity as a floating-point number."""
        is_pair = entry.name in self.program.scaled
        return self.speller({}).text(Scaled(entry) if is_pair else entry)

    def place(self, weight: Array) -> str:
        """Where an entry of a weight lies: parameters->W[j][i]."""
        return f"parameters->{self.names.quantity(weight.name)}{self.subscripts(weight)}"

    def own(self, weight: Array) -> str:
        """The same where an array has its name: W[j][i]."""
        name = self.names.quantity(weight.name)
        return f"{name}{self.subscripts(weight)}" if weight.indices else self.place(weight)

    def written(self, output: Array) -> str:
        """What a function writes the output to: its own name, where it is no variable too."""
        is_pair = output.name in self.program.scaled
        return "output" if is_pair else self.names.quantity(output.name)

    def subscripts(self, array: Array) -> str:
        """[j][i]."""
        return "".join(f"[{self.names.letter(index)}]" for index in array.indices)

    def member(self, array: Array) -> Member:
        """A field of a struct."""
        name = self.names.quantity(array.name)
        kind = f"{self.prefix}_real"
        words = as_model_file(self.model).entry(array.entry)
        return Member(declared(array, self.speller({}), name, kind), words)

    def argument(self, array: Array) -> str:
        """What a function is given: const real I[n]."""
        return f"const {self.member(array).declaration}"

    def returned(self, output: Array) -> str:
        """What a function writes to: real O[K]."""
        kind, name = f"{self.prefix}_real", self.written(output)
        if not output.indices:
            return f"{kind} *{name}"
        return declared(output, self.speller({}), name, kind)

    def reads(self, name: str) -> bool:
        """Whether a step holds a constant."""
        return bool(used(self.program.steps, [self.model.array(name)]))

    def defined(self, function: ScalarFunction) -> str:
        """The definition of a function that is called by its name."""
        row = self.model.function(function.function)
        name = self.functions[function.function, function.order]
        speller = self.speller({"?z": "z", "?e": "e"})
        kind = "The derivative of " if function.order else ""
        said = f"{kind}{row.words}, {function_code(row, ()).definition}"
        lines = [f"/* {_in_comment(said[:1].upper() + said[1:])}. */"]
        lines += [f"static real {name}(real z)", "{"]
        if function.exponent is not None:
            exponential = speller.library("exp", [speller.text(function.exponent)])
            lines += wrapped([f"    const real e = {exponential};"])
        value = speller.text(function.value)
        if not held(function.value) & {Z_ENTRY.name, E_ENTRY.name}:
            lines.append("    (void)z;")
        lines += [*wrapped([f"    return {value};"]), "}"]
        return "\n".join(lines)


def _moved(place: str, t: str, slope: Printed) -> str:
    return f"{place} -= {t} * {slope.within(Binding.FRACTION)};"


def _in_comment(text: str) -> str:
    return " ".join(text.split()).replace("*/", "* /").replace("/*", "/ *")
