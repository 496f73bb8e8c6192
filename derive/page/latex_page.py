"""A page -> LaTeX."""

import re
from dataclasses import dataclass

from jinja2 import Environment

from derive.page.blocks import Block, Display, Document, Figure
from derive.page.layout import lay_out
from derive.printing.macros import macros


@dataclass(frozen=True)
class Set:
    """A block as it is set: text, the rows of a display, or text and a figure."""

    text: str = ""
    rows: tuple[str, ...] = ()
    figure: str = ""


def latex_page(
    page: Document, figures: dict[str, str], source: str, banner: str, made: Environment
) -> str:
    sections = [
        (section.title, [_latex_block(block, page, figures) for block in section.blocks])
        for section in page.sections
    ]
    text = str(sections)
    return made.get_template("latex/derivation.tex.jinja").render(
        banner=banner,
        source=" ".join(source.split()),
        document=page,
        sections=sections,
        macros=macros(text),
    )


def label(page: Document, formula_id: str) -> str:
    """The label of a formula: model, language and id."""
    return f"eq:{page.model}:{page.language}:{formula_id}"


def _latex_block(block: Block, page: Document, figures: dict[str, str]) -> Set:
    if isinstance(block, Display):
        return Set(rows=_latex_rows(block, page))
    text = block.sentence.text if isinstance(block, Figure) else block.text
    said = re.sub(r"@\{([^}]*)\}", lambda found: rf"\eqref{{{label(page, found[1])}}}", text)
    return Set(text=said, figure=figures[block.kind] if isinstance(block, Figure) else "")


def _latex_rows(display: Display, page: Document) -> tuple[str, ...]:
    """The rows of an align; a page may break between two formulas, not within one."""
    laid = lay_out(display.formulas)
    found = []
    for place, row in enumerate(laid):
        mark = rf"\label{{{label(page, row.formula.id)}}}" if row.ends else r"\notag"
        several = len([other for other in laid if other.formula == row.formula]) > 1
        tall = several or r"\frac" in row.left + row.right
        ending = ("[4pt]" if tall else "") if row.ends else "*"
        last = place == len(laid) - 1
        found.append(f"{row.left} &{row.right} {mark}".strip() + ("" if last else rf" \\{ending}"))
    return tuple(found)
