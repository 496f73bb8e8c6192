"""The notation of a page is said otherwise in one place: before or after loading, for all of it."""

import re
import shutil
from pathlib import Path

import derive
from derive.page.check import check_latex
from derive.page.latex_page import latex_files
from tests.conftest import page_of, write_text
from tests.page.test_typeset import PELOGIA, check_log, typeset


def seen(log: str, macro: str) -> int:
    """How often a macro was set."""
    return log.replace("\n", "").count(f"SEEN {macro}")


def restyled(command: str) -> str:
    r"""A restyling by \newcommand or \renewcommand that says where it is met."""
    return "\n".join(
        rf"\{command}{{\{name}}}{arguments}{{\typeout{{SEEN \string\{name}}}{meaning}}}"
        for name, arguments, meaning in (
            ("drvdelta", "", r"\varepsilon"),
            ("drvprime", "[1]", r"\dot{#1}"),
            ("drvheading", "[1]", r"\subsection*{#1}"),
            ("drvvector", "[1]", r"\boldsymbol{#1}"),
        )
    )


def test_headings_formulas_and_figures_are_restyled_before_or_after_loading(tmp_path: Path) -> None:
    shutil.copytree(PELOGIA, tmp_path / "pelogia2019")
    load = r"\usepackage{tikz}\usepackage{pelogia2019/derived}"
    page = r"\input{pelogia2019/derivation.en}"
    figures = r"\noindent\input{pelogia2019/path}\par\noindent\input{pelogia2019/network}"
    counted = []
    for preamble, body in (
        (restyled("newcommand") + load, page),
        (load + restyled("renewcommand"), page),
        (load + restyled("renewcommand"), figures),
        (r"\usepackage{tikz}" + restyled("newcommand"), page),
    ):
        log = typeset(tmp_path, body, preamble=preamble)
        check_log(log)
        names = ("drvdelta", "drvprime", "drvheading", "drvvector")
        counted.append([seen(log, rf"\{name}") for name in names])
    before, after, alone, without = counted
    assert before == after == without
    assert min(before) > 5
    assert alone[1] > 0  # f'_o along an edge
    assert alone[3] > 0  # the names of layers over the network


# --- macros of several models -------------------------------------------------------------------

CALLED = """
weights = ["W[j,i]", "V[k,j]"]
inputs = ["x[i]"]
targets = ["y[k]"]
equations = '''
h[j] = sum(i, W[j,i] * x[i])
o[k] = sum(j, V[k,j] * h[j])
L = sum(k, (o[k] - y[k])^2)/2
'''
[sizes]
i = "n"
j = "m"
k = "K"
[example]
n = 2
m = 2
K = 2
[adjoints]
o = "{o}"
h = "{h}"
"""


def called(tmp_path: Path, o: str, h: str) -> dict[str, str]:
    """The LaTeX of a model whose adjoints have these names, read back."""
    path = write_text(tmp_path, CALLED.format(o=o, h=h), f"{o}_{h}")
    derivation = derive.differentiate(derive.load(path))
    page = page_of(derivation)
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    return latex_files(derivation.model, [page])


def test_no_macro_of_one_model_is_another_ones(tmp_path: Path) -> None:
    names = [("delta", "T"), ("prime", "odot"), ("matrix", "vector"), ("letterT", "heading")]
    meanings: dict[str, set[str]] = {}
    for pair in names:
        for name, text in called(tmp_path, *pair).items():
            if not name.startswith("notation/"):
                for macro, meaning in re.findall(r"\\providecommand\{(\\drv\w+)\}(.*?)%?\n", text):
                    meanings.setdefault(macro, set()).add(meaning)
    assert {macro: each for macro, each in meanings.items() if len(each) > 1} == {}
    assert meanings[r"\drvT"] == {r"{\top}"}
    assert meanings[r"\drvletterT"] == {"{T}"}


def test_two_models_whose_letters_are_each_others_macros_live_in_one_document(
    tmp_path: Path,
) -> None:
    for pair in (("delta", "T"), ("T", "delta")):
        for name, text in called(tmp_path, *pair).items():
            path = tmp_path / pair[0] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    group = r"{\newcommand{\drvdelta}{\typeout{SEEN \string\drvdelta}\varepsilon}%s}"
    pages = [group % r"\input{delta/derivation}", r"\input{T/derivation}"]
    log = typeset(tmp_path, "\n".join(pages), preamble=r"\usepackage{tikz}")
    check_log(log)
    once = seen(log, r"\drvdelta")
    check_log(log := typeset(tmp_path, pages[0], preamble=r"\usepackage{tikz}"))
    assert once == seen(log, r"\drvdelta") > 0
