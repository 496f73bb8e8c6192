"""derive train and derive predict: from a table to weights and back, every fault in its place."""

import contextlib
import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.commands.main import main
from derive.tables.read import read_table
from derive.training.run_file import load_run, weights_of
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sklearn.datasets import load_iris

    data = load_iris()
    path = tmp_path_factory.mktemp("iris") / "iris.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["sepal length", "sepal width", "petal length", "petal width", "species"])
        for x, y in zip(data.data, data.target, strict=True):
            rows.writerow([*x, data.target_names[y]])
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_classes_are_learned_kept_and_told(iris: Path, tmp_path: Path) -> None:
    done = run("train", "digits", iris, "--target", "species", "--size", "m=8", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "150 rows, 4 inputs" in done.output
    assert (tmp_path / "loss.png").stat().st_size > 1000
    told = run("predict", "digits", tmp_path / "weights.npz", iris, "--out", tmp_path / "told.csv")
    assert told.exit_code == 0, told.output
    with (tmp_path / "told.csv").open() as file:
        names, *rows = csv.reader(file)
    assert names == ["species", "output setosa", "output versicolor", "output virginica"]
    with iris.open() as file:
        right = [row[-1] for row in csv.reader(file)][1:]
    assert np.mean([row[0] == word for row, word in zip(rows, right, strict=True)]) > 0.93
    assert all(abs(sum(map(float, row[1:])) - 1) < 1e-4 for row in rows)


def test_numbers_come_back_in_their_own_units(tmp_path: Path) -> None:
    x = np.linspace(0, 10, 200)
    lines = ["x;speed", *(f"{a};{5000 + 300 * a}" for a in x)]
    (tmp_path / "line.csv").write_text("\n".join(lines))
    arguments = ("--target", "speed", "--size", "m=4", "--out", tmp_path)
    done = run("train", "planar_regression", tmp_path / "line.csv", *arguments)
    assert done.exit_code == 2
    assert "no model 'planar_regression'" in done.output
    sizes = [word for n in (1, 2, 3) for word in ("--size", f"n{n}=4")]
    done = run(
        "train", "deep_tanh", tmp_path / "line.csv", "--target", "speed", *sizes, "--out", tmp_path
    )
    assert done.exit_code == 0, done.output
    told = run("predict", "deep_tanh", tmp_path / "weights.npz", tmp_path / "line.csv").output
    speeds = np.array([float(word) for word in told.splitlines()[1:]])
    assert np.max(np.abs(speeds - (5000 + 300 * x))) < 200


def test_the_same_seed_gives_the_same_weights(iris: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("train", "digits", iris, "--target", "species", "--passes", 3, "--out", tmp_path / name)
    one, two = (
        load_run(derive.load("digits"), tmp_path / n / "weights.npz") for n in ("one", "two")
    )
    assert all(np.array_equal(a, b) for a, b in zip(one.weights, two.weights, strict=True))


def test_arrays_are_columns(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal((60, 3))
    np.savez(tmp_path / "data.npz", x=x, y=(x[:, 0] > 0).astype(int))
    done = run(
        "train", "logistic_regression", tmp_path / "data.npz", "--target", "y", "--out", tmp_path
    )
    assert done.exit_code == 0, done.output
    np.savez(tmp_path / "more.npz", x=x)
    told = run("predict", "logistic_regression", tmp_path / "weights.npz", tmp_path / "more.npz")
    assert told.output.splitlines()[0] == "y,output 1"
    np.savez(tmp_path / "several.npz", x=x, y=x[:, :2])
    done = run("train", "residual", tmp_path / "several.npz", "--target", "y", "--out", tmp_path)
    assert done.exit_code == 0, done.output


def test_counts_are_learned_as_they_are(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal(300)
    rows = [f"{a},{k}" for a, k in zip(x, random.poisson(np.exp(0.5 + 0.7 * x)), strict=True)]
    (tmp_path / "counts.csv").write_text("\n".join(["x,count", *rows]))
    arguments = ("train", "poisson_regression", tmp_path / "counts.csv", "--target", "count")
    done = run(*arguments, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    kept = load_run(derive.load("poisson_regression"), tmp_path / "weights.npz")
    assert abs(kept.weights.w[0] / kept.encoding.features[0].scale - 0.7) < 0.15
    (tmp_path / "counts.csv").write_text("\n".join(["x,count", *rows[:5], "1,-2", *rows[5:]]))
    done = run(*arguments, "--out", tmp_path)
    assert done.exit_code == 2
    assert "counts.csv, line 7: count = -2, and poisson_regression assumes y >= 0" in done.output


GOOD = "a,b,y\n1,2,0\n2,1,1\n3,4,0\n4,3,1\n5,6,0\n"
BAD = {
    "empty": ("", "the file is empty"),
    "no rows": ("a,b,y\n\n", "there are no rows below"),
    "missing column": ("a,b,z\n1,2,3\n", "there is no column y; it has a, b, z"),
    "text": (GOOD.replace("3,4", "three,4"), "line 4: column a holds 'three'; expected a number such as 1234.5"),
    "comma": (GOOD.replace("3,4", '"3,5",4'), "line 4: column a holds '3,5'; expected a number such as 1234.5"),
    "ragged": (GOOD.replace("3,4,0", "3,4"), "line 4: 2 cells where the first line names 3 columns; look at column y"),
    "too long": (GOOD.replace("3,4,0", "3,4,0,9"), "line 4: 4 cells where the first line names 3 columns; look at cell 4, '9'"),
    "nan": (GOOD.replace("3,4", "nan,4"), "line 4: column a holds nan; give it a value, or leave the row out"),
    "inf": (GOOD.replace("3,4", "inf,4"), "line 4: column a holds inf"),
    "hole": (GOOD.replace("3,4", ",4"), "line 4: column a is empty; give it a value"),
    "no class": (GOOD.replace("3,4,0", "3,4,NaN"), "line 4: column y holds NaN; give it a value"),
    "no target": (GOOD.replace("3,4,0", "3,4,"), "line 4: column y is empty"),
    "one class": (GOOD.replace(",1\n", ",0\n"), "column y holds one class only, 0"),
    "three classes": (GOOD.replace("5,6,0", "5,6,2"), "tells two classes apart; column y holds 0, 1, 2"),
    "twice": (GOOD.replace("a,b,y", "a,a,y"), "line 1: two columns are a"),
    "unnamed": (GOOD.replace("a,b,y", "a,,y"), "line 1: column 2 has no name"),
    "nothing left": ("y\n1\n0\n", "no column is left for the inputs"),
    "one row": ("a,y\n1,0\n2,1\n", "2 rows, 0 of them for validation"),
    "blank lines": (GOOD.replace("3,4", "\n\nx,4"), "line 6: column a holds 'x'"),
    "quotes": (GOOD.replace("3,4", '"3"x,4'), "line 4: ',' expected after '\"'; is it a CSV file?"),
    "quoted lines": ('a,b,y\n1,2,0\n2,"x\n\ny",1\n3,4,1\n4,5,0\n', "line 3: column b holds 'x\\n\\ny'"),
    "after quoted lines": ('"a\n",b,y\n1,2,0\n2,x,1\n3,4,1\n4,5,0\n', "line 4: column b holds 'x'"),
    "grouped": (GOOD.replace("3,4", "3_000,4"), "line 4: column a holds '3_000'; expected a number such as 1234.5"),
    "long": (GOOD.replace("3,4", "x" * 10**5 + ",4"), "xxx...'; expected a number"),
    "other separator": (GOOD.replace(",", "^"), "it has a^b^y; are its cells separated by commas"),
    "ends in a separator": (GOOD.replace("\n", ",\n"), "column 4 has no name; give every column a name of its own, or end no line with a separator"),
    "one class twice": (GOOD.replace("2,1,1", "2,1,1.0"), "holds the classes 1 and 1.0, which are one number"),
    "too large": (GOOD.replace("3,4", "1e200,4"), "column a holds numbers too large for a mean"),
    "two bytes a letter": (GOOD.encode("utf-16-le").decode(), "not UTF-8 text"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_gets_its_line_its_column_and_a_cure(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]
    (tmp_path / "data.csv").write_text(text, encoding="utf-8")
    done = run(
        "train",
        "logistic_regression",
        tmp_path / "data.csv",
        "--target",
        "y",
        "--out",
        tmp_path / "o",
    )
    assert done.exit_code == 2, done.output
    assert words in done.output
    assert not (tmp_path / "o").exists()


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes("a,größe\n1,2\n".encode("latin-1"))
    (tmp_path / "data.npz").write_bytes(b"PK\x03\x04 no zip")
    np.savez(tmp_path / "objects.npz", x=np.array([{}], object))
    np.savez(tmp_path / "twice.npz", x=np.zeros((3, 2)), x1=np.zeros(3))
    np.savez(tmp_path / "nan.npz", x=[0, np.nan, 1], y=[0, 1, 0])
    with (tmp_path / "array.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    np.savez(tmp_path / "shapes.npz", x=np.zeros((3, 2)), y=np.zeros(4))
    for file, words in [("latin.csv", "not UTF-8"), ("data.npz", "no .npz file"), ("none.csv", "no such file"),
                        ("array.npz", "one array without a name"), ("twice.npz", "two arrays give a column x1"),
                        ("nan.npz", "nan.npz, row 2: column x holds nan"), (".", "is a folder"),
                        (os.devnull, "is a device"),
                        ("objects.npz", "no .npz file of plain arrays"), ("shapes.npz", "has shape (4,)")]:  # fmt: skip
        done = run("train", "logistic_regression", tmp_path / file, "--target", "y")
        assert done.exit_code == 2
        assert words in done.output


def test_weights_of_another_model_and_other_files_are_refused(iris: Path, tmp_path: Path) -> None:
    run("train", "digits", iris, "--target", "species", "--passes", 2, "--out", tmp_path)
    other = run("predict", "cs231n", tmp_path / "weights.npz", iris)
    assert "holds weights of model 'digits', expected 'cs231n'" in other.output
    np.savez(tmp_path / "mine.npz", x=np.zeros(3))
    assert (
        "mine.npz: does not say whose weights it holds"
        in run("predict", "digits", tmp_path / "mine.npz", iris).output
    )
    (tmp_path / "short.csv").write_text("sepal length,sepal width\n1,2\n")
    short = run("predict", "digits", tmp_path / "weights.npz", tmp_path / "short.csv")
    assert "there is no column petal length" in short.output


def test_what_is_kept_is_a_file_of_weights_that_goes_on_in_python(
    iris: Path, tmp_path: Path
) -> None:
    run("train", "digits", iris, "--target", "species", "--passes", 2, "--out", tmp_path)
    kept = load_run(derive.load("digits"), tmp_path / "weights.npz")
    module: Any = weights_of(derive.load("digits"))
    weights = module.load(tmp_path / "weights.npz")
    assert all(np.array_equal(a, b) for a, b in zip(weights, kept.weights, strict=True))
    notes = module.load_notes(tmp_path / "weights.npz")
    held = json.loads(notes["training"])
    assert held["classes"] == ["setosa", "versicolor", "virginica"]
    assert held["inputs"][3]["column"] == "petal width"
    assert held["inputs"][0]["mean"] == kept.encoding.features[0].mean
    # What was changed in Python predicts too, from either format.
    module.save(tmp_path / "more.safetensors", weights._replace(b2=weights.b2 + 1e3), notes)
    told = run("predict", "digits", tmp_path / "more.safetensors", iris)
    assert told.exit_code == 0
    assert told.output.splitlines()[0].startswith("species,output setosa")


NOTES = {
    "none": lambda held: None,
    "no JSON": lambda held: "{",
    "deep": lambda held: "[" * 100_000,
    "a list": lambda held: [],
    "no classes": lambda held: {**held, "classes": []},
    "classes for no output": lambda held: {**held, "classes": held["classes"][:2]},
    "a class that is a number": lambda held: {**held, "classes": [1, 2, 3]},
    "a column without a mean": lambda held: {
        **held,
        "inputs": [{k: v for k, v in each.items() if k != "mean"} for each in held["inputs"]][:0],
    },
    "a NaN": lambda held: {
        **held,
        "inputs": [each | {"scale": float("nan")} for each in held["inputs"]],
    },
    "a column too many": lambda held: {**held, "inputs": held["inputs"] * 2},
    "a kind that there is not": lambda held: {
        **held,
        "inputs": [each | {"kind": "colour"} for each in held["inputs"]],
    },
    "what no column has": lambda held: {
        **held,
        "inputs": [each | {"smell": 1} for each in held["inputs"]],
    },
}


@pytest.mark.parametrize("name", NOTES)
def test_weights_without_what_a_prediction_needs_are_refused(
    name: str, iris: Path, tmp_path: Path
) -> None:
    run("train", "digits", iris, "--target", "species", "--passes", 1, "--out", tmp_path)
    module: Any = weights_of(derive.load("digits"))
    path = tmp_path / "weights.npz"
    note = NOTES[name](json.loads(module.load_notes(path)["training"]))
    text = note if isinstance(note, str) else json.dumps(note)
    module.save(path, module.load(path), None if note is None else {"training": text})
    told = run("predict", "digits", path, iris)
    assert told.exit_code == 2
    assert "without the columns and scales that `derive train` keeps" in told.output


def test_a_folder_that_cannot_be_written_is_named_before_the_training(
    iris: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    done = run("train", "digits", iris, "--target", "species", "--out", tmp_path / "file" / "o")
    assert done.exit_code == 2
    assert "Not a directory; choose another place with --out" in done.output
    assert "training" not in done.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--size", "q=3"), "q is no size to choose; to choose are m"),
        (("--size", "n=3"), "n is no size to choose"),
        (("--size", "m=²"), "expected a symbol and a whole number"),
        (("--size", "m=99999999999"), "do not fit the memory"),
        (("--t", "inf"), "expected a finite number"),
        (("--validation", "nan"), "expected a finite number"),
        (("--seed", "-1"), "-1 is not in the range"),
        (("--target", "species"), "the target species is named twice"),
        (("--size", "m=0"), "expected a symbol and a whole number"),
        (("--method", "newton"), "is not one of"),
        (("--validation", "1.5"), "1.5 is not in the range"),
        (("--target", "kind"), "there is no column kind"),
    ],
)
def test_a_wrong_option_is_named(
    options: tuple[str, str], words: str, iris: Path, tmp_path: Path
) -> None:
    done = run("train", "digits", iris, "--target", "species", *options, "--out", tmp_path / "o")
    assert done.exit_code == 2
    assert words in done.output


def test_a_separator_within_quotes_separates_nothing(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text('"a,1";"b,2,3";y\n1;2;3\n')
    assert read_table(tmp_path / "data.csv").columns == ("a,1", "b,2,3", "y")


def test_a_damaged_file_of_arrays_is_refused_or_read(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    np.savez(tmp_path / "data.npz", x=random.standard_normal((6, 2)), y=[0, 1] * 3)
    whole = (tmp_path / "data.npz").read_bytes()
    for place in random.integers(len(whole), size=300):
        changed = bytearray(whole)
        changed[place] ^= 1 << random.integers(8)
        (tmp_path / "data.npz").write_bytes(bytes(changed))
        with contextlib.suppress(derive.DeriveError):
            read_table(tmp_path / "data.npz")


def test_a_number_is_no_class(iris: Path, tmp_path: Path) -> None:
    lines = "\n".join(["x,y", *(f"{k},{k / 7}" for k in range(50))])
    (tmp_path / "data.csv").write_text(lines)
    done = run("train", "digits", tmp_path / "data.csv", "--target", "y", "--out", tmp_path / "o")
    assert done.exit_code == 2
    assert "column y holds 50 classes in 50 rows" in done.output


def test_a_column_that_does_not_vary_is_left_as_it_is(tmp_path: Path) -> None:
    lines = "\n".join(["x,c,y", *(f"{k},0.1,{k % 2}" for k in range(50))])
    (tmp_path / "data.csv").write_text(lines)
    arguments = ("train", "logistic_regression", tmp_path / "data.csv", "--target", "y")
    run(*arguments, "--passes", 1, "--out", tmp_path)
    kept = load_run(derive.load("logistic_regression"), tmp_path / "weights.npz")
    assert np.std(np.full(50, 0.1)) > 0  # which would make of 0.2 a number of 16 digits
    assert kept.encoding.features[1].scale == 1


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """The weights of a line, y = 3 x + 1, beside its data."""
    lines = "\n".join(["x,y", *(f"{k / 100},{3 * k / 100 + 1}" for k in range(50))])
    (tmp_path / "line.csv").write_text(lines)
    done = run("train", "residual", tmp_path / "line.csv", "--target", "y", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    return tmp_path / "weights.npz"


def test_a_prediction_out_of_all_bounds_names_the_row(line: Path, tmp_path: Path) -> None:
    (tmp_path / "far.csv").write_text("x\n1\n1e308\n")
    told = run("predict", "residual", line, tmp_path / "far.csv")
    assert told.exit_code == 2
    assert "far.csv, line 3: the prediction is no finite number" in told.output


def test_weights_are_no_data(line: Path) -> None:
    told = run("predict", "residual", line, line)
    assert told.exit_code == 2
    assert "not all that it holds are arrays" in told.output


def test_predictions_go_to_files_alone(line: Path, tmp_path: Path) -> None:
    arguments = ("predict", "residual", line, tmp_path / "line.csv", "--out")
    for out, words in [
        (tmp_path / "line.csv" / "told.csv", "Not a directory"),
        (os.devnull, "no regular file"),
    ]:
        told = run(*arguments, out)
        assert told.exit_code == 2
        assert words in told.output
    assert not Path(os.devnull).is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full")
def test_a_full_disk_is_said(line: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "derive", "predict", "residual", line, tmp_path / "line.csv"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, check=False
        )
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_validation_row_gives_no_determination(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("x,y\n1,2\n2,3\n3,5\n")
    done = run("train", "residual", tmp_path / "data.csv", "--target", "y", "--out", tmp_path)
    assert "the validation rows have one target, which gives no R²" in done.output


def test_a_model_that_is_no_table_says_so(iris: Path) -> None:
    done = run("train", "attention", iris, "--target", "species")
    assert "attention cannot be trained from a table" in done.output


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='ab,;"\n\t1.-e \0é', max_size=60))
def test_any_text_is_a_table_or_a_DeriveError(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.csv"
        path.write_text(text, encoding="utf-8")
        with contextlib.suppress(derive.DeriveError):
            table = read_table(path)
            for chunk in table.chunks():
                assert all(len(cells) == len(chunk) for cells in chunk.cells)
                assert len(chunk.cells) in (0, len(table.columns))
