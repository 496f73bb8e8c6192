"""N samples at once, as the code computes them: the error over them, and equations of matrices
with a row for each sample.
"""

from dataclasses import replace

from derive.derivation.simplify import Simplified
from derive.page.blocks import Blocks, Display, Formula
from derive.page.column import Column
from derive.page.equations import given, in_matrices, matrix_forms
from derive.page.material import material
from derive.page.sentences import math, phrase, where
from derive.printing.names_latex import array_latex, entry_latex, index_latex, name_latex
from derive.printing.signs import Sign


def batch_form(batched: Simplified, column: Column, told: frozenset[Sign]) -> Blocks:
    """What a page says of N samples; nothing where not one equation is between matrices. `told`
    are the signs that need no more words.
    """
    m = material(batched, column)
    *forward, error = m.program.forward
    steps = [*forward, *m.program.backward]
    forms = matrix_forms(steps, m.symbols)
    if not forms:
        return []
    sample = m.model.sample
    rows = [array.name for array in m.model.arrays if sample in array.indices]
    signs = frozenset[Sign]().union(*(form.notation for form in forms.values()))
    others = [step for step in steps if step not in forms]
    blocks: Blocks = [
        phrase(
            "batch",
            s=index_latex(sample),
            N=name_latex(sample.size, m.model),
            arrays=math(*(array_latex(name, m.symbols) for name in rows)),
        ),
        Display((_of_batch(given(error.equation, m.symbols)),)),
        phrase("batch_matrix_some" if others else "batch_matrix", where=where(m, signs, told)),
        Display(tuple(_of_batch(formula) for formula in in_matrices(forms, m.symbols))),
    ]
    if others:
        names = math(*(entry_latex(step.equation.target, m.symbols) for step in others))
        blocks.append(phrase("batch_others", names=names))
    return blocks


def _of_batch(formula: Formula) -> Formula:
    return replace(formula, id=f"batch-{formula.id.removeprefix('matrix-')}", batched=True)
