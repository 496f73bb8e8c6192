"""f'(z) -> what it is of f(z), where that is at hand: h·(1 - h) of a logistic h."""

from collections.abc import Mapping
from fractions import Fraction

import sympy

from derive.arrays.program import Call, Constant, Node, Product, Raised, Ref, Sums
from derive.expressions.expression import Name
from derive.functions.own_value import F, own_value
from derive.model.model import Model

ONE = Constant(Fraction(1))


def in_values(node: Node, values: Mapping[Node, Name], model: Model) -> Node:
    """A value with its factors f'(z) in f(z), for which there is a name among the values."""
    match node:
        case Product(factors, divisors):
            return Product(tuple(_in_value(part, values, model) for part in factors), divisors)
    return _in_value(node, values, model)


def _in_value(node: Node, values: Mapping[Node, Name], model: Model) -> Node:
    if not isinstance(node, Call) or node.order != 1:
        return node
    value = own_value(model.function(node.function).definition)
    held = values.get(Call(node.function, 0, node.argument))
    return node if value is None or held is None else _of_value(value, Ref(held)) or node


def _of_value(value: sympy.Expr, own: Node) -> Node | None:
    """The forms in which f' is of f: F(1 - F), 1 - F² and their like, as polynomials."""
    if not value.is_polynomial(F):
        return None
    factors: list[Node] = []
    for factor in sympy.Mul.make_args(value):
        terms: list[tuple[bool, Node]] = []
        for (degree,), number in sympy.Poly(factor, F).terms():
            coefficient = Constant(Fraction(int(abs(number).p), int(abs(number).q)))
            base: Node = own if degree == 1 else Raised(own, degree) if degree else ONE
            same = coefficient == ONE
            part = base if same else coefficient if not degree else Product((coefficient, base))
            terms.append((bool(number < 0), part))
        factors.append(terms[0][1] if len(terms) == 1 and not terms[0][0] else Sums(tuple(terms)))
    return Product(tuple(factors)) if len(factors) > 1 else factors[0]
