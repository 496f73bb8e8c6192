"""Weights in files, on the example itself."""

import re
from pathlib import Path

import numpy as np
import pytest

from derive.code.runtime import weights
from derive.code.runtime.example import trainer
from derive.code.runtime.example.model import Parameters
from derive.code.runtime.layers import from_torch
from derive.code.runtime.weights import METADATA, load, load_notes, save

GIVEN = trainer.initialise(n=3, m=4, K=1, seed=0)


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_what_is_saved_is_loaded_with_its_notes(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"example{suffix}"
    save(path, GIVEN, {"columns": "a, b"})
    found = load(path)
    assert all(np.array_equal(a, b) for a, b in zip(found, GIVEN, strict=True))
    assert load_notes(path) == {"columns": "a, b"}
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_file_of_other_equations_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "example.npz"
    monkeypatch.setitem(METADATA, "equations", "others")
    save(path, GIVEN)
    monkeypatch.undo()
    with pytest.raises(ValueError, match="holds weights of equations 'others'"):
        load(path)


def test_two_axes_of_one_size_are_of_one_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "AXES", {"W": ("m", "m"), "V": ("K", "m")})
    given = Parameters(np.ones((2, 3)), np.ones((1, 3)))
    words = re.escape("parameters: W has shape (2, 3), expected (m, m)")
    with pytest.raises(ValueError, match=words):
        save(tmp_path / "example.npz", given)


def test_a_state_dict_becomes_parameters() -> None:
    found = from_torch({"0.weight": GIVEN.W, "2.weight": GIVEN.V})
    assert np.array_equal(found.W, GIVEN.W)
    assert np.array_equal(found.V, GIVEN.V)
