"""The formulas of a page that a reader looks for first: what a program computes, in its order."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.page.blocks import Display, Formula, Phrase, Summary
from derive.page.function_formulas import last_id
from derive.page.layout import lay_out
from derive.page.material import Material
from derive.page.sentences import phrase

MOST_ROWS = 30
"""What is longer is no summary."""


def summary(m: Material, formulas: Iterable[Formula]) -> Summary[Phrase] | None:
    """Of a page's formulas the forward pass, the derivatives by quantities and by weights, each
    in its last form, and the update; None where that is too long.
    """
    said = {formula.id: replace(formula, sides=formula.sides[-1:]) for formula in formulas}
    groups = tuple(
        (phrase(f"in_short_{key}"), Display(tuple(said[each] for each in ids)))
        for key, ids in _ids(m).items()
        if ids
    )
    rows = sum(len(lay_out(display.formulas, m.column)) for _, display in groups)
    return Summary(groups) if rows <= MOST_ROWS else None


def _ids(m: Material) -> Mapping[str, list[str]]:
    """The ids of what a summary holds, by what it is."""
    last = {each.equation.target.name: last_id(each) for each in m.simplified.adjoints}
    asked = {equation.target.name for equation in m.derivation.gradients}
    backward = [equation.target.name for equation in m.simplified.backward]
    return {
        "forward": [equation.id for equation in m.simplified.forward],
        "backward": [last[name] for name in backward if name not in asked],
        "gradient": [last[name] for name in backward if name in asked],
        "update": [f"update-{weight.name}" for weight in m.model.weights],
    }
