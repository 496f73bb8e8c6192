"""A page -> Markdown."""

import re

from derive.environment import environment
from derive.model.model import Model
from derive.page.blocks import Display, Document, Figure, Formula, Sentence
from derive.page.latex_page import Set
from derive.page.layout import lay_out
from derive.printing.macros import plain


def markdown_page(page: Document, model: Model) -> str:
    """The page of a model's derivation in Markdown, its formulas in $...$ and $$...$$."""
    numbers = {formula.id: number for number, formula in enumerate(page.formulas, 1)}
    sections = []
    for section in page.sections:
        # Markdown cannot draw; the figures are left out.
        said = [block for block in section.blocks if not isinstance(block, Figure)]
        sections.append((section.title, [_markdown_block(block, numbers) for block in said]))
    return (
        environment()
        .get_template("markdown/derivation.md.jinja")
        .render(title=_one_line(model.title), source=_one_line(model.source), sections=sections)
    )


def _one_line(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _markdown_block(block: Sentence | Display, numbers: dict[str, int]) -> Set:
    if isinstance(block, Display):
        return Set(rows=_markdown_rows(block.formulas, numbers))
    said = re.sub(r"@\{([^}]*)\}", lambda found: f"({numbers[found[1]]})", block.text)
    return Set(text=plain(said))


def _markdown_rows(formulas: tuple[Formula, ...], numbers: dict[str, int]) -> tuple[str, ...]:
    laid = lay_out(formulas, column=500)
    found = []
    for place, row in enumerate(laid):
        mark = rf" \tag{{{numbers[row.formula.id]}}}" if row.ends else r" \notag"
        last = place == len(laid) - 1
        found.append(plain(f"{row.left} &{row.right}{mark}") + ("" if last else r" \\"))
    return tuple(found)
