"""Settings in which an audit evaluates: symbols with undefined functions, and small rationals.

For small numbers the activations are z² for every free function: a rational value for a
rational argument, the derivative 2z, and nothing that hides a misplaced argument.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from derive.derivation.derivation import Derivation
from derive.evaluation.evaluate import (
    Arithmetic,
    Cell,
    Sizes,
    Values,
    array_cells,
    evaluate,
    evaluate_cell,
    show_cell,
    symbolic,
)
from derive.expressions.expression import Entry
from derive.model.model import Array
from derive.printing.names_latex import entry_latex
from derive.printing.symbols import Symbols
from derive.readback.setting import Setting

Known = tuple[tuple[str, int], ...]
"""Sizes by their symbols, for a function that remembers what it was asked."""


SAMPLES = 60
"""How many samples are tried for one that refutes with small numbers."""


@dataclass(frozen=True)
class Exact:
    """Small numbers for the leaves, t and further free symbols, by their printed names."""

    values: tuple[tuple[Cell, Fraction], ...]
    also: tuple[tuple[str, Fraction], ...]
    given: tuple[tuple[str, Fraction], ...]


def _leaf_arrays(derivation: Derivation) -> tuple[Array, ...]:
    model = derivation.model
    return (
        *model.role("input"),
        *model.weights,
        *model.role("target"),
        *model.role("hyperparameter"),
    )


def _leaf_cells(derivation: Derivation, sizes: Sizes) -> list[tuple[str, Cell]]:
    """Printed name -> cell, in the order of the paper's argument lists."""
    symbols = Symbols(derivation.model, sizes)
    found = []
    for array in _leaf_arrays(derivation):
        order = [array.indices.index(i) for i in derivation.model.written_order(array.name)]
        cells = sorted(array_cells(array, sizes), key=lambda c: [c[1][k] for k in order])
        found += [(entry_latex(Entry(array.name, cell[1]), symbols), cell) for cell in cells]
    return found


def _key(name: str) -> tuple[str, str]:
    head, _, subscript = name.partition("_")
    return head, subscript.strip("{}")


@cache
def symbolic_setting(derivation: Derivation, known: Known, free: tuple[str, ...]) -> Setting:
    """Every leaf a symbol, every function undefined."""
    sizes = dict(known)
    leaves = _leaf_cells(derivation, sizes)
    given = {cell: sympy.Symbol(show_cell(*cell), real=True) for _, cell in leaves}
    how = symbolic()
    values = evaluate(derivation.equations, sizes, given, how)
    also = {_key(name): sympy.Symbol(name, real=True) for name in ("t", *free)}
    local = _symbolic_local(derivation, sizes, values)
    shown = tuple((name, given[cell]) for name, cell in leaves)
    return Setting(derivation.model, sizes, values, how, local, also, shown)


def _symbolic_local(derivation: Derivation, sizes: Sizes, values: Values) -> Any:
    how = symbolic()

    def local(of: Cell, by: Cell) -> Any:
        """sympy.diff of one right-hand side with its arguments free, then put in their places."""
        equation = derivation.equation(of[0])
        free = {cell: sympy.Dummy(show_cell(*cell), real=True) for cell in values}
        row = evaluate_cell(equation, of, sizes, free, how)
        slope = sympy.diff(row, free[by])
        return slope.xreplace({free[cell]: values[cell] for cell in values})

    return local


@cache
def small_settings(
    derivation: Derivation, known: Known, free: tuple[str, ...]
) -> tuple[tuple[Exact, Setting], ...]:
    """Samples of small numbers, each with its setting; the same in every run."""
    sizes = dict(known)
    samples = _samples(derivation, sizes, free)
    return tuple((sample, _exact(derivation, sizes, sample)) for sample in samples)


def _samples(derivation: Derivation, sizes: Sizes, free: tuple[str, ...]) -> Iterator[Exact]:
    leaves = _leaf_cells(derivation, sizes)
    chance = random.Random(1)
    choices = [Fraction(0), Fraction(1), Fraction(1), Fraction(2), Fraction(-1), Fraction(1, 2)]
    for _ in range(SAMPLES):
        numbers = {cell: chance.choice(choices) for _, cell in leaves}
        also = tuple((name, chance.choice(choices)) for name in free)
        extra = (*also, ("t", Fraction(1)))
        given = tuple((name, numbers[cell]) for name, cell in leaves)
        yield Exact(tuple(numbers.items()), extra, (*given, *also))


def _square(name: str, order: int, z: Any) -> Any:
    return {0: z * z, 1: 2 * z, 2: Fraction(2)}.get(order, Fraction(0))


def _exact(derivation: Derivation, sizes: Sizes, sample: Exact) -> Setting:
    """The setting of a sample of small numbers, every free function z²."""
    how = Arithmetic(lambda value: value, _square)
    values = evaluate(derivation.equations, sizes, dict(sample.values), how)
    also = {_key(name): number for name, number in sample.also}

    def local(of: Cell, by: Cell) -> Any:
        """The slope of a polynomial of degree 4 at most, by exact central differences."""
        equation = derivation.equation(of[0])

        def at(moved: Fraction) -> Any:
            there = {**values, by: values[by] + moved}
            return evaluate_cell(equation, of, sizes, there, how)

        one, two = (at(Fraction(h)) - at(Fraction(-h)) for h in (1, 2))
        return (8 * one - two) / 12

    return Setting(derivation.model, sizes, values, how, local, also)
