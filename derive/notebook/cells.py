"""HTML for a notebook: formulas between $$, which it sets, and tables of what goes with them."""

from collections.abc import Iterable
from html import escape

from derive.auditing.page import audit_text
from derive.auditing.verdicts import Report
from derive.derivation.derivation import Derivation, Equation
from derive.derivation.simplify import simplify
from derive.model.model import Array, Model
from derive.notebook.formulas import (
    backward_latex,
    equation_latex,
    forward_latex,
    model_latex,
    rows_latex,
)
from derive.notebook.lines import counted, verdicts
from derive.page.words import WRITTEN, language
from derive.printing.macros import plain
from derive.printing.names_latex import entry_latex, name_latex
from derive.printing.symbols import Symbols
from derive.proof.certificate import Certificate, Check

ROLES = {"weight": "weights", "input": "inputs", "target": "targets", "hyperparameter": "constants"}


def model_html(model: Model) -> str:
    """The name, the equations, the arrays with their shapes, the sizes of the example."""
    title = f"<b>{escape(model.name)}</b>"
    title += f", {escape(model.title)}" if model.title not in ("", model.name) else ""
    source = f"<br><small>{escape(model.source)}</small>" if model.source else ""
    rows = [
        (words, ", ".join(_array(array, model) for array in model.arrays if array.role == role))
        for role, words in ROLES.items()
    ]
    sizes = ", ".join(f"${name_latex(size, model)} = {n}$" for size, n in model.example)
    table = _table([(words, told) for words, told in (*rows, ("example", sizes)) if told])
    return f"<div><p>{title}{source}</p>{_math(model_latex(model))}{table}</div>"


def derivation_html(derivation: Derivation) -> str:
    """The equations forward, and the derivatives back from the error, as a person writes them."""
    model, simplified = derivation.model, simplify(derivation)
    by = ", ".join(f"${_entry(array, model)}$" for array in model.differentiated)
    return (
        f"<div><p><b>{escape(model.name)}</b>, differentiated by {by}</p>"
        f"{_math(forward_latex(simplified))}{_math(backward_latex(simplified))}</div>"
    )


def equation_html(equation: Equation) -> str:
    """The equation, and its id."""
    return f"<div>{_math(equation_latex(equation))} <small>{escape(equation.id)}</small></div>"


def certificate_html(certificate: Certificate) -> str:
    """Whether it holds, what failed, and every check where one looks for it."""
    said = "holds" if certificate else "does not hold"
    failed = "".join(f"<li>{_check(check)}</li>" for check in certificate.failures)
    every = "".join(f"<li>{_check(check)}</li>" for check in certificate.checks)
    return (
        f"<div><p><b>{escape(certificate.subject)}</b>, {escape(certificate.title)}: "
        f"<b>{said}</b></p>"
        + (f"<ul>{failed}</ul>" if failed else "")
        + f"<details><summary>{counted(len(certificate.checks), 'check')}</summary>"
        f"<ul>{every}</ul></details></div>"
    )


def report_html(report: Report) -> str:
    """Each entry of a text: where it stands, its formula as printed, its verdict."""
    text = audit_text(report, language(WRITTEN[0]))
    rows = [
        (
            f"{escape(entry.place)}<br><b>{escape(entry.verdict)}</b>",
            _math(rows_latex(entry.rows.rows)) if entry.rows.rows else "",
        )
        for entry in text.entries
    ]
    title = f"<b>{escape(report.model.name)}</b>: {escape(', '.join(verdicts(report)))}"
    return f"<div><p>{title}</p>{_table(rows)}</div>"


def _check(check: Check) -> str:
    sign, detail = "✓" if check.holds else "✗", f": {check.detail}" if check.detail else ""
    limit = f" ({check.limit})" if check.limit else ""
    return escape(f"{sign} {check.claim}{detail}{limit}")


def _array(array: Array, model: Model) -> str:
    shape = r" \times ".join(name_latex(size, model) for size in array.shape)
    number = dict(model.hyperparameters).get(array.name)
    told = f" = {float(number):g}" if number is not None else ""
    return f"${_entry(array, model)}{told}$" + (f" (${shape}$)" if shape else "")


def _entry(array: Array, model: Model) -> str:
    return plain(entry_latex(array.entry, Symbols(model)))


def _math(latex: str) -> str:
    """LaTeX in HTML, where < begins a tag."""
    return escape(latex, quote=False)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    told = "".join(
        f'<tr><th style="text-align: left">{head}</th><td style="text-align: left">{cell}</td></tr>'
        for head, cell in rows
    )
    return f"<table>{told}</table>"
