"""What a target needs, where it is not installed."""

from importlib import util

import pytest

from derive.code.engine import engine
from derive.errors import DeriveError
from derive.pipeline import Edition, make
from derive.reading.resolve import resolve
from derive.reading.source import Source
from derive.target import ON_REQUEST
from tests.conftest import UNIT

NEEDED = {"torch": "torch", "jax": "jax", "onnx": "onnx", "ddp": "torch", "dask": "dask"}
"""Targets -> the packages that run what is written of them."""


@pytest.mark.parametrize("target", NEEDED)
def test_without_its_engine_nothing_is_written_and_it_is_said(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = util.find_spec
    package = NEEDED[target]
    monkeypatch.setattr(
        "derive.code.engine.find_spec", lambda name: None if name == package else found(name)
    )
    words = f"--target {target} needs {package}, to run and check what it writes; install it"
    model = resolve("unit", Source("unit.toml", UNIT))
    with pytest.raises(DeriveError, match=words):
        make(model, Edition(targets=(target,)))


def test_a_target_that_needs_an_engine_is_one_that_there_is() -> None:
    assert NEEDED.keys() <= ON_REQUEST.keys()
    assert engine("json", "torch").dumps([1]) == "[1]"
