"""What make typeset sets, and what it takes for a trouble."""

from pathlib import Path

from derive import locate
from tests.typeset.__main__ import in_turn
from tests.typeset.run import Trouble, lacking, troubles, write_pages
from tests.typeset.settings import SETTINGS, notation_in

LOG = r"""
Overfull \hbox (3.0pt too wide) in paragraph at lines 1--2
PAGE digits.en
LaTeX Font Warning: Font shape `T1/lmr/m/scit' undefined
LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.
LaTeX Warning: Reference `eq:digits:en:H' on page 1 undefined on input line 9.
PAGE digits.pt
! Undefined control sequence.
Overfull \vbox (4.5pt too high) detected at line 9
Missing character: There is no ∂ in font cmr10!
Underfull \hbox (badness 10000) in paragraph at lines 5--6
"""


def test_errors_warnings_and_boxes_that_are_too_large_are_troubles_of_their_page() -> None:
    found = troubles(LOG)
    assert found[0] == Trouble(
        "the document", r"Overfull \hbox (3.0pt too wide) in paragraph at lines 1--2"
    )
    assert [each.page for each in found[1:]] == ["digits.en", *["digits.pt"] * 3]
    assert [each.line.split()[0] for each in found[1:]] == ["LaTeX", "!", "Overfull", "Missing"]


def test_every_setting_that_is_installed_has_its_turn() -> None:
    here = {each.name for each in SETTINGS if not lacking(each)} | {SETTINGS[0].name}
    turns = [in_turn(turn) for turn in range(len(SETTINGS))]
    assert all(turn[0] == SETTINGS[0] and len(turn) <= 2 for turn in turns)
    assert {each.name for turn in turns for each in turn} == here


def test_every_notation_has_its_turn_in_all_settings_together_and_in_the_first_alone() -> None:
    first, *_ = SETTINGS
    assert {notation_in(each) for each in SETTINGS} == {*locate.notations()}
    assert {notation_in(first, turn) for turn in range(len(SETTINGS))} == {*locate.notations()}


def test_a_page_in_a_notation_has_labels_of_its_own(tmp_path: Path) -> None:
    write_pages("hmkcode", (246.0,), tmp_path)
    write_pages("hmkcode", (246.0,), tmp_path, "nielsen")
    plain, noted = (
        (tmp_path / "246" / f"{x}.en.tex").read_text() for x in ("hmkcode", "hmkcode-nielsen")
    )
    assert r"\label{eq:hmkcode:en:p}" in plain
    assert r"\label{eq:hmkcode-nielsen:en:p}" in noted
    assert "w^2_{11}" in noted
    assert "w^2_{11}" not in plain


def test_rows_that_amsmath_moves_into_the_margin_are_a_trouble() -> None:
    said = "Overfull align: 248.9pt of 252.0pt, moved by 9.1pt"
    assert all(r"\typeout{Overfull align" in each.document("", 252.0) for each in SETTINGS)
    assert troubles(f"PAGE elman.en\n{said}") == [Trouble("elman.en", said)]
