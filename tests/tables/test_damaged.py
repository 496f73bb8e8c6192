"""Fifty damaged tables: all that is wrong with one is said at once, each with its place."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.commands.main import main

COLUMNS = ("age", "height", "town", "born", "member", "price", "grade")
TOWNS, GRADES = ("Oslo", "Rome", "Lima"), ("a", "b")


def good(rows: int, chance: random.Random) -> list[list[str]]:
    return [
        [
            str(chance.randint(20, 70)),
            f"{chance.gauss(170, 10):.1f}",
            chance.choice(TOWNS),
            f"2004-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            chance.choice(("yes", "no")),
            f"${chance.randint(10, 99)}",
            chance.choice(GRADES),
        ]
        for _ in range(rows)
    ]


DAMAGES = {
    "a word for a number": ("age", "forty", "column age holds 'forty'"),
    "a hole": ("height", "", "column height is empty"),
    "a missing word": ("town", "NA", "column town holds 'NA'"),
    "no date": ("born", "2004-02-31", "column born holds '2004-02-31'"),
    "no price": ("price", "free", "column price holds 'free'"),
    "no target": ("grade", "", "column grade is empty"),
    "an infinite number": ("height", "inf", "column height holds inf"),
    "a grouped number": ("age", "1_000", "column age holds '1_000'"),
}


@pytest.mark.parametrize("seed", range(50))
def test_all_problems_of_a_table_are_in_one_report(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    rows = good(40, chance)
    lines = chance.sample(range(40), 5)
    wanted: list[tuple[int, str]] = []
    used: set[str] = set()
    for line, name in zip(lines, chance.sample(list(DAMAGES), chance.randint(1, 4)), strict=False):
        column, cell, said = DAMAGES[name]
        if column in used:
            continue
        used.add(column)
        rows[line][COLUMNS.index(column)] = cell
        wanted.append((line + 2, said))
    if chance.random() < 0.5:
        rows[lines[-1]] = rows[lines[-1]][:-1]
        wanted.append((lines[-1] + 2, "6 cells where the first line names 7 columns"))
    text = "\n".join(",".join(row) for row in [list(COLUMNS), *rows])
    (tmp_path / "data.csv").write_text(text)
    arguments = ["train", "digits", str(tmp_path / "data.csv"), "--target", "grade"]
    done = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "o")])
    assert done.exit_code == 2, done.output
    for line, said in wanted:
        assert any(f"line {line}: {said}" in each for each in done.output.splitlines()), (
            line, said, done.output,
        )  # fmt: skip
    assert not (tmp_path / "o").exists()
