"""The audit: what is typed is read and judged by computation; a changed sign changes the verdict."""

import re
import shutil
from collections import Counter
from collections.abc import Iterable
from math import prod
from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive.auditing import file
from derive.auditing import judge as module
from derive.auditing.file import Audit, Item, Reading, Sentences, audited, load, sentences
from derive.auditing.page import audit_files, audit_text, split_top
from derive.auditing.verdicts import Report
from derive.commands.main import main
from derive.derivation.derivation import Equation
from derive.derivation.simplify import simplify
from derive.errors import DeriveError
from derive.expressions.contents import walk
from derive.expressions.expression import Multiply, Number
from derive.page.concrete import write_out
from derive.page.words import language, languages


@pytest.fixture(scope="module")
def report(pelogia: derive.Model) -> Report:
    return derive.audit(pelogia)


VERDICTS = {
    "descent-direction": "holds", "step-size": "wrong", "gradient-step": "holds",
    "arrays": "holds", "H-in": "holds", "H": "holds", "O-in": "meant", "O": "meant",
    "EQ": "holds", "E": "holds",
    "dEQ-dw11": "reading", "dEQ-dw12": "reading", "dEQ-dw21": "reading", "dEQ-dw22": "reading",
    "dEQ-dv11": "holds", "dEQ-dv21": "holds",
    "gradient-V": "meant", "gradient-W": "reading", "gradient": "reading", "delta": "holds",
    "update-V": "holds", "redefined-V": "reading", "update-W": "wrong",
    "update-W-components": "wrong", "update-W-forms": "wrong", "procedure": "wrong",
    "backwards": "holds", "efficient": "holds", "EQ-again": "holds", "generic-chain": "holds", "EQ-k": "reading",
    "O-k": "meant", "O-in-k": "wrong", "dEQ-dO": "holds", "dO-dO-in": "holds",
    "dO-in-dw": "reading", "conclusion": "reading",
}  # fmt: skip


def test_every_formula_of_the_text_is_judged_in_its_order(report: Report) -> None:
    assert {entry.item.id: entry.verdict for entry in report.entries} == VERDICTS
    assert [entry.item.id for entry in report.entries] == list(VERDICTS)


def test_f_prime_of_the_activated_value_is_refuted_and_read_otherwise(report: Report) -> None:
    """The reading keeps what is printed and says what H_1 names; the correction prints another."""
    (entry,) = (e for e in report.entries if e.item.id == "dEQ-dw11")
    printed, otherwise, corrected = entry.judged
    assert not printed.holds
    assert printed.refutation
    assert otherwise.holds
    assert otherwise.reading.formula == printed.reading.formula
    assert corrected.holds
    assert corrected.reading.kind == "correction"
    assert "f'_h(H_{in1})" in corrected.reading.formula[0]


def test_only_a_correction_takes_f_prime_at_another_argument(report: Report) -> None:
    """What the text prints f'_h of stands in every reading; what it may name is said by `let`."""
    checked = 0
    for entry in report.entries:
        for reading in (judged.reading for judged in entry.judged):
            shown = " ".join((*reading.formula, *(step.right for step in reading.steps)))
            if reading.kind != "correction" and entry.item.id != "backwards" and "f'_h(" in shown:
                assert "f'_h(H_{in" not in shown, (entry.item.id, reading.words)
                checked += 1
    assert checked > 15


def test_the_multiplications_of_the_audit_are_those_of_the_derivation(report: Report) -> None:
    """Counted in the equations, written out: back through the layers, and forward."""
    simplified = simplify(derive.differentiate(report.model))
    (entry,) = (e for e in report.entries if e.item.id == "efficient")
    for judged in entry.judged:
        sizes = {**dict(report.model.example), **judged.reading.sizes}
        forward = sum(multiplications(e, sizes) for e in simplified.forward if e.id != "EQ")
        backward = sum(multiplications(e, sizes) for e in simplified.backward)
        back, differences, _ = judged.reading.formula
        assert back.endswith(f"= {backward}")
        assert differences.endswith(f"= {forward * forward}")


def multiplications(equation: Equation, sizes: dict[str, int]) -> int:
    """Of all entries of an equation: one less than the factors of each product of its terms."""
    written = write_out(equation.value, sizes)
    products = (node for node in walk(written) if isinstance(node, Multiply))
    each = sum(sum(not isinstance(f, Number) for f in node.factors) - 1 for node in products)
    return each * prod(sizes[index.size] for index in equation.target.letters)


def test_a_counterexample_names_the_indices_it_is_for(report: Report) -> None:
    found = {e.item.id: e.judged[0].refutation for e in report.entries}
    for id_, letters in {"EQ-k": "k", "dO-in-dw": "jk", "conclusion": "jk"}.items():
        refutation = found[id_]
        assert refutation
        assert [name for name, _ in refutation.given][: len(letters)] == list(letters)


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
    wrong = [entry for entry in report.entries if entry.verdict == "wrong"]
    assert len(wrong) == 6
    for entry in wrong:
        assert any(j.reading.kind == "correction" and j.holds for j in entry.judged)
        first = entry.judged[0]
        assert first.refutation or first.problem


def test_damage_is_typed_with_its_reason_and_truth_is_not(report: Report) -> None:
    fields = set(Item.model_fields) | set(Reading.model_fields)
    assert not fields & {"verdict", "holds", "truth", "status"}
    damaged = {entry.item.id for entry in report.entries if entry.item.damaged}
    assert damaged == {"O-in", "O", "gradient-V", "gradient-W", "update-W", "O-k"}
    assert sentences("pelogia2019", "en").damaged.keys() == damaged


def test_the_printed_reading_is_what_is_printed(report: Report) -> None:
    items = [entry.item for entry in report.entries if entry.item.printed]
    formulas = [i for i in items if i.reading[0].kind == "printed" and i.reading[0].formula]
    assert len(formulas) > 20
    for item in formulas:
        assert ", ".join(item.reading[0].formula) == item.printed, item.id


# --- the pages --------------------------------------------------------------------------------


TABLES = tuple(Sentences.model_fields)


@pytest.mark.parametrize("code", languages())
def test_every_language_says_everything_in_words_of_its_own(code: str, report: Report) -> None:
    found, english = (sentences("pelogia2019", each) for each in (code, "en"))
    for table in TABLES:
        said, wanted = getattr(found, table), getattr(english, table)
        assert list(said) == list(wanted)
        assert code == "en" or not [key for key in wanted if said[key] == wanted[key]]
    pages = [audit_text(report, language(each)) for each in (code, "en")]
    rows = [[(e.rows, [r.rows for r in e.readings]) for e in page.entries] for page in pages]
    assert rows[0] == rows[1]
    assert (pages[0].summary == pages[1].summary) == (code == "en")


def words_of(texts: Iterable[str]) -> set[str]:
    """The words of sentences, their formulas and places left out."""
    bare = (re.sub(r"\$[^$]*\$|\{\w+\}", " ", text) for text in texts)
    return {word.lower() for text in bare for word in re.findall(r"[^\W\d_]+", text)}


@pytest.mark.parametrize("code", languages())
def test_every_word_of_an_audit_is_of_its_language(code: str, report: Report) -> None:
    words, said = language(code), sentences("pelogia2019", code)
    own = (text for table in TABLES for text in getattr(said, table).values())
    joining = (words.conjunction.word, *words.conjunction.before.values())
    known = words_of((*words.audit.values(), *own, *joining, report.model.source))
    text = audit_text(report, words)
    shown = [text.title, text.introduction, text.summary, text.printed]
    for entry in text.entries:
        shown += [entry.place, entry.verdict, entry.damaged, entry.remark]
        for reading in entry.readings:
            shown += [reading.kind, reading.words, reading.result, *reading.notes]
    assert len(words_of(shown)) > 200
    assert words_of(shown) <= known


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of audits for this test, with those there are."""
    made = shutil.copytree(file.FOLDER, tmp_path / "audits")
    monkeypatch.setattr(file, "FOLDER", made)
    return made


FAULTS: dict[str, tuple[str, str, str]] = {
    "a place left out": (r"(?m)^O-k = 'una salida'\n", "", r"\[where\] O-k is missing"),
    "a damage left out": (r"(?m)^O-in = 'el .*\n", "", r"\[damaged\] O-in is missing"),
    "a damage too much": (r"\[remark\]", "H = 'a'\n[remark]", r"\[damaged\] H is no key of pelogia"),
    "a remark left out": (r"(?m)^update-V = 'Una .*\n", "", r"\[remark\] update-V is missing"),
    "words left out": (r"(?m)^V-last .*\n", "", r"\[words\] V-last is missing"),
    "words that no reading has": (r"(?m)^V-last", "V-first", r"\[words\] V-first is no key"),
    "words that are empty": (r"(?m)^V-last .*", "V-last = ''", r"\[words\] V-last is missing"),
    "a formula left open": (r"\$E\$'", "$E'", r"\[where\] E opens a formula"),
    "a number for words": (r"(?m)^V-last .*", "V-last = 1", r"words\.V-last: Input should be"),
    "a table too much": (r"\[words\]", "[more]\n[words]", r"more: Extra inputs"),
    "no TOML": (r"\[words\]", "[words", r"xx\.toml: "),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_an_audits_sentences_is_named(name: str, folder: Path) -> None:
    pattern, put, said = FAULTS[name]
    text = (folder / "pelogia2019.es.toml").read_text(encoding="utf-8")
    faulty, count = re.subn(pattern, put, text, count=1)
    assert count
    (folder / "pelogia2019.xx.toml").write_text(faulty, encoding="utf-8")
    with pytest.raises(DeriveError, match=said) as raised:
        sentences("pelogia2019", "xx")
    assert raised.value.place == "pelogia2019.xx.toml"


def test_an_audit_without_sentences_in_a_language_names_the_file_to_add(
    folder: Path, report: Report
) -> None:
    (folder / "pelogia2019.es.toml").unlink()
    with pytest.raises(DeriveError, match="no sentences in language 'es'") as raised:
        audit_files(report, ["es"])
    assert str(folder / "pelogia2019.es.toml") in raised.value.cure
    assert audit_files(report, ["pt"]).keys() == {"audit.pt.tex", "audit.pt.md"}


def test_the_sentences_of_an_audit_are_no_audit() -> None:
    assert audited() == ("pelogia2019",)


def test_a_reading_that_means_nothing_is_said_to_in_every_language(
    pelogia: derive.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = load("pelogia2019")
    items = [
        with_reading(item, 0, formula=["H = Q"]) if item.id == "EQ-k" else item
        for item in right.item
    ]
    monkeypatch.setattr(module, "load", lambda name: Audit(model=right.model, item=items))
    report = derive.audit(pelogia)
    for code in languages():
        text = audit_text(report, language(code))
        (entry,) = (entry for entry in text.entries if entry.id == "EQ-k")
        assert entry.readings[0].notes == (language(code).audit["meaningless"],)


def test_every_sentence_of_a_language_is_said_of_the_audit(report: Report) -> None:
    text = str(audit_text(report, language("es")))
    keys = {key: re.split(r"\{\w+\}", said) for key, said in language("es").audit.items()}
    unsaid = [key for key, pieces in keys.items() if not all(repr(p)[1:-1] in text for p in pieces)]
    assert unsaid == ["meaningless"]  # which the test above has said


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


@pytest.mark.parametrize("option", ["--lang", "--language"])
@pytest.mark.parametrize(
    ("code", "said"), [("pt", "Vale sob uma leitura"), ("es", "Se cumple en una de sus lecturas")]
)
def test_the_terminal_speaks_the_language_chosen(option: str, code: str, said: str) -> None:
    result = CliRunner().invoke(main, ["audit", "pelogia2019", option, code])
    assert result.exit_code == 0
    assert said in result.output
    assert "$" not in result.output


def test_a_model_without_an_audit_says_so() -> None:
    result = CliRunner().invoke(main, ["audit", "hmkcode"])
    assert result.exit_code == 2
    assert "there is no audit of hmkcode; audits: pelogia2019" in result.output


def test_formulas_are_cut_at_the_top_only() -> None:
    text = r"a = \begin{pmatrix} b = c \end{pmatrix} = (d = e)"
    assert split_top(text, (" = ",)) == ["a", r"\begin{pmatrix} b = c \end{pmatrix}", "(d = e)"]
