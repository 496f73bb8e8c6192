"""The page of the targets, and what the README says of them: what they show is run."""

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.c.check import compiler_here
from derive.commands.main import main
from derive.unrolled import jit, module
from tests.conftest import ROOT
from tests.test_docs import PRINTED, blocks, run_python

PAGE = (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the page's first command has written."""
    made = tmp_path_factory.mktemp("page")
    (command, compile_) = blocks(PAGE, "sh")
    assert compile_.startswith("cc ")
    words = [str(made / word) if word == "mine" else word for word in command.split()[1:]]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return made


def example(name: str, folder: Path) -> None:
    (code,) = [block for block in blocks(PAGE, "python") if f"pelogia2019.{name} " in block]
    output = run_python(code, folder)
    assert re.findall(PRINTED, code) == output.splitlines()


def test_the_plain_python_of_the_page_runs(folder: Path) -> None:
    example("unrolled", folder)


def test_the_lines_that_the_page_shows_stand_in_the_module(folder: Path) -> None:
    (shown,) = blocks(PAGE, "")
    assert shown in (folder / "mine" / "pelogia2019" / "unrolled.py").read_text()


def test_the_numba_of_the_page_runs(folder: Path) -> None:
    pytest.importorskip("numba")
    example("jit", folder)


def test_the_program_of_the_page_compiles_and_runs(folder: Path) -> None:
    if compiler_here() is None:
        pytest.skip("there is no C compiler")
    (program,), (_, command) = blocks(PAGE, "c"), blocks(PAGE, "sh")
    (folder / "main.c").write_text(program)
    words = [str(compiler_here()), "-Wall", "-Wextra", "-Werror", *command.split()[1:]]
    subprocess.run(words, cwd=folder, check=True)
    done = subprocess.run([folder / "main"], capture_output=True, text=True, check=True)
    assert 0.9 < float(done.stdout) < 1


def test_the_step_that_the_readme_shows_is_one(folder: Path) -> None:
    (call,) = re.findall(r"`(update\(.*\))`", README)
    code = f"from mine.pelogia2019.unrolled import update\nprint(len({call}))"
    assert run_python(code, folder) == "6\n"


def test_the_limits_that_the_page_names_are_those_of_the_code() -> None:
    assert f"{module.MOST:,} numbers" in PAGE
    assert f"up to {jit.MOST} parameters" in PAGE
