"""The methods by which terminals and notebooks ask; `import derive` gives them to the classes."""

from collections.abc import Callable

from derive.auditing.verdicts import Report
from derive.derivation.derivation import Derivation, Equation
from derive.model.model import Model
from derive.notebook import cells, formulas, lines
from derive.proof.certificate import Certificate

SHOWN: dict[type, dict[str, Callable[..., str]]] = {
    Model: {
        "__repr__": lines.model_line,
        "_repr_latex_": formulas.model_latex,
        "_repr_html_": cells.model_html,
    },
    Derivation: {
        "__repr__": lines.derivation_line,
        "_repr_latex_": formulas.derivation_latex,
        "_repr_html_": cells.derivation_html,
        "_repr_markdown_": formulas.derivation_markdown,
    },
    Equation: {
        "__repr__": lines.equation_line,
        "_repr_latex_": formulas.equation_latex,
        "_repr_html_": cells.equation_html,
    },
    Certificate: {"__repr__": lines.certificate_line, "_repr_html_": cells.certificate_html},
    Report: {"__repr__": lines.report_line, "_repr_html_": cells.report_html},
}
"""Class -> method -> what it answers."""


def register() -> None:
    """Give the classes their methods."""
    for shown, methods in SHOWN.items():
        for name, method in methods.items():
            setattr(shown, name, method)
