"""What a model puts out, and what its error takes that for: decided here and nowhere else.

The estimator and `derive train` ask whether a target is a number or a class, and from which
output on it is the other class. The equations say it, and what the file assumes of its targets.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Literal

from derive.expressions.building import rebuild
from derive.expressions.contents import children, entries
from derive.expressions.expression import Add, Apply, Entry, Expression, Multiply, Name
from derive.expressions.indices import replace_entries
from derive.expressions.rules import Matcher, pattern
from derive.expressions.softmax import softmaxes
from derive.functions.table import TABLE
from derive.model.assumptions import OneOf, SumsTo
from derive.model.model import Array, Model, written_out


def output_of(model: Model) -> Array:
    """The last quantity that the network computes, the error itself where there is none. Of a
    batch it is the output of the model of one sample.
    """
    if model.output_name is not None:
        return model.array(model.output_name)
    return model.array((computed(model) or (model.error,))[-1])


def computed(model: Model) -> tuple[str, ...]:
    """The quantities computed from the inputs, before the error and without targets, not the
    parts of the error, which it alone takes and adds as they stand, where there are others.
    """
    targets = {array.name for array in model.role("target")}
    inputs = {array.name for array in model.role("input")}
    found: list[str] = []
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
    taken = {entry.name for equation in model.equations[:-1] for entry in entries(equation.value)}
    apart = [name for name in found if name not in added or held[name] > 1 or name in taken]
    return tuple(apart or found)


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


def has_estimator(model: Model) -> bool:
    """Whether a sample is one vector of features and one target of the output's shape."""
    inputs, targets = model.role("input"), model.role("target")
    if len(inputs) != 1 or len(targets) != 1 or output_of(model).name == model.error:
        return False
    (x,), (y,) = inputs, targets
    alone = len(x.indices) == 1 and len(y.indices) <= 1 and x.shape != y.shape
    return alone and y.shape == output_of(model).shape


# --- what the error takes the output for ------------------------------------------------------


@dataclass(frozen=True)
class OutputKind:
    """What an output says of its sample: a number, or which class it belongs to.

    The targets of a class are `one_hot`, or one number for either of two classes: `low`, and
    `high` where the output lies above `middle`.
    """

    name: Literal["value", "softmax", "log_softmax", "scores", "logistic", "logits", "margin"]
    one_hot: bool = False
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    middle: Fraction = Fraction(0)

    @property
    def tells_classes(self) -> bool:
        """Whether its targets are classes, and no numbers."""
        return self.name != "value"


VALUE = OutputKind("value")
"""The number itself."""


SOFTMAX = OutputKind("softmax", one_hot=True)
"""The probabilities of several classes."""


LOG_SOFTMAX = OutputKind("log_softmax", one_hot=True)
"""The logarithms of such probabilities, but for a term that all have in common."""


SCORES = OutputKind("scores", one_hot=True)
"""A number for each class, the largest that of the class; no probabilities."""


LOGISTIC = OutputKind("logistic", middle=Fraction(1, 2))
"""The probability of the second of two classes."""


LOGITS = OutputKind("logits")
"""z, where that probability is logistic(z)."""


MARGIN = OutputKind("margin", low=Fraction(-1))
"""A number beyond the middle for the second class; no probability."""


@dataclass(frozen=True)
class Form:
    """A row: what the output is where the error holds some patterns.

    In a pattern o is the output, q what holds the output, and y what holds the target and not
    the output. The output is defined by one of the patterns of `defined`, where there are any;
    where `only` is true, it stands in no other terms of the error than those with y.
    """

    kind: OutputKind
    error: tuple[str, ...]
    defined: tuple[str, ...] = ()
    only: bool = False


FORMS = (
    Form(MARGIN, ("max(1 - y * o, 0)",)),
    Form(MARGIN, ("max(0, 1 - y * o)",)),
    Form(MARGIN, ("relu(1 - y * o)",)),
    Form(MARGIN, ("max(-y * o, 0)",)),
    Form(MARGIN, ("max(0, -y * o)",)),
    Form(MARGIN, ("relu(-y * o)",)),
    Form(MARGIN, ("exp(-y * o)",)),
    Form(MARGIN, ("softplus(-y * o)",)),
    Form(MARGIN, ("log(1 + exp(-y * o))",)),
    Form(LOG_SOFTMAX, ("y * o", "log(sum(k, exp(o)))")),
    Form(LOG_SOFTMAX, ("y * o",), ("z[k] - log(sum(l, exp(z[l])))", "log(softmax(k, z))")),
    Form(LOGITS, ("y * o", "softplus(o)")),
    Form(LOGITS, ("y * o", "softplus(-o)")),
    Form(LOGITS, ("y * softplus(-o)", "softplus(o)")),
    Form(LOGITS, ("y * o", "log(1 + exp(o))")),
    Form(LOGITS, ("y * o", "log(1 + exp(-o))")),
    Form(LOGITS, ("y * o", "log(1 + exp(-abs(o)))")),
    Form(SOFTMAX, ("y * log(q)",), ("softmax(k, z)",)),
    Form(SOFTMAX, ("y * (a - log(q))",), ("softmax(k, z)",)),
    Form(SOFTMAX, ("log(sum(k, y * o))",), ("softmax(k, z)",)),
    Form(LOGISTIC, ("y * log(q)", "y * log(1 - q)")),
    Form(LOGISTIC, ("y * log(q)", "y * log(1 - q + c)")),
    Form(LOGISTIC, ("log(y * o + c * (1 - o))",)),
    Form(SCORES, ("sum(k, y * log(q))",), only=True),
)


def output_kind(model: Model) -> OutputKind:
    """What the output is: by the form of the error, and by what is assumed of the target.

    A form stands unless the target is assumed to be something else than its classes. Where
    none does, a target assumed to be one-hot, or one of two numbers, makes classes of them.
    An interval such as [0, 1] does not: its numbers are numbers.
    """
    if len(model.role("target")) != 1:
        return VALUE
    (target,), form = model.role("target"), _form(model)
    own = [x for x in model.assumptions if x.array == target.name]
    values = next((sorted(x.values) for x in own if isinstance(x, OneOf)), None)
    if values == [Fraction(0), Fraction(1)] and any(isinstance(x, SumsTo) for x in own):
        return form if form.one_hot else SCORES
    if values is None or (form.tells_classes and values == [form.low, form.high]):
        return form
    if len(values) != 2:
        return VALUE
    low, high = values
    return replace(MARGIN, low=low, high=high, middle=(low + high) / 2)


def takes_differences(model: Model) -> bool:
    """Whether the error holds the target in differences from the output alone, y - o.

    Then another zero and another unit may be chosen for both, as where targets are standardised.
    """
    (target,), output = model.role("target"), output_of(model)
    names = {"y": target.name, "o": output.name}
    matcher = Matcher({x: partial(_is_entry, name=name) for x, name in names.items()})

    def holds(node: Expression) -> bool:
        if any(matcher.match(pattern(text), node) for text in ("y - o", "o - y")):
            return True
        return not _is_entry(node, target.name) and all(map(holds, children(node)))

    return holds(_error_of_output(model))


def is_distance(model: Model) -> bool:
    """Whether the error holds nothing but the output and a target, and says how far these are
    apart: by their differences, or as the probabilities that one gives to the other.
    """
    targets, output = model.role("target"), output_of(model)
    if len(targets) != 1 or output.name == model.error:
        return False
    constants = {array.name for array in model.role("hyperparameter")}
    named = {entry.name for entry in entries(_error_of_output(model))} - constants
    if named != {output.name, targets[0].name}:
        return False
    return takes_differences(model) or _form(model) in (SOFTMAX, LOGISTIC)


def _form(model: Model) -> OutputKind:
    """The kind of the first row that the error fits, the value where none does."""
    error, matcher = _error_of_output(model), _matcher(model)
    for form in FORMS:
        held = all(matcher.within(pattern(text), error) for text in form.error)
        if held and _is_defined(model, form) and not (form.only and _stands_alone(model, error)):
            return form.kind
    return VALUE


def _matcher(model: Model) -> Matcher:
    (target,), output = model.role("target"), output_of(model)
    return Matcher(
        {
            "o": lambda node: _is_entry(node, output.name),
            "q": lambda node: _holds(node, output.name),
            "y": lambda node: _holds(node, target.name) and not _holds(node, output.name),
        }
    )


def _error_of_output(model: Model) -> Expression:
    """The error in the output and the target: what is computed from both is written out."""
    after = [e.name for e in model.equations].index(output_of(model).name) + 1
    *between, last = model.equations[after:]
    return in_table(model, written_out(last.value, between))


def in_table(model: Model, node: Expression) -> Expression:
    """The expression with functions under their names in the table, f_o as logistic."""
    if isinstance(node, Apply):
        definition = model.function(node.function).definition
        rows = (row.name for row in TABLE.values() if row.definition == definition)
        name = next(rows, node.function)
        return Apply(name, in_table(model, node.argument), node.order)
    return rebuild(node, (in_table(model, part) for part in children(node)))


def _is_defined(model: Model, form: Form) -> bool:
    """Whether the output is defined by a pattern of the row, if it has any."""
    return not form.defined or any(
        Matcher().match(pattern(text), value)
        for value in _definitions(model)
        for text in form.defined
    )


def _definitions(model: Model) -> Iterator[Expression]:
    """The output's definition, and again with each quantity written out that holds no weight."""
    place = [e.name for e in model.equations].index(output_of(model).name)
    value = model.equations[place].value
    yield softmaxes(in_table(model, value))
    weights = {array.name for array in model.weights}
    for definition in reversed(model.equations[:place]):
        held = {entry.name for entry in entries(definition.value)}
        if _holds(value, definition.name) and not held & weights:
            value = replace_entries(value, definition.name, definition.target, definition.value)
            yield softmaxes(in_table(model, value))


def _stands_alone(model: Model, node: Expression) -> bool:
    """Whether the output stands in a term without the target."""
    (target,), output = model.role("target"), output_of(model)
    if isinstance(node, Multiply) and _holds(node, target.name):
        return False
    parts = children(node)
    return _is_entry(node, output.name) or any(_stands_alone(model, part) for part in parts)


def _is_entry(node: Expression, name: str) -> bool:
    return isinstance(node, Entry) and node.name == name


def _holds(node: Expression, name: str) -> bool:
    return any(entry.name == name for entry in entries(node))
