"""A choice of 0 or A, times r, as one of 0 or A·r: where 0 is taken, r may be infinite."""

from derive.arrays.exponentials import exponentials
from derive.arrays.vanishing import Opened
from derive.expressions.building import multiply, rebuild, where
from derive.expressions.contents import children
from derive.expressions.expression import ZERO, Apply, Expression, Multiply, Where
from derive.model.model import Model


def chosen(node: Expression, model: Model, opened: Opened) -> Expression:
    """The expression with factors that grow as exponentials do inside the choices of 0."""
    new = rebuild(node, (chosen(part, model, opened) for part in children(node)))
    if not isinstance(new, Multiply) or not any(map(_may_be_zero, new.factors)):
        return new
    growing = [factor for factor in new.factors if _grows(opened(factor), model)]
    others = [factor for factor in new.factors if factor not in growing]
    if not growing or not any(map(_may_be_zero, others)):
        return new
    return _times(multiply(*others), multiply(*growing))


def _grows(node: Expression, model: Model) -> bool:
    if not isinstance(node, Apply):
        return False
    found = exponentials(model.function(node.function).derivative(node.order))
    return found is not None and found.grows


def _may_be_zero(node: Expression) -> bool:
    """Whether a choice in it takes 0."""
    match node:
        case Where():
            return any(part == ZERO or _may_be_zero(part) for part in (node.then, node.other))
        case Multiply():
            return any(map(_may_be_zero, node.factors))
    return False


def _times(node: Expression, factor: Expression) -> Expression:
    """The product, with the factor where it is not multiplied with 0."""
    match node:
        case Where():
            then, other = _times(node.then, factor), _times(node.other, factor)
            return where(node.left, node.right, then, other)
        case Multiply():
            place = next((n for n, part in enumerate(node.factors) if _may_be_zero(part)), None)
            if place is not None:
                before, after = node.factors[:place], node.factors[place + 1 :]
                return multiply(*before, _times(node.factors[place], factor), *after)
    return ZERO if node == ZERO else multiply(node, factor)
