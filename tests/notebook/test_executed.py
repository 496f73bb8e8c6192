"""A notebook is executed by Jupyter and made HTML and LaTeX: what its cells show, and its errors."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

pytest.importorskip("nbconvert", reason="`make test-notebook` installs Jupyter")
pytest.importorskip("ipykernel", reason="`make test-notebook` installs Jupyter")

CELLS = [
    f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport derive",
    'model = derive.model("""\nz[k] = sum(i, W[k,i] * x[i]) + b[k]\np[k] = softmax(k, z[k])\n'
    'L = cross_entropy(k, p[k], y[k])\n""", weights=["W", "b"], targets=["y"])\nmodel',
    "derivation = derive.differentiate(model)\nderivation",
    'derivation["W_12"]',
    "derive.prove(derivation)",
    'derive.audit("pelogia2019")',
    'derivation["b"].sympy',
    'derive.model("""\na = w * x\nL = squared_error(aa, y)\n""", weights="w", targets="y")',
    'derivation["W"].evaluate(W=[[1, 2]])',
    "import sklearn.utils\nfrom generated.digits.estimator import Classifier\nClassifier(m=9)",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebook executed, and what nbconvert makes of it."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {},
         "outputs": [], "source": source}
        for n, source in enumerate(CELLS)
    ]  # fmt: skip
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "raw.ipynb").write_text(json.dumps(notebook))
    for options in (
        ["--to", "notebook", "--execute", "--allow-errors", "--output", "done.ipynb", "raw.ipynb"],
        ["--to", "html", "done.ipynb"],
        ["--to", "latex", "done.ipynb"],
    ):
        command = [sys.executable, "-m", "nbconvert", *options]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def outputs(folder: Path) -> list[Any]:
    cells = json.loads((folder / "done.ipynb").read_text())["cells"]
    return [cell["outputs"][0] if cell["outputs"] else None for cell in cells]


def test_every_cell_shows_what_it_is(outputs: list[Any]) -> None:
    kinds = [set(each["data"]) for each in outputs[1:7]]
    assert [{"text/html", "text/latex"} <= kind for kind in kinds[:2]] == [True, True]
    assert "text/latex" in kinds[2]
    assert [("text/html" in kind) for kind in kinds[3:5]] == [True, True]
    lines = ["".join(each["data"]["text/plain"]) for each in outputs[1:6]]
    assert [line.partition(" ")[0] for line in lines] == [
        "<Model", "<Derivation", "<Derivative", "<Certificate", "<Report",
    ]  # fmt: skip
    assert all("\n" not in line for line in lines)


def test_an_error_has_no_frames(outputs: list[Any]) -> None:
    for output, words in (
        (outputs[7], "equations:2:1: the last equation is the error, and L stands behind a"),
        (outputs[8], "b, x, y: not given; give numbers for W of shape (n_k, n_i)"),
    ):
        assert output["output_type"] == "error"
        told = "\n".join(output["traceback"])
        assert words in told
        assert len(told.splitlines()) < 8
        assert "Traceback" not in told
        assert "/derive/" not in told
    assert 'line 1: derivation["W"].evaluate' in "\n".join(outputs[8]["traceback"])


def test_an_estimator_shows_scikit_learn_s_diagram(outputs: list[Any]) -> None:
    data = outputs[9]["data"]
    assert data["text/plain"] == ["Classifier(m=9)"]
    assert "sk-estimator" in "".join(data["text/html"])


def test_it_becomes_html_and_latex(folder: Path) -> None:
    html, latex = (folder / "done.html").read_text(), (folder / "done.tex").read_text()
    assert r"\begin{aligned} z_k &amp;= " in html
    assert r"\begin{aligned} z_k &= " in latex
    assert "sk-estimator" in html
