"""What is assumed, as a model file says it."""

import pytest

from derive.model.assumptions import OneOf
from derive.printing.assumption_text import assumption_text
from tests.code.runtime.example import TEXT, model_of_text


@pytest.mark.parametrize(
    "text",
    [
        "sum(k, y[k]) = 1",
        "sum(i, x[i]) = 0.5",
        "y[k] in [0, 1]",
        "x[i] in [-1.5, 2]",
        "y[k] in {-1, 1}",
        "y[k] >= 0",
        "x[i] > 0.25",
    ],
)
def test_the_text_of_an_assumption_is_read_as_it(text: str) -> None:
    model = model_of_text(TEXT.replace("y[k] in [-1, 1]", text))
    (assumption,) = model.assumptions
    assert assumption_text(model, assumption) == text


def test_one_hot_is_two_assumptions() -> None:
    model = model_of_text(TEXT.replace("y[k] in [-1, 1]", "one_hot(k, y[k])"))
    words = [assumption_text(model, each) for each in model.assumptions]
    assert isinstance(model.assumptions[0], OneOf)
    assert words == ["y[k] in {0, 1}", "sum(k, y[k]) = 1"]
