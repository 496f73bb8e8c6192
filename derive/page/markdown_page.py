"""Pages -> Markdown, formulas in $...$ and $$...$$, figures as flow charts of Mermaid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from derive.environment import banner, environment
from derive.model.model import Model
from derive.page.blocks import Display, Figure, Formula, Page, Sentence, Summary
from derive.page.column import Column
from derive.page.layout import lay_out
from derive.page.picture import Picture
from derive.printing.macros import plain

SCREEN = Column(500.0)
"""A screen is wider than a column of a paper."""


@dataclass(frozen=True)
class Set:
    """A block as it is set: text, the rows of a display, a summary, or a figure and its text."""

    text: str = ""
    rows: tuple[str, ...] = ()
    picture: Picture | None = None
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()


def markdown_files(model: Model, pages: Sequence[Page]) -> dict[str, str]:
    """Path -> text."""
    said = f"<!-- {banner(model.name)} -->\n\n"
    return {f"derivation.{page.language}.md": said + markdown_page(page, model) for page in pages}


def markdown_page(page: Page, model: Model) -> str:
    """The page of a model's derivation."""
    numbers = {formula.id: number for number, formula in enumerate(page.formulas, 1)}
    sections = []
    for section in page.sections:
        sections.append((section.title, [_block(block, numbers) for block in section.blocks]))
    template = environment().get_template("markdown/derivation.md.jinja")
    return template.render(
        title=_one_line(model.title), source=_one_line(model.source), sections=sections
    )


def _one_line(text: str) -> str:
    """Text of a model file as text, on one line; GitHub has no escape for $, but this."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|&~])", r"\\\1", " ".join(text.split()))
    return escaped.replace("$", "<span>$</span>")


def _block(
    block: Sentence | Display | Figure[Sentence] | Summary[Sentence], numbers: dict[str, int]
) -> Set:
    match block:
        case Display(formulas):
            return Set(rows=_rows(formulas, numbers))
        case Summary(groups):
            shown = ((_inline(said.text), _rows(each.formulas, numbers)) for said, each in groups)
            return Set(groups=tuple(shown))
        case Figure(_, said, _, picture):
            return Set(text=_said(said, numbers), picture=picture)
        case Sentence():
            return Set(text=_said(block, numbers))


def _said(sentence: Sentence, numbers: dict[str, int]) -> str:
    """The sentence, its references to formulas those of the page."""
    said = re.sub(r"@\{([^}]*)\}", lambda found: f"({numbers[found[1]]})", sentence.text)
    return _inline(said)


def _inline(text: str) -> str:
    r"""A sentence as Markdown takes it, where \, is a comma before it is a space."""
    return plain(text).replace(r"\,", r"\thinspace ")


def _rows(formulas: tuple[Formula, ...], numbers: dict[str, int]) -> tuple[str, ...]:
    laid = lay_out(formulas, SCREEN)
    found = []
    for place, row in enumerate(laid):
        mark = rf" \tag{{{numbers[row.formula.id]}}}" if row.ends else r" \notag"
        last = place == len(laid) - 1
        found.append(plain(f"{row.left} &{row.right}{mark}") + ("" if last else r" \\"))
    return tuple(found)
