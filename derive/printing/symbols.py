"""How names are written in a paper: heads, subscripts, and which indices are left out.

Shared by the printers, which only differ in how they spell the pieces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeGuard

from derive.expressions.expression import Adjoint, Entry, Index, Name, Subscript
from derive.expressions.lettering import split
from derive.model.model import Model, free_letter


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
    ) -> tuple[str, str, str]:
        """Head, subscript and tail of an entry.

        `spell` writes one index, `letters` a subscript that belongs to the name; letters and
        single digits of a matrix stand together.
        """
        behind = self.behind.get(entry.name, "")
        pattern = self.model.notation.entry(entry.name)
        if pattern:
            order = [index.name for index in self.indices(entry.name)]
            known = dict(zip(order, entry.indices, strict=True))
            parts = [spell(known[part]) if part in known else part for part in pattern.subscript]
            return pattern.head, together(parts), pattern.tail + behind
        name = self.model.lettered(self._written_name(entry))
        indices = [spell(index) for index in self._kept(entry)]
        inside = (together(indices),) if indices else ()
        return name.head, ",".join((*name.spelled(letters), *inside)), behind

    def _written_name(self, entry: Entry) -> str:
        if isinstance(entry.name, Adjoint):
            return self.model.notation.adjoint(entry.name) or entry.name.by
        return entry.name

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


def unnamed(name: Name, model: Model) -> TypeGuard[Adjoint]:
    """Whether it is an adjoint that the paper has no name for, and is written ∂EQ/∂W."""
    return isinstance(name, Adjoint) and not model.notation.adjoint(name)


def together(parts: list[str]) -> str:
    """ij, 11, but 1,12 and i',j: commas wherever a part is longer than one character."""
    return ("" if all(len(part) == 1 for part in parts) else ",").join(parts)


def step_letter(model: Model) -> str:
    """The letter of the step size: t, or another where the model has t itself."""
    return free_letter(("t", "eta", "alpha", "tau", "h"), model.letters)


def argument_letter(model: Model) -> str:
    """A letter for the argument of a function, that no array of the model has."""
    taken = {split(array.name).head for array in model.arrays}
    taken |= {pattern.head for _, pattern in model.notation.entries}
    return free_letter("zuxvqabcdefgh", taken)
