"""One locator serves a checkout, an editable install and a wheel."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.conftest import ROOT

WHERE = "import derive.locate as l; print(l.templates()); print(*l.shipped())"


def run(arguments: list[str], cwd: Path, **environment: str) -> str:
    keep = {
        k: v
        for k, v in os.environ.items()
        if k not in ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    }
    done = subprocess.run(
        arguments, cwd=cwd, env={**keep, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    run([*pip, "--wheel-dir", str(folder), str(ROOT)], folder)
    (path,) = folder.glob("derive-*.whl")
    return path


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and its locked requirements, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    lock = ["--constraint", str(ROOT / "requirements.lock")]
    # What is imported is compiled then; all of SymPy would take half a minute.
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-compile"]
    run([*pip, *lock, str(wheel)], folder)
    return python


def test_the_oldest_set_is_the_one_that_pyproject_admits() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [Requirement(text) for text in project["dependencies"] + extras["test"]]
    lines = (ROOT / "requirements.oldest").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split(" ;")[0].split("==") for line in lines if not line.startswith("#"))
    assert len(asked) > 10
    for requirement in asked:
        (floor,) = requirement.specifier
        assert floor.operator == ">="
        assert Version(pinned[requirement.name]) == Version(floor.version), requirement


def test_what_the_package_says_of_itself_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (author,) = (each["name"] for each in project["authors"])
    assert author in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert f'- name: "{author}"\n' in cited
    assert f"\nversion: {project['version']}\n" in cited
    assert f"\nlicense: {project['license']}\n" in cited
    assert re.search(r"^## (\S+),", changes, re.MULTILINE)[1] == project["version"]  # type: ignore[index]
    assert project["requires-python"] == ">=3.11"
    assert "Programming Language :: Python :: 3.11" in project["classifiers"]


def test_the_wheel_carries_models_and_templates(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in ("derive/models", "derive/audits", "derive/languages", "templates"):
        files = list((ROOT / path).rglob("*.*"))
        assert len(files) > 2, path
        for file in files:
            relative = file.relative_to(ROOT)
            inside = relative if relative.parts[0] == "derive" else Path("derive") / relative
            assert inside.as_posix() in names
    assert "derive/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "generated"))]


def test_a_clean_environment_builds_from_any_directory(clean: Path, tmp_path: Path) -> None:
    command = clean.with_name("derive")
    run([str(command), "build", "pelogia2019", "--out", "out"], tmp_path)
    for path in (ROOT / "generated" / "pelogia2019").rglob("*.*"):
        if path.suffix in (".tex", ".py"):
            copy = tmp_path / "out" / path.relative_to(ROOT / "generated")
            assert copy.read_bytes() == path.read_bytes()
    shown = run([str(clean), "-c", WHERE], tmp_path)
    assert "site-packages" in shown
    assert "pelogia2019" in shown


def test_the_wheel_needs_no_test_tools(clean: Path, tmp_path: Path) -> None:
    listed = run([str(clean), "-m", "pip", "list", "--format=freeze"], tmp_path).lower()
    for tool in ("pytest", "hypothesis", "ruff", "mypy", "hatchling"):
        assert f"{tool}==" not in listed


def test_a_checkout_without_install_finds_its_own(clean: Path, tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    for folder in ("derive", "templates"):
        shutil.copytree(ROOT / folder, copy / folder)
    shown = run([str(clean), "-c", WHERE], tmp_path, PYTHONPATH=str(copy))
    assert shown.splitlines()[0] == str(copy / "templates")


def test_the_editable_install_finds_the_checkout(tmp_path: Path) -> None:
    shown = run([sys.executable, "-c", WHERE], tmp_path)
    assert shown.splitlines()[0] == str(ROOT / "templates")


def test_the_lock_pins_exactly_and_holds_no_address() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line.partition(";")[0].strip() for line in lines if not line.startswith("#")]
    assert pins
    assert all(len(pin.split("==")) == 2 for pin in pins)
    assert not [line for line in lines if "://" in line or "index" in line]
