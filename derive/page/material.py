"""What a page is made from, and what of it a reader can take in."""

from dataclasses import dataclass
from functools import cached_property
from math import prod

from derive.arrays.lower import lower
from derive.arrays.program import Program
from derive.derivation.derivation import Derivation
from derive.derivation.partials import partials
from derive.derivation.simplify import Simplified, SimplifiedAdjoint
from derive.expressions.expression import Adjoint, Name, entries
from derive.model.model import Model
from derive.page.blocks import Formula
from derive.page.concrete import small_enough
from derive.page.function_formulas import partial_formula
from derive.page.layout import lay_out
from derive.printing.symbols import Symbols

MOST_PARTIALS, MOST_EQUATIONS, MOST_ROWS = 24, 10, 4
"""Up to how many scalar weights, equations and rows of each the partials are written out."""


@dataclass(frozen=True)
class Material:
    """A derivation, simplified, its program for one sample, and how its paper writes names."""

    simplified: Simplified
    program: Program
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
    def known(self) -> dict[Name, SimplifiedAdjoint]:
        """The adjoints in which so much cancels that a chain may start from them."""
        return {
            each.equation.target.name: each
            for each in self.simplified.adjoints
            if any(step.reason != "own value" for step in each.steps)
            and not any(isinstance(entry.name, Adjoint) for entry in entries(each.value))
        }

    @cached_property
    def spelled(self) -> tuple[Formula, ...]:
        """The partial derivatives as chains, where these can be read."""
        if not self.readable:
            return ()
        starts = {name: each.value for name, each in self.known.items()}
        found = partials(self.derivation, self.sizes, starts)
        formulas = tuple(partial_formula(partial, self.at_sizes) for partial in found)
        return formulas if all(len(lay_out([f])) <= MOST_ROWS for f in formulas) else ()


def material(simplified: Simplified) -> Material:
    """What the page of a derivation is made from."""
    model = simplified.model
    sizes = dict(model.example)
    return Material(simplified, lower(simplified), Symbols(model), Symbols(model, sizes))
