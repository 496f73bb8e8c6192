"""A text as the module that it is, with those beside it."""

import sys
from types import ModuleType

import pytest

from derive.code.module import load


def beside() -> ModuleType:
    return load("x = 3\ndef f():\n    return x\n", "trainer")


@pytest.mark.parametrize(
    "text",
    [
        "from . import trainer\ny = trainer.f()",
        "from .trainer import x as y",
        "try:\n    from . import trainer\nexcept ImportError:\n    import trainer\ny = trainer.x",
    ],
)
def test_a_module_finds_those_beside_it(text: str) -> None:
    before = dict(sys.modules)
    assert load(text, "estimator", trainer=beside()).y == 3
    assert dict(sys.modules) == before


def test_nothing_else_lies_beside_it() -> None:
    before = dict(sys.modules)
    with pytest.raises(ImportError):
        load("from . import weights", "estimator", trainer=beside())
    assert dict(sys.modules) == before


def test_a_fault_in_a_text_names_its_file() -> None:
    with pytest.raises(SyntaxError, match="trainer.py"):
        load("def", "model/trainer.py")
