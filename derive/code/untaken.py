"""Whether code computes numbers that it does not take: the other side of a choice.

np.where computes both sides, log(z) of z < 0 too where it is asked for at z > 0 alone. What NumPy
says of such a number is said of nothing that the code uses.
"""

from collections.abc import Iterable

from derive.arrays.program import (
    Call,
    Choose,
    Logarithm,
    Node,
    Product,
    RealRaised,
    Ref,
    Step,
    arrays_in,
    parts,
)
from derive.expressions.expression import Name
from derive.model.model import Model


def leaves_numbers_aside(steps: Iterable[Step], model: Model) -> bool:
    """Whether a choice may leave a number aside that is infinite, or none."""
    constants = {array.name for array in model.role("hyperparameter")}
    perilous: set[Name] = set()

    def may_fail(node: Node) -> bool:
        if arrays_in(node) & perilous:
            return True
        return any(_may_fail(part, constants) for part in parts(node))

    found = False
    for step in steps:
        choices = (node for node in parts(step.value) if isinstance(node, Choose))
        for node in choices:
            both = (node.left, node.right) in ((node.then, node.other), (node.other, node.then))
            found |= not both and (may_fail(node.then) or may_fail(node.other))
        if may_fail(step.value):
            perilous.add(step.equation.target.name)
    return found


def _may_fail(node: Node, constants: set[str]) -> bool:
    """Whether an operation has no number, or an infinite one, for some of what it is given."""
    match node:
        case Call("log" | "exp", 0) | Logarithm() | RealRaised():
            return True
        case Product(divisors=divisors):
            held = (part for divisor in divisors for part in parts(divisor))
            return any(isinstance(part, Ref) and part.name not in constants for part in held)
    return False
