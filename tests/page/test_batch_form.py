"""N samples at once on the page, as the code computes them."""

from dataclasses import replace

import pytest

import derive
from derive.derivation.simplify import Simplified, simplify
from derive.model.batch import batch
from derive.page.blocks import Document
from derive.page.check import check_batched
from derive.printing.macros import plain
from tests.conftest import document_of, with_formula


@pytest.fixture(scope="module")
def batched(derivation: derive.Derivation) -> Simplified:
    return simplify(derive.differentiate(batch(derivation.model)), simplify(derivation))


@pytest.fixture(scope="module")
def told(derivation: derive.Derivation, batched: Simplified) -> Document:
    return document_of(derivation.model)


def shown(page: Document) -> dict[str, str]:
    return {f.id: plain(f"{f.left} = {f.sides[-1]}") for f in page.formulas if f.batched}


def test_a_batch_has_a_row_for_each_sample(told: Document) -> None:
    assert shown(told) == {
        "batch-EQ": r"EQ = \frac{1}{2 N} \sum_{s=1}^{N} \sum_{k=1}^{K} E_{sk}^2",
        "batch-H-in": r"H_{in} = I W^\top",
        "batch-H": "H = f_h(H_{in})",
        "batch-O-in": r"O_{in} = H V^\top",
        "batch-O": "O = f_o(O_{in})",
        "batch-E": "E = O - y",
        "batch-dEQ-dO-in": r"\delta_o = \frac{1}{N} E \odot f'_o(O_{in})",
        "batch-dEQ-dH-in": r"\delta_h = (\delta_o V) \odot f'_h(H_{in})",
        "batch-dEQ-dW": r"\frac{\partial EQ}{\partial W} = \delta_h^\top I",
        "batch-dEQ-dV": r"\frac{\partial EQ}{\partial V} = \delta_o^\top H",
    }


def test_every_formula_of_a_batch_reads_back(told: Document, batched: Simplified) -> None:
    (certificate,) = check_batched(told, batched.derivation)
    assert certificate, certificate.failures
    assert len(certificate.checks) == len(shown(told))


@pytest.mark.parametrize(
    ("formula", "right", "wrong"),
    [
        ("batch-dEQ-dO-in", r"\frac{1}{N} ", ""),
        ("batch-dEQ-dV", r"\drvmatrix{\drvdelta}", r"\frac{1}{N} \drvmatrix{\drvdelta}"),
        ("batch-dEQ-dW", r"^\drvT", ""),
        ("batch-H-in", r"^\drvT", ""),
        ("batch-EQ", "2 N", "2"),
    ],
    ids=[
        "the mean forgotten",
        "the mean twice",
        "a row for a column",
        "weights as they lie",
        "a sum",
    ],
)
def test_a_lie_about_a_batch_is_found(
    told: Document, batched: Simplified, formula: str, right: str, wrong: str
) -> None:
    (true,) = (each for each in told.formulas if each.id == formula)
    false = tuple(side.replace(right, wrong) for side in true.sides)
    assert false != true.sides
    (certificate,) = check_batched(
        with_formula(told, replace(true, sides=false)), batched.derivation
    )
    assert [check.claim.split()[0] for check in certificate.failures] == [formula]


def test_a_page_of_one_sample_says_nothing_of_batches(page: Document) -> None:
    assert not shown(page)
