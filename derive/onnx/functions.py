"""A row of the table of functions -> operators of ONNX, in the form that overflows nowhere."""

from collections.abc import Mapping
from typing import Protocol

import sympy

from derive.expressions.expression import unknown
from derive.functions.stable import ROOT, E, Halves
from derive.functions.table import Function
from derive.functions.table import Z as Z

OPERATORS = {
    "tanh": "Tanh", "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan",
    "sinh": "Sinh", "cosh": "Cosh", "asin": "Asin", "acos": "Acos", "atan": "Atan",
    "asinh": "Asinh", "acosh": "Acosh", "atanh": "Atanh", "erf": "Erf", "Abs": "Abs",
    "sign": "Sign",
}  # fmt: skip
"""What SymPy calls a function -> what ONNX does."""


OWN = {"relu": "Relu", "softsign": "Softsign", "elu": "Elu", "abs": "Abs", "sgn": "Sign"}
"""Functions of the table -> an operator that is nothing else."""


Held = Mapping[sympy.Basic, str]
"""What symbols stand for, by its names in the graph."""


class Operators(Protocol):
    """What writes operators, as `Graph` does."""

    def operator(self, name: str, *given: str, **attributes: object) -> str:
        """The name of what an operator makes of what is given."""

    def number(self, value: float) -> str:
        """The name of a number."""


def applied(graph: Operators, row: Function, z: str) -> str:
    """The name of a function's value at what z is."""
    if row.name in OWN:
        return graph.operator(OWN[row.name], z)
    if row.halves and not row.elementary:
        return _halves(graph, row.halves, z)
    return _value(graph, row.definition, {Z: z})


def _halves(graph: Operators, halves: Halves, z: str) -> str:
    """The exponential lies in (0, 1], so that nothing overflows."""
    held = {Z: z}
    if halves.exponent.has(ROOT):
        held[ROOT] = graph.number(0.7978845608028654)  # of 2/π
    u = graph.operator("Neg", graph.operator("Abs", _value(graph, halves.exponent, held)))
    held[E] = graph.operator("Exp", u)
    sides = (_value(graph, side, held) for side in (halves.negative, halves.positive))
    return graph.operator("Where", graph.operator("Less", z, graph.number(0.0)), *sides)


def _value(graph: Operators, value: sympy.Expr, held: Held) -> str:
    """The name of an expression's value."""

    def at(part: sympy.Expr) -> str:
        return _value(graph, part, held)

    if value in held:
        return held[value]
    if value.is_number:
        return graph.number(float(value))
    match value:
        case sympy.Add():
            return _folded(graph, "Add", [at(part) for part in value.args])
        case sympy.Mul():
            above, below = value.as_numer_denom()
            if below != 1:
                return graph.operator("Div", at(above), at(below))
            return _folded(graph, "Mul", [at(part) for part in value.args])
        case sympy.Pow():
            if value.exp == -1:
                return graph.operator("Reciprocal", at(value.base))
            if value.exp == sympy.Rational(1, 2):
                return graph.operator("Sqrt", at(value.base))
            return graph.operator("Pow", at(value.base), at(value.exp))
        case sympy.Piecewise():
            (piece, condition), *rest = value.args
            if condition == sympy.true:
                return at(piece)
            pair = at(piece), at(sympy.Piecewise(*rest))
            return graph.operator("Where", _condition(graph, condition, held), *pair)
        case sympy.erfc():
            return graph.operator("Sub", graph.number(1.0), at(sympy.erf(value.args[0])))
    name = OPERATORS.get(value.func.__name__)
    return graph.operator(name, at(value.args[0])) if name else unknown(value, "ONNX")


def _condition(graph: Operators, condition: sympy.Basic, held: Held) -> str:
    signs = {
        sympy.StrictGreaterThan: "Greater",
        sympy.StrictLessThan: "Less",
        sympy.GreaterThan: "GreaterOrEqual",
        sympy.LessThan: "LessOrEqual",
    }
    if type(condition) not in signs:
        unknown(condition, "ONNX")
    sides = (_value(graph, side, held) for side in condition.args)
    return graph.operator(signs[type(condition)], *sides)


def _folded(graph: Operators, name: str, parts: list[str]) -> str:
    total, *others = parts
    for other in others:
        total = graph.operator(name, total, other)
    return total
