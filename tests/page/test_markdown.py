"""The Markdown pages: nothing that KaTeX, MathJax or GitHub stumbles over."""

import re
from dataclasses import replace

import pytest

import derive
from derive.page.markdown_page import markdown_page
from tests.conftest import ROOT, page_of

PAGES = sorted((ROOT / "generated").glob("*/*.md"))

DISPLAY = re.compile(r"\$\$\n(.*?)\n\s*\$\$", re.DOTALL)

_NAMES = r"""
    Bigl Bigr Biggl Biggr bigl bigr left right begin end frac sqrt sum tag notag quad thinspace
    alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho
    sigma tau upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    cdot cdots dots vdots ddots times odot oslash otimes circ le ge ne mp pm leftarrow to in top
    partial nabla infty lvert rvert lVert rVert exp ln log sin cos sinh cosh tanh arctan max min
    mathbf mathit mathrm mathbb mathbin boldsymbol operatorname hat bar tilde overline text dot vec
"""


BOTH_KNOW = set(_NAMES.split())
"""Each was typed into KaTeX 0.19.1 and MathJax 3.2.2, which define all of them."""


def formulas(text: str) -> tuple[list[str], list[str]]:
    """The displays of a page, and its formulas in sentences."""
    return DISPLAY.findall(text), re.findall(r"\$([^$\n]+)\$", DISPLAY.sub("", text))


def test_formulas_hold_commands_that_katex_and_mathjax_know() -> None:
    found = set()
    for path in PAGES:
        displays, inline = formulas(path.read_text("utf-8"))
        found |= set(re.findall(r"\\([A-Za-z]+)", " ".join((*displays, *inline))))
    assert len(found) > 30
    assert found <= BOTH_KNOW


def test_github_takes_what_stands_between_dollars_for_a_formula() -> None:
    """It has no space within its dollars, no letter or number beside them, and no escape that
    Markdown reads before it: a backslash before a sign.
    """
    for path in PAGES:
        text = DISPLAY.sub("", path.read_text("utf-8"))
        for found in re.finditer(r"(.)?\$([^$\n]+)\$(.)?", text):
            before, formula, after = found.groups(default=" ")
            assert formula == formula.strip(), path
            assert not re.search(r"\\[^A-Za-z]", formula), (path, formula)
            assert not before.isalnum(), (path, formula)
            assert not after.isalnum(), (path, formula)


@pytest.mark.parametrize("text", ["50% of $x_1^2$ & ~y~", "*a* _b_ `c` [d](e) <f> #1 | 2"])
def test_a_title_is_text_whatever_it_holds(text: str) -> None:
    derivation = derive.differentiate(derive.load("poisson_regression"))
    model = replace(derivation.model, title=text)
    heading, *_ = markdown_page(page_of(derivation), model).splitlines()
    shown = heading.removeprefix("# ").replace("<span>$</span>", "$")
    assert re.sub(r"\\(.)", r"\1", shown) == text
    assert len(re.findall(r"[*_`\[<#|&~]", text)) == len(re.findall(r"\\[*_`\[<#|&~]", shown))
