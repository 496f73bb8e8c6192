"""What can go wrong, said to the person who will read it."""

from dataclasses import dataclass


class DeriveError(Exception):
    """Base of every error that `derive` raises on purpose."""


@dataclass(frozen=True)
class Position:
    """A place in a model file: line and column count from 1; `line` is the text of the line."""

    number: int
    column: int
    line: str = ""


class ModelError(DeriveError):
    """A model file that cannot be read: where, the offending text, and what to do.

    `problem` says what was found, `cure` what to write instead.
    """

    def __init__(self, file: str, position: Position, problem: str, cure: str) -> None:
        super().__init__(file, position, problem, cure)  # all of them, for another process
        self.file, self.position, self.problem, self.cure = file, position, problem, cure

    def __str__(self) -> str:
        place = f"{self.file}:{self.position.number}:{self.position.column}"
        lines = [f"{place}: {self.problem}"]
        if self.position.line.strip():
            shown, caret = _window(self.position.line, self.position.column)
            lines += [f"    {shown}", f"    {caret}"]
        return "\n".join([*lines, f"    {self.cure}"])


class ProofError(DeriveError):
    """A derivation or a generated file that failed a check; nothing was written."""


def _window(line: str, column: int, width: int = 92) -> tuple[str, str]:
    """The part of a line around a column, and a caret under it."""
    line = line.rstrip("\n").expandtabs(1)
    start = max(0, column - 1 - width // 2) if len(line) > width else 0
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
    return shown[start : start + width], " " * (column - 1 - start) + "^"
