"""What a model puts out, and what its error takes that for."""

from collections.abc import Callable, Iterable
from typing import Literal

from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Entry,
    Expression,
    Multiply,
    Softmax,
    Where,
    as_maximum,
    entries,
    multiply,
    walk,
)
from derive.expressions.softmax import softmaxes
from derive.model.assumptions import OneOf, SumsTo, Within
from derive.model.model import Model, written_out


def is_classifier(model: Model) -> bool:
    """Whether its targets are assumed to be classes: one-hot, of two values, or in [0, 1]."""
    (target,) = model.role("target")
    own = [a for a in model.assumptions if a.array == target.name]
    hot = any(isinstance(a, SumsTo) for a in own)
    unit = any(isinstance(a, Within) and a.low == 0 and a.high == 1 for a in own)
    return hot or unit or any(isinstance(a, OneOf) for a in own)


Link = Literal["value", "softmax", "logistic", "logits", "hinge"]
"""What the output is: the value itself, probabilities, one probability, its logit, a margin."""


def has_estimator(model: Model) -> bool:
    """Whether a sample is one vector of features and one target of the output's shape."""
    inputs, targets = model.role("input"), model.role("target")
    if len(inputs) != 1 or len(targets) != 1 or model.output.name == model.error:
        return False
    (x,), (y,) = inputs, targets
    alone = len(x.indices) == 1 and len(y.indices) <= 1 and x.shape != y.shape
    return alone and y.shape == model.output.shape


def link_of(model: Model) -> Link:
    """What the error takes the output for."""
    output, (target,) = model.output.name, model.role("target")
    value = _error_of_output(model)
    known = [x for x in model.assumptions if isinstance(x, OneOf) and x.array == target.name]
    if all(-1 in x.values for x in known) and _is_hinge(value, output, target.name):
        return "hinge"
    nodes = list(walk(value))
    if _has_logit(model, nodes, output, target.name):
        return "logits"
    if not _has_product(nodes, target.name, lambda f: _is_log(f) and _holds(f, output)):
        return "value"
    defined = next(e.value for e in model.equations if e.name == output)
    if isinstance(softmaxes(defined), Softmax):
        return "softmax"
    one_minus = Add((ONE, multiply(MINUS_ONE, model.output.entry)))
    both = any(isinstance(n, Apply) and _is_log(n) and n.argument == one_minus for n in nodes)
    return "logistic" if both and _function(model, defined) == "logistic" else "value"


def _error_of_output(model: Model) -> Expression:
    """The error in the output and the target: what is computed from both is written out."""
    after = [e.name for e in model.equations].index(model.output.name) + 1
    *between, last = model.equations[after:]
    return written_out(last.value, between)


def _is_hinge(value: Expression, output: str, target: str) -> bool:
    """max(1 - y o, 0)."""
    pairs = (as_maximum(node) for node in walk(value) if isinstance(node, Where))
    margins = ({left, right} - {ZERO} for kind, left, right in filter(None, pairs) if kind == "max")
    return any(
        isinstance(margin, Add)
        and margin.terms[0] == ONE
        and [_held(term) for term in margin.terms[1:]] == [{output, target}]
        for held in margins
        for margin in held
    )


def _has_logit(model: Model, nodes: list[Expression], output: str, target: str) -> bool:
    """softplus(z) - y z."""
    softplus = any(_function(model, n) == "softplus" and _holds(n, output) for n in nodes)
    return softplus and _has_product(
        nodes, target, lambda factor: isinstance(factor, Entry) and factor.name == output
    )


def _has_product(
    nodes: Iterable[Expression], target: str, fits: Callable[[Expression], bool]
) -> bool:
    """A product of the target with a factor that fits."""
    return any(
        any(isinstance(f, Entry) and f.name == target for f in node.factors)
        and any(map(fits, node.factors))
        for node in nodes
        if isinstance(node, Multiply)
    )


def _is_log(node: Expression) -> bool:
    return isinstance(node, Apply) and node.function == "log" and node.order == 0


def _function(model: Model, node: Expression) -> str:
    """The row of the table that a node applies."""
    return model.function(node.function).name if isinstance(node, Apply) else ""


def _held(node: Expression) -> set[object]:
    return {entry.name for entry in entries(node)}


def _holds(node: Expression, name: str) -> bool:
    return name in _held(node)
