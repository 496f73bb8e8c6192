"""The audit: what is typed is read and judged by computation; a changed sign changes the verdict."""

import re
from collections import Counter

import pytest
from click.testing import CliRunner

import derive
from derive.auditing import judge as module
from derive.auditing.file import Audit, Item, Reading, load
from derive.auditing.judge import Report
from derive.auditing.page import audit_text, split_top
from derive.commands.main import main
from derive.errors import DeriveError
from derive.page.words import language


@pytest.fixture(scope="module")
def report(pelogia: derive.Model) -> Report:
    return derive.audit(pelogia)


VERDICTS = {
    "descent-direction": "holds", "step-size": "wrong", "gradient-step": "holds",
    "arrays": "holds", "H-in": "holds", "H": "holds", "O-in": "meant", "O": "meant",
    "EQ": "reading", "E": "reading",
    "dEQ-dw11": "reading", "dEQ-dw12": "reading", "dEQ-dw21": "reading", "dEQ-dw22": "reading",
    "dEQ-dv11": "reading", "dEQ-dv21": "reading",
    "gradient-V": "meant", "gradient-W": "reading", "gradient": "reading", "delta": "reading",
    "update-V": "holds", "redefined-V": "reading", "update-W": "wrong",
    "update-W-components": "wrong", "update-W-forms": "wrong", "procedure": "wrong",
    "backwards": "holds", "EQ-again": "reading", "generic-chain": "holds", "EQ-k": "reading",
    "O-k": "meant", "O-in-k": "wrong", "dEQ-dO": "holds", "dO-dO-in": "holds",
    "dO-in-dw": "wrong", "conclusion": "wrong",
}  # fmt: skip


def test_every_formula_of_the_text_is_judged_in_its_order(report: Report) -> None:
    assert {entry.item.id: entry.verdict for entry in report.entries} == VERDICTS
    assert [entry.item.id for entry in report.entries] == list(VERDICTS)


def test_f_prime_of_the_activated_value_is_refuted_and_read_otherwise(report: Report) -> None:
    (entry,) = (e for e in report.entries if e.item.id == "dEQ-dw11")
    printed, otherwise = entry.judged
    assert not printed.holds
    assert printed.refutation
    assert otherwise.holds
    assert "f'_h(H_{in1})" in otherwise.reading.formula[0]


def test_argument_lists_are_part_of_what_is_claimed(report: Report) -> None:
    missing = {e.item.id: dict(e.judged[0].missing) for e in report.entries}
    assert missing["dEQ-dw11"][r"E(I_1, \dots, v_{11})"] == ("v_{21}", "y")
    assert missing["dEQ-dw12"][r"E(I_1, \dots, v_{21})"] == ("y",)
    assert missing["EQ"] == {r"EQ(w_{11}, \dots, v_{21})": ("I_1", "I_2", "y")}


def test_the_refutation_of_w11_checks_by_hand(report: Report) -> None:
    """Recompute both sides with f_h(z) = f_o(z) = z² from the numbers shown."""
    (entry,) = (e for e in report.entries if e.item.id == "dEQ-dw11")
    found = entry.judged[0].refutation
    assert found
    given = {name: float(number) for name, number in found.given}
    h1 = given["w_{11}"] * given["I_1"] + given["w_{21}"] * given["I_2"]
    h2 = given["w_{12}"] * given["I_1"] + given["w_{22}"] * given["I_2"]
    o_in = given["v_{11}"] * h1**2 + given["v_{21}"] * h2**2
    shared = (o_in**2 - given["y"]) * 2 * o_in * given["v_{11}"] * given["I_1"]
    assert float(found.left) == shared * 2 * h1
    assert float(found.right) == shared * 2 * h1**2
    assert found.left != found.right


def test_the_steps_in_printed_order_are_not_the_gradient_step(report: Report) -> None:
    (entry,) = (e for e in report.entries if e.item.id == "procedure")
    printed, only_order, corrected = entry.judged
    for judged in (printed, only_order):
        assert judged.refutation
        assert judged.refutation.what.startswith("w_")
        assert judged.refutation.left != judged.refutation.right
    assert corrected.holds
    assert [step.left for step in corrected.reading.steps][-1] == ["v_{11}", "v_{21}"]


# --- a verdict cannot be typed ----------------------------------------------------------------


def flips(text: str) -> list[str]:
    """The formula with one sign changed, at each place where a sign stands."""
    found = list(re.finditer(r" [-+] ", text))
    return [
        text[: m.start()] + (" - " if "+" in m.group() else " + ") + text[m.end() :] for m in found
    ]


def with_reading(item: Item, place: int, **change: object) -> Item:
    readings = list(item.reading)
    readings[place] = readings[place].model_copy(update=change)
    return item.model_copy(update={"reading": readings})


def mutants() -> list[tuple[str, int, str, int, str]]:
    """(entry, reading, field, place in it, mutant) for every sign of a reading that holds."""
    found = []
    for item in load("pelogia2019").item:
        for number, reading in enumerate(item.reading):
            for place, text in enumerate(reading.formula):
                found += [(item.id, number, "formula", place, flip) for flip in flips(text)]
            for place, step in enumerate(reading.steps):
                found += [(item.id, number, "steps", place, flip) for flip in flips(step.right)]
    return found


def test_changing_one_sign_changes_the_truth(report: Report) -> None:
    derivation = derive.differentiate(report.model)
    items = {entry.item.id: entry for entry in report.entries}
    changed = 0
    for id_, number, kind, place, flip in mutants():
        entry = items[id_]
        if not entry.judged[number].holds:
            continue
        reading = entry.item.reading[number]
        if kind == "formula":
            texts = [*reading.formula]
            texts[place] = flip
            mutant = reading.model_copy(update={"formula": texts})
        else:
            steps = [*reading.steps]
            steps[place] = steps[place].model_copy(update={"right": flip})
            mutant = reading.model_copy(update={"steps": steps})
        assert not module._judge(mutant, derivation).holds, (id_, flip)
        changed += 1
    assert changed > 25


def test_a_correction_that_does_not_hold_is_refused(
    pelogia: derive.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = load("pelogia2019")
    items = [
        with_reading(item, 1, formula=[r"O_{in,k} = \sum_{j=1}^{m} v_{jk} H_k"])
        if item.id == "O-in-k"
        else item
        for item in right.item
    ]
    wrong = Audit(model=right.model, item=items)
    monkeypatch.setattr(module, "load", lambda name: wrong)
    with pytest.raises(DeriveError, match="the correction of O-in-k holds: Refutation"):
        derive.audit(pelogia)


def test_a_wrong_formula_without_a_correction_is_refused(
    pelogia: derive.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = load("pelogia2019")
    items = [
        item.model_copy(update={"reading": item.reading[:1]}) if item.id == "conclusion" else item
        for item in right.item
    ]
    monkeypatch.setattr(module, "load", lambda name: Audit(model=right.model, item=items))
    with pytest.raises(DeriveError, match="conclusion is wrong and has a correction: it has none"):
        derive.audit(pelogia)


def test_every_wrong_entry_is_refuted_and_corrected(report: Report) -> None:
    for entry in report.entries:
        if entry.verdict != "wrong":
            continue
        assert any(j.reading.kind == "correction" and j.holds for j in entry.judged)
        first = entry.judged[0]
        assert first.refutation or first.problem


def test_damage_is_typed_with_its_reason_and_truth_is_not(report: Report) -> None:
    fields = set(Item.model_fields) | set(Reading.model_fields)
    assert not fields & {"verdict", "holds", "truth", "status"}
    damaged = [entry.item for entry in report.entries if entry.item.damaged]
    assert {item.id for item in damaged} == {
        "O-in", "O", "gradient-V", "gradient-W", "update-W", "O-k"}  # fmt: skip
    assert all(item.damaged.keys() == {"en", "pt"} for item in damaged)


def test_the_printed_reading_is_what_is_printed(report: Report) -> None:
    for entry in report.entries:
        first = entry.item.reading[0]
        if first.kind == "printed" and first.formula and entry.item.printed:
            assert ", ".join(first.formula) == entry.item.printed, entry.item.id


# --- the pages --------------------------------------------------------------------------------


def test_both_languages_say_everything(report: Report) -> None:
    for entry in report.entries:
        texts = [entry.item.where, entry.item.remark, *(r.words for r in entry.item.reading)]
        assert all(not text or text.keys() == {"en", "pt"} for text in texts)
    english, portuguese = (audit_text(report, language(code)) for code in ("en", "pt"))
    assert [e.rows for e in english.entries] == [e.rows for e in portuguese.entries]
    assert english.summary != portuguese.summary


def test_the_summary_counts(report: Report) -> None:
    counts = Counter(entry.verdict for entry in report.entries)
    text = audit_text(report, language("en")).summary
    assert text == (
        f"Of {len(VERDICTS)} entries {counts['holds']} hold as printed, {counts['meant']} as meant "
        f"where the scan is damaged, {counts['reading']} under a reading, and {counts['wrong']} are "
        "wrong and corrected."
    )


def test_the_terminal_lists_every_entry() -> None:
    result = CliRunner().invoke(main, ["audit", "pelogia2019"])
    assert result.exit_code == 0
    for place, id_ in enumerate(VERDICTS, 1):
        assert re.search(rf"^{place:2}  {id_} ", result.output, re.MULTILINE)
    portuguese = CliRunner().invoke(main, ["audit", "pelogia2019", "--language", "pt"]).output
    assert "Vale sob uma leitura" in portuguese
    assert "$" not in portuguese


def test_a_model_without_an_audit_says_so() -> None:
    result = CliRunner().invoke(main, ["audit", "hmkcode"])
    assert result.exit_code == 2
    assert "there is no audit of hmkcode; audits: pelogia2019" in result.output


def test_formulas_are_cut_at_the_top_only() -> None:
    text = r"a = \begin{pmatrix} b = c \end{pmatrix} = (d = e)"
    assert split_top(text, (" = ",)) == ["a", r"\begin{pmatrix} b = c \end{pmatrix}", "(d = e)"]
