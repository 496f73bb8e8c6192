"""The column that a page is for: what is asked for goes all the way, and all of a page fits it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive.commands.main import main
from derive.derivation.simplify import Simplified, simplify
from derive.errors import DeriveError
from derive.page.blocks import Display, Figure
from derive.page.column import Column
from derive.page.document import document
from derive.page.layout import lay_out, overflow
from derive.page.picture import PT, UNIT
from tests.conftest import UNIT as A_UNIT
from tests.conftest import write_text

WIDTHS = (219.0, 235.0, 241.0, 246.0, 252.0, 345.0)
"""LNCS is 347 pt, elsarticle's two columns are 238, acmart's 241, REVTeX's 246, IEEEtran's 252."""

LONG = A_UNIT.replace("a = w * x", "a = w * x + w * x^2 + w * x^3 + w * x^4 + w * x^5 + w * x^6")


@pytest.fixture(scope="module", params=["pelogia2019", "cs231n"])
def simplified(request: pytest.FixtureRequest) -> Simplified:
    return simplify(derive.differentiate(derive.load(request.param)))


@pytest.mark.parametrize("width", WIDTHS)
def test_formulas_and_figures_fit_the_column_asked_for(
    width: float, simplified: Simplified
) -> None:
    page = document(simplified, Column(width))
    assert page.column.width == width
    blocks = [block for section in page.sections for block in section.blocks]
    shown = [block.formulas for block in blocks if isinstance(block, Display)]
    assert len(shown) > 8
    for formulas in shown:
        alone = all(each.id.startswith("entries-") for each in formulas)
        column = page.column.unnumbered if alone else page.column
        assert overflow(lay_out(formulas, page.column), column) == 0
    for figure in (block for block in blocks if isinstance(block, Figure)):
        places = [node.x for node in figure.picture.nodes]
        assert (max(places) - min(places) + UNIT) * PT <= width


def test_a_wider_column_takes_fewer_rows_and_holds_no_fewer_formulas(
    simplified: Simplified,
) -> None:
    narrow, wide = (document(simplified, Column(width)) for width in (219.0, 345.0))
    assert {f.id for f in narrow.formulas} <= {f.id for f in wide.formulas}
    rows = [len(lay_out(narrow.formulas, each.column)) for each in (narrow, wide)]
    assert rows[0] > rows[1]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, arguments)
    return done.exit_code, done.output


def test_the_column_of_a_build_is_that_of_its_comparison(tmp_path: Path) -> None:
    build = ("build", str(write_text(tmp_path, LONG)), "--out", str(tmp_path / "out"))
    assert run(*build, "--column", "200")[0] == 0
    page = tmp_path / "out/example/derivation.tex"
    assert r"\quad +" in page.read_text("utf-8")
    assert run(*build, "--compare", "--column", "200")[0] == 0
    status, said = run(*build, "--compare")
    assert status == 1
    assert "derivation.tex is not what the sources make" in said


@pytest.mark.parametrize("width", ["20", "nan", "-252", "inf"])
def test_a_column_that_holds_no_formula_is_refused(width: str) -> None:
    status, said = run("check", "pelogia2019", "--column", width)
    assert status == 2
    assert f"a column of {width} pt is asked for" in said


def test_in_python_a_column_is_a_number(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="the width of a column in pt, such as 252"):
        derive.build("pelogia2019", tmp_path, column="wide")  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "width"), [("elman", 219.0), ("elman", 252.0), ("cs231n", 219.0)])
def test_the_update_by_entries_is_that_of_all_weights_or_of_none(name: str, width: float) -> None:
    page = document(simplify(derive.differentiate(derive.load(name))), Column(width))
    shown = {formula.id.removeprefix("entries-update-") for formula in page.formulas}
    weights = {array.name for array in derive.load(name).weights}
    assert weights & shown in (weights, set())
