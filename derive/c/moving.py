"""Whether weights may move where they lie, one after another, once all else is computed."""

from derive.expressions.contents import children, held
from derive.expressions.expression import Adjoint, Entry, Expression, Name, Sum
from derive.scalar.program import ScalarProgram


def moves_in_place(program: ScalarProgram) -> bool:
    """Whether the derivative by a weight is read by nothing, and reads of the weights at most the
    entry that it moves.
    """
    model = program.model
    read = frozenset[Name]().union(*(held(step.value) for step in program.steps))
    weights = frozenset[Name](weight.name for weight in model.weights)
    for step in program.steps:
        name = step.target.name
        if not isinstance(name, Adjoint) or name.by not in weights:
            continue
        if _reads(step.value, weights, Entry(name.by, step.target.indices)):
            return False
        if name in read or name in program.scaled:
            return False
    return True


def _reads(node: Expression, weights: frozenset[Name], but: Entry | None) -> bool:
    """Whether an expression reads a weight, but for one entry; a letter that a sum binds is not
    the letter of that.
    """
    match node:
        case Entry():
            return node.name in weights and node != but
        case Sum(over, body):
            inside = None if but and set(over) & set(but.letters) else but
            return _reads(body, weights, inside)
    return any(_reads(part, weights, but) for part in children(node))
