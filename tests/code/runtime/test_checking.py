"""What is given to a trainer, checked, on the example and its modules themselves."""

import re

import numpy as np
import pytest

from derive.code.runtime import checking
from derive.code.runtime.arguments import _step_size, _whole
from derive.code.runtime.checking import _check, _fit, _near, _shapes
from derive.code.runtime.example.model import Parameters

W, V = np.ones((3, 2)), np.ones((1, 3))


def test_samples_come_out_as_rows_of_the_weights_dtype() -> None:
    narrow = Parameters(W.astype(np.float32), V.astype(np.float32))
    parameters, (x, y), single = _check(narrow, {"x": [1, 2], "y": [0.5]})
    assert (x.shape, y.shape, single) == ((1, 2), (1, 1), True)
    assert {each.dtype for each in (*parameters, x, y)} == {np.dtype(np.float32)}
    _, (x, y), single = _check((W, V), {"x": np.zeros((4, 2)), "y": np.zeros((4, 1))})
    assert (x.shape, y.shape, single) == ((4, 2), (4, 1), False)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2, 3], [0.5], "x: expected shape (n,) or (N, n) with n = 2, got (3,)"),
        ([1, 2], [[0.5]], "y: expected shape (K,) with K = 1, got (1, 1)"),
        (
            np.zeros((2, 2)),
            np.zeros((3, 1)),
            "y: expected shape (N, K) with N = 2, K = 1, got (3, 1)",
        ),
        ([1, np.nan], [0.5], "x: expected finite numbers of shape (n,), got nan at [1]"),
        ([1, 2], [2], "y: the model assumes y[k] in [-1, 1]; row 0 (the first is row 0) is [2.0]"),
        ([[1, 2], [1]], [0.5], "x: expected shape (n,) or (N, n), got rows of unequal length"),
    ],
)
def test_what_does_not_fit_is_named(x: object, y: object, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        _check((W, V), {"x": x, "y": y})


def test_two_axes_of_one_size_are_of_one_length() -> None:
    sizes: dict[str, int] = {}
    with pytest.raises(ValueError, match=re.escape("G: expected shape (m, m), got (2, 3)")):
        _fit("G", np.zeros((2, 3)), [("m", "m")], sizes)
    assert sizes == {}
    assert _fit("G", np.zeros((2, 2)), [("m", "m")], sizes).shape == (2, 2)
    assert sizes == {"m": 2}


def test_a_scalar_has_a_shape_too() -> None:
    assert _fit("c", np.array(1.0), [(), ("N",)], {}).shape == ()
    assert _shapes([(), ("n",), ("N", "n")]) == "() or (n,) or (N, n)"


def test_sums_of_rounded_numbers_are_near() -> None:
    tenths = np.full((1, 10), 0.1)
    assert _near(np.sum(tenths, axis=1), 1).all()
    assert _near(np.sum(tenths.astype(np.float32), axis=1), 1).all()
    assert not _near(np.array([1 + 1e-7]), 1).any()
    assert _near(np.array([1 + 1e-7], np.float32), 1).all()


def test_every_assumption_is_held_against_its_array(monkeypatch: pytest.MonkeyPatch) -> None:
    assumed = [("x", "x > 0", lambda array: array > 0), ("y", "y < 1", lambda array: array < 1)]
    monkeypatch.setattr(checking, "_ASSUMED", assumed)
    _check((W, V), {"x": [1, 2], "y": [0]})
    with pytest.raises(ValueError, match=r"x: the model assumes x > 0; row 1 .* is \[1.0, 0.0\]"):
        _check((W, V), {"x": [[1, 1], [1, 0]]})
    with pytest.raises(ValueError, match="y: the model assumes y < 1"):
        _check((W, V), {"x": [1, 2], "y": [1]})


@pytest.mark.parametrize("number", [1.0, "1", None, True, np.True_])
def test_a_whole_number_is_one(number: object) -> None:
    assert _whole(np.int32(3), "n", 1) == 3
    with pytest.raises(TypeError, match="n: expected a whole number"):
        _whole(number, "n", 1)


def test_a_step_size_is_a_finite_number_from_0_on() -> None:
    assert _step_size(np.float32(0.5)) == 0.5
    for wrong in (-1, np.nan, np.inf):
        with pytest.raises(ValueError, match="rate: expected a finite number that is not negative"):
            _step_size(wrong, "rate")
