"""A published derivation, judged formula by formula: what is typed is read, its truth computed.

An audit file says where a formula stands, how the text at hand prints it, whether that is
legible, and which readings it has. Each reading is LaTeX in the paper's symbols. A reading
holds where its sides have one shape and are the same functions of the weights and the
sample, by SymPy, with the activations undefined; one that does not is refuted by small
numbers. The verdict on an entry follows from its readings.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy

from derive.auditing.arguments import missing_arguments
from derive.auditing.file import Item, Reading, load
from derive.auditing.refute import leaves_held, refute
from derive.auditing.settings import symbolic_setting
from derive.auditing.sides import read_sides, sides_of, step_sides
from derive.auditing.verdicts import Entry, Judged, Report
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.model.model import Model
from derive.proof.certificate import Certificate, Check
from derive.proof.identity import identical
from derive.readback.setting import MeaningError


def audit(model: Model) -> Report:
    """Judge the published text of a model.

    Raises DeriveError where there is no audit of it, and ProofError where a correction does
    not hold.
    """
    report = judge(differentiate(model))
    check_audit(report).require()
    return report


def judge(derivation: Derivation) -> Report:
    """Judge the published text that a derivation is about, whatever the verdicts.

    Raises DeriveError where there is no audit of it.
    """
    model = derivation.model
    entries = tuple(Entry(item, _judge_all(item, derivation)) for item in load(model.name).item)
    return Report(model, entries)


def check_audit(report: Report) -> Certificate:
    """A correction is proven or not given: every one holds, and what is wrong has one."""
    checks = [check for entry in report.entries for check in _check_entry(entry)]
    return Certificate("the audit", report.model.name, tuple(checks))


def _check_entry(entry: Entry) -> Iterator[Check]:
    corrections = [j for j in entry.judged if j.reading.kind == "correction"]
    for judged in corrections:
        shown = "" if judged.holds else str(judged.refutation or judged.shapes or judged.problem)
        yield Check(f"the correction of {entry.item.id} holds", judged.holds, shown)
    if entry.verdict == "wrong":
        claim = f"{entry.item.id} is wrong and has a correction"
        yield Check(claim, bool(corrections), "" if corrections else "it has none")


# --- one reading ------------------------------------------------------------------------------


def _judge_all(item: Item, derivation: Derivation) -> tuple[Judged, ...]:
    return tuple(_judge(reading, derivation) for reading in item.reading)


def _judge(reading: Reading, derivation: Derivation) -> Judged:
    sizes = tuple({**dict(derivation.model.example), **reading.sizes}.items())
    exactly = symbolic_setting(derivation, sizes, tuple(reading.free))
    try:
        if reading.steps:
            pairs = [pair for _, pair in step_sides(reading, exactly, derivation)]
            missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
        else:
            read = [read_sides(text, reading, exactly) for text in reading.formula]
            pairs = [pair for formula in read for _, pair in sides_of(formula, reading, exactly)]
            missing = tuple(x for formula in read for x in missing_arguments(formula, exactly))
    except MeaningError as error:
        return Judged(reading, False, error.problem)
    if all(_same(*pair) for pair in pairs):
        return Judged(reading, True, missing=missing)
    shapes = next((_shapes(a, b) for _, a, b in pairs if _shapes(a, b)), "")
    refutation = None if shapes else refute(reading, derivation, sizes, leaves_held(pairs, exactly))
    return Judged(reading, False, "", shapes, refutation, missing)


def _same(relation: str, left: Any, right: Any) -> bool:
    a, b = (np.asarray(side, object) for side in (left, right))
    if a.shape != b.shape:
        return False
    pairs = zip(a.ravel(), b.ravel(), strict=True)
    if relation == "<":
        return all(bool(x < y) for x, y in pairs)
    return all(identical(sympy.sympify(x), sympy.sympify(y)) for x, y in pairs)


def _shapes(left: Any, right: Any) -> str:
    shapes = [side.shape if isinstance(side, np.ndarray) else () for side in (left, right)]
    if shapes[0] == shapes[1]:
        return ""
    return r" \ne ".join(r" \times ".join(map(str, shape)) or "1" for shape in shapes)
