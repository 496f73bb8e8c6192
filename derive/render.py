"""Documents and programs -> file texts. Python has decided; Jinja only arranges."""

import re
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from derive.derivation import Derivation
from derive.document import document
from derive.errors import DeriveError
from derive.estimator import estimator
from derive.figures import network, path
from derive.language import CODES, language
from derive.layout import lay_out
from derive.locate import templates
from derive.model import Model
from derive.notation import macros, plain
from derive.page import Block, Display, Document, Figure, Formula, Sentence
from derive.trainer import trainer
from derive.weights_file import weights_file


@cache
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
class Set:
    """A block as it is set: text, the rows of a display, or text and a figure."""

    text: str = ""
    rows: tuple[str, ...] = ()
    figure: str = ""


def render(model: Model, derivation: Derivation, batched: Derivation) -> dict[str, str]:
    """Every file of a model, path inside its folder -> text."""
    made = environment()
    banner = _banner(model)
    pages = [document(derivation, language(code)) for code in CODES]
    figures = _figures(derivation, pages[0], made)
    files: dict[str, str] = {}
    for page in pages:
        name = f"derivation.{page.language}"
        files[f"{name}.tex"] = _latex_page(page, figures, model.source, banner, made)
        files[f"{name}.md"] = f"<!-- {banner} -->\n\n{markdown_page(page, derivation.model)}"
    files["derivation.tex"] = files["derivation.en.tex"]
    for name, figure in figures.items():
        files[f"{name}.tex"] = f"% {banner}\n% Needs tikz.\n{figure}\n"
    files |= _formulas(pages[0], banner, made)
    files["derived.sty"] = f"% {banner}\n" + (templates() / "latex/derived.sty").read_text("utf-8")
    files["trainer.py"] = trainer_text(model, batched)
    files["weights.py"] = weights_text(model)
    return files


def trainer_text(model: Model, batched: Derivation) -> str:
    """The trainer of a model; `batched` is the derivation of its batch form."""
    template = environment().get_template("numpy/trainer.py.jinja")
    return template.render(banner=_banner(model), t=trainer(model, batched))


def weights_text(model: Model) -> str:
    """The module that saves and loads the weights of a model's trainer."""
    template = environment().get_template("numpy/weights.py.jinja")
    return template.render(banner=_banner(model), w=weights_file(model))


def estimator_text(model: Model, weighted: Derivation) -> str:
    """The estimator of a model; `weighted` is the derivation of its weighted batch form."""
    template = environment().get_template("numpy/estimator.py.jinja")
    return template.render(banner=_banner(model), e=estimator(model, weighted))


def _banner(model: Model) -> str:
    return f"Generated from {model.name} by `derive build {model.name}`; do not edit."


def new_model(name: str) -> str:
    """A model file that teaches the language."""
    return environment().get_template("model/new.toml.jinja").render(name=name)


def _figures(derivation: Derivation, page: Document, made: Environment) -> dict[str, str]:
    """The figures that a page has room for."""
    template = made.get_template("latex/figure.tex.jinja")
    drawn: dict[str, str] = {}
    for block in (block for section in page.sections for block in section.blocks):
        if not isinstance(block, Figure):
            continue
        is_network = block.kind == "network"
        picture = network(derivation.model) if is_network else path(derivation)
        text = template.render(picture=picture, arrow="" if is_network else "->")
        drawn[block.kind] = plain(text).rstrip()
    return drawn


def _formulas(page: Document, banner: str, made: Environment) -> dict[str, str]:
    """A file for every formula, and the dictionary of all of them."""
    template = made.get_template("latex/equation.tex.jinja")
    files: dict[str, str] = {}
    for formula in page.formulas:
        path = f"equations/{formula.id}.tex"
        if path in files:
            raise DeriveError(f"{page.model}: two formulas have the id {formula.id}; rename one")
        files[path] = template.render(banner=banner, body=plain(formula.body))
    dictionary = made.get_template("latex/dictionary.tex.jinja")
    used = macros(" ".join(formula.body for formula in page.formulas))
    files["derived.tex"] = dictionary.render(
        banner=banner, model=page.model, formulas=page.formulas, macros=used
    )
    return files


# --- LaTeX ------------------------------------------------------------------------------------


def _latex_page(
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


# --- Markdown ---------------------------------------------------------------------------------


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
