"""Files: whole or not at all, together or not at all, nothing left behind, nothing followed out."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive import disk, pipeline
from derive.commands.main import main
from derive.disk import together, write_folder, write_whole
from tests.conftest import ROOT, UNIT, write_text
from tests.kills import WRITERS

NAMES = ("a.tex", "b.tex", "equations/c.tex")


def texts(k: int) -> dict[str, bytes]:
    return dict.fromkeys(NAMES, str(k).encode())


def found(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are forked")
@pytest.mark.parametrize("writer", WRITERS)
def test_a_killed_writer_leaves_nothing_behind_the_next_and_mixes_nothing(
    writer: str, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.kills", writer, str(tmp_path)],
        cwd=ROOT, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counts = json.loads(done.stdout)
    assert (counts["kills"], counts["behind"], counts["mixed"]) == (40, 0, 0)
    assert counts["left"] > 5, "none of them was killed in the middle"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL here")
def test_what_another_is_writing_is_not_taken_for_left(tmp_path: Path) -> None:
    with together(tmp_path, ("w",)) as stage:
        (stage / "w").write_text("new")
        write_whole({tmp_path / "other": b"x"})
        write_folder(tmp_path / "folder", texts(1))
    assert found(tmp_path / "folder").keys() == set(NAMES)
    assert (tmp_path / "w").read_text() == "new"


def test_only_our_own_leavings_are_removed(tmp_path: Path) -> None:
    (tmp_path / ".derive-settings").write_text("mine")
    (tmp_path / ".derive-0123456789abcdef").mkdir()
    (tmp_path / ".derive-0123456789abcdef" / "half").write_text("x")
    write_folder(tmp_path / "folder", texts(1))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".derive-settings", "folder"]


def test_what_else_lies_in_a_folder_stays(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write_folder(folder, texts(1))
    (folder / "mine").mkdir()
    (folder / "mine" / "weights.npz").write_text("w")
    (folder / "equations" / "old.tex").write_text("old")
    (folder / "link").symlink_to("a.tex")
    kept = {"mine/weights.npz": "w", "equations/old.tex": "old"}
    write_folder(folder, texts(2))
    assert found(folder) == {**dict.fromkeys(NAMES, "2"), **kept, "link": "2"}
    assert (folder / "link").is_symlink()


def test_what_is_as_it_was_is_not_written(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    write_folder(folder, texts(1))
    inode, file = folder.stat().st_ino, (folder / "b.tex").stat().st_mtime_ns
    write_folder(folder, texts(1))
    write_folder(folder, {**texts(1), "a.tex": b"2"})
    assert (folder.stat().st_ino, (folder / "b.tex").stat().st_mtime_ns) == (inode, file)
    assert (folder / "a.tex").read_text() == "2"


def test_without_an_exchange_of_folders_no_old_file_stands_beside_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    write_folder(folder, texts(1))
    (folder / "mine").write_text("mine")
    seen = []
    real = os.replace

    def replacing(source: Path, place: Path) -> None:
        real(source, place)
        seen.append(set(found(folder).values()) - {"mine"})

    monkeypatch.setattr(disk, "_exchange", lambda one, other: False)
    monkeypatch.setattr(disk.os, "replace", replacing)
    write_folder(folder, texts(2))
    assert seen == [{"2"}] * 3
    assert found(folder) == {**dict.fromkeys(NAMES, "2"), "mine": "mine"}


def test_a_training_without_a_picture_leaves_none_of_another(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with together(tmp_path, ("weights", "picture")) as stage:
            (stage / "weights").write_text(content)
            if content == "old":
                (stage / "picture").write_text(content)
    assert found(tmp_path) == {"weights": "new"}


@pytest.mark.parametrize("link", ["unit", "unit/equations"])
def test_build_follows_no_link_out_of_its_folder_and_says_so_before_it_proves(
    link: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tmp_path / "out" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere)
    monkeypatch.setattr(pipeline, "make", None)
    arguments = ["build", str(write_text(tmp_path, UNIT, "unit")), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert f"{place} is a symbolic link, which is not followed" in result.output
    with pytest.raises(derive.DeriveError, match="symbolic link"):
        derive.build(tmp_path / "unit.toml", tmp_path / "out")
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.tex"
    outside.write_text("mine")
    for names in (NAMES[:1], NAMES):  # one file alone, and the folder made again
        folder = tmp_path / f"folder{len(names)}"
        folder.mkdir()
        (folder / "a.tex").symlink_to(outside)
        write_folder(folder, dict.fromkeys(names, b"2"))
        assert outside.read_text() == "mine"
        assert not (folder / "a.tex").is_symlink()


def test_build_asks_whether_it_may_write_before_it_proves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "make", None)
    (tmp_path / "out").write_text("a file")
    path = write_text(tmp_path, UNIT, "unit")
    result = CliRunner().invoke(main, ["build", str(path), "--out", str(tmp_path / "out" / "in")])
    assert result.exit_code == 2
    assert "Not a directory" in result.output
    with pytest.raises(derive.DeriveError, match="Not a directory"):
        derive.build(path, tmp_path / "out" / "in")
