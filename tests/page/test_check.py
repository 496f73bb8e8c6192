"""The printed formulas read back: what lies is found."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import derive
from derive.page.blocks import Document
from derive.page.check import TITLE, check_latex, check_pages, setting
from derive.pipeline import make
from derive.printing.macros import plain
from derive.proof.certificate import proof_sizes
from tests.conftest import (
    ROOT,
    declarations,
    document_of,
    model_of,
    page_of,
    with_formula,
    write_text,
)


def test_every_formula_of_the_page_reads_back(
    page: Document, derivation: derive.Derivation
) -> None:
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    assert len(certificate.checks) == len(page.formulas) > 30


NEGATIVE_TERMS = """
    p[k] = exp(sum(j, i, V[k,j] * W[j,i] * I[i]))
    T = sum(k, p[k]^2)
    EQ = mean(k, -sum(q, y[q] * log(p[k]))) + 3 * T
"""


def test_a_minus_after_a_sum_or_a_plus_reads_back(tmp_path: Path) -> None:
    derivation = derive.differentiate(model_of(tmp_path, NEGATIVE_TERMS))
    page = page_of(derivation)
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    assert all("+ -" not in plain(formula.whole) for formula in page.formulas)


LARGE = """
    z[k] = 1000000 * sum(j, i, V[k,j] * W[j,i] * I[i])
    a[k] = z[k]^12 + z[k]
    b[k] = z[k]^12
    O[k] = a[k] - b[k]
    EQ = sum(k, (O[k] - y[k])^2)
"""


def test_large_numbers_that_cancel_read_back_and_a_lost_term_is_seen(tmp_path: Path) -> None:
    derivation = derive.differentiate(model_of(tmp_path, LARGE))
    page = page_of(derivation)
    certificate = check_latex(page, derivation)
    assert certificate, certificate.failures
    shown = next(f for f in page.formulas if f.id == "a")
    lost = replace(shown, sides=tuple(side.replace("{12}", "{11}") for side in shown.sides))
    assert lost != shown
    assert not check_latex(with_formula(page, lost), derivation)


@pytest.mark.parametrize("name", ["derivation.en.tex", "derivation.pt.md"])
def test_a_formula_lost_or_cut_on_its_way_to_a_page_is_found(
    name: str, files: dict[str, str], derivation: derive.Derivation
) -> None:
    told = document_of(derivation.model)
    assert check_pages({name: files[name]}, told, "pages")
    rows = files[name].splitlines()
    of_summary, of_derivation = (
        n for n, row in enumerate(rows) if row.strip().startswith("H_{in,j}")
    )
    for place, holds in (of_summary, [True, False]), (of_derivation, [False, True]):
        for wrong in ("", rows[place].replace("I_i", "I")):
            assert wrong != rows[place]
            text = "\n".join((*rows[:place], wrong, *rows[place + 1 :]))
            checks = check_pages({name: text}, told, "pages").checks
            assert [check.holds for check in checks] == holds
            (failed,) = (check for check in checks if not check.holds)
            assert failed.detail.startswith("H-in does not stand there whole")


def test_a_scalar_numbered_zero_is_no_entry(tmp_path: Path) -> None:
    text = (ROOT / "derive/models/poisson_regression.toml").read_text(encoding="utf-8")
    declared = re.search(r'weights = \["(\w+)\[i\]", "(\w+)"\]', text)
    assert declared
    renamed = re.sub(rf"\b{declared[2]}\b", f"{declared[1]}_0", text)
    derivation = derive.differentiate(derive.load(write_text(tmp_path, renamed)))
    certificate = check_latex(page_of(derivation), derivation)
    assert certificate, certificate.failures


Mutation = Callable[[str], str]


MUTATIONS: dict[str, tuple[str, str, str]] = {
    "a lost bracket": ("EQ", r"(O_k - y_k)^2", r"O_k - y_k^2"),
    "a lost prime": ("dEQ-dw11", r"\drvprime{f}_h", "f_h"),
    "a wrong index": ("dEQ-dw12", "I_1", "I_2"),
    "a transposed index": ("H-in", "w_{ij}", "w_{ji}"),
    "a lost transpose": ("matrix-dEQ-dW", r"I}^\drvT", "I}"),
    "a plain product for an entrywise one": ("matrix-dEQ-dH-in", r"\drvodot ", ""),
    "a flipped sign": ("update-W", "W} - t", "W} + t"),
    "a wrong entry of a matrix": ("entries-H-in", r"w_{21} I_2", r"w_{12} I_2"),
    "a misplaced zero": ("stacked-dEQ-dW", r"& 0", r"& 1"),
    "a wrong factor of a chain": ("dEQ-dv11", r"\frac{\partial O_{in}}{\partial v_{11}}",
                                  r"\frac{\partial O_{in}}{\partial v_{21}}"),
    "a sum that ends early": ("H-in", "^{n}", "^{m}"),
    "a Kronecker product reversed": ("block-dEQ-dW", r"\mathrm{Id}_n \otimes \drvvector{\drvdelta}_h",
                                     r"\drvvector{\drvdelta}_h \otimes \mathrm{Id}_n"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_misprint_is_caught(name: str, page: Document, derivation: derive.Derivation) -> None:
    id_, old, new = MUTATIONS[name]
    (formula,) = (f for f in page.formulas if f.id == id_)
    sides = tuple(side.replace(old, new) for side in formula.sides)
    assert sides != formula.sides
    certificate = check_latex(with_formula(page, replace(formula, sides=sides)), derivation)
    assert [check.claim.split(" ")[0] for check in certificate.failures] == [id_]


THREE_AXES = """
title = "A weight that is no matrix"
source = "tests"
weights = ["T[a,b,c]", "W[a,b]"]
inputs = ["x[b]", "u[c]"]
targets = ["y[a]"]
equations = '''
o[a] = sum(b, c, T[a,b,c] * x[b] * u[c]) + sum(b, W[a,b] * x[b])
L = sum(a, (o[a] - y[a])^2) / 2
'''
[sizes]
a = "n"
b = "m"
c = "k"
[example]
n = 2
m = 2
k = 2
"""


@pytest.mark.parametrize("weight", ["T", "W"])
def test_an_update_goes_against_the_gradient_for_matrices_and_for_entries(
    weight: str, tmp_path: Path
) -> None:
    derivation = derive.differentiate(derive.load(write_text(tmp_path, THREE_AXES)))
    page = page_of(derivation)
    assert not check_latex(page, derivation).failures
    (update,) = (f for f in page.formulas if f.id == f"update-{weight}")
    assert bool(update.letters) == (weight == "T")
    uphill = replace(update, sides=tuple(side.replace("- t", "+ t") for side in update.sides))
    failures = check_latex(with_formula(page, uphill), derivation).failures
    assert [check.claim.split(" ")[0] for check in failures] == [update.id]


def test_nothing_is_written_where_a_formula_lies(
    pelogia: derive.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive.page import function_formulas as module

    monkeypatch.setattr(module, "values_latex", lambda chain, symbols: "E")
    with pytest.raises(derive.ProofError, match="dEQ-dw11 reads back"):
        derive.build(pelogia, tmp_path)
    assert not list(tmp_path.iterdir())


def test_models_of_other_shapes_read_back(tmp_path: Path) -> None:
    model = model_of(
        tmp_path,
        """
        A[j] = f_h(sum(i, W[j,i] * I[i]))
        B[j] = sum(i, W[j,i] * I[i]^2) - A[j] / 3
        O[k] = f_o(sum(j, V[k,j] * A[j] * B[j])) / (1 + sum(j, A[j]^2))
        EQ = mean(k, (O[k] - y[k])^2) + sum(k, j, V[k,j]^2) / 10""",
    )
    made = make(model)
    made.require()
    assert {TITLE, f"{TITLE}, N samples"} <= {each.title for each in made.certificates}


def test_a_kink_that_a_mask_stands_on_reads_back(tmp_path: Path) -> None:
    """max(h, 0) - max(-h, 0) is h, but where h is 0 at all weights its own choice stays."""
    text = declarations(
        """
        H[j] = sum(i, W[j,i] * I[i])
        z[k] = sum(j, V[k,j] * H[j])
        h[k] = y[k] * exp(z[k])
        p[k] = softmax(k, max(h[k], 0) - max(-h[k], 0))
        EQ = sum(k, (p[k] - y[k])^2) / 2
        """
    ).replace("[sizes]", 'assumptions = ["y[k] in {0, 1}"]\n[sizes]', 1)
    derivation = derive.differentiate(derive.load(write_text(tmp_path, text)))
    where = setting(derivation, proof_sizes(derivation.model)[1])
    assert any(name == "h" and number == 0 for (name, _), number in where.values.items())
    certificate = check_latex(page_of(derivation), derivation)
    assert certificate, certificate.failures


def test_a_slope_that_has_a_kink_itself_reads_back(tmp_path: Path) -> None:
    """elu'(0) is 1 from both sides, and elu'' is 1 on one of them alone: relu leads there."""
    model = model_of(
        tmp_path,
        """
        H[j] = relu(sum(i, W[j,i] * I[i]))
        O[k] = sum(j, V[k,j] * elu(H[j]))
        EQ = squared_error(k, O[k], y[k])""",
    )
    derivation = derive.differentiate(model)
    where = setting(derivation, proof_sizes(model)[1])
    assert any(name == "H" and number == 0 for (name, _), number in where.values.items())
    certificate = check_latex(page_of(derivation), derivation)
    assert certificate, certificate.failures
