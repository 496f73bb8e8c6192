"""README and docs are true: their commands and examples are run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sklearn.datasets import load_iris

import derive
from derive.commands.main import main
from derive.functions.table import TABLE
from derive.page.words import language
from tests.conftest import ROOT, write_model

README = (ROOT / "README.md").read_text(encoding="utf-8")
TRAINING = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
TRANSLATION = (ROOT / "docs" / "translation.md").read_text(encoding="utf-8")
LIBRARY = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
COMPLETION = (ROOT / "docs" / "completion.md").read_text(encoding="utf-8")
LANGUAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")

PRINTED = r"print\(.*\)  # (.*)"
"""What a line of an example prints, as it says behind it."""


def blocks(text: str, kind: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for name, block in found if name == kind]


def commands() -> list[str]:
    lines = [line for block in blocks(README, "sh") for line in block.splitlines()]
    return [line.partition("#")[0].strip() for line in lines]


def run_python(code: str, folder: Path) -> str:
    """What a program prints that runs in a folder of its own."""
    here = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, env=here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def iris() -> list[list[str]]:
    data = load_iris()
    head = ["sepal length", "sepal width", "petal length", "petal width", "species"]
    rows = zip(data.data, data.target, strict=True)
    return [head, *([*map(str, x), data.target_names[kind]] for x, kind in rows)]


def write_iris(table: list[list[str]]) -> None:
    Path("iris.csv").write_text("\n".join(map(",".join, table)))


def test_the_readme_gives_two_commands_first() -> None:
    assert commands()[:2] == ["make", "make test"]


def targets() -> list[str]:
    makefile = (ROOT / "Makefile").read_text()
    return re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE)


def test_every_make_command_of_the_readme_is_a_target() -> None:
    named = re.findall(r"`make ([a-z]+)`", README) + [
        command.split()[1] for command in commands() if command.startswith("make ")
    ]
    assert len(named) > 3
    assert set(named) <= set(targets())
    assert {"test", "check", "pdf", "clean", "help", "bench", "lint"} <= set(targets())


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("derive ")])
def test_the_commands_of_the_readme_run(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (made,) = (block for block in blocks(README, "python") if "iris.csv" in block)
    run_python(made, tmp_path)
    if command.startswith("derive predict"):
        train = next(c for c in commands() if c.startswith("derive train"))
        assert CliRunner().invoke(main, shlex.split(train)[1:]).exit_code == 0
    result = CliRunner().invoke(main, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output


def test_the_table_that_the_readme_makes_is_the_one_of_the_docs(tmp_path: Path) -> None:
    (made,) = (block for block in blocks(README, "python") if "iris.csv" in block)
    run_python(made, tmp_path)
    lines = (tmp_path / "iris.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",") for line in lines] == iris()


@pytest.mark.parametrize("command", blocks(COMPLETION, "sh"))
def test_completion_is_what_a_shell_is_given(command: str) -> None:
    """And what the bash that is here makes of it."""
    found = re.search(r"_DERIVE_COMPLETE=((\w+)_source) derive", command)
    assert found
    source = subprocess.run(
        [sys.executable, "-c", "from derive.commands.main import main; main(prog_name='derive')"],
        env=os.environ | {"_DERIVE_COMPLETE": found[1], "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    assert f"_DERIVE_COMPLETE={found[2]}_complete" in source
    if found[2] == "bash" and shutil.which("bash"):
        assert subprocess.run(["bash", "-n"], input=source, text=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("derive bui", {"plain,build"}),
        ("derive build pel", {"plain,pelogia2019"}),
        ("derive show mine", {"file,mine"}),
    ],
)
def test_a_shell_completes_commands_models_and_files(words: str, wanted: set[str]) -> None:
    asked = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    asked["_DERIVE_COMPLETE"] = "bash_complete"
    result = CliRunner().invoke(main, prog_name="derive", env=asked)
    assert set(result.output.split()) == wanted


def test_the_output_shown_in_the_readme_is_what_is_printed() -> None:
    (shown,) = [block for block in blocks(README, "") if block.startswith("$ derive show")]
    command, _, output = shown.partition("\n")
    assert CliRunner().invoke(main, shlex.split(command)[2:]).output == output


@pytest.mark.parametrize("text", [README, TRAINING, LIBRARY], ids=["README", "training", "library"])
def test_examples_say_what_they_print(text: str) -> None:
    assert [block for block in blocks(text, "python") if re.search(PRINTED, block)]


@pytest.mark.parametrize("place", range(len(blocks(README, "python"))))
def test_the_python_of_the_readme_runs(place: int, tmp_path: Path) -> None:
    code = blocks(README, "python")[place]
    output = run_python(code, tmp_path)
    printed = re.findall(PRINTED, code)
    assert [line for line in printed if line not in output] == []


@pytest.mark.parametrize("place", range(len(blocks(LIBRARY, "python"))))
def test_the_python_of_the_library_s_page_prints_what_it_says(place: int, tmp_path: Path) -> None:
    code = blocks(LIBRARY, "python")[place]
    printed = re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)
    assert run_python(code, tmp_path).splitlines() == printed


def test_the_mistake_shown_on_the_library_s_page_is_told_so() -> None:
    (shown,) = blocks(LIBRARY, "")
    with pytest.raises(derive.ModelError) as caught:
        derive.model("a[i] = w[i] * x[i]\nb = a[i] + w[i]", weights="w")
    assert str(caught.value) == shown.rstrip()


def test_the_library_s_page_names_all_that_import_derive_gives() -> None:
    functions = {name for name in derive.__all__ if name.islower() and name != "__version__"}
    assert functions == set(re.findall(r"^\| `derive\.(\w+)\(", LIBRARY, re.MULTILINE))
    for name in ("latex", "python", "sympy", "evaluate"):
        assert hasattr(derive.Derivative, name)
        assert f"`.{name}" in LIBRARY


def test_the_trainer_of_the_readme_has_ten_lines() -> None:
    (code,) = (block for block in blocks(README, "python") if "pelogia2019.trainer" in block)
    assert len(code.strip().splitlines()) <= 12


def test_the_equations_of_the_readme_are_the_models() -> None:
    (equations,) = [block for block in blocks(README, "") if block.startswith("H_in[j]")]
    assert equations in (ROOT / "derive" / "models" / "pelogia2019.toml").read_text()


def test_the_files_and_labels_that_the_readme_names_exist() -> None:
    (latex,) = blocks(README, "latex")
    linked = re.findall(r"\]\(([^)#:]+)\)", README)
    read, labels = (re.findall(rf"\\{macro}\{{([^}}]*)\}}", latex) for macro in ("input", "eqref"))
    assert len(linked) > 10
    assert read
    assert labels
    assert [path for path in linked if not (ROOT / path).exists()] == []
    assert [p for p in read if not (ROOT / "generated" / f"{p}.tex").exists()] == []
    text = (ROOT / "generated" / "pelogia2019" / "derivation.tex").read_text()
    assert [label for label in labels if f"\\label{{{label}}}" not in text] == []


def test_the_mistake_shown_in_the_readme_is_reported_so(tmp_path: Path) -> None:
    (shown,) = [block for block in blocks(README, "") if block.startswith("derive: mine.toml")]
    equations = "H[j] = f_h(W[k,i])\nEQ = sum(k, j, V[k,j] * H[j] * I[i] * y[k])"
    result = CliRunner().invoke(main, ["show", str(write_model(tmp_path, equations, "mine"))])
    assert result.exit_code == 2
    assert result.output.startswith(shown)


@pytest.mark.parametrize("equations", [b for b in blocks(LANGUAGE, "") if "EQ" in b])
def test_the_examples_of_the_language_are_proven(equations: str, tmp_path: Path) -> None:
    certificate = derive.prove(derive.differentiate(derive.load(write_model(tmp_path, equations))))
    assert certificate, certificate.failures


def test_the_language_lists_every_key_and_every_function() -> None:
    from derive.reading.declarations import Declarations

    for key in Declarations.model_fields:
        assert f"`{key}`" in LANGUAGE or f"`[{key}]`" in LANGUAGE, key
    for name in TABLE:
        assert re.search(rf"^\|.*`{name}`", LANGUAGE, re.MULTILINE), name


@pytest.mark.parametrize("place", range(len(blocks(TRAINING, "python"))))
def test_the_python_of_the_training_page_runs(place: int, tmp_path: Path) -> None:
    code = blocks(TRAINING, "python")[place]
    output = run_python(code, tmp_path)
    printed = re.findall(PRINTED, code)
    assert [line for line in printed if line not in output] == []


def test_the_commands_of_the_training_page_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table = iris()
    write_iris(table)
    commands = "".join(blocks(TRAINING, "sh")).splitlines()
    assert commands
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, result.output
    (code,) = blocks(TRAINING, "py")
    output = run_python(code, tmp_path)
    assert output
    assert re.findall(PRINTED, code) == output.splitlines()
    (shown,) = [block for block in blocks(TRAINING, "") if block.startswith("derive: ")]
    table[3][3], table[11][1], table[12][1] = "o.2", "", ""
    del table[8][4]
    write_iris(table)
    result = CliRunner().invoke(main, ["train", "digits", "iris.csv", "--target", "species"])
    assert shown in result.output


def test_a_language_is_added_by_the_files_that_the_docs_name(tmp_path: Path) -> None:
    for folder in ("derive", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc"))
    here = os.environ | {"PYTHONPATH": str(tmp_path)}
    commands = "".join(blocks(TRANSLATION, "sh")).splitlines()
    assert len([command for command in commands if command.startswith("cp ")]) == 2

    def run(command: str) -> subprocess.CompletedProcess[str]:
        words = shlex.split(command, comments=True)
        python = [sys.executable, "-m"] if words[0] == "derive" else []
        return subprocess.run(
            [*python, *words], cwd=tmp_path, env=here, capture_output=True, text=True, check=False
        )

    for command in commands:
        done = run(command)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "pages" / "pelogia2019" / "audit.fr.tex").is_file()
    assert (tmp_path / "pages" / "hmkcode" / "derivation.es.tex").is_file()


def test_the_language_file_shown_is_the_spanish_one() -> None:
    (shown,) = blocks(TRANSLATION, "toml")
    assert tomllib.loads(shown)["conjunction"] == language("es").conjunction.model_dump()
