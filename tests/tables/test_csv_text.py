"""Files as people write them are tables, and the same one however they are packed."""

import gzip
import zipfile
from pathlib import Path

import pytest

import derive
from derive.tables.csv_text import Head
from derive.tables.read import read_table
from derive.tables.table import Table


def rows(table: Table) -> list[tuple[str, ...]]:
    return [row for chunk in table.chunks() for row in zip(*chunk.cells, strict=True)]


def written(folder: Path, text: str, name: str = "data.csv", encoding: str = "utf-8") -> Path:
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,x\n2,y\n", "a;b\r\n1;x\r\n2;y\r\n", "a\tb\n1\tx\n2\ty", "a|b\n1|x\n2|y\n",
        "a b\n1 x\n2   y\n", " 'a' 'b'\n 1 x\n 2 'y'\n", '"a","b"\n1,"x"\n\n2,y\n', "a, b\n1, x\n2, y\n",
        "\ufeffa,b\n1,x\n2,y\n", "'a','b'\n1,'x'\n2,'y'\n",
    ],
)  # fmt: skip
def test_cells_are_separated_in_many_ways(text: str, tmp_path: Path) -> None:
    table = read_table(written(tmp_path, text))
    assert table.columns == ("a", "b")
    assert rows(table) == [("1", "x"), ("2", "y")]


def test_a_decimal_comma_separates_nothing(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "a;b;c\n1,5;2,5;3,5\n2,5;3,5;4,5\n"))
    assert table.separator == ";"
    assert rows(table)[0] == ("1,5", "2,5", "3,5")


def test_names_of_rows_have_a_column_of_their_own(tmp_path: Path) -> None:
    """As R writes them, with a name for that column or without."""
    for text in ('"","a"\n"x",1\n"y",2\n', '"a"\n"x",1\n"y",2\n'):
        table = read_table(written(tmp_path, text))
        assert table.columns == ("row", "a")
        assert rows(table)[1] == ("y", "2")


def test_a_first_line_of_numbers_is_a_row(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "0,1.5,0\n1,2.5,1\n"))
    assert table.columns == ("c1", "c2", "c3")
    assert len(rows(table)) == 2
    assert "line 1 holds numbers" in table.remarks[0]


def test_years_are_names(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "place,2010,2011\nx,1.5,2\ny,2.5,3\n"))
    assert table.columns == ("place", "2010", "2011")
    assert "names columns by numbers, such as 2010" in table.remarks[0]


def test_lines_before_the_names_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, "made on Monday\n\na,b\n1,x\n")
    table = read_table(path, head=Head(skipped=2))
    assert table.columns == ("a", "b")
    assert next(table.chunks()).places == (4,)
    table = read_table(written(tmp_path, "1,x\n2,y\n"), head=Head(named=False))
    assert table.columns == ("c1", "c2")
    assert len(rows(table)) == 2


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "shift_jis"])
def test_an_encoding_is_named(encoding: str, tmp_path: Path) -> None:
    word = "größe" if encoding != "shift_jis" else "重さ"
    path = written(tmp_path, f"a,{word}\n1,x\n", encoding=encoding)
    assert read_table(path, encoding).columns == ("a", word)
    if encoding in ("latin-1", "cp1252"):
        with pytest.raises(derive.DeriveError, match="name its encoding: --encoding cp1252"):
            rows(read_table(path))
    with pytest.raises(derive.DeriveError, match="there is no encoding klingon"):
        read_table(path, "klingon")


def test_utf_16_with_its_mark_needs_no_name(tmp_path: Path) -> None:
    assert read_table(written(tmp_path, "a,b\n1,x\n", encoding="utf-16")).columns == ("a", "b")


def test_packed_files_are_the_same_table(tmp_path: Path) -> None:
    text = "a,b\n1,x\n2,y\n"
    with gzip.open(tmp_path / "data.csv.gz", "wb") as file:
        file.write(text.encode())
    with zipfile.ZipFile(tmp_path / "data.csv.zip", "w") as archive:
        archive.writestr("data.csv", text)
    for name in ("data.csv.gz", "data.csv.zip"):
        table = read_table(tmp_path / name)
        assert rows(table) == rows(table) == [("1", "x"), ("2", "y")]
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("one.csv", text)
        archive.writestr("two.csv", text)
    with pytest.raises(derive.DeriveError, match="holds 2 files"):
        read_table(tmp_path / "two.zip")
    (tmp_path / "bad.csv.gz").write_bytes(b"no archive")
    (tmp_path / "bad.zip").write_bytes(b"no archive")
    for name in ("bad.csv.gz", "bad.zip"):
        with pytest.raises(derive.DeriveError, match=name):
            read_table(tmp_path / name)


def test_a_file_cut_off_in_its_archive_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress("\n".join(["a,b", *(f"{k},{k * k}" for k in range(9999))]).encode())
    (tmp_path / "data.csv.gz").write_bytes(whole[: len(whole) // 2])
    table = read_table(tmp_path / "data.csv.gz")
    with pytest.raises(derive.DeriveError, match="damaged archive"):
        rows(table)
