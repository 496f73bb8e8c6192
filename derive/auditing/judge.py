"""A published derivation, judged formula by formula: what is typed is read, its truth computed.

An audit file says where a formula stands, how the text at hand prints it, whether that is
legible, and which readings it has. Each reading is LaTeX in the paper's symbols. A reading
holds where its sides have one shape and are the same functions of the weights and the
sample, by SymPy, with the activations undefined; one that does not is refuted by small
numbers. The verdict on an entry follows from its readings.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Any, Literal

import numpy as np
import sympy

from derive.auditing.file import Item, Reading, load
from derive.auditing.settings import Exact, Known, small_settings, symbolic_setting
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.errors import DeriveError
from derive.evaluation.evaluate import array_cells
from derive.expressions.expression import Adjoint
from derive.model.model import Model
from derive.proof.certificate import Certificate, Check
from derive.proof.identity import identical
from derive.readback.reader import read_formula
from derive.readback.setting import MeaningError, Setting, find_cell
from derive.readback.tree import Formula, Named, Ratio, Symbol, parts
from derive.readback.value import value


@dataclass(frozen=True)
class Refutation:
    """Numbers for which two sides differ, for a reader to check: the leaves and both sides.

    `what` is the weight that steps leave different from the gradient step; t is 1 there.
    """

    given: tuple[tuple[str, str], ...]
    left: str
    right: str
    what: str = ""


@dataclass(frozen=True)
class Judged:
    """A reading with its truth. `problem` says, to who wrote the audit, why it means nothing,
    `shapes` how its sides differ in shape, `missing` which arguments a printed list lacks.
    """

    reading: Reading
    holds: bool
    problem: str = ""
    shapes: str = ""
    refutation: Refutation | None = None
    missing: tuple[tuple[str, tuple[str, ...]], ...] = ()


Verdict = Literal["holds", "meant", "reading", "wrong"]


@dataclass(frozen=True)
class Entry:
    """An item with its readings judged."""

    item: Item
    judged: tuple[Judged, ...]

    @property
    def verdict(self) -> Verdict:
        """As printed it holds, or as meant where the text is damaged; or under a reading, such
        as one that holds fixed what a list of arguments lacks; or it is wrong.
        """
        true = [judged for judged in self.judged if judged.holds]
        kinds = {judged.reading.kind for judged in true}
        if any(j.reading.kind == "printed" and not j.missing for j in true):
            return "holds"
        if "meant" in kinds and self.item.damaged:
            return "meant"
        return "reading" if kinds & {"printed", "meant", "reading"} else "wrong"


@dataclass(frozen=True)
class Report:
    """Every entry of an audit, judged."""

    model: Model
    entries: tuple[Entry, ...] = field(default_factory=tuple)


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
            pairs = [pair for _, pair in _step_pairs(reading, exactly, derivation)]
            missing: tuple[tuple[str, tuple[str, ...]], ...] = ()
        else:
            read = [_read(text, reading, exactly) for text in reading.formula]
            pairs = [pair for formula in read for pair in _pairs(formula, reading, exactly)]
            missing = tuple(x for formula in read for x in _missing(formula, exactly))
    except MeaningError as error:
        return Judged(reading, False, error.problem)
    if all(_same(*pair) for pair in pairs):
        return Judged(reading, True, missing=missing)
    shapes = next((_shapes(a, b) for _, a, b in pairs if _shapes(a, b)), "")
    refutation = None if shapes else _refute(reading, derivation, sizes, _held(pairs, exactly))
    return Judged(reading, False, "", shapes, refutation, missing)


def _read(text: str, reading: Reading, where: Setting) -> Formula:
    """A formula with its symbols replaced as `let` says."""
    for symbol, meaning in reading.let.items():
        pattern = rf"(?<![A-Za-z\\_]){re.escape(symbol)}(?![A-Za-z_'])"
        text = re.sub(pattern, meaning.replace("\\", r"\\"), text)
    return read_formula(text, where.functions, where.names)


Pair = tuple[str, Any, Any]


def _pairs(formula: Formula, reading: Reading, where: Setting) -> Iterator[Pair]:
    """Neighbouring sides with their relation, at every value of the free letters."""
    for place in _places(reading, where):
        sides = [value(side, where, place) for side in formula.sides]
        yield from zip(formula.relations, sides, sides[1:], strict=False)


def _places(reading: Reading, where: Setting) -> Iterator[dict[str, int]]:
    indices = {i.name: i for array in where.model.arrays for i in array.indices}
    ranges = [range(1, where.sizes[indices[letter].size] + 1) for letter in reading.letters]
    for numbers in product(*ranges):
        yield dict(zip(reading.letters, numbers, strict=True))


def _step_pairs(
    reading: Reading, where: Setting, derivation: Derivation
) -> Iterator[tuple[str, Pair]]:
    """Each weight after the steps in their order, and after the gradient step."""
    after = _execute(reading, where)
    steps = gradient_step(where, derivation)
    for symbol in dict.fromkeys(symbol for step in reading.steps for symbol in step.left):
        cell = _cell(symbol, where)
        if cell in steps:
            yield symbol, ("=", after.values[cell], steps[cell])


def _execute(reading: Reading, where: Setting) -> Setting:
    """The weights and symbols after the steps; what was computed before stays as it was."""
    for step in reading.steps:
        (right,) = _read(step.right, reading, where).sides
        found = value(right, where)
        entries = found.ravel().tolist() if isinstance(found, np.ndarray) else [found]
        if len(step.left) == 1:
            cell = _cell(step.left[0], where)
            if cell is None:
                where = where.replaced({}, {(step.left[0], ""): found})
                continue
        if len(entries) != len(step.left):
            raise MeaningError(f"{len(step.left)} symbols get {len(entries)} entries")
        cells = [_cell(symbol, where) for symbol in step.left]
        known = {c: entry for c, entry in zip(cells, entries, strict=True) if c is not None}
        where = where.replaced(known, {})
    return where


def _cell(text: str, where: Setting) -> Any:
    (tree,) = read_formula(text, where.functions, where.names).sides
    assert isinstance(tree, Symbol)
    return find_cell(tree, where, {})


def gradient_step(where: Setting, derivation: Derivation) -> dict[Any, Any]:
    """Every scalar weight minus t times its derivative, all at the old weights."""
    t = where.also["t", ""]
    error = derivation.model.error
    return {
        cell: where.values[cell] - t * where.values[Adjoint(error, weight.name), cell[1]]
        for weight in derivation.model.weights
        for cell in array_cells(weight, where.sizes)
    }


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


# --- argument lists ---------------------------------------------------------------------------


def _missing(formula: Formula, where: Setting) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each symbol with a printed list of arguments depends on and its list lacks."""
    order = _argument_order(where)
    seen: set[str] = set()
    for tree in (tree for side in formula.sides for tree in parts(side)):
        if not isinstance(tree, Named):
            continue
        listed = [_spelled(symbol) for symbol in (tree.first, tree.last)]
        start, end = (order.index(name) for name in listed)
        held = value(tree.of, where).free_symbols
        depends = [name for name in _leaves(where) if _leaves(where)[name] in held]
        lacking = tuple(name for name in depends if name not in order[start : end + 1])
        shown = _shown(tree)
        if lacking and shown not in seen:
            seen.add(shown)
            yield shown, lacking


def _shown(tree: Named) -> str:
    arguments = rf"({_spelled(tree.first)}, \dots, {_spelled(tree.last)})"
    if isinstance(tree.of, Ratio):
        assert isinstance(tree.of.of, Symbol)
        assert isinstance(tree.of.by, Symbol)
        ratio = rf"\partial {_spelled(tree.of.of)} / \partial {_spelled(tree.of.by)}"
        return f"{ratio} {arguments}"
    return f"{_spelled(tree.of)}{arguments}"


def _spelled(symbol: Symbol) -> str:
    if not symbol.subscript:
        return symbol.head
    bare = len(symbol.subscript) == 1
    return f"{symbol.head}_{symbol.subscript}" if bare else f"{symbol.head}_{{{symbol.subscript}}}"


def _leaves(where: Setting) -> dict[str, Any]:
    """Printed leaf -> its SymPy symbol."""
    return dict(where.leaves)


def _argument_order(where: Setting) -> list[str]:
    """I_1, I_2, w_11, ..., v_21: inputs, then weights as the paper orders them."""
    targets = {array.name for array in where.model.role("target")}
    return [name for name, symbol in where.leaves if symbol.name.partition("[")[0] not in targets]


# --- refutation -------------------------------------------------------------------------------


def _held(pairs: list[Pair], where: Setting) -> set[str]:
    """The printed names of the leaves that the sides depend on."""
    sides = [np.asarray(side, object).ravel() for _, a, b in pairs for side in (a, b)]
    held = {symbol for side in sides for x in side for symbol in sympy.sympify(x).free_symbols}
    return {name for name, symbol in where.leaves if symbol in held}


def _refute(reading: Reading, derivation: Derivation, sizes: Known, held: set[str]) -> Refutation:
    """The sample for which the sides differ in the smallest numbers."""
    found = []
    for sample, where in small_settings(derivation, sizes, tuple(reading.free)):
        if reading.steps:
            pairs = list(_step_pairs(reading, where, derivation))
        else:
            read = [_read(text, reading, where) for text in reading.formula]
            pairs = [("", pair) for formula in read for pair in _pairs(formula, reading, where)]
        for what, (relation, left, right) in pairs:
            if not _equal(relation, left, right):
                found.append(Refutation(_given(sample, held), _number(left), _number(right), what))
                break
    if not found:
        problem = f"no small numbers refute {reading.formula or reading.steps}"
        raise DeriveError(problem, "look whether it holds as it stands")
    return min(found, key=_size)


def _size(found: Refutation) -> tuple[int, int]:
    """How hard the numbers are to check: digits of the sides, then of what is given."""
    zeros = 3 * (found.left.strip("(0, )") == "") + 3 * (found.right.strip("(0, )") == "")
    given = sum(len(number) for _, number in found.given)
    return len(found.left) + len(found.right) + zeros, given


def _equal(relation: str, left: Any, right: Any) -> bool:
    a, b = (np.asarray(side, object).ravel() for side in (left, right))
    if relation == "<":
        return all(x < y for x, y in zip(a, b, strict=True))
    return all(x == y for x, y in zip(a, b, strict=True))


def _given(sample: Exact, held: set[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _number(number)) for name, number in sample.given if name in held)


def _number(found: Any) -> str:
    if isinstance(found, np.ndarray):
        return "(" + ", ".join(_number(entry) for entry in found.ravel()) + ")"
    number = Fraction(found)
    return str(number) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"
