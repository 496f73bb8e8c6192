"""What weights begin as, by what the equations do with them; how it is spelled is the code's."""

from pathlib import Path

import pytest

import derive
from derive.model.initial import Initial, initial
from tests.code.test_initial import MODEL
from tests.conftest import write_text


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("W", Initial("uniform", ("n",), ("m",))),
        ("T", Initial("uniform", ("n", "p"), ("m",))),
        ("v", Initial("uniform", ("m",))),
        ("g", Initial("ones")),
        ("r", Initial("ones")),
        ("b", Initial("zeros")),
        ("c", Initial("zeros")),
    ],
)
def test_a_weight_begins_by_what_it_does(tmp_path: Path, name: str, begins: Initial) -> None:
    model = derive.load(write_text(tmp_path, MODEL))
    assert initial(model, model.array(name)) == begins
