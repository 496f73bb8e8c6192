"""N samples at once, as the code computes them: the error over them, and equations of matrices
with a row for each sample.
"""

from dataclasses import replace

from derive.derivation.simplify import Simplified
from derive.page.blocks import Display, Formula, Listing, Phrase
from derive.page.column import Column
from derive.page.equations import given, in_matrices, matrix_forms
from derive.page.material import material
from derive.page.sentences import conventions, math, phrase
from derive.printing.names_latex import array_latex, index_latex, name_latex


def batch_form(batched: Simplified, column: Column) -> list[Phrase | Display]:
    """What a page says of N samples; nothing where not one equation is between matrices."""
    m = material(batched, column)
    *forward, error = m.program.forward
    steps = [*forward, *m.program.backward]
    forms = matrix_forms(steps, m.symbols)
    if not forms:
        return []
    sample = m.model.sample
    rows = [array.name for array in m.model.arrays if sample in array.indices]
    some = "" if len(forms) == len(steps) else "_some"
    return [
        phrase(
            "batch",
            s=index_latex(sample),
            N=name_latex(sample.size, m.model),
            arrays=math(*(array_latex(name, m.symbols) for name in rows)),
        ),
        Display((_of_batch(given(error.equation, m.symbols)),)),
        phrase(f"batch_matrix{some}", conventions=Listing(conventions(forms.values()))),
        Display(tuple(_of_batch(formula) for formula in in_matrices(forms, m.symbols))),
    ]


def _of_batch(formula: Formula) -> Formula:
    return replace(formula, id=f"batch-{formula.id.removeprefix('matrix-')}", batched=True)
