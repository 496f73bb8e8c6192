"""The Derivation that `import derive` gives: its derivatives are found by their names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from derive.derivation import derivation as equations
from derive.derivation.simplify import Simplified, simplify
from derive.derivative.derivative import Derivative
from derive.errors import DeriveError, described
from derive.printing.called import called, nearest, spellings
from derive.printing.symbols import Symbols

MOST_NAMED = 8
"""Of entries in a message."""


@dataclass(frozen=True, repr=False)
class Derivation(equations.Derivation):
    """The forward equations of a model, and the backward ones in the order they are computed.

    `derivation["W"]` is the derivative of the error by an array, `derivation["w_11"]` or
    `derivation["W[1,1]"]` that by one entry at the sizes of the example.
    """

    def __getitem__(self, name: str) -> Derivative:
        """The derivative by what has that name. Raises DeriveError for an unknown one."""
        if not isinstance(name, str):
            cure = f'give the name of an array or of an entry, such as "{next(iter(self))}"'
            raise DeriveError(f"{described(name)} is given", cure, self.model.name)
        array = next((a for a in self.model.differentiated if a.name == name.strip()), None)
        if array is not None:
            return Derivative(self.simplified, array.entry)
        symbols = Symbols(self.model, dict(self.model.example))
        found = list(islice(called(name, symbols), 1))
        if not found:
            raise self._unknown(name, symbols)
        return Derivative(self.simplified, found[0])

    def __iter__(self) -> Iterator[str]:
        """The names of the arrays that the error is differentiated by."""
        return (array.name for array in self.model.differentiated)

    @cached_property
    def simplified(self) -> Simplified:
        """Every adjoint as a person would write it."""
        return simplify(self)

    def _ipython_key_completions_(self) -> list[str]:
        there, _ = spellings(Symbols(self.model, dict(self.model.example)))
        return [*self, *there]

    def _unknown(self, name: str, symbols: Symbols) -> DeriveError:
        there, typed = spellings(symbols)
        near = nearest(name, [*self, *there, *typed])
        shown = ", ".join(there[:MOST_NAMED]) + ", ..." * (len(there) > MOST_NAMED)
        meant = f"did you mean {near}? " if near else ""
        sizes = ", ".join(f"{symbol} = {number}" for symbol, number in self.model.example)
        at = f", at {sizes} those of {shown}" if sizes else ""
        cure = f"{meant}it has those by {', '.join(self)}{at}"
        role = next((a.role for a in self.model.arrays if a.name == name), None)
        said = f"no derivative by {name}" + (f", which is {_ROLES[role]}" if role in _ROLES else "")
        return DeriveError(f"{self.model.name} has {said}", cure)


_ROLES = {
    "input": "an input: name it under derivatives_by",
    "target": "a target",
    "hyperparameter": "a constant",
    "quantity": "computed",
}
