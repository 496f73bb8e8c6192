"""The same functions for Numba, with arrays in and out."""

from collections.abc import Iterator

from derive.derivation.simplify import Simplified
from derive.environment import banner, environment
from derive.errors import DeriveError
from derive.scalar.lower import lower_to_scalars
from derive.unrolled.module import unrolled
from derive.unrolled.record import NUMBERS, Routine, Taken, Unrolled

MOST = 400
"""Parameters up to which Numba compiles functions of so many numbers within seconds."""


WHOLE = 30
"""Numbers up to which Python makes a tuple at once, and Numba can."""


def jit_text(one: Simplified) -> str:
    """The module of one sample's derivation, compiled by Numba where it runs.

    Raises DeriveError where Numba would compile for very long.
    """
    record = unrolled(lower_to_scalars(one))
    count = record.parameters.count
    if count > MOST:
        problem = f"at the sizes of [example] there are {count} parameters, each a variable"
        cure = f"choose sizes that make {MOST} at most, or use the targets unrolled or c"
        raise DeriveError(problem, cure, one.model.name)
    template = environment().get_template("unrolled/jit.py.jinja")
    picked = ", ".join(map(_picked, record.data))
    arrays = tuple(_with_arrays(record))
    return template.render(
        banner=banner(record.name, "jit"),
        u=record,
        arrays=arrays,
        picked=picked,
        in_parts=_in_parts,
    )


def _picked(each: Taken) -> str:
    """The numbers of a row: (I[n_, 0], I[n_, 1])."""
    numbers = [f"{each.name}[n_, {place}]" for place in range(each.count)]
    comma = "," * (len(numbers) % WHOLE == 1)
    if not each.numbers:
        return numbers[0]
    parts = [numbers[n : n + WHOLE] for n in range(0, len(numbers), WHOLE)]
    return " + ".join(f"({', '.join(part)}{comma})" for part in parts)


def _in_parts(routine: Routine) -> tuple[str, ...]:
    """The lines of a function; a long tuple is put together of several."""
    numbers = routine.numbers
    if len(numbers) <= WHOLE:
        return routine.body
    lines, names = list(routine.lines), list[str]()
    for place in range(0, len(numbers), WHOLE):
        names.append(f"part_{len(names) + 1}")
        part = numbers[place : place + WHOLE]
        lines += [f"{names[-1]} = (", *(f"    {number}," for number in part), ")"]
    whole = " + ".join(names)
    return (*lines, f"return {routine.before}{whole}")


def _with_arrays(record: Unrolled) -> Iterator[Routine]:
    """The functions that are called, around those that Numba compiles."""
    given = {each.name: each for each in record.given}
    for routine in record.routines:
        names = [name for name, _ in routine.takes]
        lists = [given[name] for name in names if name in given and given[name].numbers]
        takes = tuple((n, "ArrayLike" if given.get(n) in lists else "float") for n in names)
        lines = tuple(f'{x.name} = _floats("{x.name}", {x.name}, {x.count})' for x in lists)
        call = f"_{routine.name}({', '.join(names)})"
        returns, end = _returned(routine, call)
        yield Routine(routine.name, takes, returns, routine.words, (*lines, *end))
    yield _train(record)


def _returned(routine: Routine, call: str) -> tuple[str, tuple[str, ...]]:
    """The type of what comes back, and the lines that return it: numbers in an array."""
    if routine.returns == "float":
        return "float", (f"return {call}",)
    if routine.returns == NUMBERS:
        return "np.ndarray", (f"return np.array({call})",)
    lines = (f"value, partials = {call}", "return value, np.array(partials)")
    return "tuple[float, np.ndarray]", lines


def _train(record: Unrolled) -> Routine:
    whole, t = record.parameters, record.step
    names = [each.name for each in record.data]
    lines = [f'{whole.name} = _floats("{whole.name}", {whole.name}, {whole.count})']
    lines += [f'{x.name} = _rows("{x.name}", {x.name}, {x.count})' for x in record.data]
    for other in names[1:]:
        lines += [
            f"if len({other}) != len({names[0]}):",
            f'    raise ValueError("{other}: expected as many rows as {names[0]} has")',
        ]
    lines.append(f"return np.array(_train({record.arguments}, {t}, passes))")
    arrays = tuple((name, "ArrayLike") for name in (whole.name, *names))
    words = (
        "The gradient method, sample by sample: one step for each of the samples, in their order,",
        "that many times over. Samples are rows.",
    )
    takes = (*arrays, (t, "float"), ("passes", "int = 1"))
    return Routine("train", takes, "np.ndarray", words, tuple(lines))
