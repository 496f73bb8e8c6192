"""What can go wrong, said to the person who will read it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from traceback import extract_tb, format_exception


class DeriveError(Exception):
    """Base of every error that `derive` raises on purpose.

    `problem` says what was found, `cure` what to do, `place` where it was found if anywhere: a
    model, a file and its line.
    """

    def __init__(self, problem: str, cure: str, place: str = "") -> None:
        super().__init__(problem, cure, place)  # all of them, for another process
        self.problem, self.cure, self.place = problem, cure, place

    def __str__(self) -> str:
        said = f"{self.place}: {self.problem}" if self.place else self.problem
        return f"{said}\n{self.cure}" if "\n" in said else f"{said}; {self.cure}"

    def _render_traceback_(self) -> list[str]:
        """What IPython and notebooks show: the line that was run, what is wrong, what to do."""
        return [*_run(self), f"{type(self).__name__}: {self}"]


def _run(error: BaseException) -> list[str]:
    """The line by which derive was called, if it can be read."""
    here = str(Path(__file__).parent)
    outside = takewhile(lambda f: not f.filename.startswith(here), extract_tb(error.__traceback__))
    *_, last = (None, *outside)
    return [f"line {last.lineno}: {last.line}", ""] if last is not None and last.line else []


@dataclass(frozen=True)
class Position:
    """A place in a model file: line and column count from 1; `line` is the text of the line."""

    number: int
    column: int
    line: str = ""


def described(given: object) -> str:
    """What was given where something else is wanted: short as it is written, else its type."""
    short = isinstance(given, int | float | str | bytes) and (
        abs(given) < 10**9 if isinstance(given, int | float) else len(given) <= 40
    )
    return repr(given) if short or given is None else f"an object of type {type(given).__name__}"


def shortened(text: str, most: int = 100) -> str:
    """A text on one line, as much of it as is read at a glance."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 4]} ..."


class ModelError(DeriveError):
    """A model file that cannot be read: where, the offending text, and what to write instead.

    `others` are further mistakes of the same file.
    """

    def __init__(
        self,
        file: str,
        position: Position,
        problem: str,
        cure: str,
        others: "tuple[ModelError, ...]" = (),
    ) -> None:
        super().__init__(problem, cure, f"{file}:{position.number}:{position.column}")
        self.args = file, position, problem, cure, others
        self.file, self.position, self.others = file, position, others

    @property
    def at(self) -> tuple[int, int]:
        """Line and column."""
        return self.position.number, self.position.column

    @property
    def all(self) -> "tuple[ModelError, ...]":
        """Every mistake of the file, each alone."""
        alone = ModelError(self.file, self.position, self.problem, self.cure)
        return (alone, *self.others)

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.problem}"]
        if self.position.line.strip():
            shown, caret = _window(self.position.line, self.position.column)
            lines += [f"    {shown}", f"    {caret}"]
        lines += [f"    {self.cure}", *map(str, self.others[: MOST_MISTAKES - 1])]
        left = len(self.others) + 1 - MOST_MISTAKES
        return "\n".join(lines + ([f"and {left} more"] if left > 0 else []))


MOST_MISTAKES = 20
"""Of one file that are shown at once."""


def together(faults: Iterable[ModelError]) -> ModelError:
    """One error for all the mistakes of a file, in the order of their places, each once a line."""
    every = sorted((one for fault in faults for one in fault.all), key=lambda one: one.at)
    once = {(one.position.number, one.problem): one for one in reversed(every)}
    first, *rest = sorted(once.values(), key=lambda one: one.at)
    return ModelError(first.file, first.position, first.problem, first.cure, tuple(rest))


class ProofError(DeriveError):
    """A derivation or a generated file that failed a check; nothing was written."""


REPORT = "this is a fault of derive; please report it with the model file"


class InternalError(DeriveError):
    """A fault of derive's own, such as a rule that is missing, or more than it can hold.

    `place` names the model and the equation.
    """

    def __init__(self, problem: str, place: str = "", cure: str = REPORT) -> None:
        super().__init__(problem, cure, place)
        self.args = problem, place, cure

    def _render_traceback_(self) -> list[str]:
        """All of it, for who is to mend it."""
        return "".join(format_exception(self)).splitlines()


@contextmanager
def naming(place: str) -> Iterator[None]:
    """Whatever goes wrong inside, as a DeriveError; a fault of derive's own names the place.

    The place is an equation's id, or a model; one within another are both named.
    """
    try:
        yield
    except InternalError as error:
        inner = f"{place}, {error.place}" if error.place else place
        raise InternalError(error.problem, inner, error.cure) from error
    except DeriveError:
        raise
    except BrokenPipeError:  # nobody reads on, which is no fault and ends in silence
        raise
    except OSError as error:
        file = f"{error.filename}: " if error.filename else ""
        problem = f"{file}{error.strerror or error}"
        raise DeriveError(problem, "check the file, its folder and the disk", place) from error
    except RecursionError as error:
        cure = "name the inner parts in equations of their own"
        raise InternalError("too much lies within one another", place, cure) from error
    except MemoryError as error:
        raise InternalError("it does not fit the memory", place, "choose smaller sizes") from error
    except Exception as error:
        frame = extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}, line {frame.lineno}"
        raise InternalError(f"{type(error).__name__}: {error} ({where})", place) from error


def _window(line: str, column: int, width: int = 92) -> tuple[str, str]:
    """The part of a line around a column, and a caret under it."""
    line = line.rstrip("\n").expandtabs(1)
    start = max(0, column - 1 - width // 2) if len(line) > width else 0
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return shown[start : start + width], " " * (column - 1 - start) + "^"
