"""Simplified -> Document: a page as a tree of sections, phrases, formulas and figures.

What is said hangs on the structure of the derivation, never on a model's name. A
formula's id is its label, its file name and the comment on its line of code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.arrays.program import Step
from derive.derivation.simplify import Simplified
from derive.page.batch_form import batch_form
from derive.page.blocks import Blocks, Display, Document, Figure, Formula, Listing, Phrase, Section
from derive.page.column import JOURNAL, Column
from derive.page.equations import (
    adjoint,
    entries_form,
    given,
    gradient_method,
    has_arrays,
    is_matrix,
    rewritten,
    updated,
)
from derive.page.function_formulas import definitions, last_id, own_values
from derive.page.layout import fits
from derive.page.material import Material, material
from derive.page.matrix_section import forward_in_matrices, gradient_in_matrices
from derive.page.network_figure import network
from derive.page.network_sentences import (
    computes,
    dropped,
    error_said,
    network_figure,
    path_figure,
    weight_stands,
)
from derive.page.path_figure import path
from derive.page.picture import Picture
from derive.page.sentences import (
    example,
    index_ranges,
    laid,
    math,
    phrase,
    reason,
    step_size,
    why,
)
from derive.page.small_network import (
    arguments,
    arrays,
    factored,
    factors,
    readable,
    updates,
    whole,
)
from derive.page.summary import summary
from derive.printing.chains import has_numbers
from derive.printing.names_latex import entry_latex, name_latex
from derive.printing.signs import IVERSON, WHOLE_ARRAYS, Sign


def document(
    simplified: Simplified, column: Column = JOURNAL, batched: Simplified | None = None
) -> Document:
    """The whole page of a derivation, and of that of N samples if it is given; what a column of
    that width cannot hold is left out.
    """
    m = material(simplified, column)
    parts: dict[str, Blocks] = {
        "method": _method(m),
        "network": _network(m),
        "forward": _forward(m),
        "error": _error(m),
        "chain": _chain(m),
        "partials": _partials(m),
    }
    parts["matrix"] = gradient_in_matrices(m, _told(parts))
    parts["batch"] = [] if batched is None else batch_form(batched, column, _told(parts))
    parts["update"] = _update(m)
    _tell_of_brackets(parts)
    said = tuple(Section(title, tuple(blocks)) for title, blocks in parts.items() if blocks)
    whole = Document(m.model.name, column, said)
    short = summary(m, whole.formulas)
    if short is None:
        return whole
    return replace(whole, sections=(Section("summary", (phrase("in_short"), short)), *said))


def _told(parts: Mapping[str, Blocks]) -> frozenset[Sign]:
    """The signs of which a reader of some sections knows."""
    return _signs(block for blocks in parts.values() for block in blocks)


def _signs(blocks: Iterable[Phrase | Display | Figure[Phrase]]) -> frozenset[Sign]:
    """The signs that the formulas of some blocks use."""
    formulas = (f for block in blocks if isinstance(block, Display) for f in block.formulas)
    return frozenset[Sign]().union(*(formula.signs for formula in formulas))


def _tell_of_brackets(parts: dict[str, Blocks]) -> None:
    """Put a sentence on [a > b] after the first formulas that hold one; before matrix equations
    it is said with the rest.
    """
    for blocks in parts.values():
        for place, block in enumerate(blocks, 1):
            signs = _signs([block])
            if IVERSON in signs:
                blocks[place:place] = [] if WHOLE_ARRAYS in signs else [phrase("brackets")]
                return


def _method(m: Material) -> Blocks:
    error, t = name_latex(m.model.error, m.model), step_size(m)
    formula = gradient_method(m.model)
    x = formula.left.partition("^")[0]
    return [
        phrase("method", error=error, t=t),
        phrase(laid("method_formula", m), error=error, x=x),
        Display((formula,)),
        phrase("method_step", error=error, t=t),
    ]


def _network(m: Material) -> Blocks:
    blocks: Blocks = [*computes(m), *(weight_stands(m, array) for array in m.model.weights)]
    picture = network(m.model, m.column)
    if m.readable or isinstance(picture, Picture):
        blocks += dropped(m)
    match picture:
        case Picture():
            blocks.append(network_figure(m, picture))
        case str():
            blocks.append(phrase(f"undrawn_{picture}"))
    return blocks


def _forward(m: Material) -> Blocks:
    model = m.model
    equations = [e for e in m.derivation.forward if e.target.name != model.error]
    if not equations:
        return [phrase("forward_alone", ranges=index_ranges(m))] if m.sizes else []
    blocks: Blocks = [phrase("forward", ranges=index_ranges(m))]
    blocks.append(Display(tuple(given(equation, m.symbols) for equation in equations)))
    for key, free in (("functions", False), ("free_functions", True)):
        formulas = definitions(model, free) + (own_values(model, free) if free else ())
        if formulas:
            blocks += [phrase(key), Display(formulas)]
    matrix = forward_in_matrices(m, _signs(blocks))
    blocks += matrix
    if not matrix:
        return blocks
    if not m.readable:
        return blocks
    steps = [step for step in m.program.forward if step.equation in equations]
    flat = [s for s in steps if is_matrix(s.equation.target) and has_arrays(s.equation)]
    # The number of a wide matrix may stand under it, but no matrix can be broken.
    fitting = {
        step: formula
        for step in flat
        if fits([formula := entries_form(step, m.at_sizes)], m.column.unnumbered)
    }
    entries = tuple(fitting.values())
    if not entries:
        return blocks
    vectors_alone = all(len(array.indices) < 2 for array in model.arrays)
    for key, formulas in (
        ("vectors" if vectors_alone else "arrays", readable(m, arrays(m))),
        ("written_out", entries),
        ("whole", readable(m, whole(m))),
    ):
        if formulas:
            blocks += [phrase(key, sizes=example(m)), *_packed(formulas, m.column)]
        if key == "written_out" and len(entries) < len(flat):
            blocks.append(_too_wide(m, [step for step in flat if step not in fitting]))
    return blocks


def _too_wide(m: Material, steps: list[Step]) -> Phrase:
    """That the column has no room for the entries of some quantities."""
    names = math(*(entry_latex(step.equation.target, m.symbols) for step in steps))
    return phrase("entries_too_wide", names=names)


def _packed(formulas: tuple[Formula, ...], column: Column) -> list[Display]:
    """Formulas in as few displays as let each line up within the column."""
    packed: list[list[Formula]] = []
    for formula in formulas:
        if packed and fits([*packed[-1], formula], column):
            packed[-1].append(formula)
        else:
            packed.append([formula])
    return [Display(tuple(each)) for each in packed]


def _error(m: Material) -> Blocks:
    blocks: Blocks = [error_said(m)]
    blocks.append(Display((given(m.derivation.forward[-1], m.symbols),)))
    named = tuple(given(equation, m.symbols) for equation in m.derivation.named)
    if named:
        blocks += [phrase("named"), Display(named)]
    functions = readable(m, arguments(m))
    if functions:
        blocks += [phrase("arguments", sizes=example(m)), *_packed(functions, m.column)]
    return blocks


def _chain(m: Material) -> Blocks:
    blocks: Blocks = [phrase("chain")]
    formulas = own_values(m.model, free=False)
    if formulas:
        key = "own_values" if len(formulas) > 1 else "own_values_one"
        blocks += [phrase(key), Display(formulas)]
    for each in m.simplified.adjoints:
        blocks += [reason(m, each.equation.terms), Display((adjoint(each.equation, m.symbols),))]
        for step in each.steps:
            blocks += [why(m, step), Display((rewritten(each, step, m.symbols),))]
    return blocks if m.chains else blocks + _path(m)


def _path(m: Material) -> Blocks:
    """The figure of the way back to the first scalar weight, where there is room."""
    found = path(m.derivation, m.column)
    if found is None:
        return []
    return [path_figure(m, found)]


def _partials(m: Material) -> Blocks:
    if not m.chains:
        return [phrase("partials_too_long", sizes=example(m))] if m.readable else []
    numbers = any(has_numbers(each.partial.chain) for each in m.chains)
    front = phrase("numbers_in_front") if numbers else ""
    said = phrase("partials", sizes=example(m), numbers=front)
    if m.starts:
        refs = Listing(tuple(f"@{{{last_id(each)}}}" for each in m.starts))
        starts = math(*(entry_latex(each.equation.target, m.symbols) for each in m.starts))
        said = phrase("partials_from", sizes=example(m), starts=starts, refs=refs, numbers=front)
    return [*_factors(m), said, Display(m.spelled), *_path(m)]


def _factors(m: Material) -> Blocks:
    """The factors of the shortest chain, each with its value."""
    found = readable(m, factors(m))
    if not found:
        return []
    return [phrase("factors", weight=math(factored(m)), sizes=example(m)), Display(found)]


def _update(m: Material) -> Blocks:
    formulas = tuple(updated(weight, m.symbols) for weight in m.model.weights)
    blocks: Blocks = [phrase("update", t=step_size(m)), Display(formulas)]
    entries = updates(m)
    if entries:
        blocks += [phrase("update_entries", sizes=example(m)), *_packed(entries, m.column)]
    return blocks
