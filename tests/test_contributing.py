"""CONTRIBUTING.md is true: its recipes are followed in a copy, and what they add is derived."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, UNIT, write_text
from tests.test_docs import blocks

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

FUNCTION, ROW = blocks(CONTRIBUTING, "")
MODULE, IMPORT = blocks(CONTRIBUTING, "python")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sources, in which something may be added."""
    for folder in ("derive", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc"))
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "derive", *arguments],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def insert(path: Path, after: str, text: str) -> None:
    before = path.read_text(encoding="utf-8")
    assert before.count(after) == 1
    path.write_text(before.replace(after, after + text), encoding="utf-8")


def test_a_row_makes_a_function_that_is_derived_printed_and_computed(copy: Path) -> None:
    insert(copy / "derive" / "functions" / "table.py", "ROWS = (\n", FUNCTION)
    write_text(copy, UNIT.replace("w * x", "cauchit(w * x)"), "mine")
    done = run(copy, "build", "mine.toml", "--out", "out")
    assert done.returncode == 0, done.stderr
    assert "mine: proven" in done.stdout
    page = (copy / "out" / "mine" / "derivation.en.md").read_text(encoding="utf-8")
    assert r"\operatorname{cauchit}'" in page
    assert "arctan" in (copy / "out" / "mine" / "trainer.py").read_text(encoding="utf-8")


def test_a_folder_and_a_row_make_a_target_that_is_written_and_checked(copy: Path) -> None:
    path = copy / re.match(r"# (\S+)\n", MODULE)[1]  # type: ignore[index]
    path.parent.mkdir()
    (path.parent / "__init__.py").touch()
    path.write_text(MODULE.partition("\n")[2], encoding="utf-8")
    insert(copy / "derive" / "target.py", "from dataclasses import dataclass\n", IMPORT)
    insert(copy / "derive" / "target.py", "ON_REQUEST: dict[str, Target] = {\n", ROW)
    done = run(copy, "build", "hmkcode", "--target", "listing", "--out", "out")
    assert done.returncode == 0, done.stderr
    written = (copy / "out" / "hmkcode" / "weights.json").read_text(encoding="utf-8")
    assert written == '{"W": ["m", "n"], "V": ["K", "m"]}\n'
    told = run(copy, "check", "hmkcode", "--target", "listing")
    assert "the list of weights" in told.stdout


def test_the_recipe_of_a_language_is_the_page_that_is_followed_in_the_tests_of_the_docs() -> None:
    assert "docs/translation.md" in CONTRIBUTING.partition("## A language")[2]


def test_every_make_command_of_it_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"(?:^|`)make ([a-z]+)", CONTRIBUTING, re.MULTILINE)
    assert len(named) > 3
    assert [name for name in named if not re.search(rf"^{name}:.*##", makefile, re.MULTILINE)] == []
