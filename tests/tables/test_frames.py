"""Parquet, Excel and Arrow files are the table that the CSV file is, by either library."""

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive.tables.look import look
from derive.tables.read import read_table

TEXT = "size,town,born,member,note\n1.5,Oslo,2004-12-31,true,\n-2e-7,Rome,2005-01-01,false,x\n"

pandas = pytest.importorskip("pandas")


def frame() -> Any:
    return pandas.DataFrame(
        {
            "size": [1.5, -2e-7],
            "town": ["Oslo", "Rome"],
            "born": pandas.to_datetime(["2004-12-31", "2005-01-01"]),
            "member": [True, False],
            "note": [None, "x"],
        }
    )


WRITERS = {
    "data.parquet": lambda path: frame().to_parquet(path),
    "data.feather": lambda path: frame().to_feather(path),
    "data.arrow": lambda path: frame().to_feather(path),
    "data.xlsx": lambda path: frame().to_excel(path, index=False),
}


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("name", WRITERS)
def test_a_file_is_the_same_table_by_either_library(
    name: str, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    (tmp_path / "data.csv").write_text(TEXT)
    WRITERS[name](tmp_path / name)
    from derive.tables import frames

    other = {"pandas": "polars", "polars": "pandas"}[library]
    real = frames.import_module

    def without(wanted: str) -> Any:
        if wanted == other:
            raise ImportError(name=wanted)
        return real(wanted)

    monkeypatch.setattr(frames, "import_module", without)
    found, wanted = (look(read_table(tmp_path / file)) for file in (name, "data.csv"))
    assert found.table.columns == wanted.table.columns
    for one, right in zip(found.columns, wanted.columns, strict=True):
        assert (one.name, one.kind) == (right.name, right.kind)
        assert one.missing.count == right.missing.count
        if one.kind in ("word", "truth"):
            assert one.facts.words == right.facts.words
        if one.kind == "number":
            assert one.numbers == right.numbers
    (days, right_days) = (each.columns[2].facts.dates for each in (found, wanted))
    assert days[found.columns[2].form].mean == right_days[wanted.columns[2].form].mean


def test_a_packed_file_is_the_same_table(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "data.parquet")
    np.savez(tmp_path / "data.npz", x=np.arange(6.0).reshape(3, 2), y=[1, 0, 1])
    for name in ("data.parquet", "data.npz"):
        bare = (tmp_path / name).read_bytes()
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(bare))
        one, other = (look(read_table(tmp_path / each)) for each in (name, f"{name}.gz"))
        assert one.columns == other.columns


def test_where_nothing_reads_it_the_cure_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from derive.tables import frames

    def without(wanted: str) -> Any:
        raise ImportError(name=wanted)

    monkeypatch.setattr(frames, "import_module", without)
    (tmp_path / "data.parquet").write_bytes(b"PAR1")
    with pytest.raises(
        derive.DeriveError, match=r"need pandas or polars; pip install 'derive\[tab"
    ):
        read_table(tmp_path / "data.parquet")


def test_what_is_no_such_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "data.parquet").write_bytes(b"no parquet")
    with pytest.raises(derive.DeriveError, match=r"data\.parquet: pandas cannot read it"):
        read_table(tmp_path / "data.parquet")
