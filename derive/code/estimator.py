"""Program -> what the estimator template needs, for a model that scikit-learn's manners fit.

They fit where a sample is one vector of features and one target: y, or y[k] beside an output
of the same shape. What the estimator predicts, numbers or classes, `model.output` decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import mpmath

from derive.arrays.lower import lower_stably
from derive.arrays.program import Call, LogSumExp, Normalised, Step, names, parts
from derive.code.body import docstring, needed, two_passes
from derive.code.lines import called, code_name
from derive.derivation.derivation import Derivation
from derive.derivation.simplify import Simplified
from derive.evaluation.evaluate import DIGITS, evaluate, high_precision
from derive.evaluation.random_points import random_point
from derive.expressions.expression import Adjoint, Apply
from derive.model.assumptions import Within
from derive.model.batch import sample_weight
from derive.model.model import Array, Model
from derive.model.output import output_kind, output_of

Kind = Literal["Regressor", "Classifier"]


ATTRIBUTES = {
    *("classes", "loss_curve", "n_iter", "n_features_in", "feature_names_in", "best_loss"),
    *("validation_scores", "best_validation_score"),
}
"""What else is fitted; there is no trailing underscore to tell a weight from it."""


MEMBERS = {
    *("fit", "partial_fit", "predict", "predict_proba", "decision_function", "score", "self"),
    *("get_params", "set_params", "t", "method", "momentum", "beta1", "beta2", "epsilon"),
    *("weight_decay", "max_iter", "batch_size", "shuffle", "tol", "n_iter_no_change"),
    *("early_stopping", "validation_fraction", "warm_start", "verbose", "random_state"),
}
"""What else the class has, or its constructor takes."""


FEWEST = 8
"""The smallest default of a size: an example has 2 units so that its partials fit a page, and
two units are too few to learn with; two relu units often are dead from the start.
"""


@dataclass(frozen=True)
class Size:
    """A size that is neither the inputs' nor the outputs': a parameter of the estimator."""

    parameter: str
    default: int


@dataclass(frozen=True)
class Estimator:
    """The record of one estimator module; every string is source text."""

    title: str
    kind: Kind
    output: str
    """What the output is, the name of its kind."""
    one_hot: bool
    """Whether targets are one-hot, and no numbers."""
    classes: tuple[str, str]
    """The targets of two classes, the second that of outputs above `middle`."""
    middle: str
    sizes: tuple[Size, ...]
    given_sizes: str
    weights: tuple[tuple[str, str], ...]
    """Each weight and the fitted attribute that holds it."""
    input: str
    target: str
    error: str
    gather: str
    indexed: bool
    """Whether the output is a vector."""
    poor: str
    """Why the output cannot follow every target, "" where it can."""
    positive: bool
    """Whether the model assumes that no target is negative."""
    weight: str
    borrowed: tuple[str, ...]
    gradient_lines: tuple[str, ...]
    gradients: tuple[str, ...]


def estimator(model: Model, weighted: Simplified) -> Estimator:
    """The record for a model; `weighted` is the derivation of its weighted batch form."""
    batched, program = weighted.model, lower_stably(weighted)
    adjoints = [Adjoint(model.error, weight.name) for weight in model.weights]
    steps = needed((*program.forward, *program.backward), [model.error, *adjoints])
    (x,), (y,) = model.role("input"), model.role("target")
    output = output_kind(model)
    return Estimator(
        title=docstring(model.title),
        kind="Classifier" if output.tells_classes else "Regressor",
        output=output.name,
        one_hot=output.one_hot,
        classes=(_number(output.low), _number(output.high)),
        middle=_number(output.middle),
        sizes=tuple(_hidden(model).values()),
        given_sizes=_given_sizes(model),
        weights=tuple((array.name, _attribute(array)) for array in model.weights),
        input=x.name,
        target=y.name,
        error=model.error,
        gather=model.gather,
        indexed=bool(y.indices),
        poor=_poverty(model, weighted.derivation),
        positive=any(
            isinstance(a, Within) and a.array == y.name and a.low >= 0 for a in model.assumptions
        ),
        weight=sample_weight(model).name,
        borrowed=_borrowed(model, steps),
        gradient_lines=two_passes(batched, steps),
        gradients=tuple(code_name(adjoint, batched) for adjoint in adjoints),
    )


def _number(value: Fraction) -> str:
    return str(float(value)).removesuffix(".0")


def _poverty(model: Model, weighted: Derivation) -> str:
    if _is_bounded(model):
        return "The output cannot leave an interval: targets beyond it are never reached."
    if output_of(model).indices and _is_constant(weighted):
        return "A single output does not depend on the inputs."
    return ""


def _is_constant(weighted: Derivation) -> bool:
    """Whether a single output is the same for different samples, as one normalised by itself."""
    model = weighted.model
    (y,) = (array for array in model.role("target") if len(array.indices) == 2)
    sizes = {size: 1 if size in y.shape[1:] else 2 for size, _ in model.example}
    with mpmath.workdps(DIGITS):
        given = random_point(weighted, sizes, seed=1)
        values = evaluate(weighted.forward, sizes, given, high_precision(model))
        first, second = (values[output_of(model).name, (sample, 1)] for sample in (1, 2))
        return bool(abs(first - second) < mpmath.mpf(10) ** (-DIGITS // 2))


def _is_bounded(model: Model) -> bool:
    """Whether the output is a function that is finite at both ends, as the logistic one is."""
    defined = next(e.value for e in model.equations if e.name == output_of(model).name)
    if not isinstance(defined, Apply):
        return False
    if model.function(defined.function).positive:
        return False
    far, apply = 10**6, high_precision(model).apply
    try:
        ends = [apply(defined.function, defined.order, mpmath.mpf(z)) for z in (-far, far)]
    except OverflowError:  # on the way to a value that may well be finite
        return False
    return all(abs(end) < far ** mpmath.mpf("0.5") for end in ends)


# --- names ------------------------------------------------------------------------------------


def _hidden(model: Model) -> dict[str, Size]:
    """Size symbol -> parameter, under the paper's name where the class has no such member."""
    (x,), (y,) = model.role("input"), model.role("target")
    own = [size for size in model.size_symbols if size not in (*x.shape, *y.shape)]
    example = dict(model.example)
    return {
        size: Size(
            f"size_{size}" if size in MEMBERS else size, max(example.get(size, FEWEST), FEWEST)
        )
        for size in own
    }


def _given_sizes(model: Model) -> str:
    """The items "n": features, "m": self.m, "K": outputs of what `initialise` is given."""
    (x,), (y,) = model.role("input"), model.role("target")
    given = {size: f"self.{found.parameter}" for size, found in _hidden(model).items()}
    given |= dict.fromkeys(y.shape, "outputs") | dict.fromkeys(x.shape, "features")
    return ", ".join(f'"{size}": {given[size]}' for size in model.size_symbols)


def _attribute(array: Array) -> str:
    return f"weight_{array.name}_" if array.name in ATTRIBUTES else f"{array.name}_"


def _borrowed(model: Model, steps: tuple[Step, ...]) -> tuple[str, ...]:
    """What of the trainer the lines use: functions and hyperparameters."""
    return tuple(dict.fromkeys(_used(model, steps)))


def _used(model: Model, steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        for node in parts(step.value):
            if isinstance(node, Call):
                name = called(node.function, node.order, model)
                if not name.startswith("np."):
                    yield name
            elif isinstance(node, Normalised):
                yield "softmax"
            elif isinstance(node, LogSumExp):
                yield "logsumexp"
        held = names(step.value)
        yield from (name for name, _ in model.hyperparameters if name in held)
