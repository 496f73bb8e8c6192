"""Any row of the table works everywhere: in its proof, on a page that is read back, in code.

Rows that the table does not have, with three pieces, with conditions of every kind, with erf and
with roots, stand here so that the next one to be added finds its way.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy

from derive.code.check import check_trainer
from derive.code.functions import function_code
from derive.code.reference import computed
from derive.code.runtime.erfcx import erfcx
from derive.code.texts import trainer_text
from derive.code.ties import check_on_kinks
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import simplify
from derive.errors import InternalError
from derive.evaluation.sides import with_sides
from derive.functions.rational import Z
from derive.functions.stretches import by_stretches
from derive.functions.table import ROWS, TABLE, Function
from derive.model.batch import batch
from derive.page.check import check_latex
from derive.page.document import document
from derive.proof.batch import prove_batch
from derive.proof.prove import prove_simplified
from derive.reading.resolve import resolve
from derive.reading.source import Source

HALF = sympy.Rational(1, 2)


def row(name: str, definition: sympy.Expr, *kinks: Fraction | int) -> Function:
    places = tuple(map(Fraction, kinks))
    return Function(name, f"the row {name}", r"\operatorname{row}", definition, places)


FURTHER = (
    row("hard_tanh", sympy.Piecewise((1, Z > 1), (Z, Z > -1), (-1, True)), -1, 1),
    row("hard_tanh_another_order", sympy.Piecewise((-1, Z < -1), (1, Z > 1), (Z, True)), -1, 1),
    row("relu6", sympy.Piecewise((0, Z <= 0), (Z, Z < 6), (6, True)), 0, 6),
    row("relu6_of_extremes", sympy.Min(sympy.Max(Z, 0), 6), 0, 6),
    row(
        "hard_swish",
        sympy.Piecewise((0, Z <= -3), (Z, Z >= 3), (Z * (Z + 3) / 6, True)),
        -3,
        3,
    ),
    row(
        "softshrink",
        sympy.Piecewise((Z - sympy.sign(Z) / 2, sympy.Abs(Z) > HALF), (0, True)),
        -Fraction(1, 2),
        Fraction(1, 2),
    ),
    row(
        "softshrink_by_and",
        sympy.Piecewise((0, (Z >= -HALF) & (Z <= HALF)), (Z - HALF, Z > 0), (Z + HALF, True)),
        -Fraction(1, 2),
        Fraction(1, 2),
    ),
    row("by_or", sympy.Piecewise((Z, (Z < -HALF) | (Z > 2)), (Z / 4, True)), -Fraction(1, 2), 2),
    row("a_point_of_its_own", sympy.Piecewise((2, sympy.Eq(Z, 1)), (Z, Z > 1), (-Z, True)), 1),
    row("exact_gelu", Z / 2 * (1 + sympy.erf(Z / sympy.sqrt(2)))),
    row("erf_of_erf", sympy.erf(2 * sympy.erf(Z) - 1)),
    row("a_root", sympy.sqrt(1 + Z**2)),
)

TEXT = '''
title   = "One unit"
source  = "tests"
weights = ["w", "b"]
inputs  = ["x"]
targets = ["y"]

equations = """
z = w * x + b
o = f(z) + z
L = squared_error(o, y)
"""
[functions]
f = "logistic"
'''


CASES = [
    *((row, False) for row in ROWS),
    *((row, True) for row in FURTHER),
    *((row, False) for row in FURTHER if row.name in {"hard_tanh", "erf", "arctan", "exact_gelu"}),
]
"""Rows, and whether the model leaves its function free and the row computes it."""


@pytest.mark.parametrize(("row", "free"), CASES, ids=lambda given: getattr(given, "name", given))
def test_a_row_works_everywhere(row: Function, free: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLE, row.name, row)
    text = TEXT if free else TEXT.replace("f(z)", f"{row.name}(z)").split("[functions]")[0]
    model = resolve("unit", Source("unit.toml", text))
    model = replace(model, functions=(("f", row),)) if free else model
    sided = with_sides(model)
    one = simplify(differentiate(sided))
    batched = simplify(differentiate(batch(sided)), one)
    trainer = trainer_text(model, batched)
    for certificate in (
        prove_simplified(one, "the derivation, one sample"),
        prove_batch(one.derivation, batched, "the derivation, N samples"),
        check_latex(document(one), one.derivation),
        check_trainer(trainer, batched.derivation, computed(batched)),
        *check_on_kinks(trainer, batched.derivation),
    ):
        assert certificate, certificate.failures


def compiled(row: Function) -> tuple[Any, Any]:
    found = function_code(row)
    lines = [part for name, body in (("f", found.value), ("g", found.derivative))
             for part in (f"def {name}(z):", *(f"    {line}" for line in body))]  # fmt: skip
    scope: dict[str, Any] = {"np": np, "erfcx": erfcx}
    exec("\n".join(lines), scope)
    return scope["f"], scope["g"]


@pytest.mark.parametrize("row", FURTHER, ids=lambda row: row.name)
def test_the_code_of_a_row_is_its_definition_at_kinks_too(row: Function) -> None:
    places = np.concatenate([np.linspace(-9, 9, 361), [float(kink) for kink in row.kinks]])
    for order, code in enumerate(compiled(row)):
        exact = sympy.lambdify(Z, row.derivative(order), "mpmath")
        with mpmath.workdps(30):
            want = np.array([float(exact(mpmath.mpf(place))) for place in places])
        assert np.abs(code(places) - want).max() < 1e-13
        assert code(places.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("row", FURTHER, ids=lambda row: row.name)
def test_the_complex_step_of_a_row_is_its_derivative(row: Function) -> None:
    value, slope = compiled(row)
    places = np.linspace(-9, 9, 362) + 0.003
    assert np.abs(value(places + 1e-30j).imag / 1e-30 - slope(places)).max() < 1e-13


@pytest.mark.parametrize("row", [*ROWS, *FURTHER], ids=lambda row: row.name)
def test_pieces_meet_smoothly_but_at_kinks(row: Function) -> None:
    for order in (0, 1):
        pieces = by_stretches(row.derivative(order))
        if not isinstance(pieces, sympy.Piecewise):
            continue
        kinks = {sympy.Rational(kink.numerator, kink.denominator) for kink in row.kinks}
        for (above, holds), (below, _) in zip(pieces.args, pieces.args[1:], strict=False):
            end = holds.lts
            assert end in kinks or above.subs(Z, end) == below.subs(Z, end), (row.name, end)


def test_pieces_are_those_of_the_definition_everywhere() -> None:
    for definition in (
        sympy.Piecewise((0, (Z > 1) & (Z < 3)), (Z, sympy.Ne(Z, 2)), (5, True)),
        sympy.Piecewise((Z, sympy.Abs(Z - 1) < 2), (Z**2, Z >= 4), (1, True)),
        sympy.Piecewise((Z, Z**2 > 4), (1, True)),
        1 + sympy.Max(Z, 2, -Z),
    ):
        found = by_stretches(definition)
        assert all(type(holds) in (sympy.StrictGreaterThan, sympy.GreaterThan) or holds == sympy.true
                   for _, holds in found.args)  # fmt: skip
        for place in (sympy.Rational(k, 4) for k in range(-40, 41)):
            assert found.subs(Z, place) == definition.subs(Z, place)


def test_a_condition_that_no_stretch_has_is_refused() -> None:
    with pytest.raises(InternalError, match="a condition changes at no rational number"):
        row("wild", sympy.Piecewise((Z, sympy.sin(Z) > 0), (0, True)))
    with pytest.raises(InternalError, match="NumPy: no rule for .*besselj"):
        function_code(row("wild", sympy.besselj(0, Z)))
