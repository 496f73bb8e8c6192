"""Report -> pages: the judged entries of an audit as LaTeX, Markdown and text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from derive.auditing.file import Reading, Sentences, sentences
from derive.auditing.verdicts import Entry, Judged, Report
from derive.environment import banner, environment
from derive.page.blocks import Formula
from derive.page.column import JOURNAL, Column
from derive.page.concrete import pmatrix
from derive.page.layout import sized
from derive.page.width import INNERMOST
from derive.page.words import Language, language
from derive.printing.macros import HEADING
from derive.printing.printed import Printed

_TOKEN = re.compile(r"\\begin|\\end|.", re.DOTALL)


OPENERS, CLOSERS = ("(", "{", r"\begin"), (")", "}", r"\end")


@dataclass(frozen=True)
class Rows:
    """The rows of formulas, and the size in which they fit a column."""

    rows: tuple[str, ...]
    size: str = ""


@dataclass(frozen=True)
class ReadingText:
    """One reading as it is set: what it is, its formulas in rows, and what came out."""

    kind: str
    words: str
    rows: "Rows"
    result: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class EntryText:
    """One entry as it is set."""

    id: str
    place: str
    verdict: str
    rows: "Rows"
    damaged: str
    readings: tuple[ReadingText, ...]
    remark: str


@dataclass(frozen=True)
class AuditText:
    """A whole audit in a language."""

    title: str
    introduction: str
    summary: str
    printed: str
    entries: tuple[EntryText, ...]


def audit_text(report: Report, words: Language, column: Column = JOURNAL) -> AuditText:
    """The sentences of an audit in a language, and its formulas in rows that a column holds."""
    counts = dict.fromkeys(("holds", "meant", "reading", "wrong"), 0)
    for entry in report.entries:
        counts[entry.verdict] += 1
    numbers = {key: str(number) for key, number in counts.items()}
    said = sentences(report.model.name, words.code)
    return AuditText(
        title=words.audit["title"],
        introduction=words.audit["introduction"].format(source=report.model.source),
        summary=words.audit["summary"].format(count=len(report.entries), **numbers),
        printed=words.audit["printed"],
        entries=tuple(_entry(entry, said, words, column) for entry in report.entries),
    )


def _entry(entry: Entry, said: Sentences, words: Language, column: Column) -> EntryText:
    item = entry.item
    place = words.audit["section"].format(number=item.section, where=said.where[item.id])
    damaged = said.damaged.get(item.id, "")
    return EntryText(
        id=item.id,
        place=place,
        verdict=words.audit[f"verdict_{entry.verdict}"],
        rows=_set([item.printed] if item.printed else [], column),
        damaged=words.audit["damaged"].format(damage=damaged) if damaged else "",
        readings=_readings(entry, said, words, column),
        remark=said.remark.get(item.id, ""),
    )


def _readings(
    entry: Entry, said: Sentences, words: Language, column: Column
) -> tuple[ReadingText, ...]:
    """The readings in their order, each note with the first of them that it is about."""
    told: set[str] = set()
    found = []
    for judged in entry.judged:
        text = _reading(judged, entry.item.printed, said, words, column)
        found.append(replace(text, notes=tuple(note for note in text.notes if note not in told)))
        told |= set(text.notes)
    return tuple(found)


def _reading(
    judged: Judged, printed: str, said: Sentences, words: Language, column: Column
) -> ReadingText:
    reading = judged.reading
    shown = _shown(reading)
    rows = _set([] if ", ".join(shown) == printed else shown, column)
    result = "true" if judged.holds else "false"
    if judged.holds and reading.kind == "correction":
        result = "proven"
    return ReadingText(
        kind=words.audit[f"reading_{reading.kind}"],
        words=said.words.get(reading.words, ""),
        rows=rows,
        result=words.audit[result],
        notes=tuple(_notes(judged, words)),
    )


def _shown(reading: Reading) -> list[str]:
    if not reading.steps:
        return list(reading.formula)
    return [rf"{_left(step.left)} \leftarrow {step.right}" for step in reading.steps]


def _left(symbols: list[str]) -> str:
    if len(symbols) == 1:
        return symbols[0]
    return str(pmatrix([[Printed(symbol)] for symbol in symbols]))


def _notes(judged: Judged, words: Language) -> list[str]:
    notes = []
    for of, lacking in judged.missing:
        shown = words.enumerate([f"${name}$" for name in lacking])
        notes.append(words.audit["missing"].format(of=f"${of}$", lacking=shown))
    if judged.problem:
        notes.append(words.audit["meaningless"])
    if judged.shapes:
        notes.append(words.audit["shapes"].format(shapes=f"${judged.shapes}$"))
    found = judged.refutation
    if found:
        numbers = [*found.given, *([("t", "1")] if found.what else [])]
        given = words.enumerate([f"${name} = {number}$" for name, number in numbers])
        key = "refuted_step" if found.what else "refuted" if found.given else "refuted_bare"
        sides = {"left": f"${found.left}$", "right": f"${found.right}$"}
        notes.append(words.audit[key].format(given=given, what=f"${found.what}$", **sides))
    return notes


# --- formulas ---------------------------------------------------------------------------------


def _set(texts: list[str], column: Column) -> Rows:
    """Formulas of the text in rows of an align*, broken between their sides, and smaller
    where that does not help.
    """
    formulas = []
    for text in texts:
        for part in split_top(text, (", ",)):
            sides = split_top(part, (" = ", r" \leftarrow ", " < "))
            relation = _relation(part, sides)
            formulas.append(Formula("", sides[0], tuple(sides[1:]) or ("",), relation))
    if not formulas:
        return Rows(())
    size, laid = sized(formulas, column.unnumbered)
    return Rows(tuple(airy(f"{row.left} &{row.right}").strip() for row in laid), size)


def airy(text: str) -> str:
    """More space between the rows of a matrix of fractions."""

    def spread(found: re.Match[str]) -> str:
        inside = found.group()
        return inside.replace(r"\\ ", r"\\[6pt] ") if r"\frac" in inside else inside

    return INNERMOST.sub(spread, text)


def _relation(text: str, sides: list[str]) -> str:
    if len(sides) < 2:
        return ""
    rest = text[len(sides[0]) :].lstrip()
    return next(sign for sign in (r"\leftarrow", "=", "<") if rest.startswith(sign))


def split_top(text: str, separators: tuple[str, ...]) -> list[str]:
    """Cut a formula at separators that stand in no braces, brackets or environment."""
    pieces, depth, current, at = [], 0, "", 0
    while at < len(text):
        found = next((s for s in separators if text.startswith(s, at)), None)
        if found and depth == 0:
            pieces.append(current)
            current, at = "", at + len(found)
            continue
        token = _TOKEN.match(text, at)
        assert token
        depth += (token.group() in OPENERS) - (token.group() in CLOSERS)
        current += token.group()
        at = token.end()
    return [*pieces, current]


# --- files ------------------------------------------------------------------------------------


def audit_files(report: Report, codes: Sequence[str], column: Column = JOURNAL) -> dict[str, str]:
    """The audit in languages: audit.en.tex, audit.pt.tex and their Markdown."""
    made = environment()
    name = report.model.name
    said = banner(name)
    files = {}
    for code in codes:
        text = audit_text(report, language(code), column)
        for kind, template in (("tex", "latex/audit.tex.jinja"), ("md", "markdown/audit.md.jinja")):
            files[f"audit.{code}.{kind}"] = made.get_template(template).render(
                banner=said, audit=text, model=name, code=code, heading=HEADING
            )
    return files


def terminal(text: str) -> str:
    """A sentence with its formulas as plain text."""
    signs = {
        r"\delta": "δ", r"\partial": "∂", r"\nabla": "∇", r"\cdot": "·", r"\times": "×",
        r"\dots": "…", r"\ne": "≠", r"\mp": "∓", r"\lVert": "‖", r"\rVert": "‖", "^2": "²",
    }  # fmt: skip
    for sign, plainly in signs.items():
        text = text.replace(sign, plainly)
    return re.sub(r"\s+", " ", re.sub(r"[${}]", "", text))


def terminal_lines(report: Report, words: Language) -> list[tuple[str, str, list[str]]]:
    """(id, verdict key, lines) of every entry."""
    text = audit_text(report, words)
    found: list[tuple[str, str, list[str]]] = []
    for entry, judged in zip(text.entries, report.entries, strict=True):
        verdict = entry.verdict[:1].upper() + entry.verdict[1:]
        lines = [f"{verdict}. {terminal(entry.place)}"]
        lines += [terminal(entry.damaged)] if entry.damaged else []
        for reading in entry.readings:
            about = f" ({terminal(reading.words)})" if reading.words else ""
            lines.append(f"{reading.kind}{about}: {reading.result}")
            lines += [f"    {terminal(note)}" for note in reading.notes]
        lines += [terminal(entry.remark)] if entry.remark else []
        found.append((entry.id, judged.verdict, lines))
    return found
