"""What a person asks of a table, and what a person is told of it."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from derive.commands.main import main

RANDOM = np.random.default_rng(0)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def write(folder: Path, lines: list[str], name: str = "data.csv") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


def people(folder: Path, rows: int = 60) -> Path:
    """The number, age and town of people, and what they pay."""
    lines = ["id,age,town,price"]
    for k in range(rows):
        age, town = int(RANDOM.integers(20, 70)), ("Oslo", "Rome")[k % 2]
        lines.append(f"{k + 1},{age},{town},${2 * age + 40 * (town == 'Oslo')}")
    return write(folder, lines)


def trained(folder: Path, data: Path, *options: object) -> str:
    done = run("train", "regression", data, "--target", "price", "--out", folder, *options)
    assert done.exit_code == 0, done.output
    return done.output


def told(folder: Path, data: Path, *options: object) -> list[str]:
    done = run("predict", "regression", folder / "weights.npz", data, *options)
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_words_and_units_are_inputs_and_numbers_of_rows_are_not(tmp_path: Path) -> None:
    said = trained(tmp_path, people(tmp_path), "--size", "m=4")
    assert "note: column id numbers the rows: left out (--input id takes it in)" in said
    assert "note: column town is 2 inputs, one for each word" in said
    assert "60 rows, 3 inputs; R² = 0.9" in said
    assert "price is off by" in said
    name, *prices = told(tmp_path, tmp_path / "data.csv")
    assert name == "price"
    right = [
        float(line.split("$")[1]) for line in (tmp_path / "data.csv").read_text().splitlines()[1:]
    ]
    assert np.corrcoef(right, [float(price) for price in prices])[0, 1] > 0.99


def test_columns_are_named_or_left_out(tmp_path: Path) -> None:
    data = people(tmp_path)
    assert "60 rows, 1 inputs" in trained(tmp_path, data, "--input", "age", "--passes", 2)
    assert "60 rows, 1 inputs" in trained(tmp_path, data, "--drop", "town", "--passes", 2)
    done = run("train", "regression", data, "--target", "price", "--drop", "twon")
    assert done.exit_code == 2
    assert "there is no column twon; did you mean town?" in done.output


def test_a_word_that_was_not_there_in_training_is_named_with_its_row(tmp_path: Path) -> None:
    trained(tmp_path, people(tmp_path), "--passes", 2)
    more = write(tmp_path, ["age,town", "30,Oslo", "40,Lima"], "more.csv")
    done = run("predict", "regression", tmp_path / "weights.npz", more)
    assert done.exit_code == 2
    assert "more.csv, line 3: column town holds 'Lima', which was not there" in done.output
    assert "known are Oslo, Rome" in done.output


@pytest.mark.parametrize("missing", ["refuse", "drop", "mean"])
def test_an_empty_cell_is_what_was_asked_for(missing: str, tmp_path: Path) -> None:
    data = people(tmp_path)
    lines = data.read_text().splitlines()
    lines[5], lines[9] = "5,,Oslo,$100", "9,40,NA,$120"
    write(tmp_path, lines)
    arguments = ("train", "regression", data, "--target", "price", "--out", tmp_path)
    done = run(*arguments, "--missing", missing, "--passes", 2)
    if missing == "refuse":
        assert done.exit_code == 2
        assert "line 6: column age is empty" in done.output
        assert "line 10: column town holds 'NA'" in done.output
        return
    assert done.exit_code == 0, done.output
    assert f"{58 if missing == 'drop' else 60} rows, 3 inputs" in done.output
    _, *prices = told(tmp_path, data)
    empty = [place for place, price in enumerate(prices, 1) if not price.strip('"')]
    assert empty == ([5, 9] if missing == "drop" else [])


def test_what_gives_the_target_away_is_said(tmp_path: Path) -> None:
    values = RANDOM.standard_normal((40, 2))
    lines = ["a,euros,dollars", *(f"{a},{b},{1.1 * b}" for a, b in values)]
    done = run(
        "train", "regression", write(tmp_path, lines), "--target", "dollars", "--out", tmp_path
    )
    assert "note: euros: the target follows from it alone (correlation 1)" in done.output
    lines = [
        "a,word,kind",
        *(f"{a},{'xy'[k % 2]},{'pq'[k % 2]}" for k, (a, _) in enumerate(values)),
    ]
    done = run("train", "digits", write(tmp_path, lines), "--target", "kind", "--out", tmp_path)
    assert "word = x, word = y: the target follows from it alone" in done.output


def test_the_score_of_another_table_is_told(tmp_path: Path) -> None:
    trained(tmp_path, people(tmp_path), "--passes", 60, "--size", "m=4")
    assert told(tmp_path, tmp_path / "data.csv", "--score")[0].startswith("R² = 0.")
    lines = ["a,kind", *(f"{a},{'yes' if a > 0 else 'no'}" for a in RANDOM.standard_normal(80))]
    data = write(tmp_path, lines, "kinds.csv")
    assert run("train", "digits", data, "--target", "kind", "--out", tmp_path).exit_code == 0
    done = run("predict", "digits", tmp_path / "weights.npz", data, "--score")
    assert "of the 80 rows are told right" in done.output
    assert "class / told" in done.output


def test_several_targets_have_a_score_each(tmp_path: Path) -> None:
    X = RANDOM.standard_normal((60, 2))
    lines = ["a,b,sum,difference", *(f"{a},{b},{a + b},{a - b}" for a, b in X)]
    targets = ("--target", "sum", "--target", "difference")
    done = run("train", "regression", write(tmp_path, lines), *targets, "--out", tmp_path)
    assert "sum: R² = " in done.output
    assert "difference: R² = " in done.output
    names, *_ = told(tmp_path, tmp_path / "data.csv")
    assert names == "sum,difference"


def test_patience_ends_where_nothing_is_gained(tmp_path: Path) -> None:
    noise = [f"{a},{b}" for a, b in RANDOM.standard_normal((60, 2))]
    data = write(tmp_path, ["a,price", *noise])
    said = trained(tmp_path, data, "--patience", 5, "--passes", 500)
    passes = int(said.split("are kept")[0].split()[-1])
    assert passes < 200


def test_a_target_of_words_is_named_as_one_problem_among_others(tmp_path: Path) -> None:
    lines = ["a,b,y", "1,2,red", "x,3,blue", "3,4,red", "4,,blue"]
    done = run("train", "regression", write(tmp_path, lines), "--target", "y", "--out", tmp_path)
    assert done.exit_code == 2
    assert "3 problems" in done.output
    for said in ("column y holds words", "line 3: column a holds 'x'", "line 5: column b is empty"):
        assert said in done.output


ODD = {
    "codes": ("zip,y\n00501,1\n02139,2\n94103,4\n10001,3\n60601,5\n", "column zip holds numbers that begin with 0"),
    "cases": ("a,b,y\nRed,1,1\nred,2,2\nblue,3,4\nRed,4,3\nblue,5,5\n", "holds Red and red, which are taken for two words"),
    "a target that is one number": ("a,y\n1,5\n3,5\n2,5\n7,5\n6,5\n", "column y is the same in all rows"),
    "days and months": ("d,y\n01/02/2004,1\n03/04/2004,2\n05/06/2004,4\n07/08/2004,3\n09/10/2004,5\n", "12/31/2004, in days (not as 31/12/2004)"),
    "what is negative": ('a,y\n"(1,234)",1\n"2,000",2\n(50),4\n70,3\n80,5\n', "column a is read as numbers such as 1,234.5"),
    "a column that is one number": ("a,c,y\n1,2,1\n3,2,2\n2,2,4\n7,2,3\n6,2,5\n", "column c is 2 in all rows"),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_might_have_been_meant_otherwise_is_said(name: str, tmp_path: Path) -> None:
    text, said = ODD[name]
    (tmp_path / "data.csv").write_text(text)
    done = run(
        "train",
        "regression",
        tmp_path / "data.csv",
        "--target",
        "y",
        "--passes",
        2,
        "--out",
        tmp_path,
    )
    assert done.exit_code == 0, done.output
    assert f"{said}" in done.output


def test_lines_before_the_names_are_counted_for_the_reader(tmp_path: Path) -> None:
    text = "Sales 2024\nMade on Monday\n\nregion,units,y\nn,1,2\ns,2,4\nn,3,5\ns,4,9\n"
    (tmp_path / "data.csv").write_text(text)
    done = run("train", "regression", tmp_path / "data.csv", "--target", "y", "--out", tmp_path)
    assert done.exit_code == 2
    assert "the first line has 1 cell, most of those below 3; say --skip 3" in done.output
    done = run(
        "train",
        "regression",
        tmp_path / "data.csv",
        "--target",
        "y",
        "--skip",
        3,
        "--out",
        tmp_path,
    )
    assert done.exit_code == 0, done.output
