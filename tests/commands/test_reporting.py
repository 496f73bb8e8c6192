"""Whatever a command is given, it ends with a message and a status, and never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.commands import show
from derive.commands.main import main
from derive.commands.reporting import in_terminal
from derive.errors import DeriveError
from tests.conftest import NETWORK, declarations

COMMANDS = ("show", "check", "build", "audit")

FILES: dict[str, bytes] = {
    "empty.toml": b"",
    "binary.toml": bytes(range(256)),
    "latin.toml": b'title = "caf\xe9"',
    "huge.toml": b"#" * 1_000_000,
    "digits.toml": b"a = " + b"9" * 100_000,
    "brackets.toml": b"a = " + b"[" * 100_000,
    "dotted.toml": b".".join([b"a"] * 5_000) + b" = 1",
    "surrogate.toml": b'title = "\\ud800"',
    "control.toml": b'title = "\x1b[31m"',
    "no name.toml": declarations(NETWORK).encode(),
}


def ended(result: Result) -> str:
    """What was said; the command ended by itself, with status 2."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 2, result.output
    said = result.output.removeprefix("Usage")
    assert said
    return said


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_no_model_is_said_to_be_none(
    command: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    said = ended(CliRunner().invoke(main, [command, str(tmp_path / name)]))
    assert said.startswith(f"derive: {name}:")


@pytest.mark.parametrize("name", ["", ".", "..", "/", os.devnull, "x" * 300, "x/" * 3000, "\udcff"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_that_is_none_is_said_to_be_none(command: str, name: str) -> None:
    assert ended(CliRunner().invoke(main, [command, name])).startswith("derive: ")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["show", "audit"]), st.text(max_size=20), st.binary(max_size=200))
def test_any_name_and_any_file_end_with_a_message(
    tmp_path_factory: pytest.TempPathFactory, command: str, name: str, held: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "any.toml"
    path.write_bytes(held)
    for model in (f"no{name}", str(path)):
        ended(CliRunner().invoke(main, [command, "--", model]))


def test_an_error_does_not_command_the_terminal() -> None:
    said = in_terminal(DeriveError("a\x1b[31mb\u202ec", "do\x07 so\udcff"))
    assert said.endswith("a\ufffd[31mb\ufffdc; do\ufffd so\ufffd")


def test_a_fault_of_derive_is_reported_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("nobody")

    monkeypatch.setattr(show, "started", fail)
    said = ended(CliRunner().invoke(main, ["show", "hmkcode", "W_11"]))
    assert "KeyError: 'nobody' (test_reporting.py, line" in said
    assert "a fault of derive; please report it" in said


def test_the_help_says_each_command_in_one_line() -> None:
    lines = CliRunner().invoke(main, ["--help"]).output.splitlines()
    commands = lines[lines.index("Commands:") + 1 : lines.index("", lines.index("Commands:"))]
    assert [line.split()[0] for line in commands] == sorted(main.commands)
    assert not [line for line in commands if line.endswith("...")]


def derive(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "derive", *arguments],
        env={**os.environ, **environment}, capture_output=True, check=False,
    )  # fmt: skip


def test_a_terminal_of_few_letters_still_shows_the_rest() -> None:
    done = derive("show", "hmkcode", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\u2202Error" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="its names are text")
def test_a_folder_whose_name_is_no_text_is_written_to(tmp_path: Path) -> None:
    out = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    done = derive("build", "hmkcode", "--out", out)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (Path(out) / "hmkcode" / "trainer.py").is_file()
