"""The printed formulas read back and evaluated against the derivation, so that none can lie.

Every formula of a page, in its plain LaTeX, is parsed by a reader that knows nothing of the
printers; each of its sides is evaluated in 50-digit arithmetic at a random point, for
every value of its free indices, and all sides must agree with the derivation's numbers.
"""

import math
import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import mpmath
import numpy as np

from derive.derivation.derivation import Derivation, Equation
from derive.derivation.partials import scalar_weights
from derive.errors import DeriveError, InternalError
from derive.evaluation.balls import midpoints
from derive.evaluation.evaluate import (
    DIGITS,
    STEP,
    Branch,
    Cell,
    Sizes,
    Values,
    evaluate,
    evaluate_cell,
    evaluate_expression,
)
from derive.evaluation.random_points import SEEDS, random_point
from derive.expressions.expression import Adjoint, Index
from derive.page.blocks import Document, Formula
from derive.page.equations import gradient_method
from derive.printing.macros import plain
from derive.printing.names_latex import name_latex
from derive.printing.symbols import argument_letter, step_letter
from derive.printing.text import index_text
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes
from derive.readback.arithmetic import simple
from derive.readback.setting import Place, Setting, read_forms, read_letter
from derive.readback.tree import Formula as Read
from derive.readback.tree import Nabla, Plus, Symbol, Times, Tree, letter
from derive.readback.value import array_of, value

TOLERANCE = Fraction(1, 10**25)


SMALL = mpmath.mpf("1e-100")
"""What is smaller is as good as this."""


MOST_DIGITS = 2000


TITLE = "the formulas in LaTeX"


def check_latex(page: Document, derivation: Derivation) -> Certificate:
    """Read every formula of one sample back and evaluate it: concrete ones at the example's
    sizes, the others at sizes that differ.
    """
    mixed = proof_sizes(derivation.model)[1]
    formulas = [formula for formula in page.formulas if not formula.batched]
    checks = _checks([f for f in formulas if not f.concrete], derivation, mixed)
    written_out = [f for f in formulas if f.concrete]
    if written_out:  # only then are the example's sizes small
        checks += _checks(written_out, derivation, dict(derivation.model.example))
    return Certificate(TITLE, page.model, tuple(checks))


def check_batched(page: Document, batched: Derivation) -> tuple[Certificate, ...]:
    """The same of the formulas that are about N samples, where there are any."""
    formulas = [formula for formula in page.formulas if formula.batched]
    if not formulas:
        return ()
    checks = _checks(formulas, batched, proof_sizes(batched.model)[1])
    return (Certificate(f"{TITLE}, N samples", page.model, tuple(checks)),)


def _checks(formulas: list[Formula], derivation: Derivation, sizes: Sizes) -> list[Check]:
    """Of some formulas at some sizes, with 50 digits, and more where numbers are large, that may
    cancel, or small, that are moved by less.
    """
    with mpmath.workdps(DIGITS):
        where = setting(derivation, sizes)
        found = [abs(value) for value in where.values.values()]
        large = math.ceil(mpmath.log10(max(1, *found)))
        small = math.ceil(-mpmath.log10(min(map(_scale, found))))
        more = min(2 * large + small, MOST_DIGITS)
    with mpmath.workdps(DIGITS + more):
        finer = (more - small) // 2  # as many as the numbers are large, or as there are digits for
        there = setting(derivation, sizes, rough=where.values, finer=finer) if more else where
        return [_check(formula, there) for formula in formulas]


def check_pages(texts: Mapping[str, str], document: Document, title: str) -> Certificate:
    """Whether every formula of a document stands on the pages written from it, whole and in
    its order; `texts` are the pages by their file names.
    """
    checks = []
    for name, text in texts.items():
        whole = {formula.id: formula.whole for formula in document.formulas}
        detail = _first_missing(whole, _shown("align", text))
        checks.append(Check(f"{name} shows every formula whole", not detail, detail))
        short = {formula.id: formula.body for formula in document.summary}
        if short:
            detail = _first_missing(short, _shown("align*", text))
            checks.append(Check(f"{name} sums up what it shows", not detail, detail))
    return Certificate(title, document.model, tuple(checks))


def _shown(display: str, text: str) -> str:
    """What stands in the displays of a kind."""
    kind = re.escape(f"{{{display}}}")
    found = re.findall(rf"\\begin{kind}\n(.*?)\n *\\end{kind}", text, re.DOTALL)
    return _squeezed(plain("".join(found)))


def _first_missing(formulas: Mapping[str, str], shown: str) -> str:
    """The first formula that does not follow those before it in what is shown, or nothing."""
    for name, formula in formulas.items():
        told = _squeezed(plain(formula))
        if not shown.startswith(told):
            return f"{name} does not stand there whole, after the formula before it"
        shown = shown.removeprefix(told)
    return f"after the last formula stands {shown[:40]}" if shown else ""


_BROKEN_WITHIN = (
    r"\\(?:begin|end)\{(?:aligned|subarray)\}(?:\{l\})?|\\textstyle|\\big[lr](?![A-Za-z])"
)
"""What puts a part of a formula on several lines, and makes the brackets around it larger."""


def _squeezed(text: str) -> str:
    """What a reader reads of displays, without the marks and spaces that set it, and the dot that
    a row begins with which is broken between factors.
    """
    text = re.sub(_BROKEN_WITHIN, "", text.replace(r"\enspace", r"\quad"))
    text = re.sub(r"(\\\\\*?\s*(?:[&\s]|\\quad)*\\quad\s*)\\mathbin\{\\cdot\}", r"\1", text)
    text = re.sub(r"\\(?:label|tag\*?)\{(?:\\eqref\{[^}]*\}|[^}]*)\}|\\notag|\\quad", "", text)
    return re.sub(r"\\\\(?:\*|\[\d+pt\])?|[&\s]", "", text)


def setting(
    derivation: Derivation,
    sizes: Sizes,
    seed: int = SEEDS[0],
    rough: Values | None = None,
    finer: int = 0,
) -> Setting:
    """The derivation's quantities at a random point, a step size t, and an argument z.

    Beside `rough` ones, of fewer digits, it is seen which are 0 but for rounding. The steps of
    differences are `finer` by that many digits: large terms may cancel.
    """
    model = derivation.model
    how = midpoints(model)
    given = random_point(derivation, sizes, seed)
    values = evaluate(derivation.equations, sizes, given, how)
    if rough is not None:
        values = {c: x if _is_settled(x, rough[c]) else mpmath.mpf(0) for c, x in values.items()}
    t = how.number(Fraction(random.Random(seed).randint(1, 99), 100))

    step = how.number(STEP) / mpmath.mpf(10) ** finer

    @cache
    def local(of: Cell, by: Cell) -> Any:
        return _local(derivation, sizes, values, (of, by), step)

    z = how.number(Fraction(random.Random(seed + 1).randint(-300, 300), 100))
    letters = {step_letter(model): t, argument_letter(model): z}
    also = {form: number for name, number in letters.items() for form in read_forms(name)}
    found = Setting(model, sizes, values, how, local, also)
    return replace(found, known=_of_all_weights(found, t))


def _is_settled(number: Any, rough: Any) -> bool:
    """Whether more digits have not moved a number, or it is not small."""
    size = abs(number)
    return bool(size >= mpmath.mpf(10) ** -DIGITS or abs(number - rough) <= size / 1000)


def _of_all_weights(where: Setting, t: Any) -> Mapping[Tree, Any]:
    """What is said of all weights in one vector: ∇EQ, and a step x^{k+1} from x^k."""
    model = where.model
    cells = _cells_of_weights(where)
    gradient_cells = ((Adjoint(model.error, name), place) for name, place in cells)
    slopes = _vector((where.values[cell] for cell in gradient_cells), where)
    old = _vector((where.values[cell] for cell in cells), where)
    method = where.read(plain(gradient_method(model).whole))
    (new, _), (x, t_k, gradient) = method.sides, _parts_of_step(method.sides[1])
    error = where.read(name_latex(model.error, model)).sides[0]
    assert isinstance(error, Symbol)
    return {new: old - t * slopes, x: old, t_k: t, gradient: slopes, Nabla(error): slopes}


def _cells_of_weights(where: Setting) -> list[tuple[str, tuple[int, ...]]]:
    """The cells of all weights, in the order in which a page writes them."""
    entries = scalar_weights(where.model, where.sizes)
    return [(str(x.name), tuple(n for n in x.indices if isinstance(n, int))) for x in entries]


def _parts_of_step(side: Tree) -> tuple[Tree, Tree, Tree]:
    """The point, the step size and the gradient of a step."""
    match side:
        case Plus(((False, point), (True, Times((("", size), ("", gradient)))))):
            return point, size, gradient
    raise InternalError("no step of the gradient method", str(side))


def _vector(numbers: Iterable[Any], where: Setting) -> Any:
    column = np.array([[number] for number in numbers], object)
    return column.T if where.rows else column


def _local(
    derivation: Derivation, sizes: Sizes, values: Values, link: tuple[Cell, Cell], step: Any
) -> Any:
    """The derivative of one cell by an argument of its own equation, by differences of second
    order on both sides: where it has a derivative they agree, though its slope may have a kink
    there, as that of elu has at 0.

    Near zero, where a logarithm or a pole is, the step is shorter. On a kink at all weights near
    a point, as relu(0) is in relu(relu(z)), or where data are a mask, it is what the derivation
    chose.
    """
    of, by = link
    equation = derivation.equation(of[0])
    how = midpoints(derivation.model)
    if _is_on_kink(derivation, equation, of, sizes, values):
        return _chosen(derivation, sizes, values, of, by)
    h = step * _scale(values[by])
    at = {
        n: evaluate_cell(equation, of, sizes, {**values, by: values[by] + n * h}, how)
        for n in (-2, -1, 1, 2)
    }
    above, below = ((4 * at[s] - at[2 * s] - 3 * values[of]) / (2 * s * h) for s in (1, -1))
    if abs(above - below) <= SMOOTH * max(1, abs(above)):
        return (above + below) / 2
    return _chosen(derivation, sizes, values, of, by)


def _is_on_kink(
    derivation: Derivation, equation: Equation, of: Cell, sizes: Sizes, values: Values
) -> bool:
    """Whether a choice of the equation ties there, or a function is at its kink."""
    model, met = derivation.model, list[bool]()
    how = midpoints(model)

    def choose(left: Any, right: Any, then: Branch, other: Branch) -> Any:
        met.append(left == right)
        return how.choose(left, right, then, other)

    def apply(name: str, order: int, z: Any) -> Any:
        met.extend(z == how.number(kink) for kink in model.function(name).kinks)
        return how.apply(name, order, z)

    evaluate_cell(equation, of, sizes, values, replace(how, apply=apply, choose=choose))
    return any(met)


SMOOTH = 1e-9
"""How far the differences on both sides are apart at most where there is no kink."""


def _chosen(derivation: Derivation, sizes: Sizes, values: Values, of: Cell, by: Cell) -> Any:
    """The derivative of one cell by an argument of its own equation, as the derivation has it."""
    how = midpoints(derivation.model)
    total = how.number(Fraction(0))
    for term in derivation.equation(Adjoint(derivation.model.error, str(by[0]))).terms:
        link = term.local
        if link.of.name != of[0]:
            continue
        numbered = list(zip((*link.of.indices, *link.by.indices), (*of[1], *by[1]), strict=True))
        place = {index: number for index, number in numbered if isinstance(index, Index)}
        if all((place[i] if isinstance(i, Index) else i) == number for i, number in numbered):
            total += evaluate_expression(link.value, place, sizes, values, how)
    return total


def _scale(number: Any) -> Any:
    """The size of a number, of large ones and of zero 1."""
    return max(min(1, abs(number)), SMALL) if number else mpmath.mpf(1)


def _check(formula: Formula, where: Setting) -> Check:
    claim = f"{formula.id} reads back ({show_sizes(where.sizes)})"
    try:
        read = where.read(plain(formula.whole))
        for place in _places(formula, where.sizes):
            detail = _disagreement(formula, read, where, place)
            if detail:
                return Check(claim, False, detail)
    except DeriveError as error:
        return Check(claim, False, error.problem)
    return Check(claim, True)


def _places(formula: Formula, sizes: Sizes) -> Iterator[Place]:
    ranges = [range(1, sizes[index.size] + 1) for index in formula.letters]
    for numbers in product(*ranges):
        letters = (letter(index_text(index)) for index in formula.letters)
        yield dict(zip(letters, numbers, strict=True))


def _disagreement(formula: Formula, read: Read, where: Setting, place: Place) -> str:
    """What differs, or nothing. The left side of an update stands for the new weights."""
    sides = [value(side, where, place) for side in read.sides]
    if formula.relation == r"\leftarrow":
        sides[0] = _updated(formula, where, place)
    for side in sides[1:]:
        if not agree(sides[0], side):
            return f"{plain(formula.whole)}: the sides are {_show(sides[0])} and {_show(side)}"
    return ""


def _updated(formula: Formula, where: Setting, at: Place) -> Any:
    weight = where.model.array(re.sub("^(entries-)?update-", "", formula.id))
    adjoint = Adjoint(where.model.error, weight.name)
    t = where.also[read_letter(step_letter(where.model))]
    if formula.letters:
        cell = tuple(at[index.name] for index in formula.letters)
        return where.values[weight.name, cell] - t * where.values[adjoint, cell]
    places = [place for name, place in _cells_of_weights(where) if name == weight.name]
    moved: Values = {
        (weight.name, place): where.values[weight.name, place] - t * where.values[adjoint, place]
        for place in places
    }
    if formula.concrete:  # one under the other, or in a row
        return _vector(moved.values(), where)
    return simple(array_of(weight.name, weight.indices, where.replaced(moved, {})))


def agree(left: Any, right: Any) -> bool:
    """Whether two values have one shape and the same numbers, to 1e-25."""
    left, right = (np.asarray(side, object) for side in (left, right))
    if left.shape != right.shape:
        return False
    limit = mpmath.mpf(TOLERANCE.numerator) / TOLERANCE.denominator
    pairs = zip(left.ravel(), right.ravel(), strict=True)
    return all(abs(a - b) <= limit * max(1, abs(a)) for a, b in pairs)


def _show(found: Any) -> str:
    entries = np.asarray(found, object).ravel()
    return "(" + ", ".join(mpmath.nstr(entry, 8) for entry in entries) + ")"
