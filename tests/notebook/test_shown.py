"""What is shown of itself: one line in a terminal, LaTeX and HTML in a notebook, errors in short."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

import derive
from derive.derivation.derivation import Equation
from derive.errors import InternalError, Position, shortened
from derive.locate import shipped
from derive.proof.certificate import Certificate, Check


@cache
def derivation(name: str) -> derive.Derivation:
    return derive.differentiate(name)


def shown(name: str) -> list[Any]:
    found = derivation(name)
    return [
        found.model,
        found,
        found.simplified.derivation,
        *found.equations,
        found[next(iter(found))],
    ]


# --- a line -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_everything_is_one_line_in_a_terminal(name: str) -> None:
    for each in shown(name):
        assert "\n" not in repr(each)
        assert len(repr(each)) < 250, repr(each)
        assert str(each).count("\n") == 0


def test_a_line_says_what_it_is() -> None:
    found = derivation("pelogia2019")
    assert repr(found.model) == (
        "<Model pelogia2019: EQ by 5 equations; weights W[j,i], V[k,j]; inputs I[i]; targets y[k]>"
    )
    assert repr(found) == (
        "<Derivation of pelogia2019: ∂EQ/∂W, ∂EQ/∂V; 5 equations forward, 6 adjoints back>"
    )
    assert repr(found.gradients[0]) == "<Equation dEQ-dW: ∂EQ/∂W[j,i] = ∂EQ/∂H_in[j] * I[i]>"
    assert repr(found["W"]) == "<Derivative ∂EQ/∂w_ij = δ_h,j · I_i>"
    checks = len(derive.prove(found).checks)
    assert repr(derive.prove(found)) == (
        f"<Certificate of pelogia2019, the derivation: holds, {checks} checks>"
    )


def test_a_report_counts_its_verdicts() -> None:
    report = derive.audit("pelogia2019")
    numbers = [int(n) for n in re.findall(r"(\d+) (?:as|under|wrong)", repr(report))]
    assert sum(numbers) == len(report.entries)
    assert f"{numbers[-1]} wrong" in repr(report)


def test_a_certificate_that_does_not_hold_says_what_failed() -> None:
    checks = (Check("1 = 1", True), Check("1 = 2", False, "1 is not 2"))
    failed = Certificate("arithmetic", "numbers", checks)
    assert repr(failed) == "<Certificate of numbers, arithmetic: 1 of 2 checks failed (1 = 2)>"
    assert "does not hold" in failed._repr_html_()  # type: ignore[attr-defined]
    assert "<li>✗ 1 = 2: 1 is not 2</li>" in failed._repr_html_()  # type: ignore[attr-defined]
    assert "holds" in repr(replace(failed, checks=checks[:1]))


def test_many_weights_are_counted() -> None:
    deep = derive.dense([2] * 9, ["tanh"] * 8)
    assert "and 10 more;" in repr(deep)


# --- a notebook -------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Whether every tag that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", shipped())
def test_html_is_whole_and_its_formulas_are_balanced(name: str) -> None:
    for each in shown(name):
        latex = each._repr_latex_()
        assert latex.startswith("$")
        assert latex.endswith("$")
        assert latex.count("{") == latex.count("}")
        assert r"\drv" not in latex
        html = getattr(each, "_repr_html_", lambda: "")()
        tags = Tags()
        tags.feed(html)
        assert tags.open == []
        assert html.count("$") % 2 == 0


def test_a_model_shows_its_equations_arrays_and_sizes() -> None:
    html = derive.load("attention")._repr_html_()
    assert "<b>attention</b>" in html
    assert r"Q_{ad} &amp;= " in html
    assert r"$W_{Q,dc}$ ($h \times p$)" in html
    assert r"\mathit{scale} = 0.5$" in html


def test_a_derivation_names_what_its_derivatives_use() -> None:
    html = derivation("pelogia2019")._repr_html_()
    assert r"E_k &amp;= O_k - y_k" in html
    assert r"\frac{\partial EQ}{\partial w_{ij}} &amp;= \delta_{h,j} I_i" in html


def test_what_a_title_says_is_no_html() -> None:
    model = derive.model("L = w * x", weights="w", title="<script>alert(1)</script> & so on")
    assert "<script>" not in model._repr_html_()
    assert "&lt;script&gt;" in model._repr_html_()
    less = derive.model("L = where(w < x, w, x * w)", weights="w", inputs="x")
    assert "w < x" not in less._repr_html_()


def test_a_report_shows_every_entry() -> None:
    report = derive.audit("pelogia2019")
    html = report._repr_html_()
    assert html.count("<tr>") == len(report.entries)
    assert r"\begin{aligned}" in html


def test_an_equation_alone_has_the_names_of_the_equations() -> None:
    (equation,) = (e for e in derivation("pelogia2019").equations if e.id == "dEQ-dW")
    assert isinstance(equation, Equation)
    assert r"\frac{\partial EQ}{\partial H_{in,j}} I_i" in equation._repr_latex_()  # type: ignore[attr-defined]


# --- errors -----------------------------------------------------------------------------------


def rendered(call: Any) -> list[str]:
    with pytest.raises(derive.DeriveError) as caught:
        call()
    lines: list[str] = caught.value._render_traceback_()
    return lines


def test_an_error_shows_its_line_its_place_and_its_cure() -> None:
    def call() -> None:
        derive.model("a = w * x\nL = squared_error(aa, y)", weights="w", targets="y")

    line, blank, said = rendered(call)
    assert re.fullmatch(r"line \d+: derive\.model\(.*", line)
    assert blank == ""
    assert said.startswith(
        "ModelError: equations:2:1: the last equation is the error, and L stands"
    )
    assert "frame" not in said


def test_an_error_that_was_never_raised_has_no_line() -> None:
    assert derive.DeriveError("a", "b")._render_traceback_() == ["DeriveError: a; b"]
    told = derive.ModelError("f", Position(1, 2, "a = b"), "no b", "say b")
    assert told._render_traceback_() == ["ModelError: f:1:2: no b\n    a = b\n     ^\n    say b"]


def test_a_fault_of_our_own_shows_where_it_is() -> None:
    def fail() -> None:
        raise InternalError("a rule is missing")

    lines = rendered(fail)
    assert any("in fail" in line for line in lines)
    assert "please report it" in lines[-1]


def test_what_is_short_stays_and_what_is_long_ends_in_dots() -> None:
    assert shortened("a\n  b") == "a b"
    assert len(shortened("x" * 500)) == 100
