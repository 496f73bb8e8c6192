"""The site of `make docs`: README, docs/ and the gallery, as they stand in the checkout.

Formulas are set by MathJax and diagrams by Mermaid, which a page loads as Sphinx and its extension
have it, from the network. With MATHJAX, a file of MathJax, a page loads a copy of that one.
"""

import os
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]

project = "derive"
author = "The authors of derive"
copyright = "2026, The authors of derive"
extensions = ["myst_parser", "sphinx.ext.mathjax", "sphinxcontrib.mermaid"]
root_doc = "README"
include_patterns = [
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/*.md"),
    *("generated/*/derivation.en.md", "generated/*/audit.en.md"),
]
exclude_patterns = [".git", ".venv*", "build", "tests", "derive", "templates", "bench"]
html_theme = "furo"
html_title = "derive"
html_additional_pages = {"index": "index.html"}
templates_path = ["templates"]
myst_enable_extensions = ["dollarmath"]
myst_fence_as_directive = ["mermaid"]
myst_heading_anchors = 3
# Below its title an audit has entries, and no sections.
suppress_warnings = ["myst.header"]
# An indented block is a picture in letters or a model's text, and no Python.
highlight_language = "none"

if given := os.environ.get("MATHJAX"):
    html_static_path = [str(Path(given).resolve().parent)]
    mathjax_path = Path(given).name

CONTENTS = """
```{toctree}
:hidden:
:glob:
:caption: derive

docs/*
CONTRIBUTING
CHANGELOG
```

```{toctree}
:hidden:
:glob:
:caption: Gallery

generated/*/derivation.en
generated/*/audit.en
```
"""


def prepared(app: Sphinx, name: str, source: list[str]) -> None:
    """The README with the contents of the site; no links to folders, which a site has not."""
    folder = (ROOT / name).parent

    def linked(match: re.Match[str]) -> str:
        return match[1] if (folder / match[2]).is_dir() else match[0]

    text = re.sub(r"\[([^]]*)\]\(([^)#:]+)\)", linked, source[0])
    source[0] = text + CONTENTS if name == root_doc else text


def with_environments(app: Sphinx, document: nodes.document) -> None:
    """A formula that is an environment of its own is set as it stands, not inside another."""
    for formula in document.findall(nodes.math_block):
        if formula.astext().lstrip().startswith(r"\begin{align"):
            formula["no-wrap"] = True


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("source-read", prepared)
    app.connect("doctree-read", with_environments)
