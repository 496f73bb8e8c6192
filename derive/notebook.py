"""What a derivation shows of itself in a notebook."""

from derive.compact import written
from derive.derivation import Derivation
from derive.document import document
from derive.language import language
from derive.latex import entry_latex, expression_latex
from derive.notation import plain
from derive.render import markdown_page
from derive.symbols import Symbols


def latex(derivation: Derivation) -> str:
    """The backward equations, one under the other."""
    symbols = Symbols(derivation.model)
    rows = [
        f"{entry_latex(each.equation.target, symbols)} &= {expression_latex(each.value, symbols)}"
        for each in written(derivation)
    ]
    body = plain(r" \\ ".join(rows))
    return rf"$$\begin{{aligned}} {body} \end{{aligned}}$$"


def markdown(derivation: Derivation) -> str:
    """The page in English."""
    return markdown_page(document(derivation, language("en")), derivation.model)
