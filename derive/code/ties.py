"""The rendered code on the kinks of its model, where floats tie as exactly as numbers do."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from flint import arb, ctx

from derive.code.module import load
from derive.derivation.derivation import Derivation
from derive.derivation.kinks import has_kinks
from derive.evaluation.evaluate import Sizes, Values, array_cells, evaluate, show_cell
from derive.evaluation.exact_ties import exact_ties
from derive.evaluation.ties import BITS, tied
from derive.expressions.expression import Adjoint
from derive.model.model import Array
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes

SEED = 31


TOLERANCE = 1e-11
"""Relative to the number, or to 1: a choice that is not taken is no rounding."""


def check_on_kinks(source: str, derivation: Derivation) -> tuple[Certificate, ...]:
    """Hold a trainer's gradient against the derivation on the kinks that there are, if any."""
    name = derivation.model.name
    if not has_kinks(derivation.model):
        return ()
    checks: list[Check] = []
    sizes = proof_sizes(derivation.model)[0]
    try:
        module = load(source, f"{name}/trainer.py")
        with ctx.workprec(BITS):
            checks += _compare(module, derivation, sizes)
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the trainer runs on kinks", False, f"{type(error).__name__}: {error}"))
    return (Certificate("the NumPy trainer on kinks", name, tuple(checks)),) if checks else ()


def _compare(module: Any, derivation: Derivation, sizes: Sizes) -> Iterator[Check]:
    model = derivation.model
    for number, tie in enumerate(exact_ties(derivation, sizes, SEED), 1):
        given = {cell: float(value) for cell, value in tie.given.items()}
        wide = {cell: arb(value) for cell, value in given.items()}
        values = evaluate(derivation.equations, sizes, wide, tied(model))
        parameters = module.Parameters(*(_array(w, sizes, given) for w in model.weights))
        data = [_array(array, sizes, given) for array in model.data]
        _, partials = module.gradient(parameters, *data)
        for weight, partial in zip(model.weights, partials, strict=True):
            adjoint = Adjoint(model.error, weight.name)
            wanted = {c: values[adjoint, c[1]] for c in array_cells(weight, sizes)}
            claim = f"gradient returns ∂{model.error}/∂{weight.name} on kinks"
            where = f"({show_sizes(sizes)}; point {number})"
            yield _same(f"{claim} {where}", np.asarray(partial), wanted)


def _array(array: Array, sizes: Sizes, given: Values) -> Any:
    flat = np.array([given[cell] for cell in array_cells(array, sizes)])
    return flat.reshape([sizes[size] for size in array.shape])


def _same(claim: str, got: Any, wanted: Values) -> Check:
    for (cell, want), value in zip(wanted.items(), got.ravel().tolist(), strict=True):
        if not abs(value - want) <= TOLERANCE * max(1, abs(want)):
            sides = f"the trainer gives {value!r}, and it should be {want.str(20, radius=False)}"
            return Check(claim, False, f"{show_cell(*cell)}: {sides}")
    return Check(claim, True)
