"""Softmax and its logarithm beside each other -> one from the other.

The error of a classifier holds z - ln Σ exp(z), its output exp(z)/Σ exp(z): where a library has one
name for the former, the latter is its exponential, and the largest z is sought once.
"""

from dataclasses import fields, replace
from typing import Any

from derive.arrays.program import (
    Call,
    LogSumExp,
    Node,
    Normalised,
    Ref,
    Step,
    Sums,
    Widen,
    parts,
)
from derive.expressions.expression import Apply, Entry
from derive.model.model import Model


def log_softmax_of(node: Node) -> Normalised | None:
    """The softmax of which a node is the logarithm, z - ln Σ exp(z) along one axis."""
    match node:
        case Sums(((False, z), (True, Widen(LogSumExp() as total) | (LogSumExp() as total)))):
            if total.operand == z and len(total.axes) == 1:
                return Normalised(z, total.axes)
    return None


def shared(steps: tuple[Step, ...], model: Model) -> tuple[Step, ...]:
    """The steps with a name for the logarithm of every softmax of which they hold both."""
    held = {log_softmax_of(part) for step in steps for part in parts(step.value)}
    found: list[Step] = []
    known: dict[Node, Node] = {}
    for step in steps:
        value, target = step.value, step.equation.target
        named = f"log_{target.name}"
        if isinstance(value, Normalised) and value in held and named not in model.letters:
            entry = Entry(named, target.indices)
            said = replace(step.equation, id=f"log-{step.equation.id}", target=entry)
            said = replace(said, value=Apply("log", Entry(target.name, target.indices)))
            known[value] = Ref(named)
            logarithm = next(
                part
                for other in steps
                for part in parts(other.value)
                if log_softmax_of(part) == value
            )
            found += [
                Step(said, logarithm),
                replace(step, value=Call("exp", 0, Ref(named))),
            ]
        else:
            found.append(replace(step, value=_named(value, known)))
    return tuple(found)


def _named(node: Node, known: dict[Node, Node]) -> Node:
    """The node with the names for what is known in it."""
    softmax = log_softmax_of(node)
    if softmax in known:
        return known[softmax]

    def within(held: object) -> object:
        if isinstance(held, tuple):
            return tuple(map(within, held))
        return _named(held, known) if isinstance(held, Node) else held

    held: dict[str, Any] = {each.name: within(getattr(node, each.name)) for each in fields(node)}
    return replace(node, **held)
