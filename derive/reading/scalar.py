"""A function written in a model file, z / (1 + abs(z)): text -> Function of the table's kind."""

from collections.abc import Callable
from fractions import Fraction

import sympy

from derive.functions.rational import Z
from derive.functions.table import TABLE, Function
from derive.reading.source import Passage
from derive.reading.synonyms import CHOICES
from derive.reading.syntax import MAX_EXPONENT, parse_expression
from derive.reading.tree import (
    Call,
    Factors,
    Literal,
    Node,
    Raised,
    Reference,
    Terms,
    inner,
    require_shallow,
)

VARIABLE = "z"


def scalar_function(name: str, passage: Passage) -> Function:
    """The function of z that a text defines.

    It may use numbers, + - * / ^ and the functions of the table. Raises ModelError for anything
    else, and where it has a kink that is not at a known place.
    """
    tree = parse_expression(passage)
    require_shallow(tree, TABLE, passage)
    _require_low(tree, passage)
    kinks: set[Fraction] = set()
    definition = sympy.piecewise_fold(_scalar(tree, passage, kinks))
    if not definition.has(Z):
        passage.fail(
            tree.at, f"{passage.text} does not hold {VARIABLE}", "write an expression in z"
        )
    words = f"the function {name} of the model file"
    places = tuple(sorted(kinks))
    return Function(name, words, "", definition, kinks=places)


def _require_low(node: Node, within: Passage, exponent: int = 1) -> None:
    """Raise ModelError where powers of powers would take ages to write out."""
    if isinstance(node, Raised):
        exponent *= max(abs(_exponent(node, within)), 1)
        if exponent > MAX_EXPONENT:
            cure = f"powers inside powers may multiply to {MAX_EXPONENT}"
            within.fail(node.at, f"the powers multiply to {exponent}", cure)
    for part in inner(node):
        _require_low(part, within, exponent)


def _scalar(node: Node, within: Passage, kinks: set[Fraction]) -> sympy.Expr:
    def at(part: Node) -> sympy.Expr:
        return _scalar(part, within, kinks)

    match node:
        case Literal():
            return sympy.Rational(node.value.numerator, node.value.denominator)
        case Reference(name=name, indices=()) if name == VARIABLE:
            return Z
        case Reference():
            cure = f"the only quantity is {VARIABLE}; what else it needs goes into an equation"
            within.fail(node.at, f"{node.name} in the definition of a function", cure)
        case Terms():
            return sympy.Add(*(-at(term) if minus else at(term) for minus, term in node.terms))
        case Factors():
            factors = [(over, at(part), part.at) for over, part in node.factors]
            return sympy.Mul(*(_power(x, -1, within, p) if over else x for over, x, p in factors))
        case Raised():
            return _power(at(node.base), _exponent(node, within), within, node.at)
        case Call():
            return _apply(node, at, within, kinks)
    within.fail(node.at, "a comparison in the definition of a function", "write it as an equation")


def _exponent(node: Raised, within: Passage) -> sympy.Rational:
    """A number. Raises ModelError for anything else."""
    number = _scalar(node.exponent, within, set())
    if not number.is_Rational or abs(number) > MAX_EXPONENT:
        cure = f"an exponent is a number up to {MAX_EXPONENT}, such as ^2, ^(-1) or ^(3/2)"
        within.fail(node.exponent.at, "such an exponent", cure)
    return number


def _power(base: sympy.Expr, exponent: sympy.Rational, within: Passage, at: int) -> sympy.Expr:
    if base == 0 and exponent < 0:
        within.fail(at, "division by zero", "divide by something other than 0")
    return base**exponent


def _apply(
    node: Call, at: Callable[[Node], sympy.Expr], within: Passage, kinks: set[Fraction]
) -> sympy.Expr:
    row = TABLE.get(node.name)
    if node.name in CHOICES:
        cure = "write relu(z) for max(z, 0), abs(z) and sums of them; or write it as an equation"
        within.fail(node.at, f"{node.name} in the definition of a function", cure)
    if row is None or len(node.arguments) != 1:
        cure = f"in a definition stand functions of one argument: {', '.join(TABLE)}"
        within.fail(node.at, f"{node.name} with {len(node.arguments)} arguments", cure)
    argument = at(node.arguments[0])
    for kink in row.kinks:
        slope, rest = argument.coeff(Z, 1), argument.coeff(Z, 0)
        if sympy.expand(argument - slope * Z - rest) != 0 or not (slope.is_Rational and slope):
            cure = "write it as an equation, or give it an argument such as 2*z + 1"
            within.fail(
                node.at, f"{node.name} has a kink, and its argument is not linear in z", cure
            )
        place = (sympy.Rational(kink.numerator, kink.denominator) - rest) / slope
        kinks.add(Fraction(int(place.p), int(place.q)))
    return row.definition.subs(Z, argument)
