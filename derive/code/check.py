"""The rendered code checked before it is written: run, and held against the derivation."""

import warnings
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mpmath
import numpy as np

from derive.code.module import load
from derive.derivation.derivation import Derivation
from derive.errors import InternalError
from derive.evaluation.evaluate import (
    DIGITS,
    Sizes,
    Values,
    array_cells,
    evaluate,
    high_precision,
    show_cell,
)
from derive.evaluation.random_points import random_point
from derive.expressions.expression import Adjoint
from derive.model.model import Array, Model
from derive.model.output import output_of
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes

TOLERANCE = 1e-13


COMPLEX_STEP = 1e-30


T = Fraction(1, 2)


def check_trainer(source: str, derivation: Derivation) -> Certificate:
    """Hold a trainer's text against the derivation of its batch form, at two sizes.

    Forward pass, error, gradient and update against 50-digit evaluation of the
    derivation's equations, and the gradient against the complex step through the
    trainer's own forward pass; |got - want| <= 1e-13·max(1, |want|).
    """
    checks: list[Check] = []
    name = derivation.model.name
    try:
        module = load(source, f"{name}/trainer.py")
        for sizes in proof_sizes(derivation.model):
            checks += _compare(module, derivation, sizes)
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the trainer runs", False, f"{type(error).__name__}: {error}"))
    return Certificate("the NumPy trainer", name, tuple(checks))


def check_estimator(source: str, trainer: str, weighted: Derivation) -> Certificate:
    """Hold an estimator's text against the derivation of its weighted batch form.

    Its gradient against 50-digit evaluation and the complex step; weights of one against the
    trainer's own gradient, whole weights against rows that are repeated; and a short fit.
    """
    checks: list[Check] = []
    name = weighted.model.name
    try:
        beside = load(trainer, f"{name}/trainer.py")
        module = load(source, f"{name}/estimator.py", trainer=beside)
        for sizes in proof_sizes(weighted.model):
            checks += _compare_weighted(module, beside, weighted, sizes)
        checks.append(_fits(module, weighted))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the estimator runs", False, f"{type(error).__name__}: {error}"))
    return Certificate("the NumPy estimator", name, tuple(checks))


def _compare_weighted(
    module: Any, trainer: Any, derivation: Derivation, sizes: Sizes
) -> Iterator[Check]:
    model = derivation.model
    with mpmath.workdps(DIGITS):
        exact = high_precision(model)
        given = {cell: float(v) for cell, v in random_point(derivation, sizes, seed=7).items()}
        wide = {cell: mpmath.mpf(value) for cell, value in given.items()}
        values = evaluate(derivation.equations, sizes, wide, exact)
        where = f"({show_sizes(sizes)})"
        parameters = trainer.Parameters(*(_array(w, sizes, given) for w in model.weights))
        *data, _ = arrays = [_array(array, sizes, given) for array in model.data]
        value, partials = module._weighted_gradient(parameters, *arrays)

        def error(*point: Any) -> Any:
            return module._weighted_gradient(*point)[0]

        claim = f"the weighted gradient returns {model.error} {where}"
        yield _same(claim, model.array(model.error), sizes, np.array(value), values)
        counts = np.arange(len(data[0])) % 3 + 1
        ones = module._weighted_gradient(parameters, *data, np.ones(len(counts)))[1]
        plain = trainer._gradient(parameters, *data)[1]
        counted = module._weighted_gradient(parameters, *data, counts.astype(float))[1]
        repeated = trainer._gradient(parameters, *(np.repeat(x, counts, axis=0) for x in data))[1]
        for n, weight in enumerate(model.weights):
            adjoint = Adjoint(model.error, weight.name)
            wanted = {c: values[adjoint, c[1]] for c in array_cells(weight, sizes)}
            what = f"∂{model.error}/∂{weight.name}"
            claim = f"the weighted gradient returns {what} {where}"
            yield _same(claim, weight, sizes, partials[n], wanted)
            claim = f"the weighted gradient is the complex step of {model.error} by {weight.name}"
            stepped = _cells(weight, sizes, _complex_step(error, parameters, arrays, n))
            yield _same(f"{claim} {where}", weight, sizes, partials[n], stepped)
            claim = f"{what} with weights of one is that without {where}"
            yield _same(claim, weight, sizes, ones[n], _cells(weight, sizes, plain[n]))
            claim = f"{what} with whole weights is that of rows repeated {where}"
            yield _same(claim, weight, sizes, counted[n], _cells(weight, sizes, repeated[n]))


def _fits(module: Any, weighted: Derivation) -> Check:
    """A fit of two epochs, with and without weights, and predictions of the targets' shape."""
    model = weighted.model
    sizes = {symbol: 2 for symbol, _ in model.example}
    given = {cell: float(v) for cell, v in random_point(weighted, sizes, seed=7).items()}
    X, y, omega = (_array(array, sizes, given) for array in model.data)
    if hasattr(module, "Classifier"):
        y = np.arange(len(X))
    kind = getattr(module, "Classifier", None) or module.Regressor
    fitted = kind(t=1e-6, max_iter=2, random_state=0)  # steps that no model grows out of bounds by
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two epochs converge to nothing
        shapes = [fitted.fit(X, y, weights).predict(X).shape for weights in (None, omega)]
    return Check("the estimator fits and predicts", shapes == [y.shape] * 2, f"{shapes}")


def _compare(module: Any, derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    model = derivation.model
    with mpmath.workdps(DIGITS):
        exact = high_precision(model)
        given = {cell: float(v) for cell, v in random_point(derivation, sizes, seed=7).items()}
        wide = {cell: mpmath.mpf(value) for cell, value in given.items()}
        values = evaluate(derivation.equations, sizes, wide, exact)
        where = f"({show_sizes(sizes)})"
        parameters = module.Parameters(*(_array(w, sizes, given) for w in model.weights))
        data = [_array(array, sizes, given) for array in model.data]
        inputs = data[: len(model.role("input"))]
        output, error = module.forward(parameters, *inputs), module.error(parameters, *data)
        value, partials = module.gradient(parameters, *data)
        updated = module.update(parameters, *data, float(T))
        returned = output_of(model)
        yield _same(f"forward returns {returned.name} {where}", returned, sizes, output, values)
        claim = f"error returns {model.error} {where}"
        yield _same(claim, model.array(model.error), sizes, np.array(error), values)
        claim = f"gradient returns {model.error} {where}"
        yield _same(claim, model.array(model.error), sizes, np.array(value), values)
        moves = zip(model.weights, partials, updated, strict=True)
        for n, (weight, partial, new) in enumerate(moves):
            adjoint = Adjoint(model.error, weight.name)
            wanted = {c: values[adjoint, c[1]] for c in array_cells(weight, sizes)}
            claim = f"gradient returns ∂{model.error}/∂{weight.name} {where}"
            yield _same(claim, weight, sizes, partial, wanted)
            claim = f"gradient is the complex step of {model.error} by {weight.name} {where}"
            stepped = _complex_step(module._error, parameters, data, n)
            yield _same(claim, weight, sizes, partial, _cells(weight, sizes, stepped))
            moved = {c: wide[c] - exact.number(T) * wanted[c] for c in wanted}
            claim = (
                f"update takes {weight.name} - t ∂{model.error}/∂{weight.name} at the old weights"
            )
            yield _same(f"{claim} {where}", weight, sizes, new, moved)
        if model.by:
            found = module.input_gradient(parameters, *data)
            yield from _by_inputs(found, derivation, sizes, values)


def _by_inputs(found: Any, derivation: Derivation, sizes: Sizes, values: Values) -> Iterator[Check]:
    model = derivation.model
    partials = (found,) if len(model.by) == 1 else found
    for name, partial in zip(model.by, partials, strict=True):
        adjoint = Adjoint(model.error, name)
        wanted = {c: values[adjoint, c[1]] for c in array_cells(model.array(name), sizes)}
        claim = f"input_gradient returns ∂{model.error}/∂{name} ({show_sizes(sizes)})"
        yield _same(claim, model.array(name), sizes, partial, wanted)


def _same(claim: str, array: Array, sizes: Sizes, got: Any, wanted: Values) -> Check:
    for cell, value in _cells(array, sizes, np.asarray(got)).items():
        want = wanted[cell]
        if not abs(value - want) <= TOLERANCE * max(1, abs(want)):
            sides = f"the trainer gives {value!r}, and it should be {mpmath.nstr(want, 20)}"
            return Check(claim, False, f"{show_cell(*cell)}: {sides}")
    return Check(claim, True)


def _cells(array: Array, sizes: Sizes, values: Any) -> Values:
    shape = tuple(sizes[size] for size in array.shape)
    if values.shape != shape:
        raise InternalError(f"{array.name} has shape {values.shape}, expected {shape}")
    return dict(zip(array_cells(array, sizes), values.ravel().tolist(), strict=True))


def _array(array: Array, sizes: Sizes, given: Values) -> Any:
    flat = np.array([given[cell] for cell in array_cells(array, sizes)])
    return flat.reshape([sizes[size] for size in array.shape])


def _complex_step(error: Any, parameters: Any, data: list[Any], n: int) -> Any:
    """Im EQ(w + ih)/h for every entry of the n-th weight; exact but for rounding."""
    steps = np.empty_like(parameters[n])
    for place in np.ndindex(steps.shape):
        moved = parameters[n].astype(complex)
        moved[place] += 1j * COMPLEX_STEP
        there = parameters._replace(**{parameters._fields[n]: moved})
        steps[place] = error(there, *data).imag / COMPLEX_STEP
    return steps


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
