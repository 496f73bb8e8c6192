"""What make typeset sets, and what it takes for a trouble."""

from tests.typeset.__main__ import in_turn
from tests.typeset.run import Trouble, lacking, troubles
from tests.typeset.settings import SETTINGS

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
