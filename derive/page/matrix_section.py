"""What a page says of whole arrays: the forward pass and the gradient in matrix form."""

from collections.abc import Iterable

from derive.arrays.program import Step
from derive.derivation.derivation import Given
from derive.expressions.expression import Adjoint
from derive.page.block_matrix import block_matrix
from derive.page.blocks import Blocks, Display, Formula, Listing
from derive.page.equations import has_arrays, in_matrices, matrix_forms
from derive.page.function_formulas import last_id
from derive.page.layout import fits
from derive.page.material import Material
from derive.page.sentences import example, laid, math, phrase, where
from derive.page.small_network import nabla, readable, stacked
from derive.printing.names_latex import entry_latex, name_latex
from derive.printing.signs import Sign


def forward_in_matrices(m: Material, told: frozenset[Sign]) -> Blocks:
    """The forward pass on whole arrays; `told` are the signs that need no more words."""
    written = (step for step in m.program.forward if isinstance(step.equation.rule, Given))
    steps = [step for step in written if step.equation.target.name != m.model.error]
    return _in_matrices(m, "forward_matrix", steps, told)


def gradient_in_matrices(m: Material, told: frozenset[Sign]) -> Blocks:
    """The chain rule on whole arrays, with the names that it uses, and gradients written out."""
    named = [step for step in m.program.forward if not isinstance(step.equation.rule, Given)]
    blocks = _in_matrices(m, "matrix", [*named, *m.program.backward], told)
    if m.readable:
        for step in m.program.backward:
            blocks += _block_form(m, step)
    gradient = readable(m, nabla(m))
    if gradient:
        blocks += [phrase("nabla", sizes=example(m)), Display(gradient)]
    return blocks


def _in_matrices(m: Material, key: str, steps: list[Step], told: frozenset[Sign]) -> Blocks:
    """The steps in matrix form, and where those stand that have none or are about numbers."""
    forms = matrix_forms(steps, m.symbols)
    if not forms:
        return []
    signs = frozenset[Sign]().union(*(form.notation for form in forms.values()))
    numbers = [step for step in steps if not has_arrays(step.equation)]
    others = [step for step in steps if step not in forms and step not in numbers]
    said = phrase(f"{key}_some" if others else key, where=where(m, signs, told))
    blocks: Blocks = [said, Display(in_matrices(forms, m.symbols))]
    for kind, found in (("by_entries", others), ("numbers", numbers)):
        if found:
            names = math(*(entry_latex(step.equation.target, m.symbols) for step in found))
            blocks.append(phrase(kind, names=names, refs=_references(m, found)))
    return blocks


def _references(m: Material, steps: Iterable[Step]) -> Listing:
    """Where equations stand in their last form."""
    ids = []
    for step in steps:
        name = step.equation.target.name
        is_adjoint = isinstance(name, Adjoint)
        ids.append(last_id(m.simplified.adjoint(name)) if is_adjoint else step.equation.id)
    return Listing(tuple(f"@{{{each}}}" for each in ids))


def _block_form(m: Material, step: Step) -> Blocks:
    """The derivatives one under the other, as a block matrix times the inputs."""
    found = block_matrix(m.simplified, m.program, step)
    if found is None:
        return _stacked(m, step)
    stacked, identity = (
        Formula(stated.id, stated.left, stated.sides, concrete=True) for stated in found
    )
    if not (fits([stacked], m.column) and fits([identity], m.column)):
        return []
    shown = math(entry_latex(m.model.array(found[0].weight).entry, m.symbols))
    return [
        phrase(laid("block", m), sizes=example(m), weight=shown),
        Display((stacked,)),
        phrase("block_identity", size=name_latex(found[1].size, m.model)),
        Display((identity,)),
    ]


def _stacked(m: Material, step: Step) -> Blocks:
    """The derivatives by one row of weights, a number times a vector."""
    found = readable(m, stacked(m, step))
    if not found:
        return []
    name = step.equation.target.name
    assert isinstance(name, Adjoint)
    shown = math(entry_latex(m.model.array(name.by).entry, m.symbols))
    return [phrase(laid("block", m), sizes=example(m), weight=shown), Display(found)]
