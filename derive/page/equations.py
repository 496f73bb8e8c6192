"""Equations of a derivation -> formulas of a page."""

from collections.abc import Mapping

from derive.arrays.across import across
from derive.arrays.program import MatMul, Node, Step
from derive.arrays.shapes import Shape, shape_of
from derive.derivation.derivation import Equation, Term
from derive.derivation.rewriting import Rewriting
from derive.derivation.simplify import SimplifiedAdjoint
from derive.errors import naming
from derive.expressions.building import add
from derive.expressions.contents import entries
from derive.expressions.expression import Add, Adjoint, Entry, Name
from derive.expressions.indices import fresh
from derive.model.model import Array, Model, free_letter
from derive.page.blocks import Formula
from derive.page.concrete import array_entries, value_entries
from derive.page.function_formulas import step_id
from derive.printing.latex import chained, printed, total
from derive.printing.matrix_latex import MatrixForm, matrix_form
from derive.printing.names_latex import (
    array_latex,
    entry_latex,
    name_latex,
    printed_ratio,
    ratio_latex,
)
from derive.printing.precedence import in_latex
from derive.printing.printed import Printed, plus
from derive.printing.symbols import Symbols, step_letter


def given(equation: Equation, symbols: Symbols) -> Formula:
    """An equation of the paper, for its general entry."""
    left = entry_latex(equation.target, symbols)
    with naming(equation.id):
        value = printed(equation.value, symbols)
    letters = equation.target.letters
    return Formula(equation.id, left, (str(value),), letters=letters, signs=value.notation)


def adjoint(equation: Equation, symbols: Symbols) -> Formula:
    """δ = ∂EQ/∂X = the chain rule = its value."""
    name = equation.target.name
    assert isinstance(name, Adjoint)
    by = Entry(name.by, equation.target.indices)
    left = ratio_latex(Entry(name.of), by, symbols)
    if symbols.model.notation.adjoint(name):
        left = f"{entry_latex(equation.target, symbols)} = {left}"
    with naming(equation.id):
        value = printed(equation.value, symbols)
        rule = _chain_rule(equation.terms, symbols)
    sides = (str(value),) if rule is None else (rule, str(value))
    letters = equation.target.letters
    return Formula(equation.id, left, sides, letters=letters, signs=value.notation)


def _chain_rule(terms: tuple[Term, ...], symbols: Symbols) -> str | None:
    """Σ ∂EQ/∂T · ∂T/∂X, or None where the error itself holds X and nothing else does."""
    if all(term.upstream is None for term in terms):
        return None
    spelled: list[Printed] = []
    direct = [term.value for term in terms if term.upstream is None]
    for term in {term.local.of.name: term for term in terms}.values():
        of, over = term.local.of, term.over
        if term.upstream is None:
            spelled.append(printed(add(*direct), symbols))
            continue
        if not term.whole:
            # Several occurrences make one local derivative, for every entry of T.
            own = symbols.model.indices(of.name)
            over = tuple(fresh(index, term.local.by.letters) for index in own)
            of = Entry(of.name, over)
        error = Entry(symbols.model.error)
        links = ((error, of), (of, term.local.by))
        ratios = chained([printed_ratio(*link, symbols) for link in links])
        spelled.append(total(over, ratios, symbols) if over else ratios)
    return str(plus(spelled, in_latex(Add)))


def rewritten(found: SimplifiedAdjoint, step: Rewriting, symbols: Symbols) -> Formula:
    """An adjoint in another form."""
    target = found.equation.target
    left, value = entry_latex(target, symbols), printed(step.value, symbols)
    sides, letters = (str(value),), target.letters
    return Formula(step_id(found, step), left, sides, letters=letters, signs=value.notation)


def gradient_method(model: Model) -> Formula:
    """A step from a point, for a function of all the weights in one column."""
    names = {array.name for array in model.arrays} | {name for name, _ in model.functions}
    names |= {pattern.letter for _, pattern in model.notation.entries}
    x = name_latex(free_letter("xuqpvwyzsr", names), model)
    f = name_latex(free_letter("fgFG", names), model)
    t = name_latex(step_letter(model), model)
    side = rf"{x}^k - {t}^k \nabla {f}({x}^k)"
    return Formula("method", f"{x}^{{k+1}}", (side,))


def updated(weight: Array, symbols: Symbols) -> Formula:
    """A step for a whole weight, or for its general entry where it is no matrix."""
    letters = () if is_matrix(weight.entry) else weight.indices
    if not letters:
        left = array_latex(weight.name, symbols)
        gradient = array_latex(Adjoint(symbols.model.error, weight.name), symbols)
    else:
        left = entry_latex(weight.entry, symbols)
        gradient = ratio_latex(Entry(symbols.model.error), weight.entry, symbols)
    side = rf"{left} - {name_latex(step_letter(symbols.model), symbols.model)} \, {gradient}"
    return Formula(f"update-{weight.name}", left, (side,), r"\leftarrow", letters)


def matrix_forms(steps: list[Step], symbols: Symbols) -> dict[Step, MatrixForm]:
    """The matrix form of the steps that have one."""
    of_matrices = (s for s in steps if _has_matrices(s.equation) and has_arrays(s.equation))
    found = ((step, _matrix_form(step, symbols)) for step in of_matrices)
    return {step: form for step, form in found if form is not None}


def _matrix_form(step: Step, symbols: Symbols) -> MatrixForm | None:
    with naming(step.equation.id):
        return matrix_form(as_written(step, symbols), symbols)


def as_written(step: Step, symbols: Symbols) -> Node:
    """A step's value, or its transpose where that is what its matrix is written as."""
    if not symbols.model.is_turned(step.equation.target.name):
        return step.value

    def shape(part: Node) -> Shape:
        return shape_of(part, lambda name: tuple(i.size for i in symbols.indices(name)))

    return across(step.value, shape)


def in_matrices(forms: Mapping[Step, MatrixForm], symbols: Symbols) -> tuple[Formula, ...]:
    """Steps in their matrix form."""
    return tuple(
        Formula(
            f"matrix-{step.equation.id}",
            array_latex(step.equation.target.name, symbols),
            (form.text,),
            signs=form.notation,
        )
        for step, form in forms.items()
    )


def entries_form(step: Step, at_sizes: Symbols) -> Formula:
    """A forward equation with the entries of its arrays, a matrix product as such first."""

    def entries_of(name: Name, symbols: Symbols) -> Printed:
        return array_entries(symbols.model.array(str(name)), symbols)

    equation = step.equation
    left = array_latex(equation.target.name, at_sizes)
    sides = [str(value_entries(equation, at_sizes))]
    form = matrix_form(as_written(step, at_sizes), at_sizes, entries_of)
    if isinstance(step.value, MatMul) and form is not None:
        sides.insert(0, form.text)
    return Formula(f"entries-{equation.id}", left, tuple(sides), concrete=True)


def is_matrix(entry: Entry) -> bool:
    """Whether an array is a matrix, a vector or a number: two axes lie on a page."""
    return len(entry.indices) <= 2


def _has_matrices(equation: Equation) -> bool:
    """Whether an equation is between such arrays."""
    return all(map(is_matrix, (equation.target, *entries(equation.value))))


def has_arrays(equation: Equation) -> bool:
    """Whether an equation is about more than scalars, whose matrix form is what they are."""
    return any(entry.indices for entry in (equation.target, *entries(equation.value)))
