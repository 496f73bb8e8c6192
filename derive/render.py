"""Records -> file texts. Python has decided; Jinja only arranges."""

from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derive.derivation import Derivation
from derive.document import Display, Document, Section, Sentence, document
from derive.errors import DeriveError
from derive.language import language
from derive.locate import templates
from derive.trainer import trainer


def environment() -> Environment:
    """One environment for every target; << >> and <% %> leave LaTeX's braces alone."""
    made = Environment(
        loader=FileSystemLoader(templates()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
    )
    made.filters["capitalize_first"] = lambda text: text[:1].upper() + text[1:]
    return made


@dataclass(frozen=True)
class Block:
    """A sentence, or the rows of a display; the other is empty."""

    text: str
    rows: tuple[str, ...]


def blocks(section: Section, document: Document) -> list[Block]:
    """What the LaTeX template sets under a heading."""
    return [
        Block(block.text, ()) if isinstance(block, Sentence) else Block("", rows(block, document))
        for block in section.blocks
    ]


def comment(text: str) -> str:
    """Free text on the one line of a comment."""
    return " ".join(text.split())


def rows(display: Display, document: Document) -> tuple[str, ...]:
    """The rows of an align environment, the last side of each formula labelled."""
    found = []
    for formula in display.formulas:
        for place, side in enumerate(formula.sides):
            left = formula.left if place == 0 else ""
            last = place == len(formula.sides) - 1
            mark = rf"\label{{{document.label(formula.id)}}}" if last else r"\notag"
            # A page may break between two formulas, not within one.
            space = "[4pt]" if place else ""
            ending = space if last else "*"
            found.append((f"{left} &{formula.relation} {side} {mark}".strip(), ending))
    ended = [f"{row} \\\\{ending}" for row, ending in found[:-1]]
    return (*ended, *(row for row, _ in found[-1:]))


def render(derivation: Derivation, batched: Derivation) -> dict[str, str]:
    """Every file of a model, path inside its folder -> text."""
    model = derivation.model
    made = environment()
    banner = f"Generated from {model.name} by `derive build {model.name}`; do not edit."
    page = document(derivation, language("en"))
    sections = [(section.title, blocks(section, page)) for section in page.sections]
    derivation_tex = made.get_template("latex/derivation.tex.jinja")
    equation_tex = made.get_template("latex/equation.tex.jinja")
    trainer_py = made.get_template("numpy/trainer.py.jinja")
    files = {
        "derivation.tex": derivation_tex.render(
            banner=banner, source=comment(model.source), document=page, sections=sections
        ),
        "trainer.py": trainer_py.render(banner=banner, t=trainer(model, batched)),
    }
    for formula in page.formulas:
        path = f"equations/{formula.id}.tex"
        if path in files:
            raise DeriveError(f"{model.name}: two formulas have the id {formula.id}; rename one")
        files[path] = equation_tex.render(banner=banner, formula=formula)
    return files
