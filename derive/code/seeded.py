"""A backward pass that begins at the error -> one that begins at whatever is computed from it.

Every adjoint is linear in those before it, so that what comes from above, ∂E/∂E, has to stand as a
factor where an adjoint is made of none: once as a rule, beside the output.
"""

from dataclasses import replace
from fractions import Fraction

from derive.arrays.program import (
    Choose,
    Column,
    Constant,
    Einsum,
    Filled,
    MatMul,
    Node,
    Outer,
    Permute,
    Plain,
    Product,
    Ref,
    Step,
    Sums,
    TensorDot,
    Total,
    Transpose,
    Widen,
    arrays_in,
)
from derive.expressions.expression import Adjoint

MINUS_ONE, ZERO = Constant(Fraction(-1)), Constant(Fraction(0))


def seed(error: str) -> Adjoint:
    """What comes from above."""
    return Adjoint(error, error)


def seeded(steps: tuple[Step, ...], error: str) -> tuple[Step, ...] | None:
    """The steps with that as a factor, or None where it is not seen to be one."""
    found = []
    for step in steps:
        value = _seeded(step.value, Ref(seed(error), scalar=True))
        if value is None:
            return None
        found.append(replace(step, value=value))
    return tuple(found)


def _seeded(node: Node, above: Ref) -> Node | None:
    if not _holds(node):
        return _times(above, node)
    match node:
        case Ref():
            return node
        case Sums():
            terms = [(minus, _seeded(term, above)) for minus, term in node.terms]
            whole = tuple((minus, term) for minus, term in terms if term is not None)
            return Sums(whole) if len(whole) == len(terms) else None
        case Product():
            factors = _one(node.factors, above)
            below = any(map(_holds, node.divisors))
            return None if below or factors is None else replace(node, factors=factors)
        case Einsum():
            operands = _one(node.operands, above)
            return None if operands is None else replace(node, operands=operands)
        case MatMul() | TensorDot() | Outer():
            pair = _one((node.left, node.right), above)
            return None if pair is None else replace(node, left=pair[0], right=pair[1])
        case Transpose() | Permute() | Widen() | Column() | Total() | Plain() | Filled():
            inner = _seeded(node.operand, above)
            return None if inner is None else replace(node, operand=inner)
        case Choose() if not _holds(node.left) and not _holds(node.right):
            then, other = (x if x == ZERO else _seeded(x, above) for x in (node.then, node.other))
            return None if then is None or other is None else replace(node, then=then, other=other)
    return None


def _one(parts: tuple[Node, ...], above: Ref) -> tuple[Node, ...] | None:
    """The parts of a product, of which one holds an adjoint, that one seeded."""
    if sum(map(_holds, parts)) != 1:
        return None
    found = [_seeded(part, above) if _holds(part) else part for part in parts]
    whole = tuple(part for part in found if part is not None)
    return whole if len(whole) == len(parts) else None


def _holds(node: Node) -> bool:
    return any(isinstance(name, Adjoint) for name in arrays_in(node))


def _times(above: Ref, node: Node) -> Node:
    """The factor beside those of a product, behind the minus of a negative one."""
    if not isinstance(node, Product):
        return Product((above, node))
    minus = len(node.factors) > 1 and node.factors[0] == MINUS_ONE
    ahead, others = node.factors[:minus], node.factors[minus:]
    return Product((*ahead, above, *others), node.divisors)
