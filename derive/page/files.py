"""A page -> the files of its formulas and figures."""

from jinja2 import Environment

from derive.derivation.derivation import Derivation
from derive.errors import DeriveError
from derive.page.blocks import Document, Figure
from derive.page.network_figure import network
from derive.page.path_figure import path
from derive.printing.macros import macros, plain


def figure_texts(derivation: Derivation, page: Document, made: Environment) -> dict[str, str]:
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


def formula_files(page: Document, banner: str, made: Environment) -> dict[str, str]:
    """A file for every formula, and the dictionary of all of them."""
    template = made.get_template("latex/equation.tex.jinja")
    files: dict[str, str] = {}
    for formula in page.formulas:
        path = f"equations/{formula.id}.tex"
        if path in files:
            raise DeriveError(f"two formulas have the id {formula.id}", "rename one", page.model)
        files[path] = template.render(banner=banner, body=plain(formula.body))
    dictionary = made.get_template("latex/dictionary.tex.jinja")
    used = macros(" ".join(formula.body for formula in page.formulas))
    files["derived.tex"] = dictionary.render(
        banner=banner, model=page.model, formulas=page.formulas, macros=used
    )
    return files
