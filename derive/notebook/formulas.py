"""Formulas in LaTeX, for a notebook: equations one under the other."""

from collections.abc import Iterable

from derive.derivation.derivation import Derivation, Equation
from derive.derivation.simplify import Simplified, simplify
from derive.model.model import Model
from derive.notebook.alone import model_of
from derive.page.document import document
from derive.page.markdown_page import markdown_page
from derive.page.speech import say
from derive.page.words import WRITTEN, language
from derive.printing.latex import expression_latex
from derive.printing.macros import plain
from derive.printing.names_latex import entry_latex
from derive.printing.symbols import Symbols


def aligned(equations: Iterable[tuple[str, str]]) -> str:
    """Left and right sides, each equation on a line."""
    return rows_latex(f"{left} &= {right}" for left, right in equations)


def rows_latex(rows: Iterable[str]) -> str:
    """Rows with what they are aligned at, &, one under the other."""
    joined = r" \\ ".join(rows)
    return rf"$$\begin{{aligned}} {plain(joined)} \end{{aligned}}$$"


def model_latex(model: Model) -> str:
    """The equations of a model."""
    symbols = Symbols(model)
    return aligned(
        (entry_latex(each.target, symbols), expression_latex(each.value, symbols))
        for each in model.equations
    )


def derivation_latex(derivation: Derivation) -> str:
    """The backward equations, each as a person would write it."""
    return backward_latex(simplify(derivation))


def backward_latex(simplified: Simplified) -> str:
    """The same."""
    symbols = Symbols(simplified.model)
    return aligned(
        (entry_latex(each.equation.target, symbols), expression_latex(each.value, symbols))
        for each in simplified.adjoints
    )


def forward_latex(simplified: Simplified) -> str:
    """The equations up to the error, with the paper's names for parts of them."""
    symbols = Symbols(simplified.model)
    return aligned(
        (entry_latex(each.target, symbols), expression_latex(each.value, symbols))
        for each in simplified.forward
    )


def equation_latex(equation: Equation) -> str:
    """One equation, its names as the equations have them."""
    symbols = Symbols(model_of(equation))
    sides = entry_latex(equation.target, symbols), expression_latex(equation.value, symbols)
    return plain(f"$\\displaystyle {' = '.join(sides)}$")


def derivation_markdown(derivation: Derivation) -> str:
    """The page in the first language."""
    page = say(document(simplify(derivation)), language(WRITTEN[0]))
    return markdown_page(page, derivation.model)
