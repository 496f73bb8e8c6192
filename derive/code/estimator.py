"""Program -> what the estimator template needs, for a model that scikit-learn's manners fit.

They fit where a sample is one vector of features and one target: y, or y[k] beside an output
of the same shape. What the estimator predicts, numbers or classes, `model.output` decides.
"""

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import mpmath

from derive.arrays.program import Call, Step, arrays_in, parts
from derive.code.amalgamate import syntax
from derive.code.body import docstring, tuple_text, two_passes
from derive.code.lines import helper
from derive.code.names import called, code_name, code_names
from derive.code.runtime.example.model import _AXES
from derive.code.untaken import leaves_numbers_aside
from derive.derivation.derivation import Derivation
from derive.derivation.simplify import Simplified
from derive.evaluation.evaluate import DIGITS, evaluate, high_precision
from derive.evaluation.interval import output_interval
from derive.evaluation.random_points import random_point
from derive.expressions.expression import Adjoint
from derive.model.assumptions import Within
from derive.model.model import Array, Model
from derive.model.output import output_kind, output_of

CLASSIFIERS = {
    **dict.fromkeys(("softmax", "log_softmax", "scores"), "one_hot"),
    **dict.fromkeys(("logistic", "logits", "margin"), "two_classes"),
}
"""What an output that tells classes is -> the module that says how classes are coded."""


RUNTIME = {
    "value": ("within", "estimator", "regressor", "manners"),
    **{
        kind: ("within", "estimator", "classifier", f"{kind}_classifier", coding, "manners")
        for kind, coding in CLASSIFIERS.items()
    },
}
"""What the output is -> the modules below the estimator's own part."""


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
class Constant:
    """A value that the modules below go by, and what it says."""

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class Estimator:
    """The record of one estimator's own part; every string is source text."""

    title: str
    runtime: tuple[str, ...]
    """The modules of `code.runtime` that make of it what the output asks for."""
    sizes: tuple[Size, ...]
    given_sizes: str
    fitted: tuple[str, ...]
    """The fitted attribute that holds each weight."""
    constants: tuple[Constant, ...]
    given: tuple[str, ...]
    """What the weighted gradient takes."""
    error: str
    borrowed: tuple[str, ...]
    gradient_lines: tuple[str, ...]
    leaves_aside: bool
    gradients: tuple[str, ...]

    @property
    def fitted_names(self) -> str:
        """("W_", "V_")."""
        return tuple_text(self.fitted)


def estimator(model: Model, weighted: Simplified, steps: tuple[Step, ...]) -> Estimator:
    """The record for a model; `weighted` is the derivation of its weighted batch form, and the
    steps are those of its gradient.
    """
    batched = weighted.model
    adjoints = [Adjoint(model.error, weight.name) for weight in model.weights]
    return Estimator(
        title=docstring(model.title),
        runtime=RUNTIME[output_kind(model).name],
        sizes=tuple(_hidden(model).values()),
        given_sizes=_given_sizes(model),
        fitted=tuple(map(_attribute, model.weights)),
        constants=_constants(model, weighted),
        given=(
            "parameters: trainer.Parameters",
            *(f"{code_name(array.name, batched)}: np.ndarray" for array in batched.data),
        ),
        error=code_name(model.error, batched),
        borrowed=_borrowed(model, steps),
        gradient_lines=two_passes(batched, steps),
        leaves_aside=leaves_numbers_aside(steps, batched),
        gradients=code_names(adjoints, batched),
    )


def _constants(model: Model, weighted: Simplified) -> tuple[Constant, ...]:
    output, (y,) = output_kind(model), model.role("target")
    if output.one_hot:
        return ()
    indexed = Constant("_INDEXED", repr(bool(y.indices)), "Whether the output is a vector.")
    if output.tells_classes:
        classes = f"({_number(output.low)}, {_number(output.high)})"
        middle = "The second class is that of outputs above it."
        return (
            indexed,
            Constant("_CLASSES", classes, "The targets of the two classes."),
            Constant("_MIDDLE", _number(output.middle), middle),
        )
    poor = _poverty(model, weighted.derivation)
    positive = any(
        isinstance(a, Within) and a.array == y.name and a.low >= 0 for a in model.assumptions
    )
    return (
        indexed,
        Constant("_POSITIVE", repr(positive), "Whether the model assumes targets of 0 or more."),
        Constant("_POOR", repr(bool(poor)), poor or "Whether the output is kept from the targets."),
    )


def _number(value: Fraction) -> str:
    return str(float(value)).removesuffix(".0")


def _poverty(model: Model, weighted: Derivation) -> str:
    if output_interval(model):
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


# --- names ------------------------------------------------------------------------------------


@cache
def members() -> frozenset[str]:
    """What an estimator has besides the parameters for its sizes: methods, other parameters."""
    modules = (
        "example.estimator",
        *dict.fromkeys(name for held in RUNTIME.values() for name in held),
    )
    classes = [
        node
        for module in modules
        for node in ast.walk(syntax(module))
        if isinstance(node, ast.ClassDef)
    ]
    functions = {
        node for each in classes for node in each.body if isinstance(node, ast.FunctionDef)
    }
    constructors = (function for function in functions if function.name == "__init__")
    own = {size for axes in _AXES.values() for size in axes}
    parameters = {
        arg.arg for each in constructors for arg in (*each.args.args, *each.args.kwonlyargs)
    }
    return frozenset({function.name for function in functions} | (parameters - own))


@cache
def attributes() -> frozenset[str]:
    """What else is fitted; there is no trailing underscore to tell a weight from it."""
    modules = dict.fromkeys(name for held in RUNTIME.values() for name in held)
    return frozenset(
        node.attr.removesuffix("_")
        for module in modules
        for node in ast.walk(syntax(module))
        if isinstance(node, ast.Attribute) and re.fullmatch(r"[a-z].*_", node.attr)
    )


def _hidden(model: Model) -> dict[str, Size]:
    """Size symbol -> parameter, under the paper's name where the class has no such member."""
    (x,), (y,) = model.role("input"), model.role("target")
    own = [size for size in model.size_symbols if size not in (*x.shape, *y.shape)]
    example = dict(model.example)
    found: dict[str, Size] = {}
    for size in own:
        name = size
        while name in members() or keyword.iskeyword(name) or name in {*own} - {size}:
            name = f"size_{name}"
        found[size] = Size(name, max(example.get(size, FEWEST), FEWEST))
    return found


def _given_sizes(model: Model) -> str:
    """The items "n": features, "m": self.m, "K": outputs of what `initialise` is given."""
    (x,), (y,) = model.role("input"), model.role("target")
    given = {size: f"self.{found.parameter}" for size, found in _hidden(model).items()}
    given |= dict.fromkeys(y.shape, "outputs") | dict.fromkeys(x.shape, "features")
    return ", ".join(f'"{code_name(size, model)}": {given[size]}' for size in model.size_symbols)


def _attribute(array: Array) -> str:
    return f"weight_{array.name}_" if array.name in attributes() else f"{array.name}_"


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
            elif borrowed := helper(node):
                yield borrowed
        held = arrays_in(step.value)
        yield from (code_name(name, model) for name, _ in model.hyperparameters if name in held)
