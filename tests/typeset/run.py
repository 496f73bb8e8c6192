"""Pages of models set in a document, and what TeX says of each."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import derive
from derive import locate
from derive.auditing.page import audit_files
from derive.page.column import Column
from derive.page.latex_page import latex_files
from derive.pipeline import Edition, stages
from derive.reading.preset import preset
from tests.conftest import ROOT
from tests.typeset.settings import SPOKEN, Setting

HOSTILE = ROOT / "tests/page/hostile"

NOTED = ("digits", "attention")
"""What is set in a notation of a book, too: a chain of dense layers, and what is none."""


TROUBLE = re.compile(r"! |Overfull|Missing character|.*(LaTeX|Package \S+) Warning|.*undefined")

HARMLESS = re.compile(
    r".*(LaTeX Font Warning|[Rr]erun|may have changed|Unable to redefine math accent)"
)


def gallery() -> tuple[str, ...]:
    """The models that come with derive, by their names."""
    return locate.shipped()


def hostile() -> tuple[str, ...]:
    """The models that try a page, by their paths."""
    return tuple(sorted(map(str, HOSTILE.glob("*.toml"))))


@dataclass(frozen=True)
class Trouble:
    """What TeX says of a page."""

    page: str
    line: str


def write_pages(
    model: str, widths: tuple[float, ...], folder: Path, notation: str | None = None
) -> None:
    """The pages of a model as a build has them, unproven, as folder/WIDTH/NAME.LANGUAGE.tex; in a
    notation NAME-NOTATION, for the labels of a document are its own.
    """
    loaded = derive.load(model)
    if notation is not None:
        loaded = replace(loaded, name=f"{loaded.name}-{notation}")
    chosen = None if notation is None else preset(notation)
    for width in widths:
        column = Column(width)
        made = stages(loaded, Edition(SPOKEN, column, chosen))
        name = made.model.name
        files = latex_files(made.model, made.pages)
        audits = audit_files(made.report, SPOKEN, column) if made.report is not None else {}
        place = folder / f"{width:g}"
        place.mkdir(parents=True, exist_ok=True)
        for code in SPOKEN:
            text = files[f"derivation.{code}.tex"] + audits.get(f"audit.{code}.tex", "")
            (place / f"{name}.{code}.tex").write_text(text, encoding="utf-8")


def lacking(setting: Setting) -> str:
    """What of a setting is not installed, or nothing."""
    if not shutil.which(setting.engine):
        return setting.engine
    found = subprocess.run(
        ["kpsewhich", *setting.needs], capture_output=True, text=True, check=False
    )
    there = {Path(line).name for line in found.stdout.splitlines()}
    return ", ".join(name for name in setting.needs if name not in there)


def typeset(setting: Setting, width: float, pages: tuple[Path, ...], folder: Path) -> list[Trouble]:
    """Set every page of some folders in one document, as often as its references take."""
    folder.mkdir(parents=True, exist_ok=True)
    found = (path for each in pages for path in sorted((each / f"{width:g}").glob("*.tex")))
    shown = [path for path in found if path.suffixes[-2][1:] in setting.languages]
    body = "\n".join(_page(path, setting) for path in shown)
    (folder / "page.tex").write_text(setting.document(body, width), encoding="utf-8")
    for _ in range(4):
        subprocess.run(
            [setting.engine, "-interaction=nonstopmode", "page.tex"],
            cwd=folder,
            env={**os.environ, "max_print_line": "1000"},
            capture_output=True,
            check=False,
        )
        log = (folder / "page.log").read_text(encoding="utf-8", errors="replace")
        if not re.search(r"[Rr]erun to|may have changed|There were undefined", log):
            break
    return troubles(log)


def _page(path: Path, setting: Setting) -> str:
    """A page by its path, its headings counted from the first."""
    count = r"\ifcsname c@paragraph\endcsname\setcounter{paragraph}{0}\fi"
    page = rf"\typeout{{PAGE {path.stem}}}{count}\input{{{path.with_suffix('')}}}"
    return setting.around % page + "\n" + r"\clearpage"


def troubles(log: str) -> list[Trouble]:
    """What a log holds that is an error, a warning or a box that is too wide, by its page."""
    page, found = "the document", []
    for line in log.splitlines():
        if line.startswith("PAGE "):
            page = line.removeprefix("PAGE ")
        elif TROUBLE.match(line) and not HARMLESS.match(line):
            found.append(Trouble(page, line))
    return found
