"""What a model puts out, and what its error takes that for."""

from collections import Counter
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
    Name,
    Softmax,
    Where,
    as_maximum,
    entries,
    multiply,
    walk,
)
from derive.expressions.softmax import softmaxes
from derive.model.assumptions import OneOf, SumsTo, Within
from derive.model.model import Array, Model, written_out


def output_of(model: Model) -> Array:
    """The last quantity computed from the inputs, before the error and without targets,
    not a part of the error, which it adds as it stands, where there is another; the
    error itself where there is none. Of a batch it is the output of the model of one sample.
    """
    if model.output_name is not None:
        return model.array(model.output_name)
    targets = {array.name for array in model.role("target")}
    inputs = {array.name for array in model.role("input")}
    found = [model.error]
    for equation in model.equations[:-1]:
        names = {str(part.name) for part in entries(equation.value)}
        if names & targets:
            targets.add(equation.name)
        elif names & inputs:
            inputs.add(equation.name)
            found.append(equation.name)
    value = model.equations[-1].value
    added = _added(value, {array.name for array in model.role("hyperparameter")})
    held = Counter(entry.name for entry in entries(value))
    apart = [name for name in found[1:] if name not in added or held[name] > 1]
    return model.array((apart or found)[-1])


def _added(value: Expression, constants: set[Name]) -> list[Name]:
    """The scalars that a sum adds as they stand, or a number of times: D and R in D - 2*R."""
    match value:
        case Entry(name, ()):
            return [name]
        case Add(terms):
            return [name for term in terms for name in _added(term, constants)]
        case Multiply(factors):
            varying = [x for x in factors if any(e.name not in constants for e in entries(x))]
            return _added(varying[0], constants) if len(varying) == 1 else []
    return []


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
    if len(inputs) != 1 or len(targets) != 1 or output_of(model).name == model.error:
        return False
    (x,), (y,) = inputs, targets
    alone = len(x.indices) == 1 and len(y.indices) <= 1 and x.shape != y.shape
    return alone and y.shape == output_of(model).shape


def link_of(model: Model) -> Link:
    """What the error takes the output for."""
    output, (target,) = output_of(model).name, model.role("target")
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
    one_minus = Add((ONE, multiply(MINUS_ONE, output_of(model).entry)))
    both = any(isinstance(n, Apply) and _is_log(n) and n.argument == one_minus for n in nodes)
    return "logistic" if both and _function(model, defined) == "logistic" else "value"


def _error_of_output(model: Model) -> Expression:
    """The error in the output and the target: what is computed from both is written out."""
    after = [e.name for e in model.equations].index(output_of(model).name) + 1
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
