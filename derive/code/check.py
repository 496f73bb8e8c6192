"""The rendered code checked before it is written: run, and held against the derivation."""

import warnings
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from inspect import signature
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from derive.code.extremes import check_range
from derive.code.module import load
from derive.code.reference import LEAST, UNIT, Numbers, Reference, reference
from derive.derivation.derivation import Derivation, Equation
from derive.evaluation.evaluate import show_cell
from derive.model.model import Model
from derive.model.output import output_of
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes

COMPLEX_STEP = 1e-30


LARGER_STEP = 1e-20
"""Of which the copies are: what is lost of a step as a number too small is then another."""


COPIES = 4
"""Of a complex step, from points beside the one it is taken at."""


T = Fraction(1, 2)


def check_trainer(
    source: str, derivation: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold a trainer's text against the derivation of its batch form, at two sizes.

    Forward pass, error, gradient and update against the derivation's equations in balls, and
    the gradient against the complex step through the trainer's own forward pass; all to what
    rounding makes of the equations themselves, and of those that are computed where these are
    others (`code.reference`). The last checks say over what
    range that holds (`code.extremes`).
    """
    checks: list[Check] = []
    name = derivation.model.name
    try:
        module = load(source, f"{name}/trainer.py")
        for sizes in proof_sizes(derivation.model):
            checks += _compare(module, reference(derivation, sizes, computed))
        checks += check_range(module, derivation)
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the trainer runs", False, f"{type(error).__name__}: {error}"))
    return Certificate("the NumPy trainer", name, tuple(checks))


def check_estimator(
    source: str, trainer: str, weighted: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold an estimator's text against the derivation of its weighted batch form.

    Its gradient against the derivation's equations in balls and the complex step; weights of
    one against the trainer's own gradient, whole weights against rows that are repeated; and
    a short fit.
    """
    checks: list[Check] = []
    name = weighted.model.name
    try:
        beside = load(trainer, f"{name}/trainer.py")
        module = load(source, f"{name}/estimator.py", trainer=beside)
        for sizes in proof_sizes(weighted.model):
            checks += _compare_weighted(module, beside, reference(weighted, sizes, computed))
        checks.append(_fits(module, weighted))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the estimator runs", False, f"{type(error).__name__}: {error}"))
    return Certificate("the NumPy estimator", name, tuple(checks))


def _compare_weighted(module: Any, trainer: Any, right: Reference) -> Iterator[Check]:
    model, where = right.derivation.model, f"({show_sizes(right.sizes)})"
    parameters = trainer.Parameters(*map(right.array, model.weights))
    *data, _ = arrays = [right.array(array) for array in model.data]
    value, partials = module._weighted_gradient(parameters, *arrays)

    def error(*point: Any) -> Any:
        return module._weighted_gradient(*point)[0]

    what, total = f"∂{model.error}/∂", model.array(model.error)
    claim = f"the weighted gradient returns {model.error} {where}"
    yield agree(claim, model.error, value, right.quantity(total))
    counts = np.arange(len(data[0])) % 3 + 1
    ones = module._weighted_gradient(parameters, *data, np.ones(len(counts)))[1]
    plain = trainer._gradient(parameters, *data)[1]
    counted = module._weighted_gradient(parameters, *data, counts.astype(float))[1]
    repeated = trainer._gradient(parameters, *(np.repeat(x, counts, axis=0) for x in data))[1]
    for n, weight in enumerate(model.weights):
        name, slope = weight.name, right.partial(weight)
        claim = f"the weighted gradient returns {what}{name} {where}"
        yield agree(claim, name, partials[n], slope)
        claim = f"the weighted gradient is the complex step of {model.error} by {name} {where}"
        step = _complex_step(error, parameters, arrays, n)
        yield agree(claim, name, partials[n], _also(step, slope))
        claim = f"{what}{name} with weights of one is that without {where}"
        yield agree(claim, name, ones[n], _at_other_data(plain[n], slope))
        claim = f"{what}{name} with whole weights is that of rows repeated {where}"
        yield agree(claim, name, counted[n], _at_other_data(repeated[n], slope))


def _fits(module: Any, weighted: Derivation) -> Check:
    """A fit of two epochs, with and without weights, and predictions of the targets' shape."""
    model = weighted.model
    sizes = {symbol: 2 for symbol, _ in model.example}
    X, y, omega = map(reference(weighted, sizes).array, model.data)
    if hasattr(module, "Classifier"):
        y = np.arange(len(X))
    kind = getattr(module, "Classifier", None) or module.Regressor
    parameters = signature(kind).parameters.values()
    widths = [2 for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    # Steps that no model grows out of bounds by.
    fitted = kind(*widths, t=1e-6, max_iter=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two epochs converge to nothing
        shapes = [fitted.fit(X, y, weights).predict(X).shape for weights in (None, omega)]
    return Check("the estimator fits and predicts", shapes == [y.shape] * 2, f"{shapes}")


def _compare(module: Any, right: Reference) -> Iterator[Check]:
    model, where = right.derivation.model, f"({show_sizes(right.sizes)})"
    parameters = module.Parameters(*map(right.array, model.weights))
    data = [right.array(array) for array in model.data]
    inputs = data[: len(model.role("input"))]
    error = module.error(parameters, *data)
    value, partials = module.gradient(parameters, *data)
    same_partials = module.Parameters(*map(np.empty_like, parameters))
    in_place = module._in_place(parameters, same_partials, *data)
    in_place(parameters, *(array[::-1] for array in data))  # a step before
    same = in_place(parameters, *data)
    updated = module.update(parameters, *data, float(T))
    returned = output_of(model)
    if returned.name != model.error:
        output, wanted = module.forward(parameters, *inputs), right.quantity(returned)
        yield agree(f"forward returns {returned.name} {where}", returned.name, output, wanted)
    total = right.quantity(model.array(model.error))
    yield agree(f"error returns {model.error} {where}", model.error, error, total)
    yield agree(f"gradient returns {model.error} {where}", model.error, value, total)
    yield agree(f"the loop of training computes {model.error} {where}", model.error, same, total)
    moves = zip(model.weights, partials, same_partials, updated, strict=True)
    for n, (weight, partial, again, new) in enumerate(moves):
        name, slope = weight.name, right.partial(weight)
        claim = f"gradient returns ∂{model.error}/∂{name} {where}"
        yield agree(claim, name, partial, slope)
        claim = f"the loop of training computes ∂{model.error}/∂{name} {where}"
        yield agree(claim, name, again, slope)
        claim = f"gradient is the complex step of {model.error} by {name} {where}"
        step = _complex_step(module._error, parameters, data, n)
        yield agree(claim, name, partial, _also(step, slope))
        claim = f"update takes {name} - t ∂{model.error}/∂{name} at the old weights {where}"
        yield agree(claim, name, new, right.moved(weight, T))
    if model.by:
        found = module.input_gradient(parameters, *data)
        partials = (found,) if len(model.by) == 1 else found
        for name, partial in zip(model.by, partials, strict=True):
            claim = f"input_gradient returns ∂{model.error}/∂{name} {where}"
            yield agree(claim, name, partial, right.partial(model.array(name)))


def agree(claim: str, name: str, got: Any, right: Numbers, by: str = "the trainer") -> Check:
    """Whether what code gives is what it should be, to rounding."""
    wrong = right.first_wrong(got)
    if wrong is None:
        return Check(claim, True)
    place, value, want = wrong
    shown = repr(float(want)) if isinstance(want, float) else want.str(20, radius=False)
    cell = show_cell(name, tuple(number + 1 for number in place))
    return Check(claim, False, f"{cell}: {by} gives {value!r}, and it should be {shown}")


def _also(step: Numbers, slope: Numbers) -> Numbers:
    """A complex step, against a slope that is rounded too."""
    return Numbers(step.wanted, lambda: step.spread() + slope.spread())


def _at_other_data(found: Any, slope: Numbers) -> Numbers:
    """A slope by the same weights as another, whose spread is about that of the other."""

    def spread() -> Any:
        largest = max(float(abs(number)) for number in np.ravel(slope.wanted))
        scale = np.max(np.abs(found)) / largest if largest else 1.0
        return np.full(found.shape, 2 * max(scale, 1.0) * np.max(slope.spread()))

    return Numbers(found, spread)


def _complex_step(error: Any, parameters: Any, data: list[Any], n: int) -> Numbers:
    """Im EQ(w + ih)/h for every entry of the n-th weight; exact but for rounding.

    Its spread is that of steps from points an ulp away.
    """

    @cache
    def spread() -> Any:
        chance = np.random.default_rng(0)
        beside = [
            _step(error, *_beside(parameters, data, chance), n=n, h=LARGER_STEP) - step
            for _ in range(COPIES)
        ]
        return np.max(np.abs(beside), axis=0) + LEAST / COMPLEX_STEP

    step = _step(error, parameters, data, n, COMPLEX_STEP)
    return Numbers(step, spread)


def _step(error: Any, parameters: Any, data: list[Any], n: int, h: float) -> Any:
    """All weights are complex: what is shaped like one, as its derivative is, may be so, too."""
    steps = np.empty_like(parameters[n])
    whole = [weight.astype(complex) for weight in parameters]
    for place in np.ndindex(steps.shape):
        moved = whole[n].copy()
        moved[place] += 1j * h
        there = type(parameters)(*whole[:n], moved, *whole[n + 1 :])
        steps[place] = error(there, *data).imag / h
    return steps


def _beside(parameters: Any, data: list[Any], chance: np.random.Generator) -> tuple[Any, list[Any]]:
    """The point with every number an ulp off, up or down at random."""

    def off(array: Any) -> Any:
        return np.asarray(array * (1 + chance.choice([-2 * UNIT, 2 * UNIT], array.shape)))

    return type(parameters)(*map(off, parameters)), [off(array) for array in data]


def check_weights(source: str, trainer: str, model: Model) -> Certificate:
    """Run a text of weights.py beside its trainer: what is saved is what is loaded, bit for bit."""
    name = f"{model.name}/weights.py"
    checks: list[Check] = []
    try:
        module: Any = load(source, name, trainer=load(trainer, f"{model.name}/trainer.py"))
        checks.append(Check("weights.py runs", True))
        sizes = proof_sizes(model)[-1]
        random = np.random.default_rng(7)
        shapes = [tuple(sizes[size] for size in array.shape) for array in model.weights]
        weights = module.Parameters(*(random.standard_normal(shape) for shape in shapes))
        with TemporaryDirectory() as folder:
            for suffix in (".npz", ".safetensors"):
                path = Path(folder, f"{model.name}{suffix}")
                module.save(path, weights)
                claim = f"what is saved in {suffix} is what is loaded"
                checks.append(_same_weights(claim, model, weights, module.load(path)))
        if hasattr(module, "from_torch"):
            state = {
                f"{place}.{kind}": getattr(weights, name)
                for place, (weight, bias, _) in enumerate(module.LAYERS)
                for kind, name in (("weight", weight), ("bias", bias))
                if name is not None
            }
            claim = "from_torch puts every array in its place"
            checks.append(_same_weights(claim, model, weights, module.from_torch(state)))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("weights.py runs", False, f"{type(error).__name__}: {error}"))
    return Certificate("the file of weights", model.name, tuple(checks))


def _same_weights(claim: str, model: Model, given: Any, found: Any) -> Check:
    for weight, one, other in zip(model.weights, given, found, strict=True):
        if (one.dtype, one.shape, one.tobytes()) != (other.dtype, other.shape, other.tobytes()):
            return Check(claim, False, f"{weight.name}: {one!r} became {other!r}")
    return Check(claim, True)
