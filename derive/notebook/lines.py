"""One line in a terminal for each of what a person holds: what it is, and what matters of it."""

from collections.abc import Iterable

from derive.auditing.verdicts import Report
from derive.derivation.derivation import Derivation, Equation
from derive.errors import shortened
from derive.model.model import Array, Model
from derive.notebook.alone import model_of
from derive.printing.text import as_model_file, equation_text, name_text
from derive.proof.certificate import Certificate

MOST_NAMED = 6
"""Arrays in a line."""


def model_line(model: Model) -> str:
    """<Model pelogia2019: EQ by 5 equations; weights W[j,i], V[k,j]; inputs I[i]; targets y[k]>."""
    said = [f"{model.error} by {counted(len(model.equations), 'equation')}"]
    for role, words in (("weight", "weights"), ("input", "inputs"), ("target", "targets")):
        arrays = [array for array in model.arrays if array.role == role]
        if arrays:
            said.append(f"{words} {_listed(arrays, model)}")
    return f"<Model {model.name}: {'; '.join(said)}>"


def derivation_line(derivation: Derivation) -> str:
    """<Derivation of pelogia2019: ∂EQ/∂W, ∂EQ/∂V; 5 equations forward, 6 adjoints back>."""
    model = derivation.model
    names = [name_text(each.target.name, model) for each in derivation.gradients]
    forward = counted(len(derivation.forward), "equation")
    back = counted(len(derivation.adjoints), "adjoint")
    return f"<Derivation of {model.name}: {_few(names)}; {forward} forward, {back} back>"


def equation_line(equation: Equation) -> str:
    """<Equation dEQ-dO: ∂EQ/∂O[k] = O[k] - y[k]>."""
    style = as_model_file(model_of(equation))
    return f"<Equation {equation.id}: {shortened(equation_text(equation, style))}>"


def certificate_line(certificate: Certificate) -> str:
    """<Certificate of pelogia2019, the derivation: holds, 12 checks>."""
    checks, failed = counted(len(certificate.checks), "check"), len(certificate.failures)
    first = f" ({shortened(certificate.failures[0].claim, 60)})" if failed else ""
    said = f"holds, {checks}" if certificate else f"{failed} of {checks} failed{first}"
    return f"<Certificate of {certificate.subject}, {certificate.title}: {said}>"


def report_line(report: Report) -> str:
    """<Report on pelogia2019: 31 entries, 24 hold as printed, 3 as meant, 2 under a reading, 2 are
    wrong>.
    """
    return f"<Report on {report.model.name}: {', '.join(verdicts(report))}>"


def verdicts(report: Report) -> list[str]:
    """How many entries there are, and of each verdict."""
    found = [entry.verdict for entry in report.entries]
    said = [
        (found.count("holds"), "as printed"),
        (found.count("meant"), "as meant"),
        (found.count("reading"), "under a reading"),
    ]
    holding = [f"{number} {words}" for number, words in said if number]
    wrong = found.count("wrong")
    parts = [f"{len(found)} {'entry' if len(found) == 1 else 'entries'}"]
    parts += [f"holding {' and '.join(holding)}"] if holding else []
    return [*parts, f"{wrong} wrong"]


def counted(number: int, word: str) -> str:
    """1 check, 2 checks."""
    return f"{number} {word}{'s' * (number != 1)}"


def _listed(arrays: Iterable[Array], model: Model) -> str:
    style = as_model_file(model)
    return _few([style.entry(array.entry) for array in arrays])


def _few(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
