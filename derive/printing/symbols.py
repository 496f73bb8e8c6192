"""How names are written in a paper: heads, subscripts, and which indices are left out.

Shared by the printers, which only differ in how they spell the pieces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from derive.expressions.expression import Adjoint, Entry, Index, Name, Subscript
from derive.expressions.lettering import Pattern, split
from derive.model.model import Model, free_letter


@dataclass(frozen=True)
class Lettered:
    """A name as it is written: its letter with primes, what stands below, above and behind it."""

    letter: str
    below: str = ""
    above: str = ""
    primes: int = 0
    bold: bool = False
    behind: str = ""


@dataclass(frozen=True)
class Symbols:
    """A model's notation; at concrete sizes, indices that can only be 1 are left out of vectors.

    `behind` is what stands behind the entries of some quantities: the list of their arguments.
    """

    model: Model
    sizes: Mapping[str, int] = field(default_factory=dict)
    behind: Mapping[Name, str] = field(default_factory=dict)

    def entry(
        self,
        entry: Entry,
        spell: Callable[[Subscript], str],
        letters: Callable[[str], str] = str,
    ) -> Lettered:
        """An entry as it is written.

        `spell` writes one index, `letters` a subscript that belongs to the name; letters and
        single digits of a matrix stand together.
        """
        behind = self.behind.get(entry.name, "")
        pattern = self.model.notation.entry(entry.name)
        if pattern:
            names = [index.name for index in self.indices(entry.name)]
            kept = dict(zip(names, entry.indices, strict=True)) if self._kept(entry) else {}
            return replace(_by_pattern(pattern, kept, spell, letters), behind=behind)
        name = self.model.lettered(self._written_name(entry.name))
        indices = [spell(index) for index in self._kept(entry)]
        inside = (together(indices),) if indices else ()
        return Lettered(name.head, ",".join((*name.spelled(letters), *inside)), behind=behind)

    def array(self, name: Name, letters: Callable[[str], str] = str) -> Lettered:
        """A whole array as it is written."""
        pattern = self.model.notation.array(name)
        if pattern:
            return _by_pattern(pattern, {}, str, letters)
        parts = self.model.lettered(self._written_name(name))
        return Lettered(parts.head, ",".join(parts.spelled(letters)))

    def _written_name(self, name: Name) -> str:
        if isinstance(name, Adjoint):
            return self.model.notation.adjoint(name) or name.by
        return name

    def indices(self, name: Name) -> tuple[Index, ...]:
        """The indices of a quantity, an adjoint, or one of the paper's names for expressions."""
        for definition in self.model.definitions:
            if definition.name == name:
                return definition.indices
        return self.model.indices(name)

    def _kept(self, entry: Entry) -> tuple[Subscript, ...]:
        if len(entry.indices) != 1:
            return entry.indices
        (own,) = self.indices(entry.name)
        return () if self.sizes.get(own.size) == 1 else entry.indices


def _by_pattern(
    pattern: Pattern,
    kept: Mapping[str, Subscript],
    spell: Callable[[Subscript], str],
    letters: Callable[[str], str],
) -> Lettered:
    """A pattern with what is put for its indices; those that are not kept are left out."""
    below, above = (
        script.spelled(letters, together([spell(kept[x]) for x in script.indices if x in kept]))
        for script in (pattern.below, pattern.above)
    )
    return Lettered(pattern.letter, below, above, pattern.primes, pattern.bold)


def unnamed(name: Name, model: Model) -> TypeGuard[Adjoint]:
    """Whether it is an adjoint that the paper has no name for, and is written ∂EQ/∂W."""
    return isinstance(name, Adjoint) and not model.notation.adjoint(name)


def together(parts: list[str]) -> str:
    """ij, 11, but 1,12 and i',j: commas wherever a part is longer than one character."""
    return ("" if all(len(part) == 1 for part in parts) else ",").join(parts)


def step_letter(model: Model) -> str:
    """The letter of the step size: the notation's, or another where the model has it itself."""
    return free_letter((model.notation.step, "t", "eta", "alpha", "tau", "h"), model.letters)


def argument_letter(model: Model) -> str:
    """A letter for the argument of a function, that no array of the model has."""
    taken = {split(array.name).head for array in model.arrays}
    taken |= {pattern.letter for _, pattern in model.notation.entries}
    return free_letter("zuxvqabcdefgh", taken)
