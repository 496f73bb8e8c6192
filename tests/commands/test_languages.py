"""Languages chosen on the command line: what is written in which, and what is refused."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import derive
from derive.commands.main import main
from derive.errors import DeriveError
from derive.page.words import WRITTEN, language, languages
from tests.conftest import UNIT, write_model, write_text


def built(folder: Path, model: str, *codes: str) -> dict[str, str]:
    """What `derive build` writes with these languages, by its path in the model's folder."""
    options = [part for code in codes for part in ("--lang", code)]
    done = CliRunner().invoke(main, ["build", model, "--out", str(folder), *options])
    assert done.exit_code == 0, done.output
    (made,) = folder.iterdir()
    return {
        str(path.relative_to(made)): path.read_text("utf-8")
        for path in made.rglob("*")
        if path.is_file()
    }


def spoken(files: dict[str, str], kind: str) -> set[str]:
    """The languages of the pages or of the audits."""
    return {
        path.split(".")[1] for path in files if path.startswith(f"{kind}.") and path.count(".") == 2
    }


def test_build_writes_the_languages_chosen_and_the_first_is_that_of_the_page(
    tmp_path: Path,
) -> None:
    files = built(tmp_path, "pelogia2019", "es", "en")
    assert spoken(files, "derivation") == spoken(files, "audit") == {"en", "es"}
    assert files["derivation.tex"] == files["derivation.es.tex"]
    assert language("es").headings["chain"] in files["derivation.es.md"]
    assert language("es").audit["title"] in files["audit.es.tex"]


def test_what_is_no_page_is_the_same_in_every_language(tmp_path: Path) -> None:
    """But for the words in which a figure is described."""
    path = str(write_model(tmp_path))
    made = [built(tmp_path / code, path, code) for code in ("es", "pt")]
    others = [
        {
            name: re.sub(r"alt/\.try=.*", "", text)
            for name, text in files.items()
            if not name.startswith("derivation.")
        }
        for files in made
    ]
    assert len(others[0]) > 20
    assert others[0] == others[1]


def test_where_none_is_chosen_the_languages_are_those_of_make(tmp_path: Path) -> None:
    files = built(tmp_path / "out", str(write_text(tmp_path, UNIT)))
    assert spoken(files, "derivation") == set(WRITTEN) < set(languages())
    assert files["derivation.tex"] == files[f"derivation.{WRITTEN[0]}.tex"]


def test_a_language_chosen_twice_is_written_once(tmp_path: Path) -> None:
    files = built(tmp_path / "out", str(write_text(tmp_path, UNIT)), "es", "pt", "es")
    assert spoken(files, "derivation") == {"es", "pt"}
    assert files["derivation.tex"] == files["derivation.es.tex"]


@pytest.mark.parametrize("command", [["build", "hmkcode"], ["audit", "pelogia2019"]])
def test_a_language_that_there_is_not_is_refused(command: list[str]) -> None:
    done = CliRunner().invoke(main, [*command, "--lang", "fr"])
    assert done.exit_code == 2
    assert "'fr' is not one of 'en', 'es', 'pt'" in done.output


def test_in_python_languages_are_chosen_and_refused_too(tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, UNIT))
    paths = derive.build(model, tmp_path / "out", languages=["es"])
    names = {path.name for path in paths}
    assert {"derivation.tex", "derivation.es.tex", "derivation.es.md"} <= names
    assert "derivation.en.tex" not in names
    with pytest.raises(DeriveError, match="no sentences in language 'fr'"):
        derive.build(model, tmp_path / "out", languages=["fr"])
    with pytest.raises(DeriveError, match="no language is chosen"):
        derive.build(model, tmp_path / "out", languages=[])
