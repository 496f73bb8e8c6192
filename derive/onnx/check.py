"""A graph of ONNX run, and held against the derivation."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from derive.code.check import agree
from derive.code.engine import engine
from derive.code.module import load
from derive.code.reference import Reference, reference
from derive.derivation.derivation import Derivation, Equation
from derive.model.output import output_of
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes

TITLE = "the graph of ONNX"


NEAR = 1e-4
"""How far float32 may be off, relative to the largest number."""


def check_onnx(
    source: str, trainer: str, derivation: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold a graph against the derivation of its batch form, at two sizes.

    In float64, by the evaluator that defines what operators mean, against the derivation's
    equations in balls, to rounding; in float32, by ONNX Runtime, against the trainer's `forward`.
    """
    engine("onnx", "onnx")
    engine("onnxruntime", "onnx")
    checks: list[Check] = []
    name = derivation.model.name
    try:
        module = load(source, f"{name}/onnx_export.py")
        beside = load(trainer, f"{name}/trainer.py")
        for sizes in proof_sizes(derivation.model):
            checks += _compare(module, beside, reference(derivation, sizes, computed))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the graph runs", False, f"{type(error).__name__}: {error}"))
    return Certificate(TITLE, name, tuple(checks))


def _compare(module: Any, trainer: Any, right: Reference) -> Iterator[Check]:
    model, where = right.derivation.model, f"({show_sizes(right.sizes)})"
    weights = [right.array(array) for array in model.weights]
    inputs = [right.array(array) for array in model.role("input")]
    returned = output_of(model)
    if "= Erf(" not in module.GRAPH:  # of which the evaluator has float32 alone
        evaluator = engine("onnx.reference", "onnx").ReferenceEvaluator(module.graph(weights))
        (output,) = evaluator.run(None, dict(zip(evaluator.input_names, inputs, strict=True)))
        claim = f"the graph returns {returned.name} {where}"
        yield agree(claim, returned.name, output, right.quantity(returned), TITLE)
    single = [np.asarray(array, np.float32) for array in (*weights, *inputs)]
    weights, inputs = single[: len(weights)], single[len(weights) :]
    runtime = engine("onnxruntime", "onnx")
    options = runtime.SessionOptions()
    options.log_severity_level = 3  # errors: how it makes a graph faster is not asked
    session = runtime.InferenceSession(module.graph(weights).SerializeToString(), options)
    names = [each.name for each in session.get_inputs()]
    (found,) = session.run(None, dict(zip(names, inputs, strict=True)))
    parameters = trainer.Parameters(*(weight.astype(float) for weight in weights))
    wanted = trainer.forward(parameters, *(array.astype(float) for array in inputs))
    apart, largest = np.max(np.abs(found - wanted)), np.max(np.abs(wanted))
    claim = f"ONNX Runtime gives what forward of the trainer does {where}"
    holds = bool(apart <= NEAR * largest) and found.dtype == np.float32
    yield Check(claim, holds, f"{found!r} instead of {wanted!r}")
