"""What a page is made from, and what of it a reader can take in."""

from dataclasses import dataclass
from functools import cached_property
from math import prod

from derive.arrays.lower import lower
from derive.arrays.program import Program
from derive.derivation.derivation import Derivation
from derive.derivation.partials import scalar_weights
from derive.derivation.simplify import Simplified, SimplifiedAdjoint
from derive.derivation.starts import Started, started
from derive.model.model import Model
from derive.page.blocks import Formula
from derive.page.column import Column
from derive.page.concrete import small_enough
from derive.page.function_formulas import partial_formula
from derive.page.layout import lay_out
from derive.printing.symbols import Symbols

MOST_PARTIALS, MOST_EQUATIONS, MOST_ROWS = 24, 10, 5
"""Up to how many scalar weights, equations and rows of each the partials are written out."""


@dataclass(frozen=True)
class Material:
    """A derivation, simplified, its program for one sample, the column of its page, and how its
    paper writes names.
    """

    simplified: Simplified
    program: Program
    column: Column
    symbols: Symbols
    at_sizes: Symbols
    """The symbols at the example's sizes."""

    @property
    def derivation(self) -> Derivation:
        """The derivation, as the chain rule left it."""
        return self.simplified.derivation

    @property
    def model(self) -> Model:
        """The model of the derivation."""
        return self.simplified.model

    @property
    def sizes(self) -> dict[str, int]:
        """The example's sizes."""
        return dict(self.model.example)

    @cached_property
    def readable(self) -> bool:
        """Whether matrices written out for the example's sizes can be read."""
        weights = sum(
            prod(self.sizes[size] for size in array.shape) for array in self.model.weights
        )
        few = weights <= MOST_PARTIALS and len(self.model.equations) <= MOST_EQUATIONS
        return few and small_enough(self.sizes)

    @cached_property
    def chains(self) -> tuple[Started, ...]:
        """The partial derivatives as chains, where these can be read."""
        if not self.readable:
            return ()
        found = started(self.simplified, scalar_weights(self.model, self.sizes), self.sizes)
        formulas = (partial_formula(each.partial, self.at_sizes) for each in found)
        return found if all(len(lay_out([f], self.column)) <= MOST_ROWS for f in formulas) else ()

    @property
    def spelled(self) -> tuple[Formula, ...]:
        """The formulas of the chains."""
        return tuple(partial_formula(each.partial, self.at_sizes) for each in self.chains)

    @property
    def starts(self) -> tuple[SimplifiedAdjoint, ...]:
        """The adjoints that some chain starts from, in their order."""
        names = {name for each in self.chains for name in each.starts}
        return tuple(
            each for each in self.simplified.adjoints if each.equation.target.name in names
        )


def material(simplified: Simplified, column: Column) -> Material:
    """What the page of a derivation is made from."""
    model = simplified.model
    sizes = dict(model.example)
    return Material(simplified, lower(simplified), column, Symbols(model), Symbols(model, sizes))
