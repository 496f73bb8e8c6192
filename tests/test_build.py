"""Building: proven first, whole files, the same bytes in every run, nothing stale."""

import cProfile
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import CodeType

import pytest
from click.testing import CliRunner

import derive
from derive import disk, locate, pipeline
from derive.commands.main import main
from derive.errors import InternalError, Position
from derive.pipeline import make_all
from derive.readback.setting import MeaningError
from derive.readback.tokens import LatexError
from derive.reading.dense import dense_text
from derive.reading.new import new_model
from tests.conftest import ROOT, UNIT, made, write_model, write_text


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("name", locate.shipped())
def test_a_shipped_model_is_proven_and_generated_is_what_it_makes(name: str) -> None:
    files = made(derive.load(name)).files
    assert len(files) > 20
    wanted = {path: text.encode() for path, text in files.items()}
    assert tree(ROOT / "generated" / name) == wanted, "the cure: make clean && make, then commit"


def test_generated_holds_nothing_but_the_shipped_models() -> None:
    names = {path.name for path in (ROOT / "generated").iterdir()} - {"__pycache__"}
    assert tuple(sorted(names)) == locate.shipped()


def unit(folder: Path, name: str = "unit") -> str:
    """A model file of which little is made."""
    return str(write_text(folder, UNIT, name))


def test_build_returns_what_it_wrote(tmp_path: Path) -> None:
    out = tmp_path / "out"
    paths = derive.build(unit(tmp_path), out)
    assert sorted(paths) == sorted(p for p in out.rglob("*") if p.is_file())
    assert out / "unit" / "derivation.tex" in paths
    assert out / "unit" / "equations" / "dL-dw.tex" in paths
    assert oct(paths[0].stat().st_mode)[-3:] == "644"


def test_no_file_of_a_model_is_another_where_case_is_ignored(tmp_path: Path) -> None:
    text = UNIT.replace('["w"]', '["w", "W"]').replace("w * x", "W * w * x")
    paths = derive.build(str(write_text(tmp_path, text)), tmp_path / "out")
    assert len({str(path).casefold() for path in paths}) == len(paths)
    folder = tmp_path / "out/example/equations"
    for id_ in ("dL-dw-1", "dL-dW-2", "update-w-1", "update-W-2", "dL-da"):
        assert folder / f"{id_}.tex" in paths
    assert r"\partial w" in (folder / "dL-dw-1.tex").read_text("utf-8")


def test_another_hash_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """A third one: that of `generated`, and that of this process, whose bytes are the same."""
    subprocess.run(
        [sys.executable, "-m", "derive", "build", "pelogia2019", "--out", str(tmp_path)],
        env={**os.environ, "PYTHONHASHSEED": "4242"},
        check=True,
        capture_output=True,
    )
    built = tree(tmp_path / "pelogia2019")
    assert built == tree(ROOT / "generated" / "pelogia2019")
    assert len(built) > 50


def test_no_file_knows_the_date_or_the_machine(tmp_path: Path, pelogia: derive.Model) -> None:
    pipeline.write(made(pelogia), tmp_path)
    for raw in tree(tmp_path).values():
        text = raw.decode()
        assert str(tmp_path) not in text
        assert str(ROOT) not in text
        assert "derive build pelogia2019" in text


def test_a_failing_write_leaves_the_old_files_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pelogia: derive.Model
) -> None:
    build = made(pelogia)
    pipeline.write(build, tmp_path)
    for name in ("trainer.py", "derivation.tex", "audit.en.md", "weights.py"):
        (tmp_path / "pelogia2019" / name).write_text("older\n")
    before = tree(tmp_path)
    real, calls = os.fsync, []

    def failing(number: int) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(number)

    monkeypatch.setattr(disk.os, "fsync", failing)
    with pytest.raises(derive.DeriveError, match="cannot write .*No space left"):
        pipeline.write(build, tmp_path)
    assert tree(tmp_path) == before


def test_compare_names_missing_changed_and_stale_files(tmp_path: Path) -> None:
    run = CliRunner().invoke
    out = tmp_path / "out"
    arguments = ["build", unit(tmp_path), "--out", str(out)]
    assert run(main, arguments).exit_code == 0
    assert run(main, [*arguments, "--compare"]).exit_code == 0
    folder = out / "unit"
    (folder / "trainer.py").write_text("# edited\n")
    (folder / "derivation.tex").unlink()
    (folder / "equations" / "old.tex").write_text("x\n")
    result = run(main, [*arguments, "--compare"])
    assert result.exit_code == 1
    assert "trainer.py is not what the sources make" in result.output
    assert "derivation.tex is missing" in result.output
    assert "old.tex is stale" in result.output
    assert "make clean && make" in result.output
    assert (folder / "trainer.py").read_text() == "# edited\n"


def test_compare_of_some_models_looks_into_their_folders_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(ROOT / "generated" / "hmkcode", out / "hmkcode")
    (out / "other").mkdir()
    (out / "other" / "trainer.py").write_text("x\n")
    arguments = ["build", "--out", str(out), "--compare"]
    result = CliRunner().invoke(main, [*arguments, "hmkcode"])
    assert (result.exit_code, result.output) == (0, f"{out} is what the sources make\n")
    builds = [made(derive.load(model)) for model in (unit(tmp_path), "hmkcode")]
    assert pipeline.strays(builds, out) == [
        f"{out / 'other' / 'trainer.py'} is stale: no model makes it"
    ]


def test_a_long_list_of_differences_is_cut_with_a_count(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["build", "hmkcode", "--out", str(tmp_path), "--compare"])
    assert result.exit_code == 1
    *missing, rest, cure = result.output.splitlines()
    assert len(missing) == 20
    files = made(derive.load("hmkcode")).files
    assert rest == f"and {len(files) - 20} more"
    assert "make clean && make" in cure


def test_two_formulas_cannot_share_a_file(tmp_path: Path) -> None:
    path = write_text(tmp_path, UNIT.replace("a = ", "update_w = ").replace("(a,", "(update_w,"))
    with pytest.raises(derive.DeriveError, match="two formulas have the id update-w"):
        derive.build(derive.load(path), tmp_path)


def test_text_of_the_declarations_cannot_break_a_file(tmp_path: Path) -> None:
    hostile = '"A \\"\\"\\" title \\\\ with % { & \\n signs"'
    path = write_text(tmp_path, UNIT.replace('"A unit"', hostile).replace('"tests"', hostile))
    derive.build(derive.load(path), tmp_path)
    compile((tmp_path / "example" / "trainer.py").read_text(), "trainer.py", "exec")
    for line in (tmp_path / "example" / "derivation.tex").read_text().splitlines():
        assert "signs" not in line or line.startswith("%")


# --- several models ---------------------------------------------------------------------------


def several(folder: Path, *names: str) -> list[str]:
    return [unit(folder, name) for name in names]


def test_two_processes_make_the_same_as_one(tmp_path: Path) -> None:
    models = several(tmp_path, "last", "first", "second")
    built = []
    for jobs in ("1", "2"):
        out = tmp_path / jobs
        arguments = ["build", *models, "--out", str(out), "--jobs", jobs]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, result.output
        lines = [line.partition(":")[0] for line in result.output.splitlines()]
        assert lines == ["last", "first", "second"]
        built.append(tree(out))
    assert built[0] == built[1]
    assert len(built[0]) > 50


def test_one_model_needs_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(pipeline, "ProcessPoolExecutor")
    paths = several(tmp_path, "one", "other")
    assert [made.model.name for made in make_all(paths[:1], jobs=8)] == ["one"]
    assert [made.model.name for made in make_all(paths, jobs=1)] == ["one", "other"]


def test_the_first_wrong_model_is_reported_from_any_process(tmp_path: Path) -> None:
    models = several(tmp_path, "right", "wrong", "worse")
    for path in map(Path, models[1:]):
        path.write_text(path.read_text().replace("w * x", "f_g(w * x)"))
    said = []
    for jobs in ("1", "2"):
        arguments = ["build", *models, "--jobs", jobs]
        result = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out")])
        assert result.exit_code == 2
        said.append(result.output)
    assert said[0] == said[1]
    assert said[0].startswith("derive: wrong.toml:9:5: f_g is no known function\n")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        derive.DeriveError("a folder", "give a file", "data.csv, line 3"),
        derive.ModelError("a.toml", Position(3, 8, "H[j] = f_g(x)"), "no function", "declare it"),
        derive.ProofError("not proven", "look again"),
        InternalError("no rule for Sum", "a, dL-dW"),
        LatexError("no part of a formula"),
        MeaningError("no quantity of the model"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_the_way_between_processes(wrong: derive.DeriveError) -> None:
    there = pickle.loads(pickle.dumps(wrong))
    assert type(there) is type(wrong)
    assert str(there) == str(wrong)
    assert wrong.problem in str(there)
    assert wrong.cure in str(there)
    assert vars(there) == vars(wrong)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux to see the processes")
@pytest.mark.parametrize(
    ("whom", "later"),
    [(os.kill, 0), (os.killpg, 0.005), (os.kill, 0.02), (os.killpg, 0.1), (os.kill, 0.5)],
    ids=lambda value: value.__name__ if callable(value) else str(value),
)
def test_an_interrupt_ends_every_process_quietly(
    tmp_path: Path, whom: Callable[[int, int], None], later: float
) -> None:
    models = [str(write_model(tmp_path, name=name)) for name in "abcdefghij"]
    command = [sys.executable, "-m", "derive", "build", *models, "--jobs", "2"]
    running = subprocess.Popen(
        [*command, "--out", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # In the background a shell has it ignored, and so would what is started there.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    while running.poll() is None and not children.read_text():
        time.sleep(0.001)
    time.sleep(later)
    begun = children.read_text().split()
    whom(running.pid, signal.SIGINT)
    output, errors = running.communicate(timeout=60)
    assert (running.returncode, output, errors.strip()) == (1, "", "Aborted!")
    assert not (tmp_path / "out").exists()
    assert begun
    assert not any(Path("/proc", process).exists() for process in begun)


# --- make -------------------------------------------------------------------------------------

RECORDER = """#!/bin/sh
echo "$@" >> asked
shift 3
[ $# -gt 0 ] || set -- hmkcode pelogia2019
for name in "$@"; do
  mkdir -p generated/$name && touch generated/$name/trainer.py
done
"""


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_builds_only_the_models_that_changed(tmp_path: Path) -> None:
    for name in ("derive", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    for path in (tmp_path / "derive" / "models").glob("*.toml"):
        if path.stem not in ("hmkcode", "pelogia2019"):
            path.unlink()
    recorder = tmp_path / ".venv" / "bin" / "derive"
    recorder.parent.mkdir(parents=True)
    recorder.write_text(RECORDER)
    recorder.chmod(0o755)
    (recorder.parent / "python").symlink_to(shutil.which("true") or "")
    (tmp_path / ".venv" / "installed.stamp").write_text(f"{tmp_path}\n")
    own = {
        key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))
    }

    def asked() -> str:
        """What make asks derive for; whatever changes next is newer than what there is."""
        (tmp_path / "asked").write_text("")
        subprocess.run(["make", "--silent"], cwd=tmp_path, env=own, check=True)
        for path in filter(Path.is_file, tmp_path.rglob("*")):
            os.utime(path, (0, 2 if path.name == "generated.stamp" else 1))
        return (tmp_path / "asked").read_text()

    every = "build --out generated\n"
    assert asked() == every
    assert asked() == ""
    (tmp_path / "derive/models/hmkcode.toml").touch()
    assert asked() == "build --out generated hmkcode\n"
    for audit in ("pelogia2019.toml", "pelogia2019.pt.toml"):
        (tmp_path / "derive/audits" / audit).touch()
        assert asked() == "build --out generated pelogia2019\n"
    (tmp_path / "generated/hmkcode/trainer.py").unlink()
    (tmp_path / "derive/models/pelogia2019.toml").touch()
    assert asked() == "build --out generated hmkcode pelogia2019\n"
    assert asked() == ""
    for source in (
        "derive/proof/whole.py",
        "derive/languages/en.toml",
        "templates/latex/derived.sty.jinja",
    ):
        (tmp_path / source).touch()
        (tmp_path / "derive/models/hmkcode.toml").touch()
        assert asked() == every


def broken(folder: Path, how: str) -> None:
    """An environment as it is after something happened to it, or a sound one."""
    environment = folder / ".venv"
    if how == "a link to nowhere":
        environment.symlink_to(folder / "gone")
        return
    (environment / "bin").mkdir(parents=True)
    python = "gone" if how == "its Python is gone" else shutil.which("true")
    (environment / "bin" / "python").symlink_to(python or "")
    place = "elsewhere" if how == "moved" else folder
    (environment / "installed.stamp").write_text(f"{place}\n")
    os.utime(environment / "installed.stamp", (2**31, 2**31))


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(
    ("how", "again"),
    [("sound", False), ("moved", True), ("its Python is gone", True), ("a link to nowhere", True)],
)
def test_make_makes_an_environment_again_that_cannot_work(
    how: str, again: bool, tmp_path: Path
) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    broken(tmp_path, how)
    asked = subprocess.run(
        ["make", "--dry-run", ".venv/installed.stamp"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    lines = asked.splitlines()
    assert ("rm -rf .venv" in lines, "python3 -m venv .venv" in lines) == (again, again)


# --- commands ---------------------------------------------------------------------------------


def test_show_prints_the_chain_of_one_weight() -> None:
    for weight in ("w_11", "W[1,1]", "w_{11}", "W[1, 1]"):
        result = CliRunner().invoke(main, ["show", "pelogia2019", weight])
        assert result.exit_code == 0
        assert result.output == (
            "∂EQ/∂w_11 = ∂EQ/∂O · ∂O/∂O_in · ∂O_in/∂H_1 · ∂H_1/∂H_in,1 · ∂H_in,1/∂w_11\n"
            "          = E · f'_o(O_in) · v_11 · f'_h(H_in,1) · I_1\n"
        )


def test_show_prints_everything_or_one_array() -> None:
    whole = CliRunner().invoke(main, ["show", "pelogia2019"]).output
    assert "H_in,j = Σ_i w_ij · I_i\n" in whole
    assert whole.count("∂EQ/∂w_") >= 4
    one = CliRunner().invoke(main, ["show", "pelogia2019", "V"]).output
    assert one.startswith("∂EQ/∂v_jk = δ_o,k · H_j\n")
    assert "∂EQ/∂v_21" in one
    assert "w_11" not in one


def test_show_of_a_large_network_names_a_few_and_finds_any(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_text(dense_text([784, 128, 10], ["tanh", "identity"]))
    path = str(tmp_path / "large.toml")
    whole = CliRunner().invoke(main, ["show", path]).output
    assert whole.count("∂L/∂W_1,1,") < 100
    assert "... and so on; name one, such as W_1,1,25" in whole
    one = CliRunner().invoke(main, ["show", path, "W2[10,128]"])
    assert one.output.splitlines()[1].endswith("= (a_2,10 - y_10) · identity'(z_2,10) · a_1,128")
    missing = CliRunner().invoke(main, ["show", path, "W3"])
    assert missing.exit_code == 2
    assert missing.output.rstrip().endswith(", ...")


def test_show_lists_the_weights_there_are() -> None:
    result = CliRunner().invoke(main, ["show", "pelogia2019", "w_99"])
    assert result.exit_code == 2
    assert "its weights are w_11, w_12, w_21, w_22, v_11, v_21" in result.output


def test_every_stage_of_a_build_is_made_once(pelogia: derive.Model) -> None:
    """One sample, N samples, N samples with weights; one document, said in two languages."""
    profile = cProfile.Profile(subcalls=False, builtins=False)
    profile.runcall(pipeline.make, pelogia)
    counts: Counter[str] = Counter()
    for entry in profile.getstats():
        if isinstance(entry.code, CodeType) and "derive" in entry.code.co_filename:
            name = f"{Path(entry.code.co_filename).stem}.{entry.code.co_name}"
            counts[name] += entry.callcount
    made = ["differentiate.differentiate", "simplify.simplify"]
    assert {name: counts[name] for name in made} == dict.fromkeys(made, 3)
    lowered = ["lower.lower", "lower.lower_stably"]  # the page's, and those of N samples the code's
    assert {name: counts[name] for name in lowered} == dict.fromkeys(lowered, 2)
    once = ["document.document", "path_figure._drawn", "network_figure.network", "judge.judge"]
    assert {name: counts[name] for name in once} == dict.fromkeys(once, 1)
    assert counts["speech.say"] == 2


def test_check_prints_the_certificate_and_its_sum() -> None:
    result = CliRunner().invoke(main, ["check", "hmkcode"])
    assert result.exit_code == 0
    assert (
        "  holds  dError-dW11 is sympy.diff of Error expanded (n = 2, m = 2, K = 1)"
        in result.output
    )
    last = result.output.strip().splitlines()[-1]
    assert last.split(" ")[0] == last.split(" ")[2]


def test_check_exits_1_with_both_sides_where_something_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive.proof.certificate import Certificate, Check

    wrong = Certificate("x", "y", (Check("a claim", False, "left and right"),))
    monkeypatch.setattr(pipeline, "prove_simplified", lambda simplified, title: wrong)
    path = unit(tmp_path)
    result = CliRunner().invoke(main, ["check", path])
    assert result.exit_code == 1
    assert "FAILS  a claim" in result.output
    assert "left and right" in result.output
    built = CliRunner().invoke(main, ["build", path, "--out", "never"])
    assert built.exit_code == 1
    assert "a claim: left and right" in built.output


def test_a_wrong_model_shows_the_place_and_the_cure(tmp_path: Path) -> None:
    path = write_model(tmp_path)
    path.write_text(path.read_text().replace("f_h(H_in[j])", "f_g(H_in[j])"))
    result = CliRunner().invoke(main, ["show", str(path)])
    assert result.exit_code == 2
    assert result.output.splitlines() == [
        "derive: example.toml:10:8: f_g is no known function",
        "    H[j] = f_g(H_in[j])",
        "           ^",
        "    did you mean f_o or f_h? docs/language.md lists all; "
        '[functions] takes a new one: f_g = "tanh"',
    ]


def test_a_new_model_builds_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(main, ["new", "mine2026"])
    assert made.output == "mine2026.toml is written. Change it, then: derive build mine2026.toml\n"
    built = CliRunner().invoke(main, ["build", "mine2026.toml", "--out", "out"])
    assert built.exit_code == 0, built.output
    again = CliRunner().invoke(main, ["new", "mine2026"])
    assert again.exit_code == 2
    assert "mine2026.toml is there already" in again.output


@pytest.mark.parametrize("name", ["my-model", "../mine", "", "2026"])
def test_a_new_model_needs_a_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["new", name])
    assert result.exit_code == 2
    assert "is no name" in result.output
    assert not list(tmp_path.iterdir())


def test_what_the_new_model_says_of_functions_and_notation_works(tmp_path: Path) -> None:
    text = new_model("mine").replace("# f = ", "f = ").replace("# W = ", "W = ")
    derive.load(write_text(tmp_path, text.replace("tanh(a[j])", "f(a[j])"), "mine"))
