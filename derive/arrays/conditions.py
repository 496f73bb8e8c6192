"""A choice between arrays -> 1 where its condition holds, times one, and 1 where not, times the
other.
"""

from collections.abc import Callable
from fractions import Fraction

from derive.arrays.program import (
    Call,
    Choose,
    Constant,
    LogSumExp,
    Node,
    Product,
    RealRaised,
    SizeOf,
    Sums,
    Widen,
    parts,
)
from derive.arrays.shapes import Shape
from derive.functions.table import TABLE

ONE, ZERO = Constant(Fraction(1)), Constant(Fraction(0))


def apart(node: Choose, shape: Callable[[Node], Shape]) -> Node | None:
    """The choice as a sum of products; None where it is a condition alone, and where what is not
    taken may be no number, so that 0 times it is none either.
    """
    if {node.then, node.other} == {ONE, ZERO}:
        return None
    if not (_is_everywhere(node.then) and _is_everywhere(node.other)):
        return None
    conditions = (_condition(node, taken, shape) for taken in ((ONE, ZERO), (ZERO, ONE)))
    pairs = zip(conditions, (node.then, node.other), strict=True)
    terms = tuple((False, Product((holds, value))) for holds, value in pairs if value != ZERO)
    return Sums(terms) if len(terms) > 1 else terms[0][1]


def _condition(node: Choose, branches: tuple[Node, Node], shape: Callable[[Node], Shape]) -> Node:
    """The same with 1 and 0 for branches, for each value of the indices that its sides have."""
    sides = [side for side in (node.left, node.right) if shape(side)]
    owns = {side.own if isinstance(side, Widen) else None for side in sides}
    own = owns.pop() if len(owns) == 1 else None
    if own is None:
        return Choose(node.left, node.right, *branches)
    left, right = (x.operand if isinstance(x, Widen) else x for x in (node.left, node.right))
    return Widen(Choose(left, right, *branches), own)


def _is_everywhere(node: Node) -> bool:
    """Whether what is computed is a number wherever its parts are."""
    return all(map(_is_number, parts(node)))


def _is_number(part: Node) -> bool:
    match part:
        case Call():
            return part.function in TABLE and not TABLE[part.function].positive
        case RealRaised() | LogSumExp():
            return False
        case Product():
            return all(isinstance(divisor, Constant | SizeOf) for divisor in part.divisors)
    return True
