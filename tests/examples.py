"""The examples of README and docs/engines.md, run where their library is installed."""

import re
from pathlib import Path

import derive
from derive.pipeline import Edition, make, write
from tests.conftest import ROOT
from tests.test_docs import PRINTED, blocks, run_python

TEXTS = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/engines.md")]


def run_examples(target: str, module: str, given: str, folder: Path) -> None:
    """Run those that import a module of a target's, x and y given by a line."""
    made = make(derive.load("digits"), Edition(targets=(target,)))
    made.require()
    write(made, folder / "built")
    found = [block for text in TEXTS for block in blocks(text, "py") if module in block]
    assert len(found) == len(TEXTS)
    for code in found:
        output = run_python(f"{given}\n{code}", folder)
        assert [line for line in re.findall(PRINTED, code) if line not in output] == []
