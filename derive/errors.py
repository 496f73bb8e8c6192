"""What can go wrong, said to the person who will read it."""

from dataclasses import dataclass


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


@dataclass(frozen=True)
class Position:
    """A place in a model file: line and column count from 1; `line` is the text of the line."""

    number: int
    column: int
    line: str = ""


class ModelError(DeriveError):
    """A model file that cannot be read: where, the offending text, and what to write instead."""

    def __init__(self, file: str, position: Position, problem: str, cure: str) -> None:
        super().__init__(problem, cure, f"{file}:{position.number}:{position.column}")
        self.args = file, position, problem, cure
        self.file, self.position = file, position

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.problem}"]
        if self.position.line.strip():
            shown, caret = _window(self.position.line, self.position.column)
            lines += [f"    {shown}", f"    {caret}"]
        return "\n".join([*lines, f"    {self.cure}"])


class ProofError(DeriveError):
    """A derivation or a generated file that failed a check; nothing was written."""


class InternalError(DeriveError):
    """A fault of derive's own, such as a rule that is missing; `place` names the equation."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(problem, REPORT, place)
        self.args = problem, place


REPORT = "this is a fault of derive; please report it with the model file"


def _window(line: str, column: int, width: int = 92) -> tuple[str, str]:
    """The part of a line around a column, and a caret under it."""
    line = line.rstrip("\n").expandtabs(1)
    start = max(0, column - 1 - width // 2) if len(line) > width else 0
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return shown[start : start + width], " " * (column - 1 - start) + "^"
