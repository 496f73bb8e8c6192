"""What a derivation shows of itself in a notebook; `derive` registers it."""

from derive.derivation.derivation import Derivation
from derive.derivation.simplify import simplify
from derive.page.document import document
from derive.page.markdown_page import markdown_page
from derive.page.speech import say
from derive.page.words import WRITTEN, language
from derive.printing.latex import expression_latex
from derive.printing.macros import plain
from derive.printing.names_latex import entry_latex
from derive.printing.symbols import Symbols


def register() -> None:
    """Give derivations the methods that notebooks look for."""
    for name, show in (("_repr_latex_", latex), ("_repr_markdown_", markdown)):
        setattr(Derivation, name, show)


def latex(derivation: Derivation) -> str:
    """The backward equations, one under the other."""
    symbols = Symbols(derivation.model)
    rows = [
        f"{entry_latex(each.equation.target, symbols)} &= {expression_latex(each.value, symbols)}"
        for each in simplify(derivation).adjoints
    ]
    body = plain(r" \\ ".join(rows))
    return rf"$$\begin{{aligned}} {body} \end{{aligned}}$$"


def markdown(derivation: Derivation) -> str:
    """The page in the first language."""
    page = say(document(simplify(derivation)), language(WRITTEN[0]))
    return markdown_page(page, derivation.model)
