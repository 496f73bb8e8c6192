"""A derivative of the error by an array, or by one entry of it, in every form that it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from numpy.typing import ArrayLike

from derive.code.derivative import derivative_text
from derive.derivation.derivation import Equation
from derive.derivation.partials import Partial
from derive.derivation.simplify import Simplified
from derive.derivation.starts import started
from derive.derivative.given import given
from derive.derivative.symbolic import written_out
from derive.errors import DeriveError, naming, shortened
from derive.evaluation.accurate import accurate
from derive.evaluation.evaluate import Cell, cells, show_cell
from derive.expressions.expression import Adjoint, Entry
from derive.printing.latex import expression_latex, values_latex
from derive.printing.macros import plain
from derive.printing.names_latex import ratio_latex
from derive.printing.symbols import Symbols
from derive.printing.text import equation_text, paper, partial_lines
from derive.unrolled.text import single_text

LARGEST = float(np.finfo(float).max)


@dataclass(frozen=True)
class Derivative:
    """∂EQ/∂W of a whole array, or ∂EQ/∂w_11 of one entry at the sizes of the example.

    It is of one sample. `by` is what the error is differentiated by: an entry with its letters,
    or with numbers. Quantities have no units.
    """

    simplified: Simplified
    by: Entry

    @property
    def is_entry(self) -> bool:
        """Whether it is a number, of one entry of an array."""
        return bool(self.by.indices) and not self.by.letters

    @property
    def latex(self) -> str:
        """The formula in LaTeX, both sides; it needs amsmath alone."""
        symbols = self._symbols
        left = ratio_latex(Entry(self.simplified.model.error), self.by, symbols)
        if self.is_entry:
            return plain(f"{left} = {values_latex(self._partial.chain, symbols)}")
        return plain(f"{left} = {expression_latex(self._equation.value, symbols)}")

    @property
    def python(self) -> str:
        """The text of a module with one function, which needs nothing of derive.

        That of an array takes NumPy's arrays and returns one, of any sizes; that of an entry takes
        the numbers that it is computed from, by their names, and returns a float.
        """
        with naming(str(self)):
            if self.is_entry:
                return single_text(self.simplified, (self._adjoint, self._cell[1]))
            return derivative_text(self.simplified, str(self.by.name))

    @property
    def sympy(self) -> Any:
        """The same in SymPy's symbols for the weights and the data, at the sizes of the example.

        An entry, or what has no indices, is an expression; an array a `sympy.Array` of its shape.
        The symbols are called as the paper writes them, w_11 and I_1; functions are what the code
        computes, hyperparameters their numbers, choices `Piecewise`; what the model assumes of
        its data is used. Raises DeriveError where that has more than 100,000 operations.
        """
        sizes = dict(self.simplified.model.example)
        with naming(str(self)):
            found = written_out(self.simplified, cells(self._adjoint, self.by.indices, sizes))
        if not self.by.letters:
            return found[0]
        return sympy.Array(found, [sizes[index.size] for index in self.by.letters])

    def evaluate(
        self, numbers: Mapping[str, ArrayLike] | None = None, /, **named: ArrayLike
    ) -> "float | np.ndarray[Any, Any]":
        """The number, or the array of numbers, for one sample: every weight, input and target by
        its name, real numbers of its shape; the shapes say the sizes.

        A hyperparameter may be given, else it is the model's. An array is float64, of the shape of
        what it differentiates by. Every digit is right: it is computed with as many as it takes.
        Raises DeriveError for a wrong name or shape, and where it has no value.
        """
        model = self.simplified.model
        with naming(str(self)):
            found = given(model, {**(numbers or {}), **named})
            for index, number in zip(model.indices(self.by.name), self.by.indices, strict=True):
                if isinstance(number, int) and number > found.sizes[index.size]:
                    problem = f"{self} is the derivative by an entry that there is not"
                    cure = f"{index.size} = {found.sizes[index.size]} in what is given"
                    raise DeriveError(problem, cure, model.name)
            wanted = cells(self._adjoint, self.by.indices, found.sizes)
            equations = self.simplified.derivation.equations
            values = accurate(equations, found.sizes, [found.point], model, wanted)
            array = [self._float(cell, values[cell][0]) for cell in wanted]
        if not self.by.letters:
            return array[0]
        return np.array(array).reshape([found.sizes[index.size] for index in self.by.letters])

    def __str__(self) -> str:
        if self.is_entry:
            *_, last = partial_lines(self._partial, self._symbols)
            return f"{self._name} = {last.partition(' = ')[2]}"
        return equation_text(self._equation, paper(self._symbols))

    def __repr__(self) -> str:
        return f"<Derivative {shortened(str(self))}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @property
    def _name(self) -> str:
        """∂EQ/∂w_11."""
        symbols = self._symbols
        return paper(symbols).entry(Entry(self._adjoint, self.by.indices))

    @property
    def _adjoint(self) -> Adjoint:
        return Adjoint(self.simplified.model.error, str(self.by.name))

    @property
    def _cell(self) -> Cell:
        return self._adjoint, tuple(i for i in self.by.indices if isinstance(i, int))

    @property
    def _symbols(self) -> Symbols:
        model = self.simplified.model
        return Symbols(model, dict(model.example) if self.is_entry else {})

    @property
    def _equation(self) -> Equation:
        equations = (*self.simplified.forward, *self.simplified.backward)
        return next(each for each in equations if each.target.name == self._adjoint)

    @cached_property
    def _partial(self) -> Partial:
        sizes = dict(self.simplified.model.example)
        (found,) = started(self.simplified, [self.by], sizes)
        return found.partial

    def _float(self, cell: Cell, ball: Any) -> float:
        if not ball.is_finite():
            cure = "at these numbers something is divided by 0, or a root or a logarithm has none"
            raise DeriveError(f"{show_cell(*cell)} has no value", cure, self.simplified.model.name)
        if abs(ball) > LARGEST:
            problem = f"{show_cell(*cell)} is {ball.mid().str(6, radius=False)}"
            raise DeriveError(problem, "it is too large for a float", self.simplified.model.name)
        return float(ball)
