"""The site: README, docs and the gallery are built without a warning, with every formula."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

for package in ("sphinx", "myst_parser", "furo", "sphinxcontrib.mermaid"):
    pytest.importorskip(package, reason="needs what `make docs` installs")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, with a file that stands for MathJax: no page names another machine then."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "mathjax").mkdir()
    (folder / "mathjax" / "tex.js").touch()
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    done = subprocess.run(
        [*command, "--conf-dir", "docs/site", ".", str(folder / "out")],
        cwd=ROOT, env=os.environ | {"MATHJAX": str(folder / "mathjax" / "tex.js")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "out"


def formulas(text: str) -> int:
    """How many formulas a page in Markdown has."""
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    displays = text.count("$$") // 2
    return displays + text.replace("$$", "").count("$") // 2


def test_every_page_is_there(site: Path) -> None:
    pages = [*ROOT.glob("docs/*.md"), *ROOT.glob("generated/*/derivation.en.md")]
    pages += [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    assert len(pages) > 25
    for page in pages:
        assert (site / page.relative_to(ROOT).with_suffix(".html")).is_file(), page
    assert "README.html" in (site / "index.html").read_text(encoding="utf-8")


def test_every_formula_of_the_gallery_is_one_that_mathjax_sets(site: Path) -> None:
    pages = list(ROOT.glob("generated/*/derivation.en.md"))
    assert len(pages) > 10
    for page in pages:
        text = (site / page.relative_to(ROOT)).with_suffix(".html").read_text(encoding="utf-8")
        set_ = re.findall(r'<(?:span|div) class="math notranslate', text)
        assert len(set_) == formulas(page.read_text(encoding="utf-8")) > 10, page
        assert r"\begin{split}\begin{align" not in text
        assert 'src="../../_static/tex.js' in text


def test_the_pictures_are_shown(site: Path) -> None:
    readme = (site / "README.html").read_text(encoding="utf-8")
    for picture in ("pelogia2019.png", "digits.png"):
        (source,) = re.findall(rf'src="([^"]*{picture})"', readme)
        assert (site / source).is_file()
    page = (site / "generated/pelogia2019/derivation.en.html").read_text(encoding="utf-8")
    assert re.search(r'class="mermaid[^>]*>\s*flowchart', page)
