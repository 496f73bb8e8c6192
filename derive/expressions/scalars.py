"""Expressions as scalars of SymPy, and back: every indexed part a dummy."""

from fractions import Fraction
from typing import Any

import sympy

from derive.expressions.building import add, multiply, power, real_power, where
from derive.expressions.expression import (
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Multiply,
    Number,
    Power,
    RealPower,
    Size,
    Sum,
    Where,
    unknown,
)
from derive.expressions.indices import canonical
from derive.functions.free import undefined


class _Chosen(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """(left, right, then, other): `then` where left > right, else `other`."""

    nargs = 4

    def _eval_derivative(self, by: Any) -> Any:
        left, right, then, other = self.args
        slopes = then.diff(by), other.diff(by)
        return sympy.Integer(0) if slopes == (0, 0) else _Chosen(left, right, *slopes)


class _Raised(sympy.Function):  # type: ignore[misc]  # SymPy has no types
    """(base, exponent, derived): a `RealPower`, nothing of which SymPy takes for its own.

    SymPy's power would turn √(z²) into |z|, and write q^(e-1) as q^e/q, which is 0/0 at 0.
    """

    nargs = 3

    def _eval_derivative(self, by: Any) -> Any:
        base, exponent, _ = self.args
        return exponent * _Raised(base, exponent - 1, sympy.true) * base.diff(by)


class Scalars:
    """The dummies that stand for indexed things, in the order these were met."""

    def __init__(self) -> None:
        self.atoms: dict[sympy.Symbol, Expression] = {}
        self._dummies: dict[Expression, sympy.Symbol] = {}

    def dummies_of(self, scalar: Any) -> list[sympy.Symbol]:
        """The dummies in a scalar expression, in the order they were met."""
        held = scalar.free_symbols
        return [dummy for dummy in self.atoms if dummy in held]

    def scalar(self, node: Expression) -> Any:
        """The SymPy expression of a node, its indexed parts replaced by dummies."""
        match node:
            case Number():
                return sympy.Rational(node.value.numerator, node.value.denominator)
            case Entry() | Sum() | Delta() | Size():
                return self._dummy(node)
            case Apply():
                return undefined(node.function, node.order)(self.scalar(node.argument))
            case Add():
                return sympy.Add(*(self.scalar(term) for term in node.terms))
            case Multiply():
                return sympy.Mul(*(self.scalar(factor) for factor in node.factors))
            case Power():
                return self.scalar(node.base) ** node.exponent
            case RealPower():
                base, exponent = self.scalar(node.base), self.scalar(node.exponent)
                return _Raised(base, exponent, sympy.sympify(node.derived))
            case Where():
                parts = (node.left, node.right, node.then, node.other)
                return _Chosen(*map(self.scalar, parts))
        unknown(node, "local derivative")

    def _dummy(self, node: Expression) -> sympy.Symbol:
        key = canonical(node)
        if key not in self._dummies:
            # By a name, so that what SymPy found of one sample it need not find of N again.
            dummy = sympy.Symbol(f"_x{len(self.atoms)}", real=True)
            self._dummies[key] = dummy
            self.atoms[dummy] = node
        return self._dummies[key]

    def as_written(self, scalar: Any) -> Expression:
        """Back again: its brackets as they are, factors in the author's order."""
        if scalar.is_Rational:
            return Number(Fraction(int(scalar.p), int(scalar.q)))
        if scalar in self.atoms:
            return self.atoms[scalar]
        if scalar.is_Add:
            # o - t rather than -t + o: what is subtracted stands behind.
            terms = sorted(self._ordered(scalar.args), key=lambda x: bool(x.as_coeff_Mul()[0] < 0))
            return add(*map(self.as_written, terms))
        if scalar.is_Mul:
            return multiply(*(self.as_written(part) for part in self._ordered(scalar.args)))
        if scalar.is_Pow and scalar.exp.is_Integer:
            return power(self.as_written(scalar.base), int(scalar.exp))
        if isinstance(scalar, _Raised):
            base, exponent, derived = scalar.args
            return real_power(self.as_written(base), self.as_written(exponent), bool(derived))
        if isinstance(scalar, _Chosen):
            return where(*map(self.as_written, scalar.args))
        if hasattr(scalar, "applies"):
            name, order = scalar.applies
            return Apply(name, self.as_written(scalar.args[0]), order)
        unknown(scalar, "local derivative")

    def _ordered(self, parts: tuple[Any, ...]) -> list[Any]:
        """By the first place in the text of anything a part holds; numbers come first."""
        place = {dummy: k for k, dummy in enumerate(self.atoms)}

        def key(part: Any) -> tuple[list[int], bool, str]:
            return sorted(place[symbol] for symbol in part.free_symbols), part.is_Add, str(part)

        return sorted(parts, key=key)
